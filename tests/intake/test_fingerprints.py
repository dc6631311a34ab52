"""Fingerprints of ideas, made by the model beside the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from nlp.understanding import Understanding
from services.ideas.readings import Source
from services.ideas.register import Register
from services.intake.fingerprints import Fingerprinter
from services.intake.understand import Understander
from tests.conftest import on_sqlite
from tests.intake.understanders import Certain, corrupt
from tests.submissions import submit


class Marking(Certain):
    """Makes fingerprints that say what they are of."""

    fingerprint_method = "test-1"

    def fingerprint(self, subject: str, text: str, understanding: Understanding) -> bytes:
        """Words and topic."""
        return f"{subject}/{text}/{understanding.topics[0].id}".encode()


@asynccontextmanager
async def loaded(load: Callable[[], Certain]) -> AsyncIterator[Understander]:
    understander = Understander(load)
    understander.start()
    await understander.ready()
    try:
        yield understander
    finally:
        understander.close()


async def test_a_fingerprint_is_of_the_words_and_of_how_they_are_understood() -> None:
    """The understanding may have been corrected, so that the model is not asked again."""
    async with loaded(Marking) as understander:
        understanding = await understander.understand(Source("Radweg", "Bitte bald"))
        made = await understander.fingerprint(Source("Radweg", "Bitte bald"), understanding)
    assert understander.fingerprint_method == "test-1"
    assert made == b"Radweg/Bitte bald/mobility"


async def test_a_model_that_makes_none_or_is_missing_has_no_method() -> None:
    """Then nothing is shown as similar, and all else goes on."""
    async with loaded(Certain) as plain, loaded(corrupt) as missing:
        assert plain.fingerprint_method is None
        assert missing.fingerprint_method is None


@on_sqlite
async def test_a_new_idea_is_marked_while_the_service_runs(register: Register) -> None:
    """The loop wakes when the register has taken one, and ends when it is told to."""
    stop = asyncio.Event()
    async with loaded(Marking) as understander:
        running = asyncio.create_task(Fingerprinter(register.similar, understander, stop).run())
        await submit(register)
        async with asyncio.timeout(10):
            while await register.similar.unmarked("test-1", 1):  # noqa: ASYNC110 - other processes may mark it as well
                await asyncio.sleep(0)
            stop.set()
            register.similar.unmarked_waiting.set()
            await running
