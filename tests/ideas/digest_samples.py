"""What a digest is filled with in tests: an idea with all that can be said of one, and all that a digest can be."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from services.ideas.digest_words import ItemWords, Note

PAGE = f"https://ideen.example.org/uebersicht/{'u7Xc2-Rm9dT' * 4}abc"
ITEM = ItemWords(
    number=1,
    reference="SWS-2026-0042-7",
    title="Abendbus nach Kirchberg",
    notes=(
        Note("Weitergegeben von Stadt Chemnitz", "Das liegt im Landkreis.", is_read=True),
        Note("Rückfrage: noch keine Antwort"),
    ),
    kind="Hinweis auf einen Mangel",
    topic="Mobilität und Verkehr",
    topic_doubt="62 % sicher",
    place="Kirchberg",
    place_doubt="Kirchberg oder Kirchberg (Sachsen)",
    excerpt="Der letzte Bus fährt um 18 Uhr.\nBitte einen um 22 Uhr!",
    answer="Am besten ab Markt.\nAuch sonntags!",
    answered="24.11.2026",
    since="23.11.2026",
    due="21.12.2026",
    late="seit 3 Tagen",
    missing="Umsetzbarkeit, Finanzierbarkeit",
    others=("IMAG", "Landratsamt Mittelsachsen"),
    attachments=("Fahrplan.pdf", "Foto.jpg"),
    similar=("SWS-2026-0017-9 (Kirchberg)",),
    alike=(1, 2),
)
BARE_ITEM = ItemWords(number=2, reference="SWS-2026-0050-5", kind="Idee")
ERASED_ITEM = ItemWords(number=3, reference="SWS-2026-0003-0", is_erased=True, notes=(Note("Gelöscht am 24.11.2026"),))
NOTHING = dict.fromkeys(("new", "known", "back", "erased", "waiting", "overdue", "done", "settled", "held"), 0)
NOBODY: dict[str, list[int]] = {"late": [], "erased": [], "unclear": []}


def sections(*news: ItemWords, **other: list[ItemWords]) -> dict[str, list[ItemWords]]:
    """The sections of a digest; what is not given is empty."""
    return {"news": list(news), **{name: other.get(name, []) for name in ("citizens", "waiting", "done", "settled")}}


DIGEST: dict[str, Any] = {
    "body": "Landratsamt Zwickau",
    "period": "17.11. bis 23.11.2026",
    "sitting": "",
    "counts": {**NOTHING, "new": 4, "back": 5, "waiting": 6, "overdue": 7, "held": 8},
    "sections": sections(
        ITEM, replace(ITEM, number=2, title="Mehr Bänke"), waiting=[replace(ITEM, number=4, alike=())]
    ),
    "urgent": {"late": [1, 4], "erased": [], "unclear": [2]},
    "rest": 12,
    "link": PAGE,
    "by_topic": [("Mobilität und Verkehr", 5), ("Thema offen", 2)],
    "by_district": [("Landkreis Zwickau", 6), ("ganz Südwestsachsen", 1)],
    "examples": ("1 annehmen", "1 nicht zuständig: Grund", "1 Rückfrage: Ihre Frage"),
}
DIGEST_CHOICES: dict[str, list[Any]] = {
    "sitting": ["", "03.03.2027"],
    "counts": [NOTHING, dict.fromkeys(NOTHING, 1), DIGEST["counts"]],
    "sections": [
        sections(),
        sections(ITEM),
        sections(BARE_ITEM),
        sections(citizens=[ERASED_ITEM], waiting=[BARE_ITEM, replace(ITEM, number=5, alike=(1, 5))]),
        sections(done=[replace(ITEM, since="", due="", late="")], settled=[replace(BARE_ITEM, others=("IMAG",))]),
        DIGEST["sections"],
    ],
    "urgent": [NOBODY, {"late": [1], "erased": [3], "unclear": [1, 2, 3]}],
    "rest": [0, 1, 12],
    "link": ["", PAGE],
    "by_topic": [[], DIGEST["by_topic"]],
    "by_district": [[], DIGEST["by_district"]],
    "examples": [(), DIGEST["examples"]],
}
