"""The register of ideas: every use of the store, one transaction each. Nothing else opens a transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select, text

from nlp.understanding import NO_MODEL, Understanding
from services.ideas import inbound, outbox, views
from services.ideas.admission import Admission
from services.ideas.awaited_files import AwaitedFiles
from services.ideas.catalogue import Catalogue
from services.ideas.chat import Wish
from services.ideas.corrections import corrected
from services.ideas.deeds import Doer, Move
from services.ideas.dialogue.turn import Understood
from services.ideas.digest_reading import DigestReading
from services.ideas.digests import write_digest
from services.ideas.fingerprints import outdate
from services.ideas.groups import Groups
from services.ideas.holding import HoldingPen
from services.ideas.inbound_sqlite import SqliteInsert
from services.ideas.leases import Leases
from services.ideas.lookups import Lookups
from services.ideas.mailboxes import Mailboxes
from services.ideas.measures import Measures
from services.ideas.model import Idea, InboundMessage, LoggedMessage, Notification, NotificationState, Receipt
from services.ideas.outbox import Outbox
from services.ideas.outbox_control import OutboxControl, raise_mark
from services.ideas.periods import Period
from services.ideas.personal_data import PersonalData
from services.ideas.readings import Asked, Reading, Submission
from services.ideas.reclassification import Reclassification
from services.ideas.rerouting import Rerouting
from services.ideas.similar import SimilarIdeas
from services.ideas.staff_mail.receipts import Receipts
from services.ideas.store import Store
from services.ideas.tables import IdeaRow, NotificationRow
from services.ideas.taking import outcome, take
from services.ideas.teaching import Teaching
from services.ideas.triage import Triage
from services.ideas.undeliverable import mark_undeliverable
from services.ideas.work import Work


class Register(Lookups):
    """What the services do with ideas. Every method is one transaction and may be repeated after a fault.

    `messages_waiting` and `notifications_waiting` are set when this process has written work for the reader or the
    sender; other processes find it when they next look. All methods raise StoreError as `Store` says.
    """

    def __init__(self, store: Store, catalogue: Catalogue, secret: bytes) -> None:
        self.catalogue = catalogue
        self.messages_waiting = asyncio.Event()
        self.notifications_waiting = asyncio.Event()
        self._admission = Admission(catalogue, secret)
        super().__init__(store, secret, self._admission.updates.window)
        self._outbox = Outbox(secret)
        self._insert_directly = SqliteInsert()
        self.mailboxes = Mailboxes(store)
        self.holding_pen = HoldingPen(store, self._admission)
        self.groups = Groups(store, catalogue)
        self.leases = Leases(store)
        self.awaited_files = AwaitedFiles(store, secret)
        self.personal_data = PersonalData(store, catalogue)
        self.teaching = Teaching(store, self._admission)
        self.triage = Triage(store, catalogue)
        self.work = Work(store, self._admission)
        self.receipts = Receipts(store)
        self.measures = Measures(store, self._admission)
        self.rerouting = Rerouting(store)
        self.reclassification = Reclassification(store, self._admission)
        self.similar = SimilarIdeas(store, catalogue)
        self.digest_reading = DigestReading(store, catalogue, secret, self.similar)
        self.outbox_control = OutboxControl(store)

    # The inbound log

    async def log(self, messages: Sequence[InboundMessage]) -> tuple[Receipt, ...]:
        """Commit raw messages; one that is known already is not kept twice. Receipts come in the same order."""
        if self._store.is_sqlite:
            receipts = await self._store.write_directly(partial(self._insert_directly, messages=messages))
        else:
            async with self._store.writing() as session:
                receipts = await inbound.insert(session, messages)
        self.messages_waiting.set()
        return receipts

    async def claim_messages(self, now: datetime, lease: timedelta, limit: int) -> tuple[LoggedMessage, ...]:
        """The next messages to read, oldest first, for this reader alone until the lease runs out."""
        async with self._store.writing() as session:
            return await inbound.claim(session, now, lease, limit)

    async def record(
        self,
        logged: LoggedMessage,
        reading: Reading,
        understanding: Understanding | None,
        understood: Understood | None = None,
    ) -> str | None:
        """Everything that one message changes, and its "read" mark. Returns the reference of a new idea.

        `understanding` is of the message alone. Raises NotUnderstood where the model has to be asked for more, which
        is then given in `understood`. A message that another reader has finished meanwhile changes nothing.
        """
        async with self._store.writing() as session:
            if not await inbound.finish(session, logged, outcome(reading)):
                return None
            known = dict(understood or {})
            if isinstance(reading, Submission) and understanding is not None:
                known[reading.source] = understanding
            reference = await take(session, self._admission, logged, reading, known)
        self.notifications_waiting.set()
        self.similar.unmarked_waiting.set()
        if isinstance(reading, Submission) and reading.awaited:
            self.awaited_files.waiting.set()
        if isinstance(reading, Asked) and reading.button.wish is Wish.ERASE:
            await self.personal_data.wipe(thoroughly=False)
        return reference

    async def reading_failed(
        self, logged: LoggedMessage, again_at: datetime, reason: str, *, for_good: bool = False
    ) -> bool:
        """Put a message back for another try, or into quarantine after its last one (then True), or at once."""
        async with self._store.writing() as session:
            return await inbound.fail(session, logged, again_at, reason, for_good=for_good)

    async def give_back(self, messages: Sequence[LoggedMessage], now: datetime) -> None:
        """Return claimed messages unread; the claim does not count as an attempt."""
        async with self._store.writing() as session:
            await inbound.give_back(session, messages, now)

    # Understanding again what no model has read

    async def not_understood(self, limit: int) -> tuple[Idea, ...]:
        """Ideas that came while no model could be used."""
        async with self._store.reading() as session:
            return await views.not_understood(session, limit)

    async def understand_again(self, reference: str, understanding: Understanding, now: datetime) -> None:
        """Replace the understanding of an idea that no model had read, and route it."""
        async with self._store.writing() as session:
            idea = await session.scalar(select(IdeaRow).where(IdeaRow.reference == reference).with_for_update())
            if idea is not None and idea.model == NO_MODEL:
                idea.model = understanding.model
                read = await corrected(session, idea, understanding)
                idea.understanding = read.to_json()
                await outdate(session, idea)
                await self._admission.assigning.assign(session, idea, read, now)

    # What staff do

    async def change_stage(self, reference: str, stage_id: str, note: str, actor: str, now: datetime) -> Idea:
        """Move an idea on, give it to the bodies of the new stage, and owe its submitter an update.

        Raises IdeaNotFound, or StageRefused with a sentence that says what is possible.
        """
        await self.work.act(reference, Move(stage_id, note), Doer(actor), now)
        self.notifications_waiting.set()
        return await self.idea(reference)

    # Digests

    async def write_digest(self, body_id: str, period: Period, now: datetime) -> int | None:
        """One digest of what happened until the period's end and the body has not been told; the number of its ideas.

        None where this period's digest exists already, whoever wrote it. A digest with nothing to say is written down
        (the period is done) and sent to nobody.
        """
        async with self._store.writing() as session:
            number = await write_digest(session, self._outbox, self.catalogue, body_id=body_id, period=period, now=now)
        self.notifications_waiting.set()
        return number

    # The outbox

    async def claim_notifications(
        self, now: datetime, lease: timedelta, limit: int, channel: str | None = None
    ) -> tuple[Notification, ...]:
        """The next notifications to send, of one channel or of any, leased to this sender alone."""
        async with self._store.writing() as session:
            return await self._outbox.claim(session, now, lease, limit, channel)

    async def sent(self, notification: Notification, now: datetime) -> None:
        """Mark a notification as delivered."""
        await self.all_sent([notification], now)

    async def all_sent(self, notifications: Sequence[Notification], now: datetime) -> int:
        """Mark several notifications as delivered, in one transaction; returns the outbox's mark from then on."""
        async with self._store.writing() as session:
            await outbox.settle_sent(session, notifications, now)
            # Last, because senders wait for one another from here to the commit.
            mark = await raise_mark(session, now)
        await self._settled(notifications)
        return mark

    async def give_back_notifications(self, notifications: Sequence[Notification], now: datetime) -> None:
        """Return claimed notifications that nobody has begun to send; the claim does not count as an attempt."""
        async with self._store.writing() as session:
            await outbox.give_back(session, notifications, now)

    async def begin_again(self, notification: Notification) -> bool:
        """Note that a notification is about to be sent again of which nobody knows whether it arrived.

        False where it must not be sent, because the lease ran out and another sender has it now.
        """
        async with self._store.writing() as session:
            return await outbox.count_doubt(session, notification)

    async def send_again(
        self,
        notification: Notification,
        again_at: datetime,
        error: str,
        now: datetime,
        *,
        is_in_doubt: bool = False,
    ) -> None:
        """Put a notification back until `again_at`; `error` is what staff read about it.

        `is_in_doubt` says that it may have arrived.
        """
        async with self._store.writing() as session:
            state = NotificationState.DUE
            await outbox.settle(
                session, notification, state, now, again_at=again_at, error=error, is_in_doubt=is_in_doubt
            )

    async def give_up(
        self, notification: Notification, error: str, now: datetime, *, undeliverable: bool = False
    ) -> None:
        """End a notification that cannot be delivered; `error` is what staff read about it.

        `undeliverable` says that its address does not exist: no more mail goes there.
        """
        async with self._store.writing() as session:
            await outbox.settle(session, notification, NotificationState.GIVEN_UP, now, error=error)
            row = await session.get(NotificationRow, notification.id) if undeliverable else None
            if row is not None:
                await mark_undeliverable(session, row, error, now)
        await self._settled([notification])

    async def _settled(self, notifications: Sequence[Notification]) -> None:
        if any(each.template == outbox.FAREWELL for each in notifications):
            # It bore the last address of somebody who has been erased.
            await self.personal_data.wipe(thoroughly=False)
        self.notifications_waiting.set()

    # Health

    async def counts(self) -> dict[str, dict[str, int]]:
        """How many messages and notifications are in each state; it also proves that the store answers."""
        async with self._store.reading() as session:
            await session.execute(text("SELECT 1"))
            return {"messages": await inbound.counts(session), "notifications": await outbox.counts(session)}

    async def take_over_messages(self, now: datetime) -> None:
        """Release what a reader before us had claimed, where no other reader can exist (SQLite, at start)."""
        if self._store.is_sqlite:
            async with self._store.writing() as session:
                await inbound.release(session, now)

    async def take_over_notifications(self, now: datetime, channel: str) -> None:
        """Release what a sender before us had claimed, where no other sender can exist (SQLite, at start)."""
        if self._store.is_sqlite:
            async with self._store.writing() as session:
                await outbox.release(session, now, channel)
