"""Runs the program and kills it with SIGKILL the first time it comes to a named point.

    python tests/faults/killable.py POINT [ARGUMENT…]

The points are put around the program's own calls, so that the program itself holds no code for them. Messages are
understood by a stand-in, because loading the model takes longer than all the rest.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import ParamSpec, TypeVar

from nlp.understanding import DistrictScore, Kind, Point, TopicScore, Understanding
from services.cli import main, service
from services.ideas.inbound import InboundLog
from services.ideas.register import Register
from services.intake.understand import Understander
from services.notifier.channels.email import EmailDeliverer
from services.notifier.channels.telegram import TelegramDeliverer

P = ParamSpec("P")
R = TypeVar("R")

# What is wrapped, and whether the process dies before or after it.
POINTS: dict[str, tuple[tuple[type, str], ...]] = {
    "before-commit": ((InboundLog, "append"),),
    "after-commit": ((Register, "log"),),
    "before-acknowledge": ((InboundLog, "append"),),
    "during-understanding": ((Understander, "understand"),),
    "before-record": ((Register, "record"),),
    "after-record": ((Register, "record"),),
    "before-send": ((EmailDeliverer, "deliver"), (TelegramDeliverer, "deliver")),
    "after-send": ((EmailDeliverer, "deliver"), (TelegramDeliverer, "deliver")),
}
_AFTER = frozenset({"after-commit", "before-acknowledge", "after-record", "after-send"})


class StandIn:
    """Understands every message as an idea about mobility in Chemnitz."""

    def place(self, text: str) -> Understanding:
        """Find the same in every name."""
        return self.understand("", text)

    def understand(self, subject: str, text: str, points: tuple[Point, ...] = ()) -> Understanding:  # noqa: ARG002
        """Find the same in every message."""
        topic = TopicScore("mobility", 0.9)
        return Understanding(
            Kind.IDEA, (topic,), (topic,), (DistrictScore("14511", 0.9),), (), (), (), abstained=False, model="stand-in"
        )


def arm(point: str) -> None:
    """Put the kill around the calls of a point."""
    for owner, name in POINTS[point]:
        setattr(owner, name, _deadly(getattr(owner, name), after=point in _AFTER))


def _deadly(call: Callable[P, Awaitable[R]], *, after: bool) -> Callable[P, Awaitable[R]]:
    async def wrapped(*arguments: P.args, **named: P.kwargs) -> R:
        if not after:
            os.kill(os.getpid(), signal.SIGKILL)
        result = await call(*arguments, **named)
        os.kill(os.getpid(), signal.SIGKILL)
        return result

    return wrapped


if __name__ == "__main__":
    setattr(service, "load_model", lambda _catalogue: StandIn())  # noqa: B010 - mypy would see a type change
    if sys.argv[1] in POINTS:
        arm(sys.argv[1])
    raise SystemExit(main(sys.argv[2:]))
