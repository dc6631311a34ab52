"""Where a person says whether we may write to them: they confirm their address, unsubscribe, and change their mind.

Looking changes nothing (mail scanners open every link); only a POST does. There is no CSRF token and no look at Origin
or Referer: no cookie authorises anything here, but the unguessable token in the address alone, which a foreign site
does not know. A mail program that unsubscribes its user (RFC 8058) posts from anywhere and must not be redirected, and
our own forms come with "Origin: null", because our pages send no referrer.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from aiohttp import web
from jinja2 import Environment

from services.desk.pages import page
from services.ideas.capability import Purpose
from services.ideas.register import Register


def mailbox_routes(register: Register, templates: Environment, now: Callable[[], datetime]) -> list[web.RouteDef]:
    """The pages behind the links of our mails. Whatever a POST sends along is not read: its address says it all."""
    mailboxes = register.mailboxes

    async def show(request: web.Request, name: str, purpose: Purpose, *, has_changed: bool = False) -> web.Response:
        token = request.match_info["token"]
        subscription = await mailboxes.by_token(token, purpose)
        if subscription is None:
            raise web.HTTPNotFound
        return page(templates, name, token=token, subscription=subscription, has_changed=has_changed)

    async def show_address(request: web.Request) -> web.Response:
        return await show(request, "address.html", Purpose.VERIFY_ADDRESS)

    async def verify(request: web.Request) -> web.Response:
        await mailboxes.verify(request.match_info["token"], now())
        return await show_address(request)

    async def show_subscription(request: web.Request) -> web.Response:
        return await show(request, "subscription.html", Purpose.UNSUBSCRIBE)

    async def unsubscribe(request: web.Request) -> web.Response:
        await mailboxes.unsubscribe(request.match_info["token"], now())
        return await show_subscription(request)

    async def resubscribe(request: web.Request) -> web.Response:
        await mailboxes.resubscribe(request.match_info["token"])
        return await show(request, "subscription.html", Purpose.UNSUBSCRIBE, has_changed=True)

    return [
        web.get("/adresse/{token}", show_address),
        web.post("/adresse/{token}", verify),
        web.get("/abmelden/{token}", show_subscription),
        web.post("/abmelden/{token}", unsubscribe),
        # A browser that opens an old tab again asks for its address with GET.
        web.get("/abmelden/{token}/doch-wieder", show_subscription),
        web.post("/abmelden/{token}/doch-wieder", resubscribe),
    ]
