"""Faults to come: the next calls of a method, or a share of all calls, are refused, held, slowed down or cut off."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from dataclasses import dataclass
from itertools import product
from random import Random
from typing import TYPE_CHECKING

from tests.fakes.hang import Hang

if TYPE_CHECKING:
    from tests.fakes.bot_api.wire import ResponseParameters

# Instead of a method's name: whatever a bot calls, except getUpdates and the fetching of files.
ANY_METHOD = "*"
# The name under which fetching a file is counted, and can go wrong.
DOWNLOAD = "download"


@dataclass(frozen=True, slots=True)
class Answer:
    """Refuse without doing anything; `status` is the HTTP status and the error_code."""

    status: int
    description: str
    parameters: ResponseParameters | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Do nothing and answer with a page for people, as a proxy in front of Telegram does."""

    status: int
    reason: str


@dataclass(frozen=True, slots=True)
class Drop:
    """Do nothing and close the connection."""


@dataclass(frozen=True, slots=True)
class LostAnswer:
    """Do what was asked, then close the connection instead of answering: the client cannot know."""


@dataclass(frozen=True, slots=True)
class Slow:
    """Do what was asked at once, but answer only after so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Cut:
    """Close the connection in the middle of a file that is fetched."""


Fault = Answer | Page | Drop | LostAnswer | Slow | Cut | Hang

_BY_CHANCE: dict[str, Fault] = {
    "429": Answer(429, "Too Many Requests: retry after 1", {"retry_after": 1}),
    "500": Answer(500, "Internal Server Error"),
    "502": Page(502, "Bad Gateway"),
    "dropped": Drop(),
    "lost": LostAnswer(),
}


class FaultScript:
    """The faults still to come, in order, for each method and chat; then those that come by chance."""

    def __init__(self) -> None:
        self.by_chance: Counter[str] = Counter()
        self._coming: defaultdict[tuple[str, int | None], deque[Fault]] = defaultdict(deque)
        self._hangs: list[Hang] = []
        self._rate = 0.0
        self._random = Random()  # noqa: S311  chance, not secrecy

    def add(self, method: str, fault: Fault, count: int = 1, chat_id: int | None = None) -> None:
        """Script `fault` for the next `count` calls of `method`, in one chat alone if one is given."""
        self._coming[method, chat_id].extend([fault] * count)
        if isinstance(fault, Hang):
            self._hangs.append(fault)

    def come_by_chance(self, rate: float, seed: int) -> None:
        """Let a share of all calls go wrong (0: none); which ones and how, the seed says."""
        self._rate = rate
        self._random.seed(seed)

    def next(self, method: str, chat_id: int | None = None) -> Fault | None:
        """Take the fault for this call, if there is one: what is said of the method, then of the chat, goes first."""
        methods = [method] if method in {"getUpdates", DOWNLOAD} else [method, ANY_METHOD]
        for key in product(methods, (chat_id, None)):
            if coming := self._coming.get(key):
                return coming.popleft()
        return self._chance(method)

    def release_all(self) -> None:
        """Let go of all held calls: the server closes."""
        for hang in self._hangs:
            hang.release()

    def _chance(self, method: str) -> Fault | None:
        if method == DOWNLOAD or self._random.random() >= self._rate:
            return None
        kind = self._random.choice(list(_BY_CHANCE))
        self.by_chance[kind] += 1
        return _BY_CHANCE[kind]
