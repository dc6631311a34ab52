"""The order of a digest: in which section each idea stands, and the numbers by which its readers answer."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from nlp.understanding import Understanding
from services.ideas.catalogue import Catalogue
from services.ideas.ledger import Event
from services.ideas.model import AssignmentState
from services.ideas.similar import alike_among
from services.ideas.tables import AssignmentRow, IdeaRow
from services.ideas.triage import Untaught, by_worth
from services.ideas.work_tables import LedgerRow

# So many of what waits get a number in each digest; whoever has more finds the rest once these are done.
MOST_WAITING = 200
# So many of the news are compared with one another, and weighed: more than a mail shows.
_LOOKED_AT = 60
_NEWS = (Event.NEW, Event.RAISED, Event.STATEMENT, Event.CHANGED)
_FROM_CITIZENS = (Event.ADDED, Event.WITHDRAWN, Event.ERASED)
_AFTERWARDS = (Event.OVERDUE, Event.DECIDED, Event.UNDONE, Event.OUTCOME)
_GONE = frozenset({Event.WITHDRAWN, Event.ERASED})
_DONE = frozenset({Event.DECIDED, Event.UNDONE, Event.OUTCOME})

Told = Sequence[tuple[int, str]]


class Section(StrEnum):
    """Where a digest names an idea, in this order.

    NEWS: it is new for the body, or something new is to be known. CITIZENS: its submitter did something. WAITING: the
    body has it. DONE: the body or somebody else has decided. SETTLED: it waited, and no longer does.
    """

    NEWS = "news"
    CITIZENS = "citizens"
    WAITING = "waiting"
    DONE = "done"
    SETTLED = "settled"


def section_of(events: Collection[Event], *, is_open: bool) -> Section:
    """Where an idea stands of which these events are told; `is_open`: the body has it now."""
    heard = frozenset(events)
    if heard & _GONE:
        return Section.CITIZENS
    if heard & _DONE and not is_open:
        return Section.DONE
    if Event.RAISED in heard or (is_open and heard & {Event.NEW, Event.STATEMENT, Event.CHANGED}):
        return Section.NEWS
    if Event.ADDED in heard:
        return Section.CITIZENS
    return Section.WAITING if is_open else Section.SETTLED


def ideas_waiting(catalogue: Catalogue, body_id: str) -> Select[int]:
    """What waits for a body, the oldest first."""
    return (
        select(AssignmentRow.idea_id)
        .join(IdeaRow, IdeaRow.id == AssignmentRow.idea_id)
        .where(*_is_open(catalogue, body_id), IdeaRow.locked_at.is_(None), IdeaRow.merged_into_id.is_(None))
        .order_by(AssignmentRow.assigned_at, AssignmentRow.idea_id)
        .limit(MOST_WAITING)
    )


async def numbered(  # noqa: PLR0913, PLR0917 - of whom, by which rules, and what there is
    session: AsyncSession,
    catalogue: Catalogue,
    body: str,
    is_told: Iterable[ColumnElement[bool]],
    told: Told,
    waiting: Sequence[int],
) -> dict[int, int]:
    """The number of each idea, by its number in the store: 1, 2, 3 … as the digest names them now.

    `told` are ideas with the event that is told of them, in the order in which these happened; `is_told` is what finds
    them in the ledger. `waiting` is what waits, the oldest first.
    """
    heard: dict[int, set[Event]] = {idea: set() for idea in waiting}
    for idea, event in told:
        heard.setdefault(idea, set()).add(Event(event))
    having = (
        select(AssignmentRow.idea_id)
        .join(IdeaRow, IdeaRow.id == AssignmentRow.idea_id)
        .where(*_is_open(catalogue, body), AssignmentRow.idea_id.in_(select(LedgerRow.idea_id).where(*is_told)))
    )
    has = {*waiting, *(await session.scalars(having) if told else ())}
    sections: dict[Section, list[int]] = {section: [] for section in Section}
    for idea in _as_they_came(told, waiting):
        sections[section_of(heard[idea], is_open=idea in has)].append(idea)
    sections[Section.NEWS] = await _arranged(session, catalogue, body, sections[Section.NEWS])
    named = (idea for ideas in sections.values() for idea in ideas)
    return {idea: number for number, idea in enumerate(named, start=1)}


def side_by_side(ideas: Sequence[int], alike: Mapping[int, Collection[int]]) -> list[list[int]]:
    """Groups of ideas that are alike, each where its first one stood; what is like one of a group belongs to it."""
    group = {idea: [idea] for idea in ideas}
    for idea in ideas:
        for other in alike.get(idea, ()):
            if other in group and group[other] is not group[idea]:
                group[idea] += group[other]
                for each in group[other]:
                    group[each] = group[idea]
    place = {idea: number for number, idea in enumerate(ideas)}
    groups = {id(each): sorted(each, key=lambda idea: place[idea]) for each in group.values()}
    return sorted(groups.values(), key=lambda each: place[each[0]])


def _is_open(catalogue: Catalogue, body: str) -> tuple[ColumnElement[bool], ...]:
    over = [stage for stage in catalogue.lifecycle.stages if catalogue.lifecycle.is_over(stage)]
    return (AssignmentRow.body == body, AssignmentRow.state == AssignmentState.OPEN, IdeaRow.stage.not_in(over))


def _as_they_came(told: Told, waiting: Iterable[int]) -> dict[int, None]:
    """Each idea once: news, what submitters did, what waits, and the rest."""
    of: dict[str, list[int]] = {event: [] for event in Event}
    for idea, event in told:
        of[event].append(idea)
    first = (idea for event in (*_NEWS, *_FROM_CITIZENS) for idea in of[event])
    last = (idea for event in _AFTERWARDS for idea in of[event])
    return dict.fromkeys((*first, *waiting, *last))


async def _arranged(session: AsyncSession, catalogue: Catalogue, body: str, news: Sequence[int]) -> list[int]:
    """What is alike stands together; for the body that triages, first what a person's answer would teach most."""
    first, rest = news[:_LOOKED_AT], news[_LOOKED_AT:]
    if len(first) < 2:
        return list(news)
    if body == catalogue.catch_all:
        first = await _by_worth(session, first)
    groups = side_by_side(first, await alike_among(session, catalogue, first))
    return [*(idea for group in groups for idea in group), *rest]


async def _by_worth(session: AsyncSession, ideas: Sequence[int]) -> list[int]:
    unsure = select(IdeaRow.id, IdeaRow.reference, IdeaRow.understanding).where(
        IdeaRow.id.in_(ideas), IdeaRow.understanding["abstained"].as_boolean()
    )
    rows = {row.reference: row for row in await session.execute(unsure)}
    read = {reference: Understanding.from_json(row.understanding) for reference, row in rows.items()}
    worth = by_worth([Untaught(reference, "", each.suggestions) for reference, each in read.items()], {})
    places = {rows[item.reference].id: number for number, item in enumerate(worth)}
    return sorted(ideas, key=lambda idea: places.get(idea, len(places)))
