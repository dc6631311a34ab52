"""An inbound log's commit that tests can hold, break, or put in front of a real register."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from services.ideas.errors import StoreError
from services.ideas.inbound import Commit
from services.ideas.model import InboundMessage, Receipt


class Kept:
    """Keeps messages in memory, or hands them on to `beyond`; `faults` are raised first, one for each commit."""

    def __init__(self, beyond: Commit | None = None) -> None:
        self.messages: dict[str, InboundMessage] = {}
        self.faults: list[StoreError | RuntimeError] = []
        self.reached = asyncio.Event()
        self.open = asyncio.Event()
        self.open.set()
        self._beyond = beyond

    async def __call__(self, messages: Sequence[InboundMessage]) -> Sequence[Receipt]:
        """Commit, once the gate is open."""
        self.reached.set()
        await self.open.wait()
        if self.faults:
            raise self.faults.pop(0)
        if self._beyond is not None:
            return await self._beyond(messages)
        receipts = []
        for message in messages:
            new = message.external_id not in self.messages
            self.messages.setdefault(message.external_id, message)
            receipts.append(Receipt(list(self.messages).index(message.external_id) + 1, new))
        return receipts

    @property
    def raws(self) -> list[bytes]:
        """The raw messages, in the order in which they came."""
        return [message.raw for message in self.messages.values()]
