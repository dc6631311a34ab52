"""The model beside the event loop."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from nlp.understanding import Point, Understanding
from services.ideas.readings import Source
from services.intake.understand import ModelState, Succession, Understander
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


@dataclass
class Serving:
    """A model that stands in a file; a file that names none fails like a damaged model."""

    file: Path

    def stamp(self) -> object:
        """When the file was changed."""
        return self.file.stat().st_mtime_ns

    def load(self) -> Certain:
        """The model of the file's topic."""
        if not self.file.read_text():
            raise OSError("the model is damaged")
        return Certain(self.file.read_text())

    def become(self, topic: str) -> None:
        """Another process promotes a model."""
        fresh = self.file.with_suffix(".fresh")
        fresh.write_text(topic)
        os.utime(fresh, ns=(0, self.file.stat().st_mtime_ns + 1))
        fresh.replace(self.file)


@pytest.fixture
def serving(tmp_path: Path) -> Serving:
    file = tmp_path / "serving"
    file.write_text("mobility")
    return Serving(file)


@asynccontextmanager
async def watching(serving: Serving) -> AsyncIterator[Understander]:
    understander = Understander(serving.load, Succession(serving.stamp, serving.load))
    understander.start()
    await understander.ready()
    yield understander
    understander.close()


async def topic_of(understander: Understander) -> str:
    return (await understander.understand(Source("", "Text"))).topics[0].id


async def test_another_model_is_taken_over_in_the_middle(serving: Serving) -> None:
    """Each of two processes that look at one folder serves with the new model once the file has changed."""
    async with watching(serving) as first, watching(serving) as second:
        serving.become("culture")
        assert [await topic_of(first), await topic_of(second)] == ["mobility", "mobility"]

        await asyncio.gather(first.look(), second.look())
        assert [await topic_of(first), await topic_of(second)] == ["culture", "culture"]


async def test_what_has_not_changed_is_not_loaded_again(serving: Serving) -> None:
    """A look at a file that is the same costs no loading."""
    loaded: list[Certain] = []

    def load() -> Certain:
        loaded.append(serving.load())
        return loaded[-1]

    understander = Understander(load, Succession(serving.stamp, load))
    understander.start()
    await understander.ready()
    await understander.look()
    understander.close()
    assert len(loaded) == 1


async def test_a_new_model_that_fails_leaves_the_old_one_serving(serving: Serving) -> None:
    """It is tried once, the state stays ready, and the next whole model is taken over."""
    async with watching(serving) as understander:
        serving.become("")
        await understander.look()
        assert (understander.state, await topic_of(understander)) == (ModelState.READY, "mobility")

        serving.become("culture")
        await understander.look()
        assert await topic_of(understander) == "culture"


async def test_the_old_model_answers_while_the_new_one_is_loaded(serving: Serving) -> None:
    """A slow loading holds up no message."""
    slow = Slow()
    understander = Understander(serving.load, Succession(serving.stamp, slow.load))
    understander.start()
    await understander.ready()
    serving.become("culture")
    looking = asyncio.create_task(understander.look())
    assert await topic_of(understander) == "mobility"
    assert not looking.done()

    slow.may_load.set()
    await looking
    understander.close()


async def test_a_model_after_a_failed_start_is_taken_over(serving: Serving) -> None:
    """A service that began without a model is ready once one serves."""
    serving.become("")
    async with watching(serving) as understander:
        assert not understander.has_model
        serving.become("culture")
        await understander.look()
        assert (understander.state, await topic_of(understander)) == (ModelState.READY, "culture")


async def test_watching_ends_with_the_service(serving: Serving) -> None:
    """The watch takes over what changes, and ends when it is told to stop."""
    async with watching(serving) as understander:
        stop = asyncio.Event()
        serving.become("culture")
        watch = asyncio.create_task(understander.watch(stop))
        while await topic_of(understander) != "culture":
            pass
        stop.set()
        await asyncio.wait_for(watch, 10)

        serving.become("energy")
        assert (understander.state, await topic_of(understander)) == (ModelState.READY, "culture")


async def test_a_folder_that_cannot_be_looked_at_is_told_of_once(serving: Serving) -> None:
    """The old model serves on, a log is not filled every two seconds, and what comes back is taken over."""
    async with watching(serving) as understander:
        away = serving.file.rename(serving.file.with_suffix(".away"))
        with capture_logs() as logs:
            for _ in range(3):
                await understander.look()
        assert [entry["event"] for entry in logs] == ["model.not_looked_for"]
        assert await topic_of(understander) == "mobility"

        away.rename(serving.file)
        serving.become("culture")
        await understander.look()
        assert await topic_of(understander) == "culture"

        serving.file.unlink()
        with capture_logs() as logs:
            await understander.look()
        assert [entry["event"] for entry in logs] == ["model.not_looked_for"]
