"""Makes the fingerprints of ideas that have none: of new and changed ones, and of all when the method has changed."""

from __future__ import annotations

import asyncio
from typing import Protocol

import structlog

from nlp.understanding import Understanding
from services.ideas.errors import StoreError
from services.ideas.readings import Source
from services.ideas.similar import SimilarIdeas, Unmarked
from services.ideas.waiting import wait_for

_AT_ONCE = 50
# What other processes have changed is found that late.
_LOOKS_EVERY_SECONDS = 30.0
_PAUSE = 1.0

log = structlog.get_logger(__name__)


class Marker(Protocol):
    """What makes fingerprints (services.intake.understand.Understander)."""

    @property
    def fingerprint_method(self) -> str | None:
        """How they are made; None while there is no model, or one that makes none."""
        ...

    async def fingerprint(self, source: Source, understanding: Understanding) -> bytes:
        """The fingerprint of what an idea says, as it is understood."""
        ...


class Fingerprinter:
    """Runs until it is told to stop; an idea that no fingerprint can be made of is left without."""

    def __init__(self, similar: SimilarIdeas, marker: Marker, stop: asyncio.Event) -> None:
        self._similar = similar
        self._marker = marker
        self._stop = stop
        self._defeating: set[int] = set()

    async def run(self) -> None:
        """Make what is missing, and then what becomes so."""
        while not self._stop.is_set():
            try:
                busy = await self.catch_up()
            except StoreError as error:
                log.warning("fingerprints.store_unavailable", reason=str(error))
                await wait_for(self._stop, _PAUSE)
                continue
            if not busy:
                await wait_for(self._similar.unmarked_waiting, _LOOKS_EVERY_SECONDS)
                self._similar.unmarked_waiting.clear()

    async def catch_up(self) -> bool:
        """Make the fingerprints of the next ideas; False where none is missing."""
        method = self._marker.fingerprint_method
        if method is None:
            return False
        found = await self._similar.unmarked(method, _AT_ONCE + len(self._defeating))
        ideas = [idea for idea in found if idea.id not in self._defeating]
        for idea in ideas:
            if self._stop.is_set():
                return False
            await self._mark(idea, method)
        return bool(ideas)

    async def _mark(self, idea: Unmarked, method: str) -> None:
        try:
            made = await self._marker.fingerprint(idea.source, idea.understanding)
        except Exception:
            # It is only shown with no similar ones; the others must not wait for it.
            self._defeating.add(idea.id)
            log.exception("idea.no_fingerprint", idea=idea.id)
        else:
            await self._similar.mark(idea, method, made)
