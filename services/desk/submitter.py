"""The submitter's page: where an idea stands, behind a link that nobody can guess."""

from __future__ import annotations

from aiohttp import web
from jinja2 import Environment

from services.ideas.capability import Purpose
from services.ideas.description import describe
from services.ideas.model import Idea
from services.ideas.register import Register


def submitter_routes(register: Register, templates: Environment) -> list[web.RouteDef]:
    """The start page and the status page. Both only show; opening them changes nothing."""
    settings = register.catalogue.settings
    has_telegram = bool(settings.telegram.token.get_secret_value())

    async def start(_request: web.Request) -> web.Response:
        return _page(templates, "start.html", email=settings.email.addresses[0], telegram=has_telegram)

    async def status(request: web.Request) -> web.Response:
        idea = await register.idea_by_token(request.match_info["token"], Purpose.STATUS_PAGE)
        if idea is None:
            raise web.HTTPNotFound
        return _page(templates, "status.html", **_values(register, idea))

    return [web.get("/", start), web.get("/idee/{token}", status)]


def _values(register: Register, idea: Idea) -> dict[str, object]:
    catalogue = register.catalogue
    zone = catalogue.settings.region.zone
    stages = catalogue.lifecycle.stages
    return {
        "idea": idea,
        "description": describe(catalogue, idea),
        "explanation": stages[idea.stage].explanation if idea.stage in stages else "",
        "steps": [
            {
                "label": stages[change.stage].label if change.stage in stages else change.stage,
                "date": change.at.astimezone(zone).strftime("%d.%m.%Y"),
                "iso": change.at.astimezone(zone).date().isoformat(),
                "note": change.note,
            }
            for change in idea.stages
        ],
    }


def _page(templates: Environment, name: str, **values: object) -> web.Response:
    return web.Response(text=templates.get_template(name).render(values), content_type="text/html")
