"""The queue of updates: kept until confirmed, handed out again until then, as getUpdates documents it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tests.fakes.bot_api.wire import Update

if TYPE_CHECKING:
    from collections.abc import Sequence

# Telegram sends these only to those who ask for them by name.
_ONLY_ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
# Any number will do as the first; real ones are of this size.
_FIRST_UPDATE_ID = 731_000_001


class UpdateQueue:
    """All updates ever made, which of them are pending, and how often each was handed out."""

    def __init__(self) -> None:
        self.allowed: tuple[str, ...] = ()
        self.deliveries: Counter[int] = Counter()
        self._all: dict[int, Update] = {}
        self._pending: list[int] = []
        self._repeats: list[int] = []
        self._next_id = _FIRST_UPDATE_ID

    @property
    def pending(self) -> tuple[int, ...]:
        """The ids of unconfirmed updates, oldest first."""
        return tuple(self._pending)

    @property
    def waiting(self) -> tuple[int, ...]:
        """The ids of what would be handed out now: scripted repetitions, then the pending ones."""
        return tuple(dict.fromkeys(self._repeats + self._pending))

    def add(self, update: Update) -> int:
        """Give the update its id, queue it if its kind is allowed, and return the id."""
        update_id = self._next_id
        self._next_id += 1
        update["update_id"] = update_id
        self._all[update_id] = update
        if self._is_allowed(update):
            self._pending.append(update_id)
        return update_id

    def repeat(self, update_id: int, times: int) -> None:
        """Hand the update out `times` more, whatever was confirmed."""
        if update_id not in self._all:
            raise LookupError(f"no update {update_id} was ever made")
        self._repeats += [update_id] * times

    def confirm_before(self, offset: int) -> None:
        """Forget what getUpdates' `offset` confirms; a negative one keeps only the last `-offset` updates."""
        if offset < 0:
            self._pending = self._pending[offset:]
        elif offset > 0:
            self._pending = [each for each in self._pending if each >= offset]

    def handed_out(self, limit: int) -> list[Update]:
        """Return the next `limit` updates, counted as delivered but still pending."""
        chosen = self.waiting[:limit]
        for update_id in chosen:
            self._count(update_id)
        return [self._all[each] for each in chosen]

    def delivered(self, update_id: int) -> None:
        """Count one delivery and confirm it, as a webhook's 2xx does."""
        self._count(update_id)
        self._pending = [each for each in self._pending if each != update_id]

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
            self._repeats.remove(update_id)

    def _is_allowed(self, update: Update) -> bool:
        kind = next(name for name in update if name != "update_id")
        return kind in self.allowed if self.allowed else kind not in _ONLY_ON_REQUEST
