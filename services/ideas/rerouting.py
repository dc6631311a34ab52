"""Rerouting, as a trial: what the present rules would do to ideas that are on their way, and nothing is changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select

from nlp.understanding import Understanding
from services.ideas.assigning import HANDED_ON
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

    def __init__(self, store: Store, catalogue: Catalogue) -> None:
        self._store = store
        self._catalogue = catalogue

    async def number(self) -> int:
        """How many ideas are on their way."""
        async with self._store.reading() as session:
            counted = self._on_their_way(select(func.count()).select_from(IdeaRow))
            return await session.scalar(counted) or 0

    async def batch(self, after: int, limit: int) -> tuple[Standing, ...]:
        """The next ideas on their way whose `id` is above `after`."""
        columns = select(IdeaRow.id, IdeaRow.reference, IdeaRow.stage, IdeaRow.understanding)
        ideas = self._on_their_way(columns).where(IdeaRow.id > after).order_by(IdeaRow.id).limit(limit)
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

    def _on_their_way(self, ideas: Select[*tuple[object, ...]]) -> Select[*tuple[object, ...]]:
        lifecycle = self._catalogue.lifecycle
        over = [stage for stage in lifecycle.stages if lifecycle.is_over(stage)]
        return ideas.where(IdeaRow.stage.not_in(over), IdeaRow.locked_at.is_(None), IdeaRow.merged_into_id.is_(None))


def rerouted(catalogue: Catalogue, idea: Standing) -> Rerouted:
    """Who would have an idea by the rules of this catalogue, beside who has it.

    What a person handed on stays where it is. A body that has done its part, has passed the idea on or has given it
    back does not get it again.
    """
    now = [body for body, state in idea.states.items() if state is AssignmentState.OPEN]
    named = _named(catalogue, idea)
    kept = [body for body in now if body in named or (idea.rules[body] == HANDED_ON and body in catalogue.bodies)]
    come = [body for body in named if body not in idea.states]
    # The catch-all body has what nobody else has, and gets what nobody has moved yet.
    caught, is_new = catalogue.catch_all, catalogue.lifecycle.is_untouched(idea.stage)
    if not kept and not come and (is_new or caught in now):
        kept, come = ([caught], []) if caught in now else ([], [caught])
    go = [body for body in now if body not in kept]
    return Rerouted(idea.reference, tuple(come), tuple(go), tuple(kept))


def balances(changes: Iterable[Rerouted], bodies: Sequence[str]) -> list[Balance]:
    """What would become of each body that has ideas or would get some, in the order of `bodies` (ids)."""
    come, go, stay = Counter[str](), Counter[str](), Counter[str]()
    for change in changes:
        come.update(change.come)
        go.update(change.go)
        stay.update(change.stay)
    concerned = dict.fromkeys(body for body in (*bodies, *come, *go, *stay) if come[body] or go[body] or stay[body])
    return [Balance(body, come[body], go[body], stay[body]) for body in concerned]


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
