"""What messages in private chats say, read from what the Bot API really sends."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from nlp.understanding import Point
from services.ideas.chat import AwaitedFile, ChatMessage
from services.ideas.model import InboundMessage, Refused, Sender
from services.ideas.readings import Edit, Nothing, Request, Submission
from services.ideas.reference import reference_number
from services.intake.telegram.read import TelegramReader
from services.intake.telegram.service_messages import SERVICE
from tests.conftest import NOON
from tests.intake.updates import (
    BOT,
    CATALOGUE,
    ERIKA,
    FIRST,
    PERSON,
    PRIVATE,
    READER,
    answering,
    file,
    message,
    read,
    said,
    stored,
)

API = Path(__file__).parents[2].parent / "shared" / "telegram" / "api.json"
REFERENCE = reference_number("SWS", 2026, 42)
OTHER = reference_number("SWS", 2026, 43)
LARGE = 20_000_001


def photo(*sizes: tuple[int, int]) -> list[dict[str, Any]]:
    """A photo in sizes of so many pixels a side, and so many bytes."""
    return [file(file_id=str(side), width=side, height=side, file_size=size) for side, size in sizes]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ({"text": "  Mehr Bäume 🌳\nam Markt "}, "Mehr Bäume 🌳\nam Markt"),
        ({"text": "Die Frage /status ist offen"}, "Die Frage /status ist offen"),
        ({"text": "Hallo, in Plauen fehlt ein Radweg"}, "Hallo, in Plauen fehlt ein Radweg"),
        ({"text": "Danke für nichts"}, "Danke für nichts"),
        ({"text": "https://example.org"}, "https://example.org"),
        ({"text": "Велодоріжка в Плауен"}, "Велодоріжка в Плауен"),
        ({"text": "x" * 4096}, "x" * 4096),
    ],
)
def test_words_are_an_idea(content: dict[str, Any], text: str) -> None:
    """What is written is the submission of a person whom Telegram vouches for."""
    assert read(message=message(**content)) == Submission(ERIKA, "", text, chat=FIRST)


@pytest.mark.parametrize(
    ("content", "awaited"),
    [
        ({"photo": photo((90, 900), (1280, 90_000), (800, 40_000))}, AwaitedFile("1280", "Foto.jpg", "image/jpeg")),
        ({"photo": photo((800, 40_000), (4000, LARGE))}, AwaitedFile("800", "Foto.jpg", "image/jpeg")),
        ({"voice": file(duration=3, mime_type="audio/ogg")}, AwaitedFile("f", "Sprachnachricht.ogg", "audio/ogg")),
        ({"voice": file(duration=3)}, AwaitedFile("f", "Sprachnachricht.ogg", "audio/ogg")),
        ({"video": file(mime_type="video/mp4")}, AwaitedFile("f", "Video.mp4", "video/mp4")),
        ({"video_note": file(length=240)}, AwaitedFile("f", "Videonachricht.mp4", "video/mp4")),
        (
            {"audio": file(mime_type="audio/mpeg", file_name="Lied.mp3", performer="Max", title="Lied")},
            AwaitedFile("f", "Lied.mp3", "audio/mpeg"),
        ),
        (
            {"document": file(file_name="../../Plan\u202e.pdf", mime_type="application/pdf")},
            AwaitedFile("f", "Plan.pdf", "application/pdf"),
        ),
        ({"document": file(mime_type="no type")}, AwaitedFile("f", "Datei", "application/octet-stream")),
        (
            {"animation": file(file_name="a.mp4", mime_type="video/mp4"), "document": file(file_id="again")},
            AwaitedFile("f", "a.mp4", "video/mp4"),
        ),
    ],
    ids=["photo", "huge photo", "voice", "untyped", "video", "round video", "audio", "document", "odd", "animation"],
)
def test_a_file_is_awaited(content: dict[str, Any], awaited: AwaitedFile) -> None:
    """A file is fetched later, under a clean name; of a photo the largest size that may be fetched."""
    assert read(message=message(**content)) == Submission(ERIKA, "", "", chat=FIRST, awaited=(awaited,))


@pytest.mark.parametrize(
    "content", [{"document": file(file_size=LARGE)}, {"photo": photo((4000, LARGE))}], ids=["document", "photo"]
)
def test_a_file_over_the_limit_is_refused(content: dict[str, Any]) -> None:
    """What the Bot API hands out to nobody is counted, so that its sender can be told."""
    refused = Refused(too_large=1)
    assert read(message=message(**content)) == Submission(ERIKA, "", "", refused=refused, chat=FIRST)


def test_a_picture_keeps_its_caption_and_its_album() -> None:
    """Words below a picture are words, and the pictures that were sent as one are known as such."""
    reading = read(message=message(photo=photo((90, 900)), caption="Danke", media_group_id="135"))
    assert isinstance(reading, Submission)
    assert (reading.text, reading.chat, len(reading.awaited)) == (
        "Danke",
        ChatMessage(1, FIRST.sent_at, album="135"),
        1,
    )


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ({"location": {"latitude": 50.5, "longitude": 12}}, ""),
        ({"location": {"latitude": 50.5, "longitude": 12.0, "live_period": 900}}, ""),
        (
            {
                "location": {"latitude": 50.5, "longitude": 12.0},
                "venue": {
                    "location": {"latitude": 50.5, "longitude": 12.0},
                    "title": "Freibad Haselbrunn",
                    "address": "Am Bad 1, Plauen",
                },
            },
            "Freibad Haselbrunn, Am Bad 1, Plauen",
        ),
    ],
    ids=["point", "live", "venue"],
)
def test_a_place_is_an_idea(content: dict[str, Any], text: str) -> None:
    """A shared point is kept in degrees, and a venue's name and address are words."""
    assert read(message=message(**content)) == Submission(ERIKA, "", text, point=Point(50.5, 12.0), chat=FIRST)


