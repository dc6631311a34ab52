"""A corpus small enough to train on within a test."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

TOPICS = ("mobility", "culture", "health")

_WORDS = {
    "mobility": ("Bus", "Radweg", "Bahnhof", "Haltestelle", "Ampel"),
    "culture": ("Museum", "Theater", "Chor", "Weihnachtsmarkt", "Turnhalle"),
    "health": ("Hausarzt", "Apotheke", "Pflegeheim", "Hebamme", "Rollstuhl"),
}
_PLACES = ("am Markt", "im Oberdorf", "hinter der Kirche", "an der Mulde")


def line(**changes: Any) -> dict[str, Any]:
    """One labelled message that is right in every respect but for the changes."""
    right = {"id": "a", "subject": "", "text": "Ein Bus am Abend", "kind": "idea", "topics": [], "districts": []}
    return {**right, "topics": ["mobility"], **changes}


def lines() -> list[dict[str, Any]]:
    """Sixty ideas in three topics, and some greetings."""
    ideas = [
        line(id=f"{topic}-{word}-{place}", text=f"Wir wünschen uns mehr {word} {place}.", topics=[topic])
        for topic, words in _WORDS.items()
        for word in words
        for place in _PLACES
    ]
    greetings = [
        line(id=f"hallo-{place}", text=f"Hallo und danke, Grüße {place}", kind="other", topics=[]) for place in _PLACES
    ]
    return ideas + greetings


def write(folder: Path, *rows: dict[str, Any] | str) -> Path:
    """A corpus folder with the rows as one file."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    (folder / "rows.jsonl").write_text("\n".join(texts) + "\n", encoding="utf-8")
    return folder
