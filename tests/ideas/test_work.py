"""The way of an idea through the bodies: who has it after what was done, who hears of it, and what can be undone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from services.ideas.deeds import Accept, Ask, Bundle, Deed, DeedKind, Doer, Done, Find, GiveBack, Move, PassOn, Verdict
from services.ideas.errors import DeedRefused
from services.ideas.ledger import Event
from services.ideas.model import AssignmentState, NotificationState
from services.ideas.periods import Period
from services.ideas.register import Register
from services.ideas.store import Store
from services.ideas.tables import IdeaRow, NotificationRow
from services.ideas.work_tables import ActRow, LedgerRow
from tests import shipped
from tests.conftest import CONFIG, NOON, SECRET, on_sqlite
from tests.ideas.samples import BEN, CATCH_ALL_BODY, CHEMNITZ, admit, understood

COUNCIL, MINISTRIES, COMMITTEE = "pruefung-regionalkonvent", "fachpruefung-imag", "lenkungskreis"
ZWICKAU, IMAG, SMIL = "landratsamt-zwickau", "imag", "smil"
OPERATOR = Doer("operator")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def register(store: Store) -> Register:
    """A register of a region whose staff can take back what they did within ten minutes."""
    return Register(store, shipped.catalogue(CONFIG, {"IDEENKANAL_WORK_UNDO_MINUTES": "10"}), SECRET)


async def idea_of(register: Register, *districts: str) -> str:
    """The reference of an idea by somebody who can be told of it."""
    return await admit(register, "1", BEN, understood(districts=districts or ("14511",)))


async def holders(register: Register, reference: str) -> set[str]:
    return {each.body for each in (await register.idea(reference)).assignments if each.is_open}


async def heard(store: Store, body: str) -> list[str]:
    async with store.reading() as session:
        rows = select(LedgerRow.event).where(LedgerRow.body == body).order_by(LedgerRow.id)
        return list(await session.scalars(rows))


async def updates(store: Store) -> Sequence[NotificationRow]:
    async with store.reading() as session:
        rows = select(NotificationRow).where(NotificationRow.template == "update").order_by(NotificationRow.id)
        return (await session.scalars(rows)).all()


async def do(register: Register, reference: str, deed: Deed, body: str = "", *, after: int = 0) -> Done:
    return await register.work.act(reference, deed, Doer("j.weber", body), NOON + after * MINUTE)


async def sent(register: Register, at: datetime) -> list[str]:
    """What was due, by its templates; it has left now."""
    claimed = await register.claim_notifications(at, MINUTE, 9)
    await register.all_sent(claimed, at)
    return [each.template for each in claimed]


async def test_the_last_of_two_bodies_moves_an_idea_on(register: Register, store: Store) -> None:
    """The first one's yes ends its part alone, and the other one hears of it."""
    reference = await idea_of(register, "14511", "14524")

    first = await do(register, reference, Accept("Bei uns ja."), CHEMNITZ)
    assert (first.kind, first.bodies, first.told) == (DeedKind.STATE, (ZWICKAU,), False)
    assert await heard(store, ZWICKAU) == [Event.NEW, Event.STATEMENT]

    second = await do(register, reference, Accept(), ZWICKAU)
    assert (second.kind, second.stage, second.told) == (DeedKind.MOVE, COUNCIL, True)
    assert set(second.bodies) == {CATCH_ALL_BODY, "regionalkonvent-sitzung"}


