"""A Maildir that outgoing mail lands in while no relay is configured, so that nothing is lost and all can be read."""

from __future__ import annotations

import asyncio
import mailbox
from pathlib import Path

from services.notifier.outcome import Outcome, Retry, Sent


class Maildir:
    """Keeps each message as one file, complete or not at all (the Maildir way: written in tmp/, moved to new/)."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        # Two at once would race for the folders and, within a microsecond, for a file name.
        self._one_at_a_time = asyncio.Lock()

    async def send(self, mail: bytes, sender: str, recipient: str) -> Outcome:
        """Write one mail, with its envelope in the fields that RFC 5321 section 4.4 and habit have for it."""
        try:
            async with self._one_at_a_time:
                await asyncio.to_thread(self._add, mail, sender, recipient)
        except OSError as error:
            return Retry(f"the Maildir cannot be written ({error.strerror})")
        return Sent()

    def _add(self, mail: bytes, sender: str, recipient: str) -> None:
        self._directory.parent.mkdir(parents=True, exist_ok=True)
        box = mailbox.Maildir(self._directory, create=True)
        stored = f"Return-Path: <{sender}>\r\nDelivered-To: {recipient}\r\n".encode() + mail
        box.add(stored)
        box.close()
