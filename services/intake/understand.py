"""The model beside the event loop: loaded in a thread, replaced when a better one serves, done without if need be."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any

import structlog

from nlp.understanding import Classifier, Understanding
from services.ideas.readings import Source
from services.ideas.waiting import wait_for

# To look costs the reading of one file's date.
_LOOKS_EVERY_SECONDS = 2.0

log = structlog.get_logger(__name__)


class ModelState(StrEnum):
    """Whether messages are understood; `FAILED` means that ideas are kept for people, and understood later."""

    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Succession:
    """How it is seen that another model is to serve (`stamp` changes), and how that one is loaded, or fails to be."""

    stamp: Callable[[], object]
    load: Callable[[], Classifier]


class Understander:
    """Runs a classifier in one thread of its own. `load` does the heavy import and may fail in any way.

    With a `succession`, `watch` takes over the model that is to serve later, while the old one goes on.
    """

    def __init__(self, load: Callable[[], Classifier], succession: Succession | None = None) -> None:
        self._load = load
        self._succession = succession
        self._seen: object = None
        self._blind = ""
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="model")
        self._beside = ThreadPoolExecutor(max_workers=1, thread_name_prefix="next-model")
        self._classifier: Classifier | None = None
        self._loading: asyncio.Future[None] | None = None
        self.state = ModelState.LOADING

    @property
    def has_model(self) -> bool:
        """Whether `understand` really understands."""
        return self._classifier is not None

    def start(self) -> None:
        """Begin to load."""
        if self._succession is not None:
            self._seen = self._stamp(self._succession)
        self._loading = asyncio.ensure_future(self._load_in_thread())

    async def ready(self) -> None:
        """Wait until the model is loaded or has failed to load."""
        if self._loading is not None:
            await asyncio.shield(self._loading)

    async def watch(self, stop: asyncio.Event) -> None:
        """Look every few seconds whether another model is to serve, until `stop` is set."""
        await self.ready()
        while not stop.is_set():
            await self.look()
            await wait_for(stop, _LOOKS_EVERY_SECONDS)

    async def look(self) -> None:
        """Take over the model that is to serve now, if it is another one; one that fails leaves the old one serving."""
        if self._succession is None:
            return
        stamp = self._stamp(self._succession)
        if stamp == self._seen:
            return
        try:
            # Noted before it is loaded: what changes meanwhile is loaded next, and what fails is not tried again.
            self._seen = stamp
            loop = asyncio.get_running_loop()
            self._classifier = await loop.run_in_executor(self._beside, self._succession.load)
        except Exception as error:
            log.exception("model.not_replaced", reason=str(error))
        else:
            self.state = ModelState.READY
            log.info("model.replaced")

    async def understand(self, source: Source) -> Understanding:
        """What the model makes of something; without a model, nothing: a person decides."""
        if self._classifier is None:
            return Understanding.nothing()
        return await asyncio.get_running_loop().run_in_executor(self._thread, _ask, self._classifier, source)

    @property
    def fingerprint_method(self) -> str | None:
        """How fingerprints of ideas are made; None while there is no model, or one that makes none."""
        found: str | None = getattr(self._classifier, "fingerprint_method", None)
        return found

    async def fingerprint(self, source: Source, understanding: Understanding) -> bytes:
        """The fingerprint of what an idea says, as it is understood; only where there is a `fingerprint_method`."""
        marker: Any = self._classifier
        ask = partial(marker.fingerprint, source.subject, source.text, understanding)
        made: bytes = await asyncio.get_running_loop().run_in_executor(self._thread, ask)
        return made

    def close(self) -> None:
        """Let the threads go; what is under way in them is not waited for."""
        self._thread.shutdown(wait=False, cancel_futures=True)
        self._beside.shutdown(wait=False, cancel_futures=True)

    def _stamp(self, succession: Succession) -> object:
        """The stamp now, or the one before where it cannot be read: that is logged once, and not at each look."""
        try:
            stamp = succession.stamp()
        except Exception as error:
            if str(error) != self._blind:
                log.exception("model.not_looked_for", reason=str(error))
            self._blind = str(error)
            return self._seen
        self._blind = ""
        return stamp

    async def _load_in_thread(self) -> None:
        try:
            loop = asyncio.get_running_loop()
            self._classifier = await loop.run_in_executor(self._thread, self._load)
        except Exception as error:
            self.state = ModelState.FAILED
            log.exception("model.failed", reason=str(error))
        else:
            self.state = ModelState.READY
            log.info("model.ready")


def _ask(classifier: Classifier, source: Source) -> Understanding:
    if source.is_place:
        return classifier.place(source.text)
    return classifier.understand(source.subject, source.text, source.points)
