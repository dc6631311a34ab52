"""From an HTTP request to typed parameters: query string, form, multipart or JSON, as the Bot API takes them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, get_args, get_origin

from aiohttp import web
from aiohttp.web_request import FileField

from tests.fakes.bot_api.conformance import hints_of, problems
from tests.fakes.bot_api.errors import Refusal
from tests.fakes.bot_api.wire import Upload

if TYPE_CHECKING:
    from types import UnionType

_ATTACHED = "attach://"
# The documentation's limit for files that are uploaded.
_LARGEST_UPLOAD_BYTES = 50 * 1024 * 1024
# What the real server says when the one thing is missing without which there is nothing to do.
_MISSING = {"chat_id": Refusal.CHAT_EMPTY, "text": Refusal.TEXT_EMPTY, "document": Refusal.NO_DOCUMENT}


async def raw_parameters(request: web.Request) -> dict[str, object]:
    """Return the parameters as they came: strings and uploads, or for a JSON body any JSON value.

    OverflowError for an upload that is too large, ValueError for a body that cannot be read.
    """
    found: dict[str, object] = dict(request.query)
    if request.content_type == "application/json":
        found.update(json.loads(await request.text() or "{}"))
    elif request.method == "POST":
        for name, value in (await request.post()).items():
            found[name] = _upload(value) if isinstance(value, FileField) else value
    return found


def typed_parameters(raw: dict[str, object], method: type) -> tuple[dict[str, object], list[str]]:
    """Return the parameters as `method` (a TypedDict) types them, and what is wrong with them."""
    hints = hints_of(method)
    attached = {value for value in raw.values() if isinstance(value, str) and value.startswith(_ATTACHED)}
    values = {
        name: _typed(_resolved(value, raw), hints.get(name))
        for name, value in raw.items()
        if f"{_ATTACHED}{name}" not in attached
    }
    return values, problems(values, method, method.__name__)


def description_of(found: list[str], method: type) -> str:
    """Return what the server answers to ill-typed parameters."""
    missing = (each for each in _MISSING if f"{method.__name__}.{each}: missing" in found)
    name = next(missing, None)
    return _MISSING[name] if name else f"Bad Request: {found[0]}"


def _upload(field: FileField) -> Upload:
    content = field.file.read()
    if len(content) > _LARGEST_UPLOAD_BYTES:
        raise OverflowError(field.filename)
    return Upload(field.filename, field.content_type, content)


def _resolved(value: object, raw: dict[str, object]) -> object:
    if isinstance(value, str) and value.startswith(_ATTACHED):
        return raw.get(value.removeprefix(_ATTACHED), value)
    return value


def _typed(value: object, hint: type | UnionType | None) -> object:
    """Decode what a form could only send as a string; leave what does not decode for the check to find."""
    if not isinstance(value, str) or hint is None or hint is str:
        return value
    members: tuple[Any, ...] = get_args(hint) if get_origin(hint) is not list else (hint,)
    if str in members and int not in members:
        return value
    try:
        decoded = json.loads(value)
    except ValueError:
        return value
    return decoded if str not in members or isinstance(decoded, int) else value
