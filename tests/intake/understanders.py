"""Classifiers for tests: hand-written, and as good or bad as a test needs them."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from nlp.understanding import DistrictScore, Kind, Point, TopicScore, Understanding

MODEL = "test-1"


@dataclass
class Certain:
    """Is sure of one topic and district for every text, and remembers what it was asked; `broken` texts raise."""

    topic: str = "mobility"
    district: str = "14523"
    broken: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list)

    def place(self, text: str) -> Understanding:
        """The same for each name."""
        return self.understand("", text)

    def understand(self, subject: str, text: str, points: tuple[Point, ...] = ()) -> Understanding:  # noqa: ARG002
        """The same for each text."""
        self.asked.append((subject, text))
        if self.broken and self.broken in text:
            raise RuntimeError("the model does not like this")
        topic = TopicScore(self.topic, 0.9)
        return Understanding(
            Kind.IDEA,
            (topic,),
            (topic,),
            (DistrictScore(self.district, 0.9),),
            (),
            (),
            (),
            abstained=False,
            model=MODEL,
        )


class Slow:
    """Loads only when a test lets it."""

    def __init__(self) -> None:
        self.may_load = threading.Event()

    def load(self) -> Certain:
        """The model, later."""
        self.may_load.wait(10)
        return Certain()


def corrupt() -> Certain:
    """Fail as a damaged model does."""
    raise OSError("[E053] could not read config file")
