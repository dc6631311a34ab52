"""The model beside the event loop: loaded once in a thread, and doing without where it cannot be loaded."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum

import structlog

from nlp.understanding import Classifier, Understanding
from services.ideas.readings import Source

log = structlog.get_logger(__name__)


class ModelState(StrEnum):
    """Whether messages are understood; `FAILED` means that ideas are kept for people, and understood later."""

    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"


class Understander:
    """Runs a classifier in one thread of its own. `load` does the heavy import and may fail in any way."""

    def __init__(self, load: Callable[[], Classifier]) -> None:
        self._load = load
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="model")
        self._classifier: Classifier | None = None
        self._loading: asyncio.Future[None] | None = None
        self.state = ModelState.LOADING

    @property
    def has_model(self) -> bool:
        """Whether `understand` really understands."""
        return self._classifier is not None

    def start(self) -> None:
        """Begin to load."""
        self._loading = asyncio.ensure_future(self._load_in_thread())

    async def ready(self) -> None:
        """Wait until the model is loaded or has failed to load."""
        if self._loading is not None:
            await asyncio.shield(self._loading)

    async def understand(self, source: Source) -> Understanding:
        """What the model makes of something; without a model, nothing: a person decides."""
        if self._classifier is None:
            return Understanding.nothing()
        return await asyncio.get_running_loop().run_in_executor(self._thread, _ask, self._classifier, source)

    def close(self) -> None:
        """Let the thread go; a classification that is under way is not waited for."""
        self._thread.shutdown(wait=False, cancel_futures=True)

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
