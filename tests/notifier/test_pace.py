from __future__ import annotations

import pytest

from services.ideas.settings import Relay
from services.notifier.channels.relay import relay_pace
from services.notifier.channels.telegram import chat_rate
from services.notifier.pace import Pace, Rate, Turns


def test_without_rates_nobody_waits() -> None:
    """Any number may leave, to anybody."""
    turns = Turns(Pace())

    assert turns.free(0.0) is None
    assert [turns.book("4711", 0.0) for _ in range(100)] == [0.0] * 100


def test_no_window_holds_more_than_its_rate() -> None:
    """Of thirty a second, the 31st waits until a second after the first, and no second ever sees 31."""
    turns = Turns(Pace(in_all=Rate(30, 1.0)))
    left: list[float] = []
    now = 0.0
    while len(left) < 200:
        if free := turns.free(now):
            taken = min(free, 7)
            turns.take(taken, now)
            left += [now] * taken
            now += 0.05
        else:
            now += turns.seconds_until_free(now) + 1e-9

    assert max(sum(start <= at < start + 1.0 for at in left) for start in left) == 30
    assert left[-1] < 200 / 30


def test_one_recipient_waits_and_others_do_not() -> None:
    """A fourth message to one chat waits for its turn, and the first one to another leaves at once."""
    turns = Turns(Pace(to_one=lambda _: Rate(3, 3.0)))

    booked = [turns.book("4711", 10.0) for _ in range(7)]

    assert booked == [0, 0, 0, 3, 3, 3, 6]
    assert turns.book("4712", 10.0) == 0


def test_turns_that_are_over_are_forgotten() -> None:
    """After a pause a chat may be written to as if it had never been."""
    turns = Turns(Pace(to_one=lambda _: Rate(1, 1.0)))
    for number in range(1000):
        turns.book(str(number), 0.0)

    assert turns.book("0", 2.0) == 0
    assert len(turns) == 1


@pytest.mark.parametrize(("chat", "rate", "a_minute"), [("4711", Rate(10, 10.0), 60), ("-1004711", Rate(5, 15.0), 20)])
def test_telegrams_limits(chat: str, rate: Rate, a_minute: int) -> None:
    """A person gets one message a second, a group twenty a minute; both in short bursts."""
    assert chat_rate(chat) == rate
    assert rate.number / rate.seconds * 60 == a_minute


def test_the_relays_limits_are_settings() -> None:
    """Mails a minute are what the operator says, 0 any number; two more than leave at once are composed meanwhile."""
    assert relay_pace(Relay(most_connections=3, most_per_minute=40)) == Pace(at_once=5, in_all=Rate(40, 60.0))
    assert relay_pace(Relay()).in_all is None
