"""What a receipt says of an answer to a digest: what was done, what waits for a yes, and what was not done, and why."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from services.ideas.catalogue import Catalogue
from services.ideas.deeds import Accept, Ask, Bundle, Deed, Move, PassOn
from services.ideas.description import body_name, describe, stage_words
from services.ideas.model import Notification
from services.ideas.register import Register
from services.ideas.staff_mail.caution import CONFIRMED_WITHIN
from services.ideas.staff_mail.receipts import Entry
from services.ideas.staff_mail.results import What
from services.notifier.values import Values

_REFUSED = (What.REFUSED, What.UNCLEAR)


async def receipt(register: Register, notification: Notification) -> Values:
    """What came of each line. It holds no citizen's words: numbers, topics and places name the ideas."""
    catalogue, parameters = register.catalogue, notification.parameters
    entries = await register.receipts.entries(parameters)
    what = [entry.result.what for entry in entries]
    return {
        "body": body_name(catalogue, parameters["body"]),
        "notice": parameters["notice"],
        "items": [_item(catalogue, entry, notification.created_at) for entry in entries],
        "counts": {
            "done": what.count(What.DONE) + what.count(What.UNDONE),
            "waits": what.count(What.WAITS),
            "dropped": what.count(What.DROPPED),
            "refused": sum(each in _REFUSED for each in what),
        },
        "beside": parameters["beside"],
        "has_files": parameters["has_files"],
        "until": _moment(catalogue, notification.created_at + CONFIRMED_WITHIN),
    }


def _item(catalogue: Catalogue, entry: Entry, at: datetime) -> Values:
    result = entry.result
    undo_until = result.undo_until
    return {
        "what": result.what.value,
        "number": result.number,
        "label": _label(catalogue, entry),
        "kind": result.kind.value if result.kind else "",
        "stage": stage_words(catalogue, result.stage)[0] if result.stage else "",
        "bodies": _names(catalogue, result.bodies),
        "told": result.told,
        "undo_until": _moment(catalogue, undo_until, at) if undo_until and undo_until > at else "",
        "why": result.why,
        "said": result.said,
        "deed": "",
        "note": "",
        "measure": "",
        **(_waiting(catalogue, entry.deed) if result.what is What.WAITS and entry.deed else {}),
    }


def _waiting(catalogue: Catalogue, deed: Deed) -> Values:
    match deed:
        case Accept(note):
            return {"deed": "accept", "note": note}
        case Move(_, note):
            return {"deed": "move", "note": note}
        case PassOn(bodies, reason):
            return {"deed": "pass", "bodies": _names(catalogue, bodies), "note": reason}
        case Ask(text):
            return {"deed": "ask", "note": text}
        case Bundle(measure):
            return {"deed": "bundle", "measure": measure}
    return {}


def _label(catalogue: Catalogue, entry: Entry) -> str:
    """The item's number, and by what its idea is recognised: "2 · SWS-2026-0042-7 · Verkehr · Kirchberg"."""
    parts = [str(entry.result.number)] if entry.result.number else []
    if entry.result.reference:
        parts.append(entry.result.reference)
    if entry.idea is not None:
        description = describe(catalogue, entry.idea)
        parts += ["; ".join(description.topics), "; ".join(description.places)]
    return " · ".join(filter(None, parts)) or "Ohne Nummer"


def _names(catalogue: Catalogue, bodies: Iterable[str]) -> list[str]:
    return [body_name(catalogue, body) for body in bodies]


def _moment(catalogue: Catalogue, moment: datetime, at: datetime | None = None) -> str:
    """A time of day; with its date, but on the day of `at`."""
    local = moment.astimezone(catalogue.settings.region.zone)
    is_today = at is not None and at.astimezone(local.tzinfo).date() == local.date() and moment - at < timedelta(days=1)
    return f"{local:%H:%M}" if is_today else f"{local:%d.%m.%Y, %H:%M}"
