"""The Bot API over real HTTP on a loopback port: what a bot sees of Telegram, and what a test needs to steer it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from aiohttp import web

from tests.fakes.bot_api import messaging, profile, receiving
from tests.fakes.bot_api.account import Account
from tests.fakes.bot_api.citizen import Citizen, Group, private_chat
from tests.fakes.bot_api.errors import ApiError, Refusal
from tests.fakes.bot_api.faults import Answer, Fault, FaultScript, LostAnswer
from tests.fakes.bot_api.reading import description_of, raw_parameters, typed_parameters
from tests.fakes.bot_api.requests import METHODS
from tests.fakes.hang import Hang

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.fakes.bot_api.wire import BotCommand, ResponseParameters, User

_HANDLERS: dict[str, Callable[[Account, Any], Awaitable[object]]] = {
    "getMe": profile.get_me,
    "getUpdates": receiving.get_updates,
    "setWebhook": receiving.set_webhook,
    "deleteWebhook": receiving.delete_webhook,
    "getWebhookInfo": receiving.get_webhook_info,
    "sendMessage": messaging.send_message,
    "sendDocument": messaging.send_document,
    "getFile": profile.get_file,
    "setMyCommands": profile.set_my_commands,
    "answerCallbackQuery": profile.answer_callback_query,
    "sendChatAction": messaging.send_chat_action,
    "deleteMessage": messaging.delete_message,
    "editMessageText": messaging.edit_message_text,
}
# The real server takes method names in any case.
_NAMES = {name.lower(): name for name in METHODS}
# Uploads of up to 50 MB, and the rest of the form.
_LARGEST_REQUEST_BYTES = 51 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Call:
    """One request of the bot, and whether it was carried out: a refused one was not."""

    method: str
    parameters: dict[str, Any]
    is_carried_out: bool = False


class BotApiServer:
    """`async with BotApiServer() as server:` serves one bot until the block ends.

    `violations` lists every request that no correct client sends; a test asserts that it is empty. Answers of the
    real server that depend on hidden state (flood limits, ages of messages) come only when scripted.
    """

    def __init__(self, token: str = "7531902468:AAtest-token_of_the_test_server_00", *, port: int = 0) -> None:
        self.token = token
        self.calls: list[Call] = []
        self.violations: list[str] = []
        self._account = Account(token)
        self._faults = FaultScript()
        self._port = port
        self._work: set[asyncio.Task[object]] = set()
        app = web.Application(client_max_size=_LARGEST_REQUEST_BYTES)
        app.router.add_route("*", "/bot{token:[^/]+}/{method}", self._method)
        app.router.add_get("/file/bot{token:[^/]+}/{path:.+}", self._file)
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=1)
        self._urls = ""

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._account.is_closing = True
        self._faults.release_all()
        if self._account.webhook:
            await self._account.webhook.stop()
        await self._account.changes.announce()
        await asyncio.gather(*self._work, return_exceptions=True)
        await self._runner.cleanup()

    @property
    def base_url(self) -> str:
        """What comes before token and method."""
        return f"http://127.0.0.1:{self._port}/bot"

    @property
    def base_file_url(self) -> str:
        """What comes before token and file path."""
        return f"http://127.0.0.1:{self._port}/file/bot"

    @property
    def bot(self) -> User:
        """The bot as others see it."""
        return self._account.user

    @property
    def pending_updates(self) -> tuple[int, ...]:
        """The ids of the updates that the bot has not confirmed, oldest first."""
        return self._account.updates.pending

    def commands(self, language_code: str = "", scope: str = '{"type": "default"}') -> list[BotCommand]:
        """Return the commands that the bot set for a language ("" for all) and a scope (its JSON)."""
        return self._account.commands.get((scope, language_code), [])

    def citizen(
        self, chat_id: int, first_name: str, *, last_name: str = "", username: str = "", language_code: str = "de"
    ) -> Citizen:
        """Return a new person, who has not written to the bot yet."""
        user: User = {"id": chat_id, "is_bot": False, "first_name": first_name}
        if last_name:
            user["last_name"] = last_name
        if username:
            user["username"] = username
        if language_code:
            user["language_code"] = language_code
        return Citizen(self._account, self._account.open_chat(private_chat(user), is_open=False), user)

    def group(self, chat_id: int, title: str, *, member: Citizen) -> Group:
        """Return a new group (negative id) with the bot in it; `member` is who writes in it."""
        conversation = self._account.open_chat({"id": chat_id, "type": "supergroup", "title": title}, is_open=True)
        return Group(self._account, conversation, member.user)

    def answer_next(
        self,
        method: str,
        count: int = 1,
        status: int = 429,
        description: str = "Too Many Requests: retry after 1",
        parameters: ResponseParameters | None = None,
    ) -> None:
        """Refuse the next `count` calls of `method` without carrying them out."""
        self._faults.add(method, Answer(status, description, parameters), count)

    def hang_next(self, method: str, count: int = 1) -> Hang:
        """Hold the next `count` calls until the returned value is released."""
        hang = Hang()
        self._faults.add(method, hang, count)
        return hang

    def lose_next_answer(self, method: str, count: int = 1) -> None:
        """Carry out the next `count` calls, but close the connection instead of answering."""
        self._faults.add(method, LostAnswer(), count)

    async def redeliver(self, update_id: int, times: int = 1) -> None:
        """Send an update again, `times` times more, even if the bot has confirmed it."""
        self._account.updates.repeat(update_id, times)
        await self._account.changes.announce()

    async def delivered(self, update_id: int, times: int = 1, *, timeout_s: float = 5) -> None:
        """Return once the update was handed out `times` times in all (by a webhook: and accepted)."""
        counted = self._account.updates.deliveries
        what = f"delivery {times} of update {update_id}"
        await self._account.changes.expect(lambda: counted[update_id] >= times, what, timeout_s=timeout_s)

    def deliveries(self, update_id: int) -> int:
        """Return how often the update was handed out so far."""
        return self._account.updates.deliveries[update_id]

    async def polls(self, count: int, *, timeout_s: float = 5) -> None:
        """Return once exactly `count` calls of getUpdates are waiting (0: each was answered or its client is gone)."""
        await self._account.changes.expect(
            lambda: self._account.open_polls == count, f"a number of {count} polls", timeout_s=timeout_s
        )

    async def all_confirmed(self, *, timeout_s: float = 5) -> None:
        """Return once the bot has confirmed every update."""
        await self._account.changes.expect(lambda: not self.pending_updates, "confirmation", timeout_s=timeout_s)

    def calls_of(self, method: str) -> list[Call]:
        """Return the calls of one method so far."""
        return [each for each in self.calls if each.method == method]

    async def called(self, method: str, times: int = 1, *, timeout_s: float = 5) -> None:
        """Return once `method` was called `times` times in all, whatever came of it."""
        what = f"call {times} of {method}"
        await self._account.changes.expect(lambda: len(self.calls_of(method)) >= times, what, timeout_s=timeout_s)

    async def _method(self, request: web.Request) -> web.StreamResponse:
        try:
            name = self._checked_name(request)
            parameters = await self._checked_parameters(request, name)
            index = await self._record(Call(name, parameters))
            fault = self._faults.next(name)
            work = asyncio.create_task(self._carried_out(index, fault))
            if name == "getUpdates":
                result = await work
            else:
                # What has arrived is done even if the client dies meanwhile; only a poll ends with its connection.
                self._work.add(work)
                work.add_done_callback(self._work.discard)
                result = await asyncio.shield(work)
        except ApiError as error:
            return _refused(error)
        if isinstance(fault, LostAnswer):
            return _cut_off(request)
        return web.json_response({"ok": True, "result": result})

    def _checked_name(self, request: web.Request) -> str:
        if request.match_info["token"] != self.token:
            raise self._violation(401, Refusal.UNAUTHORIZED, "wrong token")
        name = _NAMES.get(request.match_info["method"].lower())
        if name is None:
            raise self._violation(404, Refusal.NOT_FOUND, f"unknown method {request.match_info['method']}")
        if request.method not in {"GET", "POST"}:
            raise self._violation(405, "Method Not Allowed", f"{name} by {request.method}")
        return name

    async def _checked_parameters(self, request: web.Request, name: str) -> dict[str, object]:
        try:
            raw = await raw_parameters(request)
        except ValueError as error:
            raise self._violation(400, f"Bad Request: {error}", f"{name}: unreadable body") from error
        values, found = typed_parameters(raw, METHODS[name])
        if found:
            raise self._violation(400, description_of(found, METHODS[name]), "; ".join(found))
        return values

    def _violation(self, code: int, description: str, what: str) -> ApiError:
        self.violations.append(what)
        return ApiError(code, description)

    async def _record(self, call: Call) -> int:
        self.calls.append(call)
        index = len(self.calls) - 1
        await self._account.changes.announce()
        return index

    async def _carried_out(self, index: int, fault: Fault | None) -> object:
        call = self.calls[index]
        if isinstance(fault, Answer):
            raise ApiError(fault.status, fault.description, fault.parameters)
        if isinstance(fault, Hang):
            await fault.hold()
        result = await _HANDLERS[call.method](self._account, call.parameters)
        self.calls[index] = replace(call, is_carried_out=True)
        return result

    async def _file(self, request: web.Request) -> web.Response:
        stored = self._account.files.of_path(request.match_info["path"])
        if request.match_info["token"] != self.token or stored is None:
            return _refused(self._violation(404, Refusal.NOT_FOUND, f"unknown file {request.match_info['path']}"))
        return web.Response(body=stored.content, content_type="application/octet-stream")


def _refused(error: ApiError) -> web.Response:
    body: dict[str, object] = {"ok": False, "error_code": error.code, "description": error.description}
    if error.parameters:
        body["parameters"] = error.parameters
    return web.json_response(body, status=error.code)


def _cut_off(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
