"""The pages of a digest, for whoever got its mail: all its ideas, each with its whole story, and a table of them.

Opening any of them changes nothing, however often a scanner of mail does it. Nobody's address stands there.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web
from jinja2 import Environment

from services.desk.csv_cells import BOM, line
from services.desk.files import Files
from services.desk.pages import page
from services.ideas.catalogue import Catalogue
from services.ideas.description import body_name, describe, stage_words, topic_label
from services.ideas.digest_contents import Contents
from services.ideas.digest_examples import examples
from services.ideas.digest_items import Item
from services.ideas.digest_links import DigestLink
from services.ideas.digest_order import Section
from services.ideas.digest_reading import DigestReading
from services.ideas.digest_words import VERDICTS, ItemWords, act_words, day, item_words, noted, period, sitting_day
from services.ideas.excerpt import unsigned
from services.ideas.register import Register

_ON_A_PAGE = 100
_PAGE = re.compile("[1-9][0-9]{0,4}")
_TITLES = {
    Section.NEWS: "Neu für Sie",
    Section.CITIZENS: "Von Bürgerinnen und Bürgern zurück",
    Section.WAITING: "Wartet auf Sie",
    Section.DONE: "Das ist entschieden",
    Section.SETTLED: "Nicht mehr bei Ihnen",
}
_COLUMNS = (
    *("Nummer", "Aktenzeichen", "Abschnitt", "Titel", "Text", "Art", "Thema", "Ort", "Stand", "Eingang"),
    *("Bei Ihnen seit", "Zu prüfen bis", "Überfällig", "Es fehlt noch", "Hinweise", "Anhänge"),
)


def digest_routes(
    register: Register, templates: Environment, files: Files, now: Callable[[], datetime]
) -> list[web.RouteDef]:
    """The list, one idea, its files, and the table; each only with the link of one mail."""
    pages = _Pages(register.digest_reading, register.catalogue, templates, files, now)
    item = "/uebersicht/{token}/{number:[0-9]{1,9}}"
    return [
        web.get("/uebersicht/{token}", pages.show_list),
        web.get("/uebersicht/{token}/ideen.csv", pages.table),
        web.get(item, pages.show_item),
        web.get(item + "/anlage/{file:[0-9]{1,18}}", pages.file),
    ]


@dataclass(frozen=True, slots=True)
class _Pages:
    """What the link of a mail opens, for as long as it is open."""

    reading: DigestReading
    catalogue: Catalogue
    templates: Environment
    files: Files
    now: Callable[[], datetime]

    async def show_list(self, request: web.Request) -> web.Response:
        link = await self._opened(request)
        wanted = request.query.get("seite", "1")
        number = int(wanted) if _PAGE.fullmatch(wanted) else 1
        digest = await self.reading.part(link, self.now(), (number - 1) * _ON_A_PAGE, _ON_A_PAGE)
        if digest is None or (not digest.items and number != 1):
            raise web.HTTPNotFound
        items = [(item.entry.section, self._words(link, item)) for item in digest.items]
        values = _list_values(self.catalogue, digest.contents, items)
        return page(self.templates, "digest.html", token=request.match_info["token"], number=number, **values)

    async def show_item(self, request: web.Request) -> web.Response:
        link = await self._opened(request)
        item = await self.reading.item(link, int(request.match_info["number"]), self.now())
        if item is None:
            raise web.HTTPNotFound
        values = _item_values(self.catalogue, link, item, self._words(link, item))
        return page(self.templates, "digest_item.html", token=request.match_info["token"], **values)

    async def file(self, request: web.Request) -> web.Response:
        link = await self._opened(request)
        number, file = int(request.match_info["number"]), int(request.match_info["file"])
        return await self.files.answer(await self.reading.attachment(link, number, file))

    async def table(self, request: web.Request) -> web.StreamResponse:
        link = await self._opened(request)
        headers = {"Content-Disposition": f'attachment; filename="ideen-{link.digest}.csv"'}
        answer = web.StreamResponse(headers={**headers, "Content-Type": "text/csv; charset=utf-8"})
        await answer.prepare(request)
        if request.method != "HEAD":
            await answer.write((BOM + line(_COLUMNS)).encode())
            async for item in self.reading.all_of(link, self.now()):
                await answer.write(line(_row(item, self._words(link, item))).encode())
        await answer.write_eof()
        return answer

    async def _opened(self, request: web.Request) -> DigestLink:
        link = await self.reading.link(request.match_info["token"])
        if link is None:
            raise web.HTTPNotFound
        if self.now() >= link.until:
            raise web.HTTPGone
        return link

    def _words(self, link: DigestLink, item: Item) -> ItemWords:
        return item_words(self.catalogue, link.body, item, self.now())


def _list_values(
    catalogue: Catalogue, contents: Contents, items: Iterable[tuple[Section, ItemWords]]
) -> dict[str, object]:
    sections: dict[str, list[ItemWords]] = {}
    for section, words in items:
        sections.setdefault(_TITLES[section], []).append(words)
    counted = Counter(topic_label(catalogue, entry.topic) if entry.topic else "" for entry in contents.entries)
    return {
        **_heading(catalogue, contents.body),
        "period": period(catalogue, contents),
        "sitting": sitting_day(catalogue, contents),
        "sections": sections,
        "contents": contents,
        "counts": [(_TITLES[section], len(contents.of(section))) for section in Section if contents.of(section)],
        "topics": [(label or "Thema offen", number) for label, number in counted.most_common()],
        "pages": (len(contents.entries) + _ON_A_PAGE - 1) // _ON_A_PAGE,
    }


def _item_values(catalogue: Catalogue, link: DigestLink, item: Item, words: ItemWords) -> dict[str, object]:
    idea, zone = item.idea, catalogue.settings.region.zone
    said = [(each.at, "said", each, unsigned(each.text)) for each in idea.contributions] if idea else []
    asked = [(each.at, "asked", each, each.text) for each in item.inquiries]
    return {
        **_heading(catalogue, link.body),
        "words": words,
        "examples": examples(catalogue, link.body, item),
        "bodies": describe(catalogue, idea).bodies if idea else (),
        "talk": [
            {
                "day": day(catalogue, at),
                "kind": kind,
                "said": each,
                "text": text,
                "who": _asker(catalogue, kind, each),
            }
            for at, kind, each, text in sorted([*said, *asked], key=lambda entry: entry[0])
        ],
        "acts": [
            {
                "day": f"{act.at.astimezone(zone):%d.%m.%Y, %H:%M} Uhr",
                "note": noted(idea, act, act_words(catalogue, act, link.body)),
                "is_undone": act.undone_at is not None,
            }
            for act in item.acts
        ],
        "findings": [(each.name, VERDICTS[each.verdict], each.note) for each in item.findings],
        "measure": item.measure,
        "measure_stage": stage_words(catalogue, item.measure.stage)[0] if item.measure else "",
    }


def _asker(catalogue: Catalogue, kind: str, said: object) -> str:
    body = getattr(said, "body", "") if kind == "asked" else ""
    return body_name(catalogue, body) if body else ""


def _heading(catalogue: Catalogue, body: str) -> dict[str, object]:
    return {"body": body_name(catalogue, body), "email": catalogue.settings.email.addresses[0]}


def _row(item: Item, words: ItemWords) -> tuple[object, ...]:
    said = item.idea.contributions if item.idea and not words.is_erased else ()
    return (
        words.number,
        words.reference,
        _TITLES[item.entry.section],
        "Gelöschte Idee" if words.is_erased else words.title,
        " / ".join(unsigned(each.text) for each in said),
        words.kind,
        words.topic or words.topic_doubt,
        words.place or words.place_doubt,
        words.stage,
        words.created,
        words.since,
        words.due,
        words.late,
        words.missing,
        " / ".join(f"{note.what} {note.why}".rstrip() for note in words.notes),
        "; ".join(words.attachments),
    )
