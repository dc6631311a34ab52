"""Whether a digest simulation ended well: by what its database holds, and by what went over the wire."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from sqlalchemy import select

from services.ideas.ledger import Event
from services.ideas.model import NotificationState
from services.ideas.outbox import IN_DOUBT
from services.ideas.store import Store
from services.ideas.tables import DigestRow, IdeaRow, NotificationRow
from services.ideas.work_tables import LedgerRow

# What a body did itself waits until there is something else to tell.
_WAITING = (Event.DECIDED, Event.UNDONE)


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that a body was to hear, and in which digest it heard it."""

    body: str
    idea: str
    event: str
    at: datetime
    digest: int | None


@dataclass(frozen=True, slots=True)
class Digest:
    """A period of a body that was written down."""

    id: int
    body: str
    period: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Account:
    """All that a simulation has left."""

    digests: Sequence[Digest]
    entries: Sequence[Entry]
    # The state of each mail, by its key, and the digest that it bears.
    states: Mapping[str, str]
    bears: Mapping[str, int]
    sent: Counter[str]
    # Which of the mails were shown to staff, because kills had left open twice whether they arrived.
    in_doubt: Collection[str] = ()

    def __str__(self) -> str:
        return (
            f"{len(self.digests)} periods written, {len(self.states)} mails, {len(self.entries)} entries; "
            f"{self.copies} copies too many, at most {self.most} of one mail; {len(self.in_doubt)} left in doubt"
        )

    @property
    def copies(self) -> int:
        """How many messages went over the wire that had been sent before."""
        return sum(number - 1 for number in self.sent.values())

    @property
    def most(self) -> int:
        """How many copies there were of the message with the most."""
        return max(self.sent.values(), default=0)

    def untold(self, until: Mapping[str, datetime]) -> Iterator[Entry]:
        """What no digest has told, although it happened by the end of its body's last period (`until`)."""
        due = (entry for entry in self.entries if entry.body in until and entry.at <= until[entry.body])
        return (entry for entry in due if entry.digest is None and entry.event not in _WAITING)

    def is_complete(self, until: Mapping[str, datetime]) -> bool:
        """Whether all that happened by then was told and sent."""
        are_over = all(state == NotificationState.SENT or key in self.in_doubt for key, state in self.states.items())
        return are_over and not any(self.untold(until))

    def faults(
        self, expected: Collection[tuple[str, str]], late: Collection[str], until: Mapping[str, datetime], kills: int
    ) -> Iterator[str]:
        """What went wrong.

        `expected` are the bodies and periods that must have been written; `late` are the ideas that came in after the
        digest of their period; `until` is the end of each body's last one; after `kills` a message may have been sent
        twice.
        """
        known = Counter((digest.body, digest.period) for digest in self.digests)
        yield from (f"written more than once: {each}" for each, number in known.items() if number > 1)
        yield from (f"missed: {each}" for each in expected if each not in known)
        yield from (f"told by none: {entry}" for entry in self.untold(until))
        told = {entry.digest for entry in self.entries if entry.digest is not None}
        yield from (f"nobody was told: {digest}" for digest in told - set(self.bears.values()))
        for key, state in self.states.items():
            is_well = key in self.in_doubt or (state == NotificationState.SENT and self.sent[key])
            if not is_well or self.sent[key] > (2 if kills else 1):
                yield f"{key} is {state}, and was sent {self.sent[key]} times"
        yield from (f"sent, but not owed: {key}" for key in self.sent if key not in self.states)
        yield from self._in_the_wrong_digest(expected, late)

    def _in_the_wrong_digest(self, expected: Collection[tuple[str, str]], late: Collection[str]) -> Iterator[str]:
        by_id = {digest.id: digest for digest in self.digests}
        sent = set(self.bears.values())
        of_body: dict[str, list[Digest]] = {}
        # In the order in which they were written: a clock that is set back may write an earlier period later.
        for digest in sorted(self.digests, key=attrgetter("id")):
            # Where the clock went on meanwhile, one that had nothing left to tell may be written beside the next.
            if digest.id in sent or (digest.body, digest.period) in expected:
                of_body.setdefault(digest.body, []).append(digest)
        for entry in self.entries:
            if entry.digest is None:
                continue
            found = by_id[entry.digest]
            first = next((digest for digest in of_body[entry.body] if digest.until >= entry.at), None)
            if found.body != entry.body or found.until < entry.at:
                yield f"told by a wrong digest: {entry} {found}"
            elif entry.idea not in late and entry.event not in _WAITING and found is not first:
                yield f"told by another digest than that of its period: {entry} {found} {first}"


async def account(store: Store, sent: Counter[str]) -> Account:
    """What the database and the wire say."""
    entries = select(LedgerRow.body, IdeaRow.reference, LedgerRow.event, LedgerRow.at, LedgerRow.digest_id)
    digests = select(DigestRow.id, DigestRow.body, DigestRow.period, DigestRow.until)
    async with store.reading() as session:
        owed = (await session.scalars(select(NotificationRow).where(NotificationRow.template == "digest"))).all()
        return Account(
            digests=[Digest(*row) for row in await session.execute(digests)],
            entries=[Entry(*row) for row in await session.execute(entries.join(IdeaRow))],
            states={row.key: row.state for row in owed},
            bears={row.key: row.parameters["digest"] for row in owed},
            sent=sent,
            in_doubt={row.key for row in owed if (row.state, row.last_error) == (NotificationState.GIVEN_UP, IN_DOUBT)},
        )
