"""The files of an idea, for whoever has its link: pictures without what the camera knew, all else to be saved."""

from __future__ import annotations

import asyncio
from urllib.parse import quote

from aiohttp import web

from services.ideas.capability import Purpose
from services.ideas.images import SHOWN_TYPES, without_metadata
from services.ideas.model import Attachment
from services.ideas.register import Register

# One picture at a time: decoded, it may take some hundred megabytes.
_ONE_AT_A_TIME = 1


class Files:
    """Answers with files, as safely for the one who gets them as for this process."""

    def __init__(self) -> None:
        self._decoding = asyncio.Semaphore(_ONE_AT_A_TIME)

    async def answer(self, found: Attachment | None) -> web.Response:
        """The file; raises HTTPNotFound where there is none."""
        if found is None:
            raise web.HTTPNotFound
        if found.media_type in SHOWN_TYPES:
            async with self._decoding:
                picture = await asyncio.to_thread(without_metadata, found.content, found.media_type)
            if picture is not None:
                return web.Response(body=picture, content_type=found.media_type, headers=_named("inline", found))
        # Never as what it claims to be: a page or a drawing could bring a script along.
        return web.Response(
            body=found.content, content_type="application/octet-stream", headers=_named("attachment", found)
        )


def file_routes(register: Register, files: Files) -> list[web.RouteDef]:
    """The one route for submitters; a file that is not this idea's does not exist."""

    async def file(request: web.Request) -> web.Response:
        number = int(request.match_info["number"])
        token = request.match_info["token"]
        return await files.answer(await register.attachment_by_token(token, Purpose.STATUS_PAGE, number))

    return [web.get(r"/idee/{token}/anlage/{number:[0-9]{1,18}}", file)]


def _named(disposition: str, file: Attachment) -> dict[str, str]:
    # RFC 6266 section 4.3; the encoded form leaves no sign of the name that could end the field.
    return {"Content-Disposition": f"{disposition}; filename*=UTF-8''{quote(file.filename, safe='')}"}