async def test_a_yes_leads_from_body_to_body_to_the_end(register: Register) -> None:
    """Authority, Regionalkonvent, IMAG with its two findings, Lenkungskreis: each has it in its turn."""
    reference = await idea_of(register)
    await do(register, reference, Accept(), CHEMNITZ)
    await do(register, reference, Accept(), CATCH_ALL_BODY)
    with pytest.raises(DeedRefused, match="Umsetzbarkeit und Finanzierbarkeit"):
        await do(register, reference, Accept(), IMAG)
    await do(register, reference, Find("umsetzbarkeit", Verdict.YES), IMAG)
    await do(register, reference, Find("Finanzierbarkeit", Verdict.PARTLY, "Aus GRW."), SMIL)
    assert (await do(register, reference, Accept(), IMAG)).stage == COMMITTEE
    assert await holders(register, reference) == {"lenkungskreis"}
    await do(register, reference, Accept(), "lenkungskreis")
    done = await do(register, reference, Move("umgesetzt"), CATCH_ALL_BODY)
    assert (done.stage, done.bodies) == ("umgesetzt", ())


async def test_the_end_is_told_to_everybody_who_had_the_idea(register: Register, store: Store) -> None:
    """Also to a body that passed it on long ago."""
    reference = await idea_of(register)
    await do(register, reference, PassOn((ZWICKAU,), "Die Straße liegt dort."), CHEMNITZ)
    await do(register, reference, Move("nicht-weiterverfolgt", "Zu teuer."), ZWICKAU)

    assert (await heard(store, CHEMNITZ))[-1] == Event.OUTCOME


async def test_the_idea_goes_to_a_body_of_the_chain_by_moving_on(register: Register, store: Store) -> None:
    """The Regionalkonvent says "weiter IMAG": stage, ministries and submitter follow, and the reason stays inside."""
    reference = await idea_of(register)
    await do(register, reference, Accept(), CHEMNITZ)
    done = await do(register, reference, PassOn((IMAG,), "Bitte die Finanzierung prüfen."), CATCH_ALL_BODY)

    assert (done.kind, done.stage, done.told) == (DeedKind.MOVE, MINISTRIES, True)
    assert set(done.bodies) == {IMAG, SMIL}
    assert (await register.idea(reference)).stages[-1].note == ""
    async with store.reading() as session:
        reasons = (await session.scalars(select(ActRow.reason).order_by(ActRow.id))).all()
    assert reasons == ["", "Bitte die Finanzierung prüfen."]


@pytest.mark.parametrize("bodies", [(IMAG,), ("lenkungskreis",), (IMAG, ZWICKAU)])
@on_sqlite
async def test_nobody_is_asked_before_their_turn(register: Register, bodies: tuple[str, ...]) -> None:
    """An authority cannot pass an idea on to those who come later in the chain."""
    reference = await idea_of(register)
    with pytest.raises(DeedRefused, match=r"noch nicht an der Reihe.*annehmen"):
        await do(register, reference, PassOn(bodies, "Bitte."), CHEMNITZ)


@on_sqlite
async def test_giving_back_to_the_council_accepts_nothing(register: Register) -> None:
    """The Regionalkonvent also leads what was taken up; "weiter Regionalkonvent" of the Lenkungskreis is no yes."""
    reference = await idea_of(register)
    for stage in (COUNCIL, MINISTRIES, COMMITTEE):
        await do(register, reference, Move(stage))
    with pytest.raises(DeedRefused, match="noch nicht an der Reihe"):
        await do(register, reference, PassOn((CATCH_ALL_BODY,), "Bitte noch einmal."), "lenkungskreis")


async def at_the_ministries(register: Register) -> str:
    """The reference of an idea that the IMAG examines with a ministry."""
    reference = await idea_of(register)
    await do(register, reference, Move(COUNCIL))
    await do(register, reference, Move(MINISTRIES))
    return reference


@on_sqlite
async def test_only_the_leading_body_moves_an_idea(register: Register) -> None:
    """A ministry that was asked besides cannot send it to the Lenkungskreis; it is told who can."""
    reference = await at_the_ministries(register)
    with pytest.raises(DeedRefused, match="entscheidet: Interministerielle"):
        await do(register, reference, Move(COMMITTEE), SMIL)


