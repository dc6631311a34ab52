"""What Telegram updates ask for, read from what the Bot API really sends."""

from __future__ import annotations

import json
from typing import Any

import pytest

from services.ideas.model import InboundMessage, Nothing, Reading, Request, Sender, Submission
from services.ideas.reference import reference_number
from services.intake.telegram.read import TelegramReader
from tests.conftest import NOON

ERIKA = Sender("telegram", "4711", verified=True)
PRIVATE = {"id": 4711, "type": "private", "first_name": "Erika"}
GROUP = {"id": -100123, "type": "supergroup", "title": "Gruppe"}
REFERENCE = reference_number("SWS", 2026, 42)


def read(**update: Any) -> Reading:
    raw = json.dumps({"update_id": 1, **update}).encode()
    return TelegramReader().read(InboundMessage("telegram", "1", {}, raw, NOON))


def message(chat: dict[str, Any] | None = None, **content: Any) -> dict[str, Any]:
    person = {"id": 4711, "is_bot": False, "first_name": "Erika"}
    return {"message_id": 1, "date": 1_795_000_000, "chat": chat or PRIVATE, "from": person, **content}


def said(text: str, chat: dict[str, Any] | None = None) -> dict[str, Any]:
    command = text.split(maxsplit=1)[0] if text.startswith("/") else ""
    entities = [{"type": "bot_command", "offset": 0, "length": len(command)}] if command else []
    return message(chat, text=text, entities=entities)


@pytest.mark.parametrize(
    ("text", "template"),
    [
        ("/start", "welcome"),
        ("/start plakat-plauen", "welcome"),
        ("/start@ideenkanal_bot", "welcome"),
        ("/hilfe", "help"),
        ("/help", "help"),
        ("/help bitte", "help"),
        ("/startup", "help"),
        ("/unbekannt", "help"),
    ],
)
def test_commands_are_requests(text: str, template: str) -> None:
    """Each command is answered with its text, an unknown one with the help."""
    assert read(message=said(text)) == Request(ERIKA, template)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("/status", ""),
        (f"/status {REFERENCE}", REFERENCE),
        (f"/status {REFERENCE.lower()}", REFERENCE),
        (f"/STATUS nummer {REFERENCE}.", REFERENCE),
        (f"/status@ideenkanal_bot  {REFERENCE} ", REFERENCE),
        ("/status Radweg", "Radweg"),
        ("/status " + "x" * 200, "x" * 40),
    ],
)
def test_status_carries_what_was_asked(text: str, asked: str) -> None:
    """A reference number is recognised however it is written; anything else is handed on in few characters."""
    assert read(message=said(text)) == Request(ERIKA, "status", {"asked": asked})


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ({"text": "  Mehr Bäume 🌳\nam Markt "}, "Mehr Bäume 🌳\nam Markt"),
        ({"text": "Die Frage /status ist offen"}, "Die Frage /status ist offen"),
        ({"photo": [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}], "caption": "Hier"}, "Hier"),
        ({"document": {"file_id": "a", "file_unique_id": "b"}, "caption": "Plan"}, "Plan"),
    ],
    ids=["text", "a command inside", "photo", "document"],
)
def test_words_are_ideas(content: dict[str, Any], text: str) -> None:
    """What is written, below a picture too, is a submission of a person whom Telegram vouches for."""
    assert read(message=message(**content)) == Submission(ERIKA, "", text)


@pytest.mark.parametrize(
    "content",
    [
        {"location": {"latitude": 50.5, "longitude": 12.1}},
        {"voice": {"file_id": "a", "file_unique_id": "b", "duration": 3}},
        {"photo": [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]},
        {
            "sticker": {
                "file_id": "a", "file_unique_id": "b", "type": "regular", "width": 1, "height": 1,
                "is_animated": False, "is_video": False,
            }
        },
    ],
    ids=["location", "voice", "photo without words", "sticker"],
)  # fmt: skip
def test_what_has_no_words_is_answered_with_help(content: dict[str, Any]) -> None:
    """What cannot be read yet is not passed over in silence."""
    assert read(message=message(**content)) == Request(ERIKA, "help")


@pytest.mark.parametrize(
    "update",
    [
        {"edited_message": said("Mehr Bäume, bitte")},
        {"message": said("Mehr Bäume", GROUP)},
        {"message": said("/start", GROUP)},
        {"message": message(GROUP, new_chat_members=[{"id": 5, "is_bot": False, "first_name": "Max"}])},
        {"message": message(message_auto_delete_timer_changed={"message_auto_delete_time": 86_400})},
        {"callback_query": {"id": "1", "chat_instance": "2", "data": "x", "from": message()["from"]}},
        {"poll_answer_of_the_future": {"x": 1}},
        {},
    ],
    ids=["edited", "group", "command in a group", "joined", "service message", "button", "unknown kind", "nothing"],
)
def test_what_is_not_said_to_the_bot_is_nothing(update: dict[str, Any]) -> None:
    """Edited messages, groups, service messages and unknown kinds are neither ideas nor answered."""
    assert isinstance(read(**update), Nothing)


def test_an_odd_character_does_not_stop_the_reading() -> None:
    """Half a character, as broken clients send it, stays for the reader to clean away."""
    raw = b'{"update_id": 1, "message": ' + json.dumps(said("x")).replace('"x"', '"a\\ud83db\\u0000"').encode() + b"}"
    reading = TelegramReader().read(InboundMessage("telegram", "1", {}, raw, NOON))
    assert isinstance(reading, Submission)
    assert reading.text == "a\ud83db\x00"


def test_words_behind_an_unknown_command_are_an_idea() -> None:
    """Whoever writes "/idee …" has said something: the words count, the command does not."""
    assert read(message=said("/idee In Plauen fehlt ein Radweg")) == Submission(ERIKA, "", "In Plauen fehlt ein Radweg")
