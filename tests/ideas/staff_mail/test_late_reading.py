"""An answer that is read long after it came: it counts as said when it came, and can be taken back from now on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from services.ideas.capability import Purpose
from services.ideas.model import InboundMessage
from services.ideas.readings import Submission
from services.ideas.register import Register
from services.ideas.store import Store
from services.ideas.tables import NotificationRow
from services.ideas.work_tables import ActRow
from tests import shipped
from tests.conftest import CONFIG, NOON, SECRET, on_sqlite
from tests.ideas.samples import BEN, admit
from tests.ideas.staff_mail.post import MINUTE, STAFF, Post

FORTNIGHT = timedelta(days=14)

pytestmark = on_sqlite


@pytest.fixture
def register(store: Store) -> Register:
    """A register of a region whose staff can take back what they did within ten minutes."""
    return Register(store, shipped.catalogue(CONFIG, {"IDEENKANAL_WORK_UNDO_MINUTES": "10"}), SECRET)


async def test_what_was_asked_in_time_is_done_and_can_be_taken_back(register: Register, store: Store) -> None:
    """The program was down: the last minute of the fortnight counts, and so do ten minutes after the reading."""
    await admit(register, "1", BEN)
    post = Post(register, store)
    digest = await post.digest()
    said_at, read_at = NOON + FORTNIGHT - MINUTE, NOON + FORTNIGHT + 60 * MINUTE
    await register.log([InboundMessage("email", "late", {}, b"raw", said_at)])
    (message,) = await register.claim_messages(read_at, MINUTE, 1)
    token = register.token(Purpose.REPLY, digest)
    said = Submission(STAFF, "Re: Übersicht", "1 nicht zuständig: Landesstraße", thread=token, answerable=True)
    await register.record(message, said, None)

    async with store.reading() as session:
        act = (await session.scalars(select(ActRow))).one()
        receipt = (await session.scalars(select(NotificationRow).where(NotificationRow.template == "receipt"))).one()
    assert (act.kind, act.at, receipt.created_at) == ("return", read_at, read_at)
    undone = await post.answer("1 rückgängig", digest, after=(read_at - NOON) / MINUTE - 60)
    assert await post.said(undone) == [(1, "undone")]
