"""Who has an idea: somebody until its way is over, whatever is done with it and taken back, and nobody afterwards."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from services.ideas.catalogue import Catalogue
from services.ideas.deeds import (
    Accept,
    Ask,
    Bundle,
    Deed,
    Doer,
    Find,
    GiveBack,
    Move,
    NamePlace,
    NameTopic,
    PassOn,
    Verdict,
)
from services.ideas.errors import DeedRefused
from services.ideas.ledger import Event
from services.ideas.lifecycle import Stage
from services.ideas.model import AssignmentState, Sender
from services.ideas.periods import Period
from services.ideas.register import Register
from services.ideas.store import Store
from services.ideas.tables import AssignmentRow, IdeaRow
from services.ideas.work_tables import LedgerRow
from tests import shipped
from tests.conftest import CONFIG, NOON, SECRET, on_sqlite
from tests.ideas.samples import BEN, CATCH_ALL_BODY, CHEMNITZ, admit, understood
from tests.ideas.told import untold

OPERATOR = Doer("operator")
ZWICKAU, COUNCIL, REFUSED = "landratsamt-zwickau", "pruefung-regionalkonvent", "nicht-weiterverfolgt"
IN_ZWICKAU = understood(districts=("14524",))
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)

pytestmark = on_sqlite


@pytest.fixture
def region() -> Catalogue:
    """A region whose staff can take back what they did, and whose archive keeps nobody from being erased."""
    settings = {"IDEENKANAL_WORK_UNDO_MINUTES": "10", "IDEENKANAL_PRIVACY_ARCHIVE_RELEASED": "true"}
    return shipped.catalogue(CONFIG, settings)


@pytest.fixture
def register(store: Store, region: Catalogue) -> Register:
    return Register(store, region, SECRET)


async def holders(register: Register, reference: str) -> set[str]:
    return {each.body for each in (await register.idea(reference)).assignments if each.is_open}


async def test_who_moves_a_new_idea_to_the_routed_stage_keeps_it(register: Register) -> None:
    """No body leads that stage, and no rule names another one."""
    reference = await admit(register, "1", BEN, understood((), (), abstained=True))
    done = await register.work.act(reference, Move("zugeordnet"), Doer("x", CATCH_ALL_BODY), NOON)

    assert (done.stage, done.bodies) == ("zugeordnet", (CATCH_ALL_BODY,))


async def test_a_stage_without_a_body_leaves_the_idea_where_it_is(store: Store, region: Catalogue) -> None:
    """Who had it keeps it; where nobody has it any more, the rules say who gets it, or else it is caught."""
    register = Register(store, _with_stage(region, "vormerkung", before=("eingegangen", "zugeordnet", REFUSED)), SECRET)
    kept, ruled = await admit(register, "1", BEN), await admit(register, "2", BEN)
    caught = await admit(register, "3", BEN, understood((), ()))
    await register.work.act(kept, PassOn((ZWICKAU,), "Dort."), Doer("x", CHEMNITZ), NOON)
    await register.work.act(kept, Move("vormerkung"), Doer("x", ZWICKAU), NOON)
    for reference in (ruled, caught):
        for stage in (REFUSED, "vormerkung"):
            await register.work.act(reference, Move(stage, "Zu teuer."), OPERATOR, NOON)

    has = [await holders(register, each) for each in (kept, ruled, caught)]
    assert has == [{ZWICKAU}, {CHEMNITZ}, {CATCH_ALL_BODY}]


@pytest.mark.parametrize("deed", [Ask("Wo?"), Bundle("SWS-M1"), Move(COUNCIL)])
async def test_undo_takes_back_what_was_done_and_no_more(register: Register, store: Store, deed: Deed) -> None:
    """Whom the rules have given the idea meanwhile has it still, and hears of it; whom they took it from does not."""
    await register.measures.create("Radweg", NOON)
    reference = await admit(register, "1", BEN)
    await register.work.act(reference, deed, OPERATOR, NOON)
    await register.teaching.name_place(reference, IN_ZWICKAU, NOON + MINUTE)
    await register.work.undo(reference, OPERATOR, NOON + 2 * MINUTE)

    has = await holders(register, reference)
    assert ZWICKAU in has
    for body in has:
        assert (reference, Event.NEW) in await untold(store, body)
    assert (await register.idea(reference)).stage == "zugeordnet"


async def test_an_undo_back_to_the_end_gives_the_idea_to_nobody(register: Register) -> None:
    """It was taken up again by mistake."""
    reference = await admit(register, "1", BEN)
    for stage in (REFUSED, COUNCIL):
        await register.work.act(reference, Move(stage, "Zu teuer."), OPERATOR, NOON)
    await register.work.undo(reference, OPERATOR, NOON)

    assert (await register.idea(reference)).stage == REFUSED
    assert await holders(register, reference) == set()


async def test_an_undo_tells_nobody_of_an_idea_twice(register: Register, store: Store) -> None:
    """Who got it meanwhile, by no act, has been told of it."""
    reference = await admit(register, "1", BEN)
    await register.work.act(reference, Ask("Wo?"), OPERATOR, NOON)
    await register.teaching.name_place(reference, IN_ZWICKAU, NOON + MINUTE)
    await register.write_digest(ZWICKAU, Period("one", NOON + MINUTE), NOON + MINUTE)
    await register.work.undo(reference, OPERATOR, NOON + 2 * MINUTE)

    assert (await holders(register, reference), await untold(store, ZWICKAU)) == ({ZWICKAU}, [])


async def test_a_better_label_keeps_nothing_from_being_undone(register: Register) -> None:
    """It stays, and what was done before it is taken back."""
    reference = await admit(register, "1", BEN)
    await register.work.act(reference, Accept(), Doer("x", CHEMNITZ), NOON)
    await register.work.act(reference, NameTopic("housing"), OPERATOR, NOON + MINUTE)
    await register.work.undo(reference, Doer("x", CHEMNITZ), NOON + 2 * MINUTE)

    idea = await register.idea(reference)
    assert (idea.stage, idea.understanding.topics[0].id) == ("zugeordnet", "housing")
    assert CHEMNITZ in await holders(register, reference)


async def test_undo_leaves_a_stage_that_was_reached_since(register: Register) -> None:
    """A question at the first stage, then a place that a rule knows: that the idea was routed stays."""
    reference = await admit(register, "1", BEN, understood((), ()))
    await register.work.act(reference, Ask("Wo?"), OPERATOR, NOON)
    await register.teaching.name_place(reference, IN_ZWICKAU, NOON + MINUTE)
    await register.work.undo(reference, OPERATOR, NOON + 2 * MINUTE)

    assert (await register.idea(reference)).stage == "zugeordnet"
    assert ZWICKAU in await holders(register, reference)


async def test_who_has_done_its_part_has_the_idea_again_where_no_other_is_left(register: Register) -> None:
    """Chemnitz said yes to its half, and the other half turns out to be in Chemnitz as well."""
    reference = await admit(register, "1", BEN, understood(districts=("14511", "14524")))
    await register.work.act(reference, Accept(), Doer("x", CHEMNITZ), NOON)
    await register.teaching.name_place(reference, understood(), NOON + MINUTE)

    assert await holders(register, reference) == {CHEMNITZ}


@pytest.mark.parametrize("stage", [REFUSED, "umgesetzt"])
async def test_nobody_gets_an_idea_whose_way_is_over(register: Register, store: Store, stage: str) -> None:
    """What its place is called afterwards is a better label, and no work."""
    reference = await admit(register, "1", BEN)
    await register.work.act(reference, Move(stage, "Seit Mai."), Doer("x", CHEMNITZ), NOON)
    await register.teaching.name_place(reference, IN_ZWICKAU, NOON + MINUTE)

    assert await holders(register, reference) == set()
    assert await untold(store, ZWICKAU) == []


async def test_nobody_has_what_was_erased(register: Register, store: Store) -> None:
    """It waits for no body, nobody is reminded of it, nothing gives it to anybody, and nothing of it can be undone."""
    reference = await admit(register, "1", BEN)
    await register.write_digest(CHEMNITZ, Period("one", NOON), NOON)
    number = (await register.measures.create("Radweg", NOON)).reference
    await register.work.act(reference, Bundle(number), OPERATOR, NOON)
    await register.measures.move(number, "aufgenommen", "", OPERATOR, NOON)
    await register.personal_data.erase(*_address(BEN), NOON + MINUTE, everything=True)
    with pytest.raises(DeedRefused):
        await register.measures.undo(number, OPERATOR, NOON + 2 * MINUTE)
    await register.measures.move(number, COUNCIL, "", OPERATOR, NOON + DAY)
    await register.teaching.name_place(reference, IN_ZWICKAU, NOON + DAY)

    assert await register.work.remind(NOON + 400 * DAY) == 0
    assert (await holders(register, reference), await untold(store, CATCH_ALL_BODY)) == (set(), [])
    assert (reference, Event.ERASED) in await untold(store, CHEMNITZ)


async def test_what_a_body_gave_back_was_caught_for_that(register: Register) -> None:
    """Not because no rule had named a body."""
    reference = await admit(register, "1", BEN)
    await register.work.act(reference, GiveBack("Landesstraße."), Doer("x", CHEMNITZ), NOON)

    rules = {each.body: each.rule for each in (await register.idea(reference)).assignments}
    assert rules[CATCH_ALL_BODY] == "given-back"


@dataclass(frozen=True)
class Standing:
    """The stage of an idea, who has it, who has had it and how, and what nobody has been told of it."""

    stage: str
    has: frozenset[str]
    had: frozenset[tuple[object, ...]]
    untold: frozenset[tuple[str, ...]]


@dataclass
class Walk:
    """A way through all that can happen to some ideas, by chance; each step some time after the last one."""

    register: Register
    store: Store
    ideas: list[str]
    measures: list[str]
    chance: random.Random
    now: datetime = NOON
    undone: int = 0
    refused: int = 0
    trace: list[str] = field(default_factory=list)

    async def step(self) -> None:
        """Something happens, and is taken back at once every other time."""
        self.now += self.chance.choice([MINUTE, 3 * MINUTE, 20 * MINUTE, 10 * DAY])
        reference = self.chance.choice(self.ideas)
        before = await standing(self.store, reference)
        doer = Doer("x", self.chance.choice([*sorted(before.has), ""]))
        happens = self.chance.choice([self.deed, self.deed, self.deed, self.undo, self.measure, self.other])
        try:
            await happens(reference, doer)
        except DeedRefused:
            self.refused += 1
            assert await standing(self.store, reference) == before, self.trace[-1]
            return
        if happens == self.deed and self.chance.random() < 0.5 and not self.trace[-1].startswith("Name"):
            await self.register.work.undo(reference, doer, self.now)
            self.undone += 1
            assert await standing(self.store, reference) == before, self.trace[-1]

    async def deed(self, reference: str, doer: Doer) -> None:
        """Something that staff do."""
        bodies, stages = list(self.register.catalogue.bodies), list(self.register.catalogue.lifecycle.stages)
        topics, place = list(self.register.catalogue.topics), self.chance.choice(["14511", "14524", "region"])
        deeds: Sequence[Deed] = (
            Accept("Gern."),
            Accept(),
            Move(self.chance.choice(stages), "Weil."),
            Move(self.chance.choice(stages), "Weil."),
            PassOn(tuple(self.chance.sample(bodies, self.chance.choice([1, 1, 2]))), "Dort."),
            GiveBack("Nein."),
            Ask("Wo?"),
            Find(self.chance.choice(["Umsetzbarkeit", "Finanzierbarkeit"]), Verdict.YES),
            Bundle(self.chance.choice(self.measures)),
            NameTopic(self.chance.choice(topics)),
            NamePlace(place, understood(districts=(place,))),
        )
        deed = self.chance.choice(deeds)
        self.trace.append(f"{deed} {doer.body} {reference}")
        await self.register.work.act(reference, deed, doer, self.now)

    async def undo(self, reference: str, doer: Doer) -> None:
        """The last deed is taken back, whatever has happened since."""
        self.trace.append(f"undo {doer.body} {reference}")
        await self.register.work.undo(reference, doer, self.now)

    async def measure(self, reference: str, _: Doer) -> None:
        """A measure goes on or back, with all its ideas, or loses one."""
        number, measures = self.chance.choice(self.measures), self.register.measures
        stage = self.chance.choice(list(self.register.catalogue.lifecycle.stages))
        ways: Sequence[Callable[[], Awaitable[object]]] = (
            lambda: measures.move(number, stage, "Weil.", OPERATOR, self.now),
            lambda: measures.undo(number, OPERATOR, self.now),
            lambda: measures.take_out(number, reference, OPERATOR, self.now),
        )
        self.trace.append(f"measure {number} {stage}")
        await self.chance.choice(ways)()

    async def other(self, reference: str, _: Doer) -> None:
        """A digest, a reminder, or a place that is understood anew."""
        body = self.chance.choice(list(self.register.catalogue.bodies))
        place = understood(districts=(self.chance.choice(["14511", "14524"]),))
        ways: Sequence[Callable[[], Awaitable[object]]] = (
            lambda: self.register.write_digest(body, Period(self.now.isoformat(), self.now), self.now),
            lambda: self.register.work.remind(self.now),
            lambda: self.register.teaching.name_place(reference, place, self.now),
        )
        self.trace.append(f"other {body} {reference}")
        await self.chance.choice(ways)()


async def standing(store: Store, reference: str) -> Standing:
    """How an idea stands."""
    async with store.reading() as session:
        idea = (await session.scalars(select(IdeaRow).where(IdeaRow.reference == reference))).one()
        rows = (await session.scalars(select(AssignmentRow).where(AssignmentRow.idea_id == idea.id))).all()
        heard = await session.execute(
            select(LedgerRow.body, LedgerRow.event, LedgerRow.occurrence).where(
                LedgerRow.idea_id == idea.id, LedgerRow.digest_id.is_(None)
            )
        )
        had = {(row.body, row.rule, row.state, row.assigned_at, row.ended_at, row.due_at) for row in rows}
        has = frozenset(row.body for row in rows if row.state == AssignmentState.OPEN)
        return Standing(idea.stage, has, frozenset(had), frozenset(tuple(each) for each in heard))


async def left_alone(store: Store, region: Catalogue) -> list[tuple[str, str, frozenset[str]]]:
    """Ideas that nobody has, that somebody has although their way is over, or that somebody has without hearing it."""
    async with store.reading() as session:
        ideas = (await session.execute(select(IdeaRow.id, IdeaRow.reference, IdeaRow.stage))).all()
        rows = (await session.execute(select(AssignmentRow.idea_id, AssignmentRow.body, AssignmentRow.state))).all()
        new = select(LedgerRow.idea_id, LedgerRow.body).where(LedgerRow.event == Event.NEW)
        heard = {tuple(each) for each in await session.execute(new)}
    found = []
    for idea in ideas:
        has = {row.body for row in rows if row.idea_id == idea.id and row.state == "open"}
        unheard = any((idea.id, body) not in heard for body in has)
        if unheard or bool(has) == region.lifecycle.is_over(idea.stage):
            found.append((idea.reference, idea.stage, frozenset(has)))
    return found


@pytest.mark.parametrize("seed", [1, 2])
async def test_whatever_happens_each_idea_is_with_somebody(
    register: Register, store: Store, region: Catalogue, seed: int
) -> None:
    """Who has heard of it, as long as its way is not over; and what is undone at once leaves no trace."""
    kinds = [understood(), understood(districts=("14511", "14524")), understood((), (), abstained=True)]
    ideas = [await admit(register, str(number), BEN, kind) for number, kind in enumerate(kinds)]
    measures = [(await register.measures.create(title, NOON)).reference for title in ("Radweg", "Nachtbus")]
    walk = Walk(register, store, ideas, measures, random.Random(seed))  # noqa: S311 - a way, and no secret
    for _ in range(50):
        await walk.step()
        assert await left_alone(store, region) == [], walk.trace[-5:]

    assert walk.undone > 0


def _with_stage(region: Catalogue, name: str, *, before: tuple[str, ...]) -> Catalogue:
    """The region with one more stage, which nobody leads and to which ways lead from these."""
    stages: dict[str, Stage] = dict(region.lifecycle.stages)
    stages[name] = replace(stages["zugeordnet"], id=name)
    for each in before:
        stages[each] = replace(stages[each], next=(*stages[each].next, name))
    return replace(region, lifecycle=replace(region.lifecycle, stages=stages))


def _address(person: Sender) -> tuple[str, str]:
    return person.channel, person.address
