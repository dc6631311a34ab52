"""How fast a channel may be written to: at once, in all, and to one recipient."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `number` in any `seconds`."""

    number: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Pace:
    """So many deliveries `at_once`, and the rates in all and to each recipient by its address (None: any)."""

    at_once: int = 20
    in_all: Rate | None = None
    to_one: Callable[[str], Rate | None] = lambda _: None


class Turns:
    """When the next messages may leave at a pace. Points in time are seconds of one steady clock, and never go back."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._in_all = _Past(pace.in_all) if pace.in_all else None
        # Whoever was written to last stands last.
        self._to_one: dict[str, _Past] = {}

    def __len__(self) -> int:
        """Of how many recipients the last messages still count."""
        return len(self._to_one)

    def free(self, now: float) -> int | None:
        """How many messages may leave now, whoever they are to; None: any number."""
        return self._in_all.free(now) if self._in_all else None

    def seconds_until_free(self, now: float) -> float:
        """In how many seconds a message may leave, whoever it is to."""
        return self._in_all.wait(now) if self._in_all else 0.0

    def take(self, number: int, now: float) -> None:
        """Count messages as leaving now."""
        if self._in_all:
            for _ in range(number):
                self._in_all.add(now)

    def book(self, recipient: str, now: float) -> float:
        """The next turn to one recipient is the caller's; returns in how many seconds it comes."""
        rate = self._pace.to_one(recipient)
        if rate is None:
            return 0.0
        past = self._to_one.pop(recipient, None) or _Past(rate)
        seconds = past.wait(now)
        past.add(now + seconds)
        self._to_one[recipient] = past
        self._forget(now)
        return seconds

    def _forget(self, now: float) -> None:
        """Whoever has not been written to for long needs no turns; the one at the end just has."""
        while (first := next(iter(self._to_one))) and self._to_one[first].is_over(now):
            del self._to_one[first]


class _Past:
    """The last messages that one rate counts, and when each counts no more."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._over: deque[float] = deque(maxlen=rate.number)

    def add(self, at: float) -> None:
        self._over.append(at + self._rate.seconds)

    def wait(self, now: float) -> float:
        return max(0.0, self._over[0] - now) if len(self._over) == self._rate.number else 0.0

    def free(self, now: float) -> int:
        return self._rate.number - sum(over > now for over in self._over)

    def is_over(self, now: float) -> bool:
        return self._over[-1] <= now
