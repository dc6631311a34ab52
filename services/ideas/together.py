"""Look-ups that many ask for at the same time, answered together: one query for a hundred instead of a hundred."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


class Together(Generic[Asked, Answer]):
    """Gathers what is asked until the event loop comes round, and passes it on in one go.

    `answer_all` is given each question once; what it does not answer is None. What it raises, all raise who asked.
    """

    def __init__(self, answer_all: Callable[[Sequence[Asked]], Awaitable[Mapping[Asked, Answer | None]]]) -> None:
        self._answer_all = answer_all
        self._gathering: dict[Asked, asyncio.Future[Answer | None]] = {}
        self._answering: set[asyncio.Task[None]] = set()

    async def __call__(self, question: Asked) -> Answer | None:
        """The answer to one question."""
        if not self._gathering:
            task = asyncio.create_task(self._answer())
            self._answering.add(task)
            task.add_done_callback(self._answering.discard)
        answer = self._gathering.setdefault(question, asyncio.get_running_loop().create_future())
        # Whoever gives up waiting takes nothing from the others.
        return await asyncio.shield(answer)

    async def _answer(self) -> None:
        asked, self._gathering = self._gathering, {}
        try:
            answers = await self._answer_all(list(asked))
        except Exception as error:  # noqa: BLE001 - it is raised where it was asked
            for future in asked.values():
                future.set_exception(error)
                future.exception()  # so that nobody misses it where nobody waits any more
        else:
            for question, future in asked.items():
                future.set_result(answers.get(question))
