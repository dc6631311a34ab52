"""The nightly work."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.ideas.register import Register
from services.notifier.housekeeping import keep_house
from tests.conftest import NOON
from tests.submissions import submit

DAY = timedelta(days=1)


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
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


async def test_what_was_kept_long_enough_goes(register: Register) -> None:
    """Raw messages are emptied after the days that the notice names."""
    reference = await submit(register)
    days = register.catalogue.settings.privacy.raw_days
    await keep_house(register, NOON + timedelta(days=days + 1))

    exported = await register.personal_data.export("telegram", "4711", NOON)
    assert exported is not None
    assert (await register.idea(reference)).contributions[0].text