async def test_a_no_of_one_of_several_ends_its_own_part(register: Register, store: Store) -> None:
    """The leading body hears it, with the reason, and decides."""
    reference = await at_the_ministries(register)
    done = await do(register, reference, Move("nicht-weiterverfolgt", "Zu teuer."), SMIL)

    assert (done.kind, done.stage, done.bodies) == (DeedKind.STATE, MINISTRIES, (IMAG,))
    assert (await heard(store, IMAG))[-1] == Event.STATEMENT
    async with store.reading() as session:
        last = (await session.scalars(select(ActRow).order_by(ActRow.id.desc()).limit(1))).one()
    assert last.reason == "nicht weiterverfolgt: Zu teuer."


@on_sqlite
async def test_one_of_two_authorities_does_not_end_an_idea(register: Register) -> None:
    """The other one has its part still, and decides as the last."""
    reference = await idea_of(register, "14511", "14524")
    assert (await do(register, reference, Move("umgesetzt"), CHEMNITZ)).kind is DeedKind.STATE
    assert (await do(register, reference, Move("nicht-weiterverfolgt", "Geht nicht."), ZWICKAU)).kind is DeedKind.MOVE


@on_sqlite
async def test_no_way_leads_around_the_findings(register: Register) -> None:
    """Naming the stage is no other way to it."""
    reference = await at_the_ministries(register)
    for deed in (Accept(), Move(COMMITTEE), PassOn(("lenkungskreis",), "Bitte.")):
        with pytest.raises(DeedRefused, match="Umsetzbarkeit und Finanzierbarkeit"):
            await do(register, reference, deed, IMAG)


async def test_who_loses_an_idea_hears_of_it(register: Register, store: Store) -> None:
    """A ministry that was asked besides, when the IMAG is done, and the IMAG when the operator is."""
    reference = await at_the_ministries(register)
    await do(register, reference, Move(COUNCIL), IMAG)
    assert (await heard(store, SMIL))[-1] == Event.STATEMENT
    await do(register, reference, Move(MINISTRIES), CATCH_ALL_BODY)
    await do(register, reference, Move(COMMITTEE))
    assert (await heard(store, IMAG))[-1] == Event.STATEMENT


async def test_passing_on_leaves_the_idea_with_the_other_body(register: Register, store: Store) -> None:
    """Who, when and why are written down, and the other body finds it as new."""
    reference = await idea_of(register)
    await do(register, reference, PassOn((ZWICKAU,), "Die Straße liegt dort."), CHEMNITZ)

    assert await holders(register, reference) == {ZWICKAU}
    assert await heard(store, ZWICKAU) == [Event.NEW]
    async with store.reading() as session:
        act = (await session.scalars(select(ActRow))).one()
    assert (act.actor, act.body, act.at, act.reason) == ("j.weber", CHEMNITZ, NOON, "Die Straße liegt dort.")


async def test_an_assignment_is_split_over_two_bodies(register: Register) -> None:
    """A body that names itself keeps its part."""
    reference = await idea_of(register)
    await do(register, reference, PassOn((CHEMNITZ, ZWICKAU), "Beide Seiten der Grenze."), CHEMNITZ)

    assert await holders(register, reference) == {CHEMNITZ, ZWICKAU}


async def test_what_is_passed_on_is_not_routed_back(register: Register) -> None:
    """The rules would name the body again when the topic is corrected."""
    reference = await idea_of(register)
    await do(register, reference, PassOn((ZWICKAU,), "Die Straße liegt dort."), CHEMNITZ)
    await register.teaching.name_topic(reference, "housing", NOON)

    assert await holders(register, reference) == {ZWICKAU}


async def test_the_next_route_leaves_out_the_body_that_refused(register: Register) -> None:
    """Where no rule names another one it goes to the catch-all body, and never back."""
    reference = await idea_of(register)
    await do(register, reference, GiveBack("Das ist eine Bundesstraße."), CHEMNITZ)
    assert await holders(register, reference) == {CATCH_ALL_BODY}
    await register.teaching.name_topic(reference, "housing", NOON)

    states = {each.body: each.state for each in (await register.idea(reference)).assignments}
    assert states == {CHEMNITZ: AssignmentState.RETURNED, CATCH_ALL_BODY: AssignmentState.OPEN}


