"""What must hold after a soak: what the store holds, beside what the people did and what the server was sent."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from services.ideas.inbound import READ, STORED
from services.ideas.model import UNFINISHED, NotificationState
from services.ideas.store import Store
from services.ideas.tables import InboundRow, NotificationRow, SubmitterRow
from tests.benchmarks.soak_crowd import Crowd
from tests.benchmarks.soak_server import Place, SoakServer

_TELEGRAM = "telegram"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold: how many cases there are, and how many break it."""

    name: str
    cases: int
    broken: int


@dataclass(frozen=True, slots=True)
class Stored:
    """What the store holds: the states of updates by their number, and where answers are owed, with their states."""

    updates: dict[int, str]
    owed: Sequence[tuple[Place, str]]


async def is_at_rest(store: Store) -> bool:
    """Whether nothing is left to read or to send."""
    unread = select(func.count()).select_from(InboundRow).where(InboundRow.state == STORED)
    unsent = (
        select(func.count())
        .select_from(NotificationRow)
        .where(NotificationRow.channel == _TELEGRAM, NotificationRow.state.in_(UNFINISHED))
    )
    async with store.reading() as session:
        return not (await session.scalar(unread) or await session.scalar(unsent))


async def stored(store: Store) -> Stored:
    """All that came by Telegram, and all that is owed there."""
    async with store.reading() as session:
        updates = await session.execute(
            select(InboundRow.external_id, InboundRow.state).where(InboundRow.channel == _TELEGRAM)
        )
        owed = await session.execute(
            select(SubmitterRow.address, NotificationRow.parameters, NotificationRow.state)
            .join(SubmitterRow, SubmitterRow.id == NotificationRow.submitter_id)
            .where(NotificationRow.channel == _TELEGRAM)
            .order_by(NotificationRow.id)
        )
        return Stored(
            {int(number): state for number, state in updates},
            [(_place(int(chat), parameters), state) for chat, parameters, state in owed],
        )


def checks(kept: Stored, crowd: Crowd, server: SoakServer) -> Iterator[Check]:
    """All that must hold."""
    made = Counter(crowd.made)
    yield Check("updates that are not stored, or that nobody made", len(made), len(made.keys() ^ kept.updates.keys()))
    yield Check("updates that are not read", len(kept.updates), _but(kept.updates.values(), READ))
    yield Check(
        "answers that are owed and not sent", len(kept.owed), _but((s for _, s in kept.owed), NotificationState.SENT)
    )
    owed, put = Counter(place for place, _ in kept.owed), Counter(server.put)
    yield Check("places without the answer that is owed there", owed.total(), (owed - put).total())
    surplus = put - owed
    yield Check("places with more than one answer too many", len(put), sum(each > 1 for each in surplus.values()))
    yield Check("chats in which answers came in another order", *_out_of_order(kept, server))
    yield Check("people who waited in vain", len(made), len(crowd.unanswered))
    yield Check("requests that no correct client sends", len(server.calls), len(server.violations))
    unparsed = sum("parse entities" in each for each in server.violations)
    yield Check("messages whose words were taken for markup", len(server.put), unparsed)


def copies(kept: Stored, server: SoakServer) -> int:
    """How many answers were sent more than owed."""
    return (Counter(server.put) - Counter(place for place, _ in kept.owed)).total()


def _out_of_order(kept: Stored, server: SoakServer) -> tuple[int, int]:
    owed, put = _by_chat(place for place, _ in kept.owed), _by_chat(server.put)
    return len(put), sum(owed[chat] != put[chat] for chat in owed.keys() | put.keys())


def _by_chat(places: Iterable[Place]) -> defaultdict[int, list[Place]]:
    """The places of each chat in their order; what came to one place again and again is there once."""
    chats: defaultdict[int, list[Place]] = defaultdict(list)
    for place in places:
        if chats[place.chat][-1:] != [place]:
            chats[place.chat].append(place)
    return chats


def _place(chat: int, parameters: dict[str, int]) -> Place:
    if "edit" in parameters:
        return Place(chat, "edit", parameters["edit"])
    return Place(chat, "reply", parameters["answers"]) if "answers" in parameters else Place(chat, "plain")


def _but(states: Iterable[str], right: str) -> int:
    return sum(state != right for state in states)
