from __future__ import annotations

from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

from services.ideas.model import InboundMessage
from services.intake.telegram.receive import inbound_message
from tests.fakes.bot_api import BotApiServer, Entry
from tests.fakes.bot_api.text import written_entities
from tests.html import Page
from tests.pictures.clock import Clock
from tests.pictures.page import page, readme, transcript
from tests.pictures.picture import Chat, Picture

HOSTILE = "</p><script>alert('ö')</script> 😀 & \u202e\"'>"
LINK = "https://ideen.example.org/idee/" + "x" * 43
_EVENING = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
_VOID = {"meta", "img"}


class Outline(HTMLParser):
    """Reads a page and fails where a tag is not closed in turn; `attributes` holds all values."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note that a tag stands open, and its attributes."""
        self.attributes += attrs
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the tag that was opened last, and no other."""
        assert self.open.pop() == tag


def said(text: str, number: int = 1, **other: Any) -> Entry:
    values: dict[str, Any] = {
        "who": "person",
        "name": "Erika",
        "kind": "text",
        "text": text,
        "entities": tuple(written_entities(text)),
        "buttons": (),
        "file_name": "",
        "is_edited": False,
        "reply_to": None,
        "message_id": number,
        "date": _EVENING,
    }
    return Entry(**{**values, **other})


def picture(*entries: Entry, start: int = 0, next_tap: str = "", photos: dict[int, bytes] | None = None) -> Picture:
    return Picture(HOSTILE, "de", entries, start, photos or {}, next_tap)


def test_what_people_wrote_stays_text() -> None:
    """Hostile words, button labels, file names and quoted messages become no markup and are shown letter by letter."""
    hostile = said(HOSTILE, buttons=((HOSTILE,),), file_name=HOSTILE, is_edited=True)
    html = page(picture(hostile, said("Antwort", 2, who="bot", reply_to=1)))
    assert "<script" not in html
    assert Outline(html).open == []
    assert Page(html).words.count(HOSTILE) == 4


def test_nothing_is_loaded_from_elsewhere() -> None:
    """A page shows its photos without asking anybody for them."""
    html = page(picture(said(LINK, kind="photo"), photos={1: b"JPEG"}))
    assert Page(html).targets == ["data:image/jpeg;base64,SlBFRw=="]


def test_long_links_are_shortened() -> None:
    """Of a link its beginning is shown, also behind characters of two UTF-16 units."""
    words = Page(page(picture(said(f"😀 {LINK} Ende")))).words
    assert "😀 https://ideen.example.org/idee/xxxxxxx… Ende" in words


def test_the_button_that_is_tapped_next_stands_out() -> None:
    """Only the last message that has the button shows it as tapped."""
    cards = [said("Karte", number, buttons=(("Ja", "Nein"),)) for number in (1, 2)]
    found = Outline(page(picture(*cards, next_tap="Nein"))).attributes
    assert [value for _, value in found if value and value.startswith("button")] == [*["button"] * 3, "button tapped"]


def test_a_picture_goes_on_where_the_last_one_ended() -> None:
    """What an earlier picture shows is left out, but for the line that an answer quotes."""
    words = Page(page(picture(said("Erstes"), said("Zweites", 2, reply_to=1), start=1))).words
    assert words.count("Erstes") == 1
    assert "Zweites" in words


def test_days_are_those_of_the_region() -> None:
    """A message of the late evening (UTC) stands under the next day."""
    assert "24.11.2026" in Page(page(picture(said("spät")))).words


def test_a_transcript_says_what_the_picture_shows() -> None:
    """The text beside the pictures has days, times, names, words, files and buttons."""
    card = said("Karte", who="bot", is_edited=True, file_name="a.zip", buttons=(("Ja", "Nein"),))
    chat = Chat("a", "A", "B", (picture(card, next_tap="Nein"),))
    assert transcript(chat) == (
        "24.11.2026\n\n00:30 Ideenkanal, bearbeitet\n    (a.zip)\n    Karte\n    [Ja] [→ Nein]\n"
    )


def test_each_picture_is_described() -> None:
    """The page with all pictures has each under its number, with an alternative text that is escaped."""
    html = readme([Chat("gespräch", "A", "B", (picture(), picture()))])
    assert Page(html).targets == ["gespräch-1.png", "gespräch-2.png"]
    assert [value for name, value in Outline(html).attributes if name == "alt"] == [HOSTILE, HOSTILE]


async def test_a_play_has_its_own_time() -> None:
    """While a play's clock is set, Telegram dates messages by it, and the program receives them by it."""
    telegram = BotApiServer()
    citizen = telegram.citizen(4711, "Erika")
    with Clock(_EVENING, telegram):
        await citizen.says("Guten Abend")
        received = inbound_message({"update_id": 1, "message": dict(citizen.written[0])})
    assert isinstance(received, InboundMessage)
    assert (citizen.transcript()[0].date, received.received_at) == (_EVENING, _EVENING)
