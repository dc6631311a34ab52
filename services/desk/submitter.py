"""The submitter's page: where an idea stands, behind a link that nobody can guess."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from aiohttp import web
from jinja2 import Environment

from services.desk.pages import page
from services.ideas.capability import Purpose
from services.ideas.catalogue import Catalogue
from services.ideas.description import body_name, describe, due_at, expected_by, outlook, stage_words
from services.ideas.news import News
from services.ideas.register import Register


def submitter_routes(register: Register, templates: Environment, now: Callable[[], datetime]) -> list[web.RouteDef]:
    """The start page and the status page. Both only show; opening them changes nothing."""
    settings = register.catalogue.settings
    has_telegram = settings.telegram.is_on

    async def start(_request: web.Request) -> web.Response:
        return page(templates, "start.html", email=settings.email.addresses[0], telegram=has_telegram)

    async def status(request: web.Request) -> web.Response:
        page_token = request.match_info["token"]
        seen_at = now()
        news = await register.story_by_token(page_token, seen_at)
        if news is None:
            raise web.HTTPNotFound
        token = register.token(Purpose.VERIFY_ADDRESS, news.idea.reference)
        subscription = await register.mailboxes.by_token(token, Purpose.VERIFY_ADDRESS)
        # Who does not want our mail need not confirm anything; who came by Telegram has nothing to confirm.
        is_open = subscription is not None and not subscription.verified and not subscription.unsubscribed
        values = _values(register.catalogue, news, seen_at)
        return page(templates, "status.html", token=page_token, confirm=token if is_open else "", **values)

    return [web.get("/", start), web.get("/idee/{token}", status)]


def _values(catalogue: Catalogue, news: News, now: datetime) -> dict[str, object]:
    idea, due = news.idea, due_at(catalogue, news.idea)
    return {
        "idea": idea,
        "description": describe(catalogue, idea),
        "explanation": stage_words(catalogue, idea.stage)[1],
        "outlook": outlook(catalogue, idea.stage),
        "until": expected_by(catalogue, idea, now),
        "is_late": due is not None and due <= now,
        "measure": news.measure,
        "steps": [
            {"label": stage_words(catalogue, step.stage)[0], "day": _day(catalogue, step.at), "note": step.note}
            for step in news.steps
        ],
        "talk": _talk(catalogue, news),
    }


def _talk(catalogue: Catalogue, news: News) -> list[dict[str, object]]:
    """What was said and asked, in that order: each is a contribution in `said`, or what a `body` has `asked`."""
    said: list[tuple[datetime, dict[str, object]]] = [(item.at, {"said": item}) for item in news.idea.contributions]
    asked: list[tuple[datetime, dict[str, object]]] = [
        (item.at, {"said": None, "asked": item.text, "body": body_name(catalogue, item.body)})
        for item in news.inquiries
    ]
    talk = sorted((*said, *asked), key=lambda item: item[0])
    return [{**item, "day": _day(catalogue, at)} for at, item in talk]


def _day(catalogue: Catalogue, moment: datetime) -> date:
    return moment.astimezone(catalogue.settings.region.zone).date()
