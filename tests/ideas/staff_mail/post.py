"""The post between a body's mailbox and the program, at the level of the register: digests, answers and receipts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import select

from nlp.understanding import Understanding
from services.ideas.capability import Purpose
from services.ideas.model import Attachment, InboundMessage, LoggedMessage, Sender
from services.ideas.periods import Period
from services.ideas.readings import NotUnderstood, Source, Submission
from services.ideas.register import Register
from services.ideas.staff_mail.receipts import Entry
from services.ideas.store import Store
from services.ideas.tables import InboundRow, NotificationRow
from services.ideas.work_tables import PendingDeedRow
from tests.conftest import NOON
from tests.ideas.samples import CHEMNITZ

MINUTE = timedelta(minutes=1)
STAFF = Sender("email", "e.mustermann@stadt-chemnitz.example.org", verified=True)
MAILBOX = "ideen@stadt-chemnitz.example.org"


@dataclass
class Post:
    """What a body sends and gets; `after` is in minutes since its digest was written."""

    register: Register
    store: Store
    places: dict[str, Understanding] = field(default_factory=dict)
    held: bool = False

    async def digest(self, body: str = CHEMNITZ, *, period: str = "2026-11-23", at: datetime = NOON) -> str:
        """Write a digest; its key."""
        await self.register.write_digest(body, Period(period, at), at)
        return f"digest:{body}:{period}:0"

    async def answer(
        self,
        text: str,
        to: str,
        *,
        after: float = 1,
        sender: Sender = STAFF,
        answerable: bool = True,
        files: tuple[Attachment, ...] = (),
        external_id: str = "",
    ) -> str:
        """Send an answer to what was sent under a key; the key of the receipt that comes of it, if any."""
        at = NOON + after * MINUTE
        message = InboundMessage("email", external_id or uuid4().hex, {}, b"raw", at)
        (receipt,) = await self.register.log([message])
        token = self.register.token(Purpose.REPLY, to)
        said = Submission(sender, "Re: Übersicht", text, files, thread=token, answerable=answerable)
        logged = LoggedMessage(receipt.id, message, 1)
        understood: dict[Source, Understanding] = {}
        while True:
            try:
                await self.register.record(logged, said, None, understood)
                break
            except NotUnderstood as question:
                understood[question.source] = self.places[question.source.text]
        async with self.store.reading() as session:
            row = await session.get(InboundRow, receipt.id)
            self.held = row is not None and row.state == "held"
        return f"receipt:{receipt.id}"

    async def parameters(self, receipt: str) -> dict[str, object]:
        """What a receipt was made of."""
        async with self.store.reading() as session:
            row = await session.scalar(select(NotificationRow).where(NotificationRow.key == receipt))
        assert row is not None
        assert row.recipient == MAILBOX
        return row.parameters

    async def entries(self, receipt: str) -> tuple[Entry, ...]:
        """What a receipt tells."""
        return await self.register.receipts.entries(await self.parameters(receipt))

    async def said(self, receipt: str) -> list[tuple[int, str]]:
        """Each line of a receipt: its number and what came of it."""
        return [(entry.result.number, entry.result.what.value) for entry in await self.entries(receipt)]

    async def receipts(self) -> int:
        """How many receipts were written."""
        async with self.store.reading() as session:
            rows = await session.scalars(select(NotificationRow.id).where(NotificationRow.template == "receipt"))
            return len(rows.all())

    async def waiting(self) -> int:
        """How many deeds wait for a yes."""
        async with self.store.reading() as session:
            return len((await session.scalars(select(PendingDeedRow.id))).all())
