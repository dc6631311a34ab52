"""The program as it is killed: with SIGKILL, the first time that it comes to a named point.

    python -m tests.faults.killable POINT [--armed]

The points are put around the program's own calls, so that the program itself holds no code for them. Messages are
understood by a stand-in and mail is read in a thread, because loading the model and starting a child take longer than
all the rest; and no digest is ever due, because whether one is depends on the day and the hour.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, ParamSpec, Self, TypeVar

from nlp.understanding import DistrictScore, Kind, MunicipalityScore, Point, TopicScore, Understanding
from services.cli import main, service
from services.ideas.awaited_files import AwaitedFiles
from services.ideas.inbound import InboundLog
from services.ideas.outbox import Outbox
from services.ideas.register import Register
from services.intake.email.read import MailReader, MailReading
from services.intake.email.worker import reading
from services.intake.understand import Understander
from services.notifier import schedule
from services.notifier.channels.email import EmailDeliverer
from services.notifier.channels.telegram import TelegramDeliverer

P = ParamSpec("P")
R = TypeVar("R")

# What is wrapped, and whether the process dies before or after it.
POINTS: Mapping[str, tuple[tuple[type, str], ...]] = {
    "before-commit": ((InboundLog, "append"),),
    "after-commit": ((Register, "log"),),
    "before-acknowledge": ((InboundLog, "append"),),
    "during-understanding": ((Understander, "understand"),),
    "before-record": ((Register, "record"),),
    "during-record": ((Outbox, "owe"),),
    "after-record": ((Register, "record"),),
    "before-send": ((EmailDeliverer, "deliver"), (TelegramDeliverer, "deliver")),
    "after-send": ((EmailDeliverer, "deliver"), (TelegramDeliverer, "deliver")),
    "before-file": ((AwaitedFiles, "keep"),),
    "after-file": ((AwaitedFiles, "keep"),),
}
_AFTER = frozenset({"after-commit", "before-acknowledge", "during-record", "after-record", "after-send", "after-file"})
ARMED = "killable.armed"

_TOPICS = {"bus": "mobility", "schule": "education", "wald": "environment"}
_TOWNS = {
    "chemnitz": MunicipalityScore("14511000", "Chemnitz", 0.95),
    "plauen": MunicipalityScore("14523320", "Plauen", 0.95),
}


class StandIn:
    """Understands every message as an idea: about a few words, or else mobility; in a few towns, or else Chemnitz."""

    def place(self, text: str) -> Understanding:
        """Find the towns that it knows."""
        return _understanding((), self._towns(text))

    def understand(self, subject: str, text: str, points: tuple[Point, ...] = ()) -> Understanding:
        """Find the topics and towns that it knows; every point lies in Plauen."""
        said = f"{subject} {text}".lower()
        topics = [topic for word, topic in _TOPICS.items() if word in said] or ["mobility"]
        towns = self._towns(said) or (_TOWNS["plauen" if points else "chemnitz"],)
        return _understanding(tuple(TopicScore(topic, 0.9) for topic in topics), towns)

    def _towns(self, text: str) -> tuple[MunicipalityScore, ...]:
        return tuple(town for word, town in _TOWNS.items() if word in text.lower())


def live(point: str, *, is_armed: bool) -> int:
    """Run the program until it dies at the point ("": until it is told to end), and return its exit code.

    What has begun before it is armed, by SIGUSR1 where not `is_armed`, does not count.
    """
    armament = _Armament(is_armed=is_armed)
    signal.signal(signal.SIGUSR1, armament.arm)
    for owner, name in POINTS.get(point, ()):
        setattr(owner, name, _deadly(getattr(owner, name), armament, after=point in _AFTER))
    setattr(service, "load_model", lambda _catalogue: StandIn())  # noqa: B010 - mypy would see a type change
    setattr(reading, "ReadingProcess", _ReadsHere)  # noqa: B010 - as above
    setattr(schedule, "write_due_digests", _none_due)  # noqa: B010 - as above
    return main(["run"])


async def _none_due(_register: Register, _now: datetime) -> int:
    return 0


class _ReadsHere(MailReader):
    """In the place of a ReadingProcess."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Nothing is open."""

    async def read(self, raw: bytes, envelope: Mapping[str, Any]) -> MailReading:
        return await asyncio.to_thread(self.read_mail, raw, envelope)


class _Armament:
    """Whether coming to the point means death."""

    def __init__(self, *, is_armed: bool) -> None:
        self.is_armed = is_armed

    def arm(self, *_: object) -> None:
        self.is_armed = True
        os.write(2, b'{"event": "%s"}\n' % ARMED.encode())


def _deadly(call: Callable[P, Awaitable[R]], armament: _Armament, *, after: bool) -> Callable[P, Awaitable[R]]:
    async def wrapped(*arguments: P.args, **named: P.kwargs) -> R:
        counts = armament.is_armed
        if counts and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        result = await call(*arguments, **named)
        if counts and after:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return wrapped


def _understanding(topics: tuple[TopicScore, ...], towns: tuple[MunicipalityScore, ...]) -> Understanding:
    districts = tuple(DistrictScore(town.ags[:5], 0.95) for town in towns)
    return Understanding(Kind.IDEA, topics, topics, districts, towns, (), (), abstained=not topics, model="stand-in")


if __name__ == "__main__":
    raise SystemExit(live(sys.argv[1], is_armed=sys.argv[2:] == ["--armed"]))
