"""Rerouting, as a trial: what the present rules would do, or would have done, to all ideas; nothing is changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select

from nlp.understanding import Understanding
from services.ideas.assigning import GIVEN_BACK, HANDED_ON, LEADS
from services.ideas.catalogue import Catalogue
from services.ideas.model import AssignmentState
from services.ideas.routing import CATCH_ALL, route
from services.ideas.store import Store
from services.ideas.tables import AssignmentRow, IdeaRow


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an idea stands: its stage, what is understood of it, and who has it or had it, by which rule."""

    id: int
    reference: str
    stage: str
    understanding: Understanding
    states: Mapping[str, AssignmentState]
    rules: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Rerouted:
    """What would become of who has an idea: bodies that would get it, would lose it, and would keep it."""

    reference: str
    come: tuple[str, ...]
    go: tuple[str, ...]
    stay: tuple[str, ...]

    @property
    def is_changed(self) -> bool:
        """Whether anybody would get or lose the idea."""
        return bool(self.come or self.go)


@dataclass(frozen=True, slots=True)
class Balance:
    """How many ideas a body would get, would lose, and would keep."""

    body: str
    come: int
    go: int
    stay: int


class Rerouting:
    """Reads ideas in batches. It changes nothing; it raises StoreError as `Store` says."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def number(self) -> int:
        """How many ideas there are."""
        async with self._store.reading() as session:
            return await session.scalar(_shown(select(func.count()).select_from(IdeaRow))) or 0

    async def batch(self, after: int, limit: int) -> tuple[Standing, ...]:
        """The next ideas whose `id` is above `after`."""
        columns = select(IdeaRow.id, IdeaRow.reference, IdeaRow.stage, IdeaRow.understanding)
        ideas = _shown(columns).where(IdeaRow.id > after).order_by(IdeaRow.id).limit(limit)
        async with self._store.reading() as session:
            rows = (await session.execute(ideas)).all()
            given = await session.execute(
                select(AssignmentRow.idea_id, AssignmentRow.body, AssignmentRow.state, AssignmentRow.rule)
                .where(AssignmentRow.idea_id.in_([row.id for row in rows]))
                .order_by(AssignmentRow.id)
            )
        states: dict[int, dict[str, AssignmentState]] = {row.id: {} for row in rows}
        rules: dict[int, dict[str, str]] = {row.id: {} for row in rows}
        for each in given:
            states[each.idea_id][each.body] = AssignmentState(each.state)
            rules[each.idea_id][each.body] = each.rule
        return tuple(
            Standing(
                row.id,
                row.reference,
                row.stage,
                Understanding.from_json(row.understanding),
                states[row.id],
                rules[row.id],
            )
            for row in rows
        )


def rerouted(catalogue: Catalogue, idea: Standing) -> Rerouted:
    """Who would have an idea by the rules of this catalogue, beside who has it; for one whose way is over, `closed`.

    What a person handed on or gave back stays where it is. A body that has done its part, has passed the idea on or has
    given it back does not get it again.
    """
    if catalogue.lifecycle.is_over(idea.stage):
        return closed(catalogue, idea)
    now = [body for body, state in idea.states.items() if state is AssignmentState.OPEN]
    named = _named(catalogue, idea)
    come = [body for body in named if body not in idea.states]
    # Whoever triaged an idea goes on having it until another body comes, also where a person has said its topic since.
    stays = {HANDED_ON, GIVEN_BACK} | (set() if come else {CATCH_ALL})
    kept = [body for body in now if body in named or (idea.rules[body] in stays and body in catalogue.bodies)]
    # The catch-all body has what nobody else has, and gets what nobody has moved yet.
    caught, is_new = catalogue.catch_all, catalogue.lifecycle.is_untouched(idea.stage)
    if not kept and not come and (is_new or caught in now):
        kept, come = ([caught], []) if caught in now else ([], [caught])
    go = [body for body in now if body not in kept]
    return Rerouted(idea.reference, tuple(come), tuple(go), tuple(kept))


def closed(catalogue: Catalogue, idea: Standing) -> Rerouted:
    """Who would have had an idea whose way is over when it was first routed, beside who had it by a rule then."""
    found = route(catalogue.routes, catalogue.catch_all, idea.understanding, catalogue.lifecycle.routed)
    named = [destination.body for destination in found]
    later = {LEADS, HANDED_ON, GIVEN_BACK, *(rule.id for rule in catalogue.routes if rule.stages)}
    come = [body for body in named if body not in idea.states]
    stays = set() if come else {CATCH_ALL}
    had = [body for body in idea.states if idea.rules[body] not in later]
    stay = [body for body in had if body in named or (idea.rules[body] in stays and body in catalogue.bodies)]
    return Rerouted(idea.reference, tuple(come), tuple(body for body in had if body not in stay), tuple(stay))


def balances(changes: Iterable[Rerouted], bodies: Sequence[str]) -> list[Balance]:
    """What would become of each body that has ideas or would get some, in the order of `bodies` (ids)."""
    come, go, stay = Counter[str](), Counter[str](), Counter[str]()
    for change in changes:
        come.update(change.come)
        go.update(change.go)
        stay.update(change.stay)
    concerned = dict.fromkeys(body for body in (*bodies, *come, *go, *stay) if come[body] or go[body] or stay[body])
    return [Balance(body, come[body], go[body], stay[body]) for body in concerned]


def _shown(ideas: Select[*tuple[object, ...]]) -> Select[*tuple[object, ...]]:
    return ideas.where(IdeaRow.locked_at.is_(None), IdeaRow.merged_into_id.is_(None))


def _named(catalogue: Catalogue, idea: Standing) -> list[str]:
    """The bodies that the stage and the rules lead to."""
    lifecycle = catalogue.lifecycle
    refused = [body for body, state in idea.states.items() if state is AssignmentState.RETURNED]
    stage = lifecycle.asked_at(idea.stage)
    found = route(catalogue.routes, catalogue.catch_all, idea.understanding, stage, refused)
    ruled = [destination.body for destination in found if destination.rule != CATCH_ALL]
    known = lifecycle.stages.get(idea.stage)
    leads = [known.body] if known and known.body and not lifecycle.is_untouched(idea.stage) else []
    return list(dict.fromkeys([*leads, *ruled]))
