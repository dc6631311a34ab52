from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from services.ideas.together import Together


class Library:
    """Answers with the length of what is asked, and notes what was asked together."""

    def __init__(self) -> None:
        self.asked: list[Sequence[str]] = []
        self.error: Exception | None = None
        self.opened = asyncio.Event()
        self.opened.set()

    async def answer(self, questions: Sequence[str]) -> Mapping[str, int]:
        """Answer all but the empty question."""
        self.asked.append(questions)
        await self.opened.wait()
        if self.error:
            raise self.error
        return {question: len(question) for question in questions if question}


async def test_what_is_asked_at_once_is_answered_at_once() -> None:
    """Each asker gets their own answer, the same question is asked once, and what has no answer is None."""
    library = Library()
    look_up = Together(library.answer)

    answers = await asyncio.gather(*map(look_up, ["a", "bb", "a", ""]))

    assert answers == [1, 2, 1, None]
    assert library.asked == [["a", "bb", ""]]


async def test_what_is_asked_later_is_looked_up_anew() -> None:
    """No answer is kept: also a question that is being answered is asked again."""
    library = Library()
    look_up = Together(library.answer)
    library.opened.clear()
    first = asyncio.create_task(look_up("a"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    second = asyncio.create_task(look_up("a"))
    await asyncio.sleep(0)
    library.opened.set()

    assert [await first, await second] == [1, 1]
    assert library.asked == [["a"], ["a"]]


async def test_an_error_is_raised_where_it_was_asked() -> None:
    """All who asked together are told; whoever asks next is answered again."""
    library = Library()
    look_up = Together(library.answer)
    library.error = OSError("away")
    asked = [asyncio.create_task(look_up(question)) for question in ("a", "bb")]
    for each in asked:
        with pytest.raises(OSError, match="away"):
            await each
    library.error = None

    assert await look_up("a") == 1


async def test_whoever_gives_up_takes_nothing_from_the_others() -> None:
    """A delivery that is cancelled does not cancel the look-up of those that were claimed with it."""
    library = Library()
    look_up = Together(library.answer)
    library.opened.clear()
    first, second = (asyncio.create_task(look_up(question)) for question in ("a", "bb"))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.wait([first])
    library.opened.set()

    assert await second == 2
