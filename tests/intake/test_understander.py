"""The model beside the event loop."""

from __future__ import annotations

import asyncio
import threading

import pytest

from nlp.understanding import Point, Understanding
from services.ideas.readings import Source
from services.intake.understand import ModelState, Understander
from tests.intake.understanders import MODEL, Certain, Slow, corrupt


async def test_a_model_is_loaded_in_a_thread_of_its_own() -> None:
    """Loading and understanding both run beside the event loop, in one and the same thread."""
    threads: list[str] = []

    class Watched(Certain):
        def understand(self, subject: str, text: str, points: tuple[Point, ...] = ()) -> Understanding:
            threads.append(threading.current_thread().name)
            return super().understand(subject, text, points)

    def load() -> Watched:
        threads.append(threading.current_thread().name)
        return Watched()

    understander = Understander(load)
    understander.start()
    await understander.ready()
    assert (await understander.understand(Source("", "Text"))).model == MODEL
    understander.close()
    assert threads == ["model_0", "model_0"]


async def test_a_slow_model_holds_nobody_up() -> None:
    """While it loads the state says so and the event loop goes on; then it understands."""
    slow = Slow()
    understander = Understander(slow.load)
    understander.start()
    ready = asyncio.create_task(understander.ready())
    await asyncio.wait({ready}, timeout=0.05)
    assert (understander.state, understander.has_model, ready.done()) == (ModelState.LOADING, False, False)

    slow.may_load.set()
    await ready
    assert (understander.state, understander.has_model) == (ModelState.READY, True)
    understander.close()


@pytest.mark.parametrize("load", [corrupt, lambda: 1 / 0])
async def test_a_model_that_cannot_be_loaded_leaves_everything_to_people(load: object) -> None:
    """However loading fails, the state says so, and each text has the understanding of nobody."""
    understander = Understander(load)  # type: ignore[arg-type]  # any failure will do
    understander.start()
    await understander.ready()
    assert (understander.state, understander.has_model) == (ModelState.FAILED, False)
    assert await understander.understand(Source("Radweg", "Bitte bauen")) == Understanding.nothing()
    understander.close()


async def test_giving_up_waiting_does_not_stop_the_loading() -> None:
    """Who waits for the model may be cancelled; the model is loaded all the same."""
    slow = Slow()
    understander = Understander(slow.load)
    understander.start()
    impatient = asyncio.create_task(understander.ready())
    await asyncio.wait({impatient}, timeout=0.01)
    impatient.cancel()
    slow.may_load.set()
    await understander.ready()
    assert understander.has_model
    understander.close()
