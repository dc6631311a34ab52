"""A person's own data as one file: a page to read, the same as JSON, and all files they sent (Art. 15 and 20 GDPR)."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from services.ideas import views
from services.ideas.catalogue import Catalogue
from services.ideas.channels import EMAIL, TELEGRAM
from services.ideas.deeds import DeedKind, Verdict
from services.ideas.description import Description, body_name, describe, stage_words
from services.ideas.legal import LegalPage, legal_values
from services.ideas.messages import Part
from services.ideas.persons import person_at
from services.ideas.record import Record, RecordedFile, record_of
from services.ideas.texts import OWN_LANGUAGE

# Bot API, sendDocument: 50 MB, of which what is beside the files needs little.
MOST_BYTES = 45_000_000
_CHANNELS = {EMAIL: "E-Mail", TELEGRAM: "Telegram"}
_TOLD = {
    "confirmation": "Bestätigung einer Idee",
    "attachments": "Hinweis zu Anhängen",
    "update": "Neuigkeit zu einer Idee",
    "notice": "Hinweis zum Datenschutz",
    "join_code": "Code zum Verbinden",
}
# What staff did; a step that the submitter reads stands among the stages as well.
_DONE = {
    DeedKind.MOVE: "auf eine andere Stufe gebracht",
    DeedKind.CARRY: "mit der Maßnahme auf eine andere Stufe gebracht",
    DeedKind.STATE: "von einer der Stellen fertig geprüft",
    DeedKind.PASS: "an eine andere Stelle gegeben",
    DeedKind.RETURN: "als nicht zuständig zurückgegeben",
    DeedKind.ASK: "Sie gefragt",
    DeedKind.FIND: "eine Frage geprüft",
    DeedKind.BUNDLE: "in eine Maßnahme aufgenommen",
    DeedKind.UNBUNDLE: "aus einer Maßnahme genommen",
    DeedKind.TOPIC: "das Thema berichtigt",
    DeedKind.PLACE: "den Ort berichtigt",
}
_VERDICTS = {Verdict.YES: "ja", Verdict.NO: "nein", Verdict.PARTLY: "zum Teil"}


@dataclass(frozen=True, slots=True)
class Export:
    """A ZIP archive; `files_left_out` are the names of the files for which it has no room."""

    filename: str
    content: bytes
    files_left_out: tuple[str, ...]


async def export(
    session: AsyncSession,
    catalogue: Catalogue,
    person: tuple[str, str],
    now: datetime,
    most_bytes: int | None = MOST_BYTES,
) -> Export | None:
    """Everything about the person who writes from this channel and address; None where nobody is known there.

    Files are added as long as there is room for them: `most_bytes` in all, None for any number.
    """
    found = await person_at(session, *person)
    if found is None:
        return None
    record = await record_of(session, found)
    kept, left_out = _fitting(record.files, most_bytes)
    references = [idea["reference"] for idea in record.data["ideas"]]
    ideas = {idea.reference: describe(catalogue, idea) for idea in await views.by_references(session, references)}
    names = tuple(file.name for file in left_out)
    contents = {
        "auskunft.html": _page(catalogue, record, ideas, names, now).encode(),
        "auskunft.json": _json(record, names, now).encode(),
    }
    for file in kept:
        contents[file.name] = await session.scalar(file.content) or b""
    day = now.astimezone(catalogue.settings.region.zone).date().isoformat()
    return Export(f"auskunft-{day}.zip", await asyncio.to_thread(_archive, contents, now), names)


def _fitting(files: Sequence[RecordedFile], most_bytes: int | None) -> tuple[list[RecordedFile], list[RecordedFile]]:
    """The files for which there is room, in their order, and the others."""
    kept, left_out, size_bytes = list[RecordedFile](), list[RecordedFile](), 0
    for file in files:
        if most_bytes is not None and size_bytes + file.size_bytes > most_bytes:
            left_out.append(file)
        else:
            kept.append(file)
            size_bytes += file.size_bytes
    return kept, left_out


def _archive(contents: Mapping[str, bytes], now: datetime) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            entry = zipfile.ZipInfo(name, now.timetuple()[:6])
            # What people send is compressed already for the most part.
            method = zipfile.ZIP_STORED if name.startswith("dateien/") else zipfile.ZIP_DEFLATED
            archive.writestr(entry, content, compress_type=method)
    return written.getvalue()


def _json(record: Record, left_out: Sequence[str], now: datetime) -> str:
    data = {"created_at": now.isoformat(), **record.data, "files_left_out": left_out}
    return json.dumps(data, ensure_ascii=False, indent=1)


def _page(
    catalogue: Catalogue, record: Record, ideas: Mapping[str, Description], left_out: Sequence[str], now: datetime
) -> str:
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    templates.filters["moment"] = _moment_in(catalogue)
    templates.filters["stage"] = lambda stage: stage_words(catalogue, stage)[0]
    templates.filters["body"] = lambda body: body_name(catalogue, body)
    templates.filters["act"] = lambda kind: _DONE.get(kind, kind)
    templates.filters["verdict"] = lambda verdict: _VERDICTS.get(verdict, verdict)
    templates.filters["channel"] = lambda channel: _CHANNELS.get(channel, channel)
    templates.filters["told"] = lambda template: _TOLD.get(template, "Antwort")
    values = legal_values(catalogue.settings)
    privacy = catalogue.texts.render(OWN_LANGUAGE, LegalPage.PRIVACY, Part.PAGE, values)
    own = {"labels": ideas, "left_out": left_out, "now": now.isoformat(), "privacy": Markup(privacy)}  # noqa: S704 - ours
    return templates.get_template("export.html").render(**values, **record.data, **own)


def _moment_in(catalogue: Catalogue) -> Callable[[str], str]:
    zone = catalogue.settings.region.zone

    def moment(text: str) -> str:
        return f"{datetime.fromisoformat(text).astimezone(zone):%d.%m.%Y, %H:%M} Uhr"

    return moment
