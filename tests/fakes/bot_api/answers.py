"""How an answer leaves over HTTP: whole, as a refusal, as a page for people, or broken off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from tests.fakes.bot_api.errors import ApiError
    from tests.fakes.bot_api.faults import Page

_PAGE = "<html>\r\n<head><title>{0}</title></head>\r\n<body><center><h1>{0}</h1></center></body>\r\n</html>\r\n"


def result(value: object) -> web.Response:
    """Answer what was asked for."""
    return web.json_response({"ok": True, "result": value})


def refused(error: ApiError) -> web.Response:
    """Answer why not; what a client can do about it stands in the body, and retry_after in a header as well."""
    body: dict[str, object] = {"ok": False, "error_code": error.code, "description": error.description}
    headers = {}
    if error.parameters:
        body["parameters"] = error.parameters
    if error.parameters and "retry_after" in error.parameters:
        headers["Retry-After"] = str(error.parameters["retry_after"])
    return web.json_response(body, status=error.code, headers=headers)


def page(fault: Page) -> web.Response:
    """Answer with HTML, which no client of the Bot API expects."""
    title = f"{fault.status} {fault.reason}"
    return web.Response(text=_PAGE.format(title), status=fault.status, reason=fault.reason, content_type="text/html")


def cut_off(request: web.Request) -> web.Response:
    """Close the connection without an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def cut_in_the_middle(request: web.Request, content: bytes) -> web.StreamResponse:
    """Promise the whole content, send half of it, and close the connection."""
    answer = web.StreamResponse(headers={"Content-Length": str(len(content))})
    await answer.prepare(request)
    await answer.write(content[: len(content) // 2])
    cut_off(request)
    return answer
