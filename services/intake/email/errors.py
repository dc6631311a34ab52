"""What can go wrong while mail is taken in and read.

IntakeError
├── MailDefeated        a mail brought the process that reads it to its end (also a MessageDefeated)
└── WorkerUnavailable   that process does not start; no mail is to blame (also a ReadingUnavailable)
"""

from __future__ import annotations

from enum import StrEnum

from services.intake.channel import MessageDefeated, ReadingUnavailable


class Defeat(StrEnum):
    """What a mail did to the process that worked on it."""

    TIME = "time"
    MEMORY = "memory"
    CRASH = "crash"
    ERROR = "error"
    NONSENSE = "nonsense"


class IntakeError(Exception):
    """The parent of all errors of mail intake."""


class MailDefeated(IntakeError, MessageDefeated):  # noqa: N818 - what happened, in the program's words
    """This mail cannot be read: it took too long or too much memory, or broke the process that read it.

    `detail` tells where, and holds nothing of the mail.
    """

    def __init__(self, reason: Defeat, detail: str = "") -> None:
        super().__init__(f"{reason.value}: {detail}" if detail else reason.value)
        self.reason = reason
        self.detail = detail


class WorkerUnavailable(IntakeError, ReadingUnavailable):  # noqa: N818 - likewise
    """The process that works on mail does not start. Its command, run by hand, tells why."""
