"""Ideas as the tests of the outer rooms need them: submitted, understood, and on their way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from nlp.understanding import DistrictScore, Kind, MunicipalityScore, TopicScore, Understanding
from services.ideas.capability import Purpose
from services.ideas.model import Attachment, InboundMessage, LoggedMessage, Sender
from services.ideas.readings import Reading, Request, Submission
from services.ideas.register import Register
from tests.conftest import NOON

ANNA = Sender("email", "anna@example.org", verified=False)
BEN = Sender("telegram", "4711", verified=True)
CLARA = Sender("telegram", "4712", verified=True)
CERTAIN = Understanding(
    kind=Kind.IDEA,
    topics=(TopicScore("mobility", 0.93),),
    suggestions=(TopicScore("mobility", 0.93), TopicScore("culture", 0.04), TopicScore("digital", 0.01)),
    districts=(DistrictScore("14511", 0.97),),
    municipalities=(MunicipalityScore("14511000", "Chemnitz", 0.97),),
    evidence=(),
    candidates=(),
    abstained=False,
    model="test",
)
UNCERTAIN = replace(
    CERTAIN,
    topics=(),
    suggestions=(TopicScore("mobility", 0.41), TopicScore("culture", 0.32), TopicScore("digital", 0.05)),
    districts=(),
    municipalities=(),
    abstained=True,
)
# Bodies of the shipped configuration: who has Chemnitz, and who gets what no route names.
CHEMNITZ, CATCH_ALL_BODY = "stadt-chemnitz", "regionalkonvent"


async def submit(
    register: Register,
    text: str = "Ein Radweg für alle.",
    *,
    subject: str = "",
    sender: Sender = BEN,
    attachments: Sequence[str] = (),
    understanding: Understanding = CERTAIN,
    at: datetime = NOON,
) -> str:
    """The reference of an idea that came in a message of its own."""
    files = tuple(Attachment(name, "application/pdf", name.encode()) for name in attachments)
    reference = await _record(register, Submission(sender, subject, text, files), understanding, at)
    assert reference is not None
    return reference


async def answer(register: Register, reference: str, text: str, *, sender: Sender = ANNA, at: datetime = NOON) -> None:
    """A submitter answers to the secret address of an idea."""
    token = register.token(Purpose.REPLY, reference)
    await _record(register, Submission(sender, "", text, thread=token), None, at)


async def ask_status(register: Register, sender: Sender, asked: str = "") -> None:
    """A person asks where their ideas stand."""
    await _record(register, Request(sender, "status", {"asked": asked} if asked else {}), None, NOON)


async def _record(
    register: Register, reading: Submission | Request, understanding: Understanding | None, at: datetime
) -> str | None:
    message = InboundMessage(reading.sender.channel, uuid4().hex, {}, b"", at)
    (receipt,) = await register.log([message])
    wanted: Reading = reading
    return await register.record(LoggedMessage(receipt.id, message, 1), wanted, understanding)
