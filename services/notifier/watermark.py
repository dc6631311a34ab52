"""What this host has seen of the outbox's mark, so that an older copy of the database is not sent from unnoticed."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import structlog

from services.ideas.outbox_control import OutboxControl

log = structlog.get_logger(__name__)


class Watermark:
    """The highest mark that was seen, kept in a file beside the database and not in it.

    A restored database has a lower mark than the file: it would send again what left after it was copied. Where the
    file comes from the same copy as the database, nothing shows that it is one.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._highest = 0

    async def check(self, control: OutboxControl, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """Before anything is sent: pause the outbox where its database is older than what was seen."""
        seen = self._read()
        mark = await control.check(seen, now())
        if mark is None:
            log.error("outbox.paused", reason="the database is an older copy", release="ideenkanal outbox --release")
        else:
            self._write(mark)

    def note(self, mark: int) -> None:
        """Remember a mark that something was sent with."""
        if mark > self._highest:
            self._write(mark)

    def _read(self) -> int:
        try:
            return int(self._file.read_text(encoding="ascii"))
        except (FileNotFoundError, ValueError):
            return 0

    def _write(self, mark: int) -> None:
        """Whole or not at all, but not through a power cut: an older file only notices less."""
        self._highest = mark
        draft = None
        try:
            descriptor, draft = tempfile.mkstemp(dir=self._file.parent, prefix=self._file.name)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(f"{mark}\n")
            Path(draft).replace(self._file)
        except OSError as error:
            # What was sent is sent, and marked in the database.
            log.warning("outbox.mark_not_kept", reason=error.strerror)
            if draft is not None:
                Path(draft).unlink(missing_ok=True)
