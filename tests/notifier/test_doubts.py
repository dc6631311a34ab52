"""Messages of which nobody knows whether they arrived: repeated once, then shown to staff."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

from services.ideas.outbox import IN_DOUBT
from services.ideas.register import Register
from services.notifier.delivery import Sender
from services.notifier.outcome import Outcome, Retry
from tests.conftest import on_sqlite
from tests.notifier.samples import Channel, Clock, state
from tests.submissions import BEN, CLARA, submit

# What the two databases do differently is tested with the outbox.
pytestmark = on_sqlite

Make = Callable[..., Sender]
RETRY = Retry("not now")


async def test_what_killed_its_sender_twice_is_given_up(sender: Make, register: Register, clock: Clock) -> None:
    """Nobody knows whether it arrived: it is not sent for a third time, and others' messages leave."""
    doomed, well = await submit(register, sender=BEN), await submit(register, sender=CLARA)
    for _ in range(2):
        owed = (await register.claim_notifications(clock.now, timedelta(seconds=60), 1))[0]
        if owed.doubts:
            await register.begin_again(owed)
        clock.passes(seconds=60)
    channel = Channel()

    await sender(channel).send_due()

    assert channel.keys == [f"confirmation:{well}"]
    assert await state(register, doomed) == ("given-up", 3, IN_DOUBT)


async def test_what_is_in_doubt_is_sent_once_more(sender: Make, register: Register, clock: Clock) -> None:
    """Refusals in between count for nothing; the second time that no answer comes is the last."""
    doubt = Retry("it hung up", is_in_doubt=True)
    answers: Iterator[Outcome] = iter([RETRY, doubt, RETRY, RETRY, doubt])
    channel = Channel(answer=lambda _: next(answers))
    reference = await submit(register)
    sending = sender(channel)

    while (await register.counts())["notifications"].get("due"):
        await sending.send_due()
        clock.passes(hours=1)

    assert next(answers, None) is None
    assert await state(register, reference) == ("given-up", 5, IN_DOUBT)
