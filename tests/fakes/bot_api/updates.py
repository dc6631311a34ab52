"""The queue of updates: kept until confirmed, handed out again until then, as getUpdates documents it."""

from __future__ import annotations

from collections import Counter, OrderedDict
from itertools import islice
from random import Random
from typing import TYPE_CHECKING

from tests.fakes.bot_api.wire import Update

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# Telegram sends these only to those who ask for them by name.
_ONLY_ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
# Any number will do as the first; real ones are of this size.
_FIRST_UPDATE_ID = 731_000_001


class UpdateQueue:
    """All updates ever made, which of them are pending, and how often each was handed out.

    Both queues are ordered dictionaries: they lose their head and any member in constant time.
    """

    def __init__(self) -> None:
        self.allowed: tuple[str, ...] = ()
        self.deliveries: Counter[int] = Counter()
        self._all: dict[int, Update] = {}
        self._pending: OrderedDict[int, None] = OrderedDict()
        self._repeats: OrderedDict[int, int] = OrderedDict()
        self._next_id = _FIRST_UPDATE_ID
        self._repeat_rate = 0.0
        self._random = Random()  # noqa: S311  chance, not secrecy

    @property
    def pending(self) -> tuple[int, ...]:
        """The ids of unconfirmed updates, oldest first."""
        return tuple(self._pending)

    @property
    def pending_count(self) -> int:
        """How many updates are unconfirmed."""
        return len(self._pending)

    @property
    def is_waiting(self) -> bool:
        """Whether there is something to hand out."""
        return bool(self._pending or self._repeats)

    def waiting(self) -> Iterator[int]:
        """Return the ids of what would be handed out now: repetitions of what was confirmed, then the pending ones."""
        yield from (each for each in self._repeats if each not in self._pending)
        yield from self._pending

    def add(self, update: Update) -> int:
        """Give the update its id, queue it if its kind is allowed, and return the id."""
        update_id = self._next_id
        self._next_id += 1
        update["update_id"] = update_id
        self._all[update_id] = update
        if self._is_allowed(update):
            self._pending[update_id] = None
            if self._random.random() < self._repeat_rate:
                self.repeat(update_id, 1)
        return update_id

    def repeat(self, update_id: int, times: int) -> None:
        """Hand the update out `times` more, whatever was confirmed."""
        if update_id not in self._all:
            raise LookupError(f"no update {update_id} was ever made")
        self._repeats[update_id] = self._repeats.get(update_id, 0) + times

    def repeat_by_chance(self, rate: float, seed: int) -> None:
        """Hand a share of the updates to come out twice; which ones, the seed says."""
        self._repeat_rate = rate
        self._random.seed(seed)

    def confirm_before(self, offset: int) -> None:
        """Forget what getUpdates' `offset` confirms; a negative one keeps only the last `-offset` updates."""
        while self._pending and next(iter(self._pending)) < offset:
            self._pending.popitem(last=False)
        while offset < 0 and len(self._pending) > -offset:
            self._pending.popitem(last=False)

    def handed_out(self, limit: int) -> list[Update]:
        """Return the next `limit` updates, counted as delivered but still pending."""
        chosen = list(islice(self.waiting(), limit))
        for update_id in chosen:
            self._count(update_id)
        return [self._all[each] for each in chosen]

    def delivered(self, update_id: int) -> None:
        """Count one delivery and confirm it, as a webhook's 2xx does."""
        self._count(update_id)
        self._pending.pop(update_id, None)

    def update(self, update_id: int) -> Update:
        """Return the update of this id, confirmed or not."""
        return self._all[update_id]

    def drop_pending(self) -> None:
        """Forget all that is pending."""
        self._pending.clear()

    def allow(self, kinds: Sequence[str]) -> None:
        """Remember allowed_updates; an empty list means the default. Updates made before keep their place."""
        self.allowed = tuple(kinds)

    def _count(self, update_id: int) -> None:
        self.deliveries[update_id] += 1
        if update_id in self._repeats and update_id not in self._pending:
            self._repeats[update_id] -= 1
            if not self._repeats[update_id]:
                del self._repeats[update_id]

    def _is_allowed(self, update: Update) -> bool:
        kind = next(name for name in update if name != "update_id")
        return kind in self.allowed if self.allowed else kind not in _ONLY_ON_REQUEST
