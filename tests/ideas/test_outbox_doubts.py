"""Claimed messages of which nobody knows whether they arrived, and how that is counted."""

from __future__ import annotations

from datetime import timedelta

from services.ideas.model import Notification
from services.ideas.register import Register
from tests.conftest import NOON
from tests.ideas.samples import BEN, admit

LEASE = timedelta(minutes=1)


async def claim(register: Register, after: timedelta = timedelta()) -> tuple[Notification, ...]:
    return await register.claim_notifications(NOON + after, LEASE, 50)


async def test_what_a_dead_sender_had_is_in_doubt(register: Register) -> None:
    """It may have left. Claimed again that counts once, and anew only where its sender begins another attempt."""
    await admit(register, "1", BEN)
    for number in range(3):
        (owed,) = await claim(register, number * LEASE)
        assert owed.doubts == min(number, 1)
    assert await register.begin_again(owed)
    (last,) = await claim(register, 3 * LEASE)

    assert last.doubts == 2
    assert not await register.begin_again(owed)


async def test_an_answer_leaves_no_doubt(register: Register) -> None:
    """Where the recipient says that a repeated message did not arrive, only the first attempt stays in doubt."""
    await admit(register, "1", BEN)
    (first,) = await claim(register)
    await register.send_again(first, NOON, "it hung up", NOON, is_in_doubt=True)
    (second,) = await claim(register)
    await register.begin_again(second)
    await register.send_again(second, NOON, "451", NOON)
    (third,) = await claim(register)

    assert (first.doubts, second.doubts, third.doubts) == (0, 1, 1)
