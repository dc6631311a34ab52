"""The submitter's page: where an idea stands, behind a link that nobody can guess."""

from __future__ import annotations

from aiohttp import web
from jinja2 import Environment

from services.desk.pages import page
from services.ideas.capability import Purpose
from services.ideas.description import describe, stage_words
from services.ideas.model import Idea
from services.ideas.register import Register


def submitter_routes(register: Register, templates: Environment) -> list[web.RouteDef]:
    """The start page and the status page. Both only show; opening them changes nothing."""
    settings = register.catalogue.settings
    has_telegram = settings.telegram.is_on

    async def start(_request: web.Request) -> web.Response:
        return page(templates, "start.html", email=settings.email.addresses[0], telegram=has_telegram)

    async def status(request: web.Request) -> web.Response:
        page_token = request.match_info["token"]
        idea = await register.idea_by_token(page_token, Purpose.STATUS_PAGE)
        if idea is None:
            raise web.HTTPNotFound
        token = register.token(Purpose.VERIFY_ADDRESS, idea.reference)
        subscription = await register.mailboxes.by_token(token, Purpose.VERIFY_ADDRESS)
        # Who does not want our mail need not confirm anything; who came by Telegram has nothing to confirm.
        is_open = subscription is not None and not subscription.verified and not subscription.unsubscribed
        return page(
            templates, "status.html", token=page_token, confirm=token if is_open else "", **_values(register, idea)
        )

    return [web.get("/", start), web.get("/idee/{token}", status)]


def _values(register: Register, idea: Idea) -> dict[str, object]:
    catalogue = register.catalogue
    zone = catalogue.settings.region.zone
    return {
        "idea": idea,
        "description": describe(catalogue, idea),
        "explanation": stage_words(catalogue, idea.stage)[1],
        "steps": [
            {
                "label": stage_words(catalogue, change.stage)[0],
                "date": change.at.astimezone(zone).strftime("%d.%m.%Y"),
                "iso": change.at.astimezone(zone).date().isoformat(),
                "note": change.note,
            }
            for change in idea.stages
        ],
    }
