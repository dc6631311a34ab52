"""How a delivery ends: sent, to be tried again, moved, or given up. A decision is a value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Sent:
    """The other side has taken the message."""


@dataclass(frozen=True, slots=True)
class Retry:
    """A temporary fault; `after` is how long the other side asked us to wait, None where it did not say.

    `is_in_doubt`: the other side may have the message all the same.
    """

    reason: str
    after: timedelta | None = None
    is_in_doubt: bool = False


@dataclass(frozen=True, slots=True)
class Moved:
    """The recipient has another address from now on: the message goes there at once."""

    address: str


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A permanent fault: trying again would not help. `undeliverable`: nor would any other message to this address."""

    reason: str
    undeliverable: bool = False


Outcome = Sent | Retry | Moved | GivenUp