async def test_the_catch_all_body_cannot_refuse(register: Register) -> None:
    """Somebody has to have the idea."""
    reference = await admit(register, "1", BEN, understood((), (), abstained=True))
    with pytest.raises(DeedRefused, match="was sonst niemand hat"):
        await do(register, reference, GiveBack("Nein."), CATCH_ALL_BODY)


@pytest.mark.parametrize("deed", [PassOn((ZWICKAU,), " "), PassOn((CHEMNITZ,), "Ja."), PassOn(("x",), "Ja."), Ask(" ")])
@on_sqlite
async def test_what_cannot_be_done_changes_nothing(register: Register, store: Store, deed: Deed) -> None:
    """Without a reason, to oneself, to nobody, and an empty question."""
    reference = await idea_of(register)
    with pytest.raises(DeedRefused):
        await do(register, reference, deed, CHEMNITZ)

    assert await holders(register, reference) == {CHEMNITZ}
    assert await heard(store, CHEMNITZ) == [Event.NEW]


@on_sqlite
async def test_who_comes_too_late_is_told_who_settled_it(register: Register) -> None:
    """With the name of the body, the time, and where the idea stands now."""
    reference = await idea_of(register)
    await do(register, reference, Accept(), CHEMNITZ)
    with pytest.raises(
        DeedRefused, match=r"hat Stadt Chemnitz am 23\.11\. um 13:00 Uhr schon erledigt.*Regionalkonvent"
    ):
        await do(register, reference, Accept(), CHEMNITZ)


@on_sqlite
async def test_a_stranger_to_the_idea_can_do_nothing(register: Register) -> None:
    """A body that never had it."""
    reference = await idea_of(register)
    with pytest.raises(DeedRefused, match="liegt nicht bei Ihnen"):
        await do(register, reference, Accept(), SMIL)


async def test_changes_within_the_window_make_one_update(register: Register, store: Store) -> None:
    """It leaves ten minutes after the last of them, and tells of all."""
    reference = await idea_of(register)
    acts = [
        (await do(register, reference, Accept(), CHEMNITZ)).act,
        (await do(register, reference, Ask("Welche Straße?"), CATCH_ALL_BODY, after=4)).act,
        (await do(register, reference, Accept(), CATCH_ALL_BODY, after=9)).act,
    ]
    (update,) = await updates(store)
    assert (update.parameters["acts"], update.available_at) == (acts, NOON + 19 * MINUTE)
    assert [await sent(register, NOON + minute * MINUTE) for minute in (18, 18, 19)] == [
        ["confirmation"],
        [],
        ["update"],
    ]


@on_sqlite
async def test_whoever_changes_their_mind_for_ever_delays_no_update_for_ever(register: Register, store: Store) -> None:
    """An hour after the first change it leaves at the latest; what can still be undone then is told in another one."""
    reference = await idea_of(register)
    await do(register, reference, Accept(), CHEMNITZ)
    for minute in range(5, 60, 5):
        await do(register, reference, Ask(f"Frage {minute}?"), CATCH_ALL_BODY, after=minute)

    assert [update.available_at for update in await updates(store)] == [NOON + 60 * MINUTE, NOON + 65 * MINUTE]


async def test_what_is_undone_is_as_if_it_had_not_been(register: Register, store: Store) -> None:
    """The idea stands where it stood, nobody hears of it, and its submitter neither."""
    reference = await idea_of(register)
    before = await register.idea(reference)
    await do(register, reference, Move("nicht-weiterverfolgt", "Zu teuer."), CHEMNITZ)

    assert await register.work.undo(reference, Doer("j.weber", CHEMNITZ), NOON + 9 * MINUTE) is DeedKind.MOVE
    assert await register.idea(reference) == before
    assert await heard(store, CHEMNITZ) == [Event.NEW]
    assert [row.state for row in await updates(store)] == [NotificationState.WITHHELD]


