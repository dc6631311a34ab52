"""Mail read in a child process: the same reading as MailReader's, but no mail can stop or fill this process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from pydantic import TypeAdapter

from services.ideas.settings import Email
from services.intake.email.read import MailReading
from services.intake.email.worker.process import Worker

_TASK = "services.intake.email.worker.reading_task"
_READING = TypeAdapter(MailReading)


class ReadingProcess:
    """Reads one mail at a time in each of `count` child processes; further ones wait their turn."""

    def __init__(self, settings: Email, reference_prefix: str, *, count: int = 1, command: Sequence[str] = ()) -> None:
        configured = {"email": settings.model_dump(mode="json"), "reference_prefix": reference_prefix}
        self._worker = Worker(_TASK, configured, count=count, command=command)

    async def __aenter__(self) -> Self:
        await self._worker.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._worker.__aexit__(kind, error, trace)

    async def read(self, raw: bytes, envelope: Mapping[str, Any]) -> MailReading:
        """The reading of a raw message; `envelope` is empty where none is known.

        Raises MailDefeated where it took more than five seconds of processor time or too much memory, or broke the
        child; WorkerUnavailable where no child starts.
        """
        return await self._worker.ask({"raw": raw, "envelope": dict(envelope)}, _READING.validate_python)
