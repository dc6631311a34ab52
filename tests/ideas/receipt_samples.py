"""What a receipt is filled with in tests: a line of each kind, and all that a receipt can be."""

from __future__ import annotations

from typing import Any

BLANK: dict[str, Any] = {
    "what": "done",
    "number": 2,
    "label": "2 · SWS-2026-0042-9 · Mobilität und Verkehr · Kirchberg",
    "kind": "",
    "stage": "in Prüfung beim Regionalkonvent",
    "bodies": ["Regionalkonvent Südwestsachsen"],
    "told": False,
    "undo_until": "",
    "why": "",
    "said": "",
    "deed": "",
    "note": "",
    "measure": "",
}
KINDS = ("move", "state", "pass", "return", "ask", "find", "bundle", "topic", "place")
DONE = [{**BLANK, "kind": kind, "told": kind == "move", "undo_until": "10:42"} for kind in KINDS]
UNDONE = {**BLANK, "what": "undone"}
DROPPED = {**BLANK, "what": "dropped"}
REFUSED = {
    **BLANK,
    "what": "refused",
    "why": "Die Stelle „zum Mond“ gibt es nicht.",
    "said": "2 weiter zum Mond: Dort ist Platz",
}
UNCLEAR = {**REFUSED, "what": "unclear", "number": 0, "label": "Ohne Nummer"}
ASKED = {**BLANK, "what": "waits", "deed": "ask", "note": "Guten Tag,\n\nwelche Haltestelle meinen Sie?"}
WAITING = [
    ASKED,
    {**BLANK, "what": "waits", "deed": "move", "stage": "nicht weiterverfolgt", "note": "Das Grundstück ist verkauft."},
    {**BLANK, "what": "waits", "deed": "move", "stage": "umgesetzt", "told": True},
    {**BLANK, "what": "waits", "deed": "accept", "note": "Wir beginnen 2028."},
    {**BLANK, "what": "waits", "deed": "pass", "stage": "", "note": "Landesstraße"},
    {**BLANK, "what": "waits", "deed": "pass", "told": True, "note": "Landesstraße"},
    {**BLANK, "what": "waits", "deed": "accept", "told": True},
    {**BLANK, "what": "waits", "deed": "bundle", "measure": "SWS-M1"},
    {**BLANK, "what": "waits"},
]
NOTHING = {"done": 0, "waits": 0, "dropped": 0, "refused": 0}
RECEIPT: dict[str, Any] = {
    "body": "Landratsamt Zwickau",
    "notice": "",
    "items": [*DONE, UNDONE, DROPPED, REFUSED, UNCLEAR, *WAITING],
    "counts": {"done": 10, "waits": 9, "dropped": 1, "refused": 2},
    "beside": ["Bitte rufen Sie uns an.", "Wir sind bis 17 Uhr da."],
    "has_files": True,
    "until": "24.11.2026, 10:32",
}
RECEIPT_CHOICES: dict[str, list[Any]] = {
    "body": [RECEIPT["body"]],
    "notice": ["", "help", "sender", "forged", "late"],
    "items": [[], DONE[:1], [REFUSED], [ASKED], RECEIPT["items"]],
    "counts": [{**NOTHING, "done": 1}, {**NOTHING, "refused": 1}, RECEIPT["counts"]],
    "beside": [[], RECEIPT["beside"]],
    "has_files": [False, True],
    "until": [RECEIPT["until"]],
}
