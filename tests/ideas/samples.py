"""Messages, submissions and faults that the tests of this room are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, event, func, select
from sqlalchemy.orm import DeclarativeBase

from nlp.understanding import DistrictScore, Kind, TopicScore, Understanding
from services.ideas.model import Attachment, InboundMessage, LoggedMessage, Sender
from services.ideas.readings import Submission
from services.ideas.register import Register
from services.ideas.store import Store
from tests.conftest import NOON

ANNA = Sender("email", "anna@example.org", verified=False)
BEN = Sender("telegram", "4711", verified=True)
# Bodies of the shipped configuration: who has Chemnitz, and who gets what no route names.
CHEMNITZ, CATCH_ALL_BODY = "stadt-chemnitz", "regionalkonvent"


class InjectedError(Exception):
    """The fault that a test asked for."""


def message(
    external_id: str = "1", *, channel: str = "email", raw: bytes = b"Radweg", received_at: datetime = NOON
) -> InboundMessage:
    return InboundMessage(channel, external_id, {"mail_from": "x@example.org"}, raw, received_at)


def understood(
    topics: tuple[str, ...] = ("mobility",),
    districts: tuple[str, ...] = ("14511",),
    kind: Kind = Kind.IDEA,
    *,
    abstained: bool = False,
) -> Understanding:
    return Understanding(
        kind=kind,
        topics=tuple(TopicScore(topic, 0.9) for topic in topics),
        suggestions=(),
        districts=tuple(DistrictScore(district, 0.9) for district in districts),
        municipalities=(),
        evidence=(),
        candidates=(),
        abstained=abstained,
        model="test",
    )


def submission(sender: Sender = ANNA, *attachments: Attachment, text: str = "Ein Radweg für alle.") -> Submission:
    return Submission(sender, "Radweg", text, attachments)


async def logged(
    register: Register, external_id: str, *, channel: str = "email", received_at: datetime = NOON
) -> LoggedMessage:
    """A message that is in the log, as a reader gets it."""
    kept = message(external_id, channel=channel, received_at=received_at)
    (receipt,) = await register.log([kept])
    return LoggedMessage(receipt.id, kept, 1)


async def admit(
    register: Register,
    external_id: str,
    sender: Sender = ANNA,
    understanding: Understanding | None = None,
    received_at: datetime = NOON,
) -> str:
    """The reference of an idea that came in a message of its own."""
    entry = await logged(register, external_id, channel=sender.channel, received_at=received_at)
    reference = await register.record(entry, submission(sender), understanding or understood())
    assert reference is not None
    return reference


async def number_of(store: Store, table: type[DeclarativeBase], *conditions: Any) -> int:
    """How many rows of a table meet the conditions."""
    async with store.reading() as session:
        counted = await session.scalar(select(func.count()).select_from(table).where(*conditions))
    return counted or 0


@contextmanager
def failing_at(statement_number: int) -> Iterator[None]:
    """Whatever engine is used, its n-th statement (from 1) raises InjectedError instead of being run."""
    seen = 0

    def fail() -> None:
        nonlocal seen
        seen += 1
        if seen == statement_number:
            raise InjectedError

    with before_each_statement(fail):
        yield


@contextmanager
def before_each_statement(do: Callable[[], object]) -> Iterator[None]:
    """Whatever engine is used, this is done before each of its statements."""

    def called(*_: object) -> None:
        do()

    event.listen(Engine, "before_cursor_execute", called)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", called)


@contextmanager
def statements_of() -> Iterator[list[str]]:
    """What is said to whatever engine is used meanwhile."""
    said: list[str] = []

    def heard(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(statement)

    event.listen(Engine, "before_cursor_execute", heard)
    try:
        yield said
    finally:
        event.remove(Engine, "before_cursor_execute", heard)
