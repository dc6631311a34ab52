"""The child's part of reading: MailReader's reading as a value for a frame."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from services.ideas.settings import Email
from services.intake.email.read import MailReader, MailReading
from services.intake.email.worker.child import Task

_READING = TypeAdapter(MailReading)


def prepare(settings: Any) -> Task:
    """The task for an installation's settings of e-mail and the prefix of its reference numbers."""
    reader = MailReader(Email.model_validate(settings["email"]), settings["reference_prefix"])

    def read(request: Any) -> Any:
        return _READING.dump_python(reader.read_mail(request["raw"], request["envelope"]))

    return read
