"""What the tests of this room share: the values of messages, a clock that is set by hand, and scripted channels."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from services.ideas.digest_words import ItemWords
from services.ideas.model import Notification
from services.ideas.register import Register
from services.notifier.content import Values
from services.notifier.outcome import Outcome, Sent
from services.notifier.pace import Pace
from services.notifier.settlement import Patience
from tests.conftest import NOON

LINK = "https://ideen.example.org/idee/k7Qm2Zr8vX1"
CONFIRM_LINK = "https://ideen.example.org/adresse/p3Vn9Bt1qS6"
UNSUBSCRIBE_LINK = "https://ideen.example.org/abmelden/w8Ld4Yc5hK0w8Ld4Yc5hK0w8Ld4Yc5hK0w8Ld4Yc5hK0"
REPLY_TOKEN, RETURN_TOKEN = "abcdefghijklmnopqrstuvwxyz", "zyxwvutsrqponmlkjihgfedcba"
ABOUT: dict[str, Any] = {
    "region": "Südwestsachsen",
    "email": "ideen@example.org",
    "reference": "SWS-2026-0042-7",
    "topics": ["Mobilität und Verkehr"],
    "places": ["Crimmitschau"],
    "candidates": ["Auerbach (Vogtlandkreis)"],
    "bodies": ["Landratsamt Zwickau"],
    "link": LINK,
    "unsubscribe_link": UNSUBSCRIBE_LINK,
}
NOT_KEPT: dict[str, Any] = {"too_large": 1, "too_many": 2, "largest_file": "10 MB", "most_files": 20}
OFFERS = {"en": 'In English? Just answer with the word "English".'}
UPDATE: dict[str, Any] = {
    **ABOUT,
    "offers": OFFERS,
    "stage": "in Prüfung",
    "explanation": "Fachleute prüfen Ihre Idee.",
    "outlook": "Danach entscheidet der Lenkungskreis.",
    "until": "Ende Februar 2027",
    "is_moved": True,
    "is_over": False,
    "notes": ["Für später vorgemerkt."],
    "has_notes": True,
    "inquiries": [],
    "askers": [],
    "measure": "",
    "measure_number": "",
    "is_bundled": False,
}
CONFIRMATION: dict[str, Any] = {**ABOUT, **NOT_KEPT, "abstained": False, "confirm_link": CONFIRM_LINK, "offers": OFFERS}
DIGEST: dict[str, Any] = {
    "region": "Südwestsachsen",
    "email": "ideen@example.org",
    "body": "Stadt Chemnitz",
    "period": "23.11.2026",
    "sitting": "",
    "counts": dict.fromkeys(("new", "known", "back", "erased", "waiting", "overdue", "done", "settled", "held"), 1),
    "sections": {
        "news": [ItemWords(1, "SWS-2026-0042-7", "Titel", excerpt="Text", attachments=("Datei.pdf",))],
        **{name: [] for name in ("citizens", "waiting", "done", "settled")},
    },
    "urgent": {"late": [], "erased": [], "unclear": [1]},
    "rest": 0,
    "link": "https://ideen.example.org/uebersicht/h5Tz1Gx8jR3",
    "by_topic": [],
    "by_district": [],
    "examples": ("1 annehmen", "1 Rückfrage: Ihre Frage"),
}
# What each mail template is filled with.
MAILS: dict[str, dict[str, Any]] = {
    "confirmation": CONFIRMATION,
    "attachments": {**ABOUT, **NOT_KEPT},
    "update": UPDATE,
    "digest": DIGEST,
}


@dataclass
class Clock:
    """A clock that goes on only when it is told to."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        """The time."""
        return self.now

    def passes(self, **duration: float) -> None:
        """Let some time pass, in the words of timedelta."""
        self.now += timedelta(**duration)


PATIENCE = Patience(first_pause=timedelta(seconds=30), give_up_after=timedelta(days=5))


@dataclass
class Channel:
    """A deliverer that notes what it was given; `answer` says what becomes of each."""

    name: str = "telegram"
    patience: Patience = PATIENCE
    pace: Pace = field(default_factory=Pace)
    answer: Callable[[Notification], Outcome] = lambda _: Sent()
    given: list[Notification] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def deliver(self, notification: Notification, values: Values) -> Outcome:
        """Note the notification and answer as scripted."""
        assert values["region"]
        self.given.append(notification)
        self.arrived.set()
        return self.answer(notification)

    @property
    def keys(self) -> list[str]:
        """The keys of what was given, in order."""
        return [notification.key for notification in self.given]


async def state(register: Register, reference: str) -> tuple[str, int, str]:
    """State, attempts and last error of an idea's confirmation."""
    confirmation = (await register.deliveries(reference))[0]
    return confirmation.state, confirmation.attempts, confirmation.last_error
