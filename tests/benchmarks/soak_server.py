"""The Bot API server of the soak: it notes when each update is handed out, and when and where each answer arrives."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, Literal, cast

from tests.fakes.bot_api import BotApiServer, Call, Refusal, Update
from tests.fakes.bot_api.errors import ApiError
from tests.fakes.bot_api.faults import Fault


@dataclass(frozen=True, slots=True)
class Place:
    """Where an answer stands: below a message that it replies to, in place of one, or for itself (then number 0)."""

    chat: int
    kind: Literal["reply", "edit", "plain"]
    number: int = 0


class SoakServer(BotApiServer):
    """Times are those of the event loop's clock.

    `put` is where the bot has put answers so far, in their order, with those that changed nothing in their place.
    """

    def __init__(self) -> None:
        super().__init__()
        self.handed_out: dict[int, float] = {}
        self.put: list[Place] = []
        self._awaited: dict[Place, asyncio.Future[float]] = {}

    def answer_at(self, place: Place) -> asyncio.Future[float]:
        """When the next answer comes to this place."""
        loop = asyncio.get_running_loop()
        return self._awaited.setdefault(place, loop.create_future())

    async def _carried_out(self, index: int, fault: Fault | None) -> object:
        call = self.calls[index]
        try:
            answer = await super()._carried_out(index, fault)
        except ApiError as error:
            if error.description == Refusal.EDIT_NOT_MODIFIED:
                self._arrived(call)
            raise
        if call.method == "getUpdates":
            now = asyncio.get_running_loop().time()
            for update in cast("list[Update]", answer):
                self.handed_out.setdefault(update["update_id"], now)
        self._arrived(call)
        return answer

    def _arrived(self, call: Call) -> None:
        place = _place_of(call)
        if place is None:
            return
        self.put.append(place)
        awaited = self._awaited.pop(place, None)
        if awaited is not None and not awaited.done():
            awaited.set_result(call.at)


def _place_of(call: Call) -> Place | None:
    """Where a call puts an answer; None where it puts none."""
    parameters: dict[str, Any] = call.parameters
    match call.method:
        case "sendMessage" | "sendDocument":
            replied = parameters.get("reply_parameters", {}).get("message_id", 0)
            return Place(parameters["chat_id"], "reply" if replied else "plain", replied)
        case "editMessageText":
            return Place(parameters["chat_id"], "edit", parameters["message_id"])
    return None
