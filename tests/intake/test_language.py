from __future__ import annotations

import pytest

from services.ideas.readings import Submission
from services.intake.email.authentication.result import Authentication
from services.intake.email.channel import reading_of
from services.intake.email.language import language_of
from tests.intake.reading import READER

LANGUAGES = ("de", "de-simple", "en")


@pytest.mark.parametrize(
    "text",
    [
        "More buses\nThere should be a bus from Plauen to Zwickau in the evening.",
        "Please repair the playground in Crimmitschau, it is broken and our children cannot play there.",
        "Hello, I live in Chemnitz and there are no benches at the Schloßteich. Could you please add some?",
    ],
)
def test_english_is_known_by_its_little_words(text: str) -> None:
    """Whoever writes in English, with German names in it, is answered in English."""
    assert language_of(text, LANGUAGES) == "en"
    assert language_of(text, ("de",)) == "de"


@pytest.mark.parametrize(
    "text",
    [
        "Abendbus\nNach 20 Uhr fährt von Plauen nach Zwickau kein Bus mehr.",
        "Escape Room „The Vault of the Kings“ für Chemnitz: Das wäre toll für die Jugend.",
        "Bushaltestelle",
        "Chemnitz 2025: C the Unseen",
        "",
    ],
)
def test_whatever_is_not_clearly_english_is_answered_in_german(text: str) -> None:
    """English names, quotations and texts of few words prove nothing."""
    assert language_of(text, LANGUAGES) == "de"


def test_a_mail_says_in_which_language_its_writer_is_answered() -> None:
    """Subject and text count, and not what is quoted below them."""
    raw = b"From: anna@example.org\nTo: ideen@example.org\nSubject: A bench for the park\n\n"
    raw += b"Could you please put it under the tree?\n\nAm 1.11.2026 schrieb Ben:\n> Das ist nicht unsere Bank, oder?\n"
    envelope = {"mail_from": "anna@example.org", "rcpt_tos": ["ideen@example.org"]}
    reading = reading_of(READER.read_mail(raw, envelope), envelope, Authentication(), LANGUAGES)

    assert isinstance(reading, Submission)
    assert reading.sender.language == "en"