@pytest.mark.parametrize("text", ["Mehr Bäume", "Danke", "/status", "Stimmt", "Hallo"])
def test_what_is_forwarded_is_an_idea(text: str) -> None:
    """What somebody else wrote is no command, no wish and no greeting to the bot."""
    origin = {"type": "user", "date": 1, "sender_user": {"id": 5, "is_bot": False, "first_name": "Max"}}
    assert read(message=said(text, forward_origin=origin)) == Submission(ERIKA, "", text, chat=FIRST)


def test_links_behind_words_are_not_lost() -> None:
    """The address that words hide stands behind them; offsets count UTF-16 units."""
    entities = [
        {"type": "bold", "offset": 0, "length": 2},
        {"type": "text_link", "offset": 3, "length": 4, "url": "https://example.org/plan"},
        {"type": "text_link", "offset": 8, "length": 3, "url": "tg://user?id=5"},
    ]
    reading = read(message=message(text="🌳 Plan von", entities=entities))
    assert isinstance(reading, Submission)
    assert reading.text == "🌳 Plan (https://example.org/plan) von"


@pytest.mark.parametrize(
    ("answered", "about"),
    [
        (f"Ihre Idee {REFERENCE} ist da. {REFERENCE}: Radweg", REFERENCE),
        (f"{REFERENCE} und {OTHER}", ""),
        (f"{REFERENCE[:-1]}0", ""),
        ("Worum geht es?", ""),
    ],
    ids=["one", "two", "mistyped", "none"],
)
def test_a_reply_is_about_the_one_idea_that_the_bot_named(answered: str, about: str) -> None:
    """A reply to a message of the bot names it, and the idea that it was about if that is clear."""
    reading = read(message=said("Mehr Bäume", **answering(answered)))
    assert isinstance(reading, Submission)
    assert reading.chat == ChatMessage(1, FIRST.sent_at, answers=9, answers_about=about)


def test_a_reply_to_a_persons_own_message_is_about_no_number_in_it() -> None:
    """A number that a person wrote says nothing of which idea the message belongs to."""
    own = {"message_id": 9, "date": 1, "chat": PRIVATE, "from": PERSON, "text": REFERENCE}
    reading = read(message=said("Mehr Bäume", reply_to_message=own))
    assert isinstance(reading, Submission)
    assert reading.chat == ChatMessage(1, FIRST.sent_at, answers=9)


@pytest.mark.parametrize(
    ("code", "language"), [("de", "de"), ("de-AT", "de"), ("en-GB", "en"), ("EN", "en"), ("pl", "de"), (None, "de")]
)
def test_a_phones_language_counts_where_there_are_texts_in_it(code: str | None, language: str) -> None:
    """Everybody else gets the region's own language, and can choose."""
    person = {**PERSON, "language_code": code}
    reading = read(message={**said("Mehr Bäume"), "from": person})
    assert isinstance(reading, Submission)
    assert reading.sender == Sender("telegram", "4711", verified=True, language=language)


