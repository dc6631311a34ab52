"""Whether this process lives (/healthz) and whether it can work (/readyz)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from aiohttp import web

from services.ideas.errors import StoreError
from services.ideas.register import Register

States = Callable[[], Mapping[str, str]]


def health_routes(register: Register, states: States) -> list[web.RouteDef]:
    """The two routes. `states` names the parts of this process and how they are: "ready" or a word for anything else.

    /readyz answers 503 only where nothing could be kept or found: with a part that is not ready it is "degraded" and
    goes on answering 200, because ideas are still taken in.
    """

    async def alive(_request: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    async def ready(_request: web.Request) -> web.Response:
        parts = dict(states())
        try:
            counts = await register.counts()
            if await register.outbox_control.paused():
                parts["outbox"] = "paused"
        except StoreError:
            return web.json_response({"status": "unavailable", "parts": {**parts, "store": "unavailable"}}, status=503)
        degraded = any(state != "ready" for state in parts.values())
        status = "degraded" if degraded else "ready"
        return web.json_response({"status": status, "parts": {**parts, "store": "ready"}, **counts})

    return [web.get("/healthz", alive), web.get("/readyz", ready)]
