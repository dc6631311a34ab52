"""The legal pages: what becomes of people's data, who runs this, and what is not accessible yet; in every language."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web
from jinja2 import Environment
from markupsafe import Markup

from services.desk.pages import page
from services.ideas.catalogue import Catalogue
from services.ideas.legal import PATHS, LegalPage, legal_values
from services.ideas.messages import Part
from services.ideas.texts import OWN_LANGUAGE
from services.ideas.words import Command

_HEADINGS: Mapping[LegalPage, Command] = {
    LegalPage.PRIVACY: Command.PRIVACY,
    LegalPage.IMPRINT: Command.IMPRINT,
    LegalPage.ACCESSIBILITY: Command.ACCESSIBILITY,
}


def legal_routes(catalogue: Catalogue, templates: Environment) -> list[web.RouteDef]:
    """One route for each page; `?sprache=` chooses a language, and an unknown one is the region's own."""
    return [_route(catalogue, templates, legal_page) for legal_page in LegalPage]


def _route(catalogue: Catalogue, templates: Environment, legal_page: LegalPage) -> web.RouteDef:
    texts = catalogue.texts
    languages = [(language, texts.words(language).name) for language in texts.languages]
    values = legal_values(catalogue.settings)

    async def show(request: web.Request) -> web.Response:
        wanted = request.query.get("sprache", "")
        language = wanted if wanted in texts.languages else OWN_LANGUAGE
        text = texts.render(language, legal_page, Part.PAGE, values)
        heading = texts.words(language).commands[_HEADINGS[legal_page]].description
        # The text is the region's own and comes escaped.
        safe = Markup(text)  # noqa: S704
        return page(templates, "legal.html", text=safe, heading=heading, language=language, languages=languages)

    return web.get(PATHS[legal_page], show)
