"""The web application: its routes, its error pages, and the headers that every answer carries."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.desk.digest import digest_routes
from services.desk.files import Files, file_routes
from services.desk.legal import legal_routes
from services.desk.mailbox import mailbox_routes
from services.desk.submitter import submitter_routes
from services.ideas.errors import StoreError
from services.ideas.register import Register

_HERE = Path(__file__).parent
# Pages hold no script and load nothing from elsewhere; links from them do not tell where they stood.
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Cache-Control": "no-store",
}

# Of the headers that an error carries, those that tell a program what to do.
_KEPT = ("Allow", "Retry-After")

log = structlog.get_logger(__name__)


def make_app(
    register: Register,
    more_routes: Iterable[web.RouteDef],
    *,
    pages: bool,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> web.Application:
    """The application of one process: `more_routes` (health, a webhook), and the people's pages where `pages` is on."""
    templates = Environment(
        loader=FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    settings = register.catalogue.settings
    templates.globals["region"] = settings.region.name
    # Behind a proxy the pages may live under a path.
    templates.globals["base"] = urlsplit(settings.web.public_url).path.rstrip("/")
    app = web.Application(middlewares=[_error_pages(templates)])
    app.on_response_prepare.append(_add_headers)
    app.add_routes(more_routes)
    if pages:
        app.add_routes(submitter_routes(register, templates, now))
        app.add_routes(mailbox_routes(register, templates, now))
        files = Files()
        app.add_routes(file_routes(register, files))
        app.add_routes(digest_routes(register, templates, files, now))
        app.add_routes(legal_routes(register.catalogue, templates))
        app.router.add_static("/static", _HERE / "static")
    return app


async def _add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(_HEADERS)


def _error_pages(templates: Environment) -> Middleware:
    @web.middleware
    async def error_pages(request: web.Request, handler: Handler) -> web.StreamResponse:
        status, headers = 500, {}
        try:
            return await handler(request)
        except web.HTTPException as error:
            if error.status < 400:
                raise
            status, headers = error.status, {name: error.headers[name] for name in _KEPT if name in error.headers}
        except StoreError as error:
            log.warning("desk.store_unavailable", reason=str(error))
            status, headers = 503, {"Retry-After": "10"}
        except Exception:
            log.exception("desk.defect", route=str(request.match_info.route.name))
        page = templates.get_template("error.html").render(status=status)
        return web.Response(text=page, content_type="text/html", status=status, headers=headers)

    return error_pages
