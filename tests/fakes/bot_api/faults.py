"""Scripted faults: the next calls of a method are refused, held, or answered into a closed connection."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.fakes.hang import Hang

if TYPE_CHECKING:
    from tests.fakes.bot_api.wire import ResponseParameters


@dataclass(frozen=True, slots=True)
class Answer:
    """Refuse without doing anything; `status` is the HTTP status and the error_code."""

    status: int
    description: str
    parameters: ResponseParameters | None = None


@dataclass(frozen=True, slots=True)
class LostAnswer:
    """Do what was asked, then close the connection instead of answering: the client cannot know."""


Fault = Answer | LostAnswer | Hang


class FaultScript:
    """The faults still to come, in order, for each method."""

    def __init__(self) -> None:
        self._coming: defaultdict[str, deque[Fault]] = defaultdict(deque)
        self._hangs: list[Hang] = []

    def add(self, method: str, fault: Fault, count: int = 1) -> None:
        """Script `fault` for the next `count` calls of `method`."""
        self._coming[method].extend([fault] * count)
        if isinstance(fault, Hang):
            self._hangs.append(fault)

    def next(self, method: str) -> Fault | None:
        """Take the fault for this call, if there is one."""
        coming = self._coming[method]
        return coming.popleft() if coming else None

    def release_all(self) -> None:
        """Let go of all held calls: the server closes."""
        for hang in self._hangs:
            hang.release()
