"""Pages for people: made of templates."""

from __future__ import annotations

from aiohttp import web
from jinja2 import Environment


def page(templates: Environment, name: str, **values: object) -> web.Response:
    """The answer that shows one template."""
    return web.Response(text=templates.get_template(name).render(values), content_type="text/html")
