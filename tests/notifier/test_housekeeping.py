"""The nightly work."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from services.ideas.errors import StoreUnavailable
from services.ideas.model import InboundMessage, LoggedMessage
from services.ideas.readings import Nothing
from services.ideas.register import Register
from services.ideas.store import Store
from services.notifier.housekeeping import keep_house
from tests.conftest import NOON, on_sqlite

DAY = timedelta(days=1)


@on_sqlite
async def test_it_is_done_once_a_night(register: Register) -> None:
    """Of all who ask, the first of each night does it; a missed night is made up for by the next who asks."""
    half_past_three = NOON.replace(hour=2, minute=30)  # in Berlin, in winter
    times = (
        NOON,
        NOON + timedelta(hours=1),
        half_past_three + DAY - timedelta(seconds=1),
        half_past_three + DAY,
        half_past_three + DAY + timedelta(minutes=1),
        NOON + 5 * DAY,
    )

    assert [await keep_house(register, at) for at in times] == [True, False, False, True, False, True]


@on_sqlite
async def test_a_night_whose_work_failed_is_made_up_for(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the store was away in the middle of it, the next who asks does it, and not the next night."""

    async def fails(_now: datetime) -> int:
        raise StoreUnavailable("away")

    with monkeypatch.context() as context:
        context.setattr(register.personal_data, "expire", fails)
        with pytest.raises(StoreUnavailable):
            await keep_house(register, NOON)

    assert await keep_house(register, NOON)


async def test_what_was_kept_long_enough_goes(register: Register, store: Store) -> None:
    """A message that was read is emptied after the days that the notice names, and not before."""
    message = InboundMessage("email", "1", {}, b"as it came", NOON)
    (receipt,) = await register.log([message])
    await register.record(LoggedMessage(receipt.id, message, 1), Nothing("auto-reply"), None)
    kept = []
    for days in (register.catalogue.settings.privacy.raw_days - 1, register.catalogue.settings.privacy.raw_days + 1):
        await keep_house(register, NOON + timedelta(days=days))
        async with store.reading() as session:
            kept.append(await session.scalar(text("SELECT raw FROM inbound_message")))

    assert kept == [b"as it came", b""]
