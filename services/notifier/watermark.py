"""What this host has seen of the outbox's mark, so that an older copy of the database is not sent from unnoticed."""

from __future__ import annotations

import fcntl
import os
import struct
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import structlog

from services.ideas.outbox_control import OutboxControl

# FS_IOC_GETVERSION of Linux: a value that ext4, XFS and others draw anew where another file gets a number again.
_GET_GENERATION = 0x80087601
_UNKNOWN_GENERATION = 0

log = structlog.get_logger(__name__)


class Watermark:
    """The highest mark that was seen, kept in a file beside the database and not in it.

    A restored database has a lower mark than the file: it would send again what left after it was copied. Where the
    file comes from the same copy as the database, it is not the file any more whose identity it bears: whatever copies
    files makes new ones.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._highest = 0

    async def check(self, control: OutboxControl, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """Before anything is sent: pause the outbox where its database is older than what was seen, or may be."""
        seen, is_copied = self._read()
        mark, pause = await control.check(seen, now(), is_copied=is_copied)
        if pause:
            log.error("outbox.paused", reason=pause, release="ideenkanal outbox --release")
        # The pause is in the database by now, and outlives the next start.
        self._write(max(seen, mark) if pause else mark)

    def note(self, mark: int) -> None:
        """Remember a mark that something was sent with."""
        if mark > self._highest:
            self._write(mark)

    def _read(self) -> tuple[int, bool]:
        """The mark in the file (0: none), and whether the file is a copy of the one that was written."""
        try:
            with self._file.open(encoding="ascii") as file:
                mark, identity = file.read().split()
                return int(mark), identity != _identity(file.fileno())
        except (FileNotFoundError, ValueError):
            return 0, False

    def _write(self, mark: int) -> None:
        """Whole or not at all, but not through a power cut: an older file only notices less."""
        self._highest = mark
        draft = None
        try:
            descriptor, draft = tempfile.mkstemp(dir=self._file.parent, prefix=self._file.name)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(f"{mark} {_identity(descriptor)}\n")
            Path(draft).replace(self._file)
        except OSError as error:
            # What was sent is sent, and marked in the database.
            log.warning("outbox.mark_not_kept", reason=error.strerror)
            if draft is not None:
                Path(draft).unlink(missing_ok=True)


def _identity(descriptor: int) -> str:
    """What no other file of its file system has, by its number and, where that is known, its generation.

    Not by its device, whose number may change with the next start of the machine, nor by times, which a change of its
    owner moves.
    """
    number = os.fstat(descriptor).st_ino
    try:
        (generation,) = struct.unpack("=q", fcntl.ioctl(descriptor, _GET_GENERATION, bytes(8)))
    except OSError:
        generation = _UNKNOWN_GENERATION
    return f"{number}.{generation}"
