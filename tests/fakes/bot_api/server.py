"""The Bot API over real HTTP on a loopback port: what a bot sees of Telegram."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Self

from aiohttp import web

from tests.fakes.bot_api.answers import cut_in_the_middle, cut_off, page, refused, result
from tests.fakes.bot_api.errors import ApiError, Refusal, WrongParameterError
from tests.fakes.bot_api.faults import DOWNLOAD, Answer, Cut, Drop, Fault, LostAnswer, Page, Slow
from tests.fakes.bot_api.methods import HANDLERS
from tests.fakes.bot_api.reading import description_of, raw_parameters, typed_parameters
from tests.fakes.bot_api.requests import METHODS
from tests.fakes.bot_api.steering import Call, Steering
from tests.fakes.hang import Hang

if TYPE_CHECKING:
    from tests.fakes.bot_api.files import StoredFile

# The real server takes method names in any case.
_NAMES = {name.lower(): name for name in METHODS}
# More than the largest upload that is allowed, so that a larger one is read whole and refused in Telegram's words.
_LARGEST_REQUEST_BYTES = 64 * 1024 * 1024


class BotApiServer(Steering):
    """`async with BotApiServer() as server:` serves one bot until the block ends.

    `violations` lists every request that no correct client sends; a test asserts that it is empty. Answers of the
    real server that depend on hidden state (flood limits, ages of messages) come only when scripted.
    """

    def __init__(self, token: str = "7531902468:AAtest-token_of_the_test_server_00", *, port: int = 0) -> None:
        super().__init__(token)
        self._port = port
        self._work: set[asyncio.Task[object]] = set()
        app = web.Application(client_max_size=_LARGEST_REQUEST_BYTES)
        app.router.add_route("*", "/bot{token:[^/]+}/{method}", self._method)
        app.router.add_get("/file/bot{token:[^/]+}/{path:.+}", self._file)
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=1)

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

    async def _method(self, request: web.Request) -> web.StreamResponse:
        try:
            name = self._checked_name(request)
            parameters = await self._checked_parameters(request, name)
            index = await self._record(name, parameters)
            chat_id = parameters.get("chat_id")
            fault = self._faults.next(name, chat_id if isinstance(chat_id, int) else None)
            if isinstance(fault, Page):
                return page(fault)
            if isinstance(fault, Drop):
                return cut_off(request)
            answer = await self._worked(name, index, fault)
        except ApiError as error:
            return refused(error)
        if isinstance(fault, LostAnswer):
            return cut_off(request)
        if isinstance(fault, Slow):
            await asyncio.sleep(fault.seconds)  # the slowness that was asked for
        return result(answer)

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
        except (OverflowError, web.HTTPRequestEntityTooLarge) as error:
            raise self._violation(413, Refusal.TOO_LARGE, f"{name}: an upload of more than 50 MB") from error
        except ValueError as error:
            raise self._violation(400, f"Bad Request: {error}", f"{name}: unreadable body") from error
        values, found = typed_parameters(raw, METHODS[name])
        if found:
            raise self._violation(400, description_of(found, METHODS[name]), "; ".join(found))
        return values

    def _violation(self, code: int, description: str, what: str) -> ApiError:
        self.violations.append(what)
        return ApiError(code, description)

    async def _record(self, name: str, parameters: dict[str, object]) -> int:
        self.calls.append(Call(name, parameters, at=asyncio.get_running_loop().time()))
        self._called[name] += 1
        index = len(self.calls) - 1
        await self._account.changes.announce()
        return index

    async def _worked(self, name: str, index: int, fault: Fault | None) -> object:
        work = asyncio.create_task(self._carried_out(index, fault))
        if name == "getUpdates":
            return await work
        # What has arrived is done even if the client dies meanwhile; only a poll ends with its connection.
        self._work.add(work)
        work.add_done_callback(self._work.discard)
        return await asyncio.shield(work)

    async def _carried_out(self, index: int, fault: Fault | None) -> object:
        call = self.calls[index]
        if isinstance(fault, Answer):
            raise ApiError(fault.status, fault.description, fault.parameters)
        if isinstance(fault, Hang):
            await fault.hold()
        try:
            answer = await HANDLERS[call.method](self._account, call.parameters)
        except WrongParameterError as error:
            self.violations.append(f"{call.method}: {error.description}")
            raise
        self.calls[index] = replace(call, is_carried_out=True)
        return answer

    async def _file(self, request: web.Request) -> web.StreamResponse:
        path = request.match_info["path"]
        stored = self._account.files.of_path(path)
        if request.match_info["token"] != self.token or stored is None:
            return refused(self._violation(404, Refusal.NOT_FOUND, f"unknown file {path}"))
        index = await self._record(DOWNLOAD, {"file_path": path})
        fault = self._faults.next(DOWNLOAD)
        answer = await self._fetched(request, stored, fault)
        is_whole = fault is None or isinstance(fault, Hang | Slow)
        self.calls[index] = replace(self.calls[index], is_carried_out=is_whole)
        return answer

    async def _fetched(self, request: web.Request, stored: StoredFile, fault: Fault | None) -> web.StreamResponse:
        match fault:
            case Answer():
                return refused(ApiError(fault.status, fault.description, fault.parameters))
            case Page():
                return page(fault)
            case Drop() | LostAnswer():
                return cut_off(request)
            case Cut():
                return await cut_in_the_middle(request, stored.content)
            case Hang():
                await fault.hold()
            case Slow():
                await asyncio.sleep(fault.seconds)  # the slowness that was asked for
        return web.Response(body=stored.content, content_type="application/octet-stream")