@pytest.mark.parametrize(
    "content",
    [
        {"sticker": file(type="regular", width=1, height=1, is_animated=False, is_video=False, emoji="👍")},
        {"contact": {"phone_number": "+49371000000", "first_name": "Max"}},
        {"poll": {"id": "1", "question": "Radweg?", "options": []}},
        {"dice": {"emoji": "🎲", "value": 3}},
        {"a_kind_of_the_future": {"text": "?"}},
        {"text": "👍🏽 1️⃣ ❤️"},
        {"text": "..."},
        {"text": "\u200b\u2060"},
    ],
    ids=["sticker", "contact", "poll", "dice", "unknown", "emoji", "dots", "unseen"],
)
def test_what_has_no_words_is_answered(content: dict[str, Any]) -> None:
    """What is no idea and cannot be read is not passed over in silence."""
    assert read(message=message(**content)) == Request(ERIKA, "no_words")


@pytest.mark.parametrize(
    "update",
    [
        {"message": message(message_auto_delete_timer_changed={"message_auto_delete_time": 86_400})},
        {"message": message(pinned_message=said("Mehr Bäume"))},
        {"message": {**said("Mehr Bäume"), "from": BOT}},
        {"edited_message": message(location={"latitude": 50.5, "longitude": 12.0})},
        {"message": said("Mehr Bäume", {"id": -1001, "type": "channel", "title": "Kanal"})},
        {"channel_post": said("Mehr Bäume", {"id": -1001, "type": "channel", "title": "Kanal"})},
        {"poll_answer_of_the_future": {"x": 1}},
        {},
    ],
    ids=["timer", "pinned", "by a bot", "moved", "in a channel", "channel post", "unknown kind", "nothing"],
)
def test_what_nobody_says_to_the_bot_is_nothing(update: dict[str, Any]) -> None:
    """Service messages, other bots, places that move and channels are neither ideas nor answered."""
    assert isinstance(read(**update), Nothing)


@pytest.mark.skipif(not API.exists(), reason="the Bot API's interface is not here")
def test_every_service_message_of_the_interface_is_known() -> None:
    """All fields that the Bot API describes as service messages are passed over."""
    fields = json.loads(API.read_text())["types"]["Message"]["fields"]
    assert {field["name"] for field in fields if "ervice message" in field["description"]} <= SERVICE


def test_an_edited_message_is_an_edit() -> None:
    """A reworded message, or caption, names the message and how it reads now."""
    assert read(edited_message=said("Mehr Bäume, bitte", edit_date=1)) == Edit(ERIKA, FIRST, "Mehr Bäume, bitte")
    assert read(edited_message=message(photo=photo((90, 900)), caption="Danke")) == Edit(ERIKA, FIRST, "Danke")


@pytest.mark.parametrize("text", ["Danke", "/hilfe", "Hallo!"])
def test_an_edit_into_a_greeting_or_command_is_told_apart(text: str) -> None:
    """What would be no idea by itself does not become one by an edit, but it takes the place of words that were one."""
    assert read(edited_message=said(text)) == Edit(ERIKA, FIRST, text, is_phrase=True)


def test_an_edit_that_leaves_no_words_empties_the_message() -> None:
    """Whoever takes their words back gets rid of them."""
    assert read(edited_message=said(".")) == Edit(ERIKA, FIRST, "")


def test_a_message_of_an_impossible_time_counts_from_its_arrival() -> None:
    """A date that no clock has is replaced by when the message came."""
    reading = read(message={**said("Mehr Bäume"), "date": 10**15})
    assert isinstance(reading, Submission)
    assert reading.chat == ChatMessage(1, NOON)


def test_an_odd_character_does_not_stop_the_reading() -> None:
    """Half a character, as broken clients send it, and what no store keeps are left out."""
    raw = stored(message=said("x")).raw.replace(b'"x"', b'"a\\ud83db\\u0000"')
    reading = READER.read(InboundMessage("telegram", "1", {}, raw, NOON))
    assert isinstance(reading, Submission)
    assert reading.text == "ab"


async def test_the_reader_keeps_the_envelope() -> None:
    """The register gets the reading, and what the log had beside the update."""
    read_message = await TelegramReader(CATALOGUE).read_message(stored(message=said("Mehr Bäume")))
    assert read_message.reading == Submission(ERIKA, "", "Mehr Bäume", chat=FIRST)
    assert read_message.envelope == {}
    assert FIRST.sent_at.astimezone(UTC) == datetime(2026, 11, 18, 11, 6, 40, tzinfo=UTC)