async def test_a_told_body_hears_that_something_was_undone(register: Register, store: Store) -> None:
    """A digest had left meanwhile."""
    reference = await idea_of(register)
    await do(register, reference, PassOn((ZWICKAU,), "Liegt dort."), CHEMNITZ)
    await register.write_digest(ZWICKAU, Period("now", NOON), NOON)
    await register.work.undo(reference, OPERATOR, NOON + MINUTE)

    assert await heard(store, ZWICKAU) == [Event.NEW, Event.UNDONE]
    assert await holders(register, reference) == {CHEMNITZ}


async def test_nothing_is_undone_that_the_submitter_is_being_told(register: Register) -> None:
    """Not even by somebody whose clock is slow."""
    reference = await idea_of(register)
    await do(register, reference, Accept(), CHEMNITZ)
    for _ in range(2):
        await sent(register, NOON + 10 * MINUTE)
    with pytest.raises(DeedRefused, match="10 Minuten"):
        await register.work.undo(reference, OPERATOR, NOON + 9 * MINUTE)


@on_sqlite
async def test_only_the_last_act_is_undone_and_then_the_one_before(register: Register) -> None:
    """Step by step, back to the beginning."""
    reference = await idea_of(register)
    await do(register, reference, Accept(), CHEMNITZ)
    await do(register, reference, Accept(), CATCH_ALL_BODY, after=1)

    stages = []
    for _ in range(2):
        await register.work.undo(reference, OPERATOR, NOON + 2 * MINUTE)
        stages.append((await register.idea(reference)).stage)
    assert stages == [COUNCIL, "zugeordnet"]


@on_sqlite
async def test_nobody_undoes_what_another_body_did(register: Register) -> None:
    """The body that has the idea now can act on it instead."""
    reference = await idea_of(register)
    await do(register, reference, PassOn((ZWICKAU,), "Liegt dort."), CHEMNITZ)
    with pytest.raises(DeedRefused, match="nichts, was Sie zurücknehmen"):
        await register.work.undo(reference, Doer("x", ZWICKAU), NOON + MINUTE)


@on_sqlite
async def test_a_person_who_cannot_be_told_is_not_asked(register: Register, store: Store) -> None:
    """Their data are gone; the body is told so."""
    reference = await idea_of(register)
    async with store.writing() as session:
        idea = (await session.scalars(select(IdeaRow))).one()
        idea.submitter_id = None
    with pytest.raises(DeedRefused, match="gelöscht"):
        await do(register, reference, Ask("Welche Straße?"), CHEMNITZ)


@pytest.mark.parametrize(
    "deed", [PassOn((ZWICKAU,), "Bitte."), Ask("Welche?"), Find("Umsetzbarkeit", Verdict.YES), Accept()]
)
@on_sqlite
async def test_at_the_end_of_its_way_an_idea_is_given_to_nobody(register: Register, deed: Deed) -> None:
    """Not by the operator either; it can only be taken up again."""
    reference = await idea_of(register)
    await do(register, reference, Move("nicht-weiterverfolgt", "Zu teuer."), CHEMNITZ)
    with pytest.raises(DeedRefused, match="zu Ende"):
        await do(register, reference, deed)
    assert (await do(register, reference, Move(COUNCIL))).stage == COUNCIL


@on_sqlite
async def test_a_measure_that_does_not_exist_takes_no_idea(register: Register) -> None:
    """Its number is named."""
    reference = await idea_of(register)
    with pytest.raises(DeedRefused, match="SWS-M9"):
        await do(register, reference, Bundle("SWS-M9"), CHEMNITZ)
