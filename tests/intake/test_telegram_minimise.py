"""What is kept of an update: no name, username or telephone number of anybody, and all that is read."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.intake.telegram.minimise import conversation_of, minimised
from services.intake.telegram.receive import inbound_message
from tests.intake.updates import BOT, GROUP, PRIVATE, message

CANARY = "Kanarienvogel"
CHAT = {"id": 4711, "type": "private", "first_name": CANARY, "last_name": CANARY, "username": CANARY, "bio": CANARY}
USER = {**CHAT, "is_bot": False, "language_code": "de", "is_premium": True, "added_to_attachment_menu": True}
STRANGER = {**USER, "id": 815_815}
KEPT_USER = {"id": 4711, "is_bot": False, "language_code": "de"}


def by(**content: Any) -> dict[str, Any]:
    """A message in which everybody is called the same."""
    return {"message_id": 1, "date": 2, "chat": CHAT, "from": USER, "sender_chat": CHAT, "via_bot": STRANGER, **content}


UPDATES: dict[str, dict[str, Any]] = {
    "text": {"message": by(text="Radweg", author_signature=CANARY, sender_tag=CANARY)},
    "mention": {
        "message": by(text="Radweg", entities=[{"type": "text_mention", "offset": 0, "length": 6, "user": STRANGER}])
    },
    "forwarded user": {
        "message": by(text="Radweg", forward_origin={"type": "user", "date": 1, "sender_user": STRANGER})
    },
    "forwarded unseen": {
        "message": by(text="Radweg", forward_origin={"type": "hidden_user", "date": 1, "sender_user_name": CANARY})
    },
    "forwarded channel": {
        "message": by(
            text="Radweg", forward_origin={"type": "channel", "date": 1, "chat": CHAT, "author_signature": CANARY}
        )
    },
    "contact": {
        "message": by(contact={"phone_number": CANARY, "first_name": CANARY, "vcard": CANARY, "user_id": 815_815})
    },
    "poll": {"message": by(poll={"id": "1", "question": CANARY, "options": [{"text": CANARY}]})},
    "reply to a person": {"message": by(text="Radweg", reply_to_message=by(text=CANARY))},
    "reply elsewhere": {"message": by(text="Radweg", external_reply={"chat": CHAT}, quote={"text": CANARY})},
    "audio": {"message": by(audio={"file_id": "f", "performer": CANARY, "title": CANARY})},
    "pinned": {"message": by(pinned_message=by(text=CANARY))},
    "shared user": {"message": by(users_shared={"request_id": 1, "users": [STRANGER]})},
    "passport": {"message": by(passport_data={"data": [{"phone_number": CANARY}]})},
    "future": {"message": by(whatever={"comes": CANARY})},
    "edited": {"edited_message": by(text="Radweg")},
    "button": {"callback_query": {"id": "1", "from": USER, "data": "ok::", "message": by(text=CANARY)}},
    "blocked": {
        "my_chat_member": {
            "chat": CHAT,
            "from": USER,
            "date": 1,
            "new_chat_member": {"status": "kicked", "user": STRANGER, "custom_title": CANARY},
            "invite_link": {"creator": STRANGER, "name": CANARY},
        }
    },
    "group": {
        "message": {**by(text="/hilfe", entities=[{"type": "bot_command", "offset": 0, "length": 6}]), "chat": GROUP}
    },
    "joined": {"message": {**by(new_chat_members=[STRANGER]), "chat": {**GROUP, "title": CANARY}}},
    "unknown kind": {"chat_join_request": {"from": STRANGER, "bio": CANARY}},
}


@pytest.mark.parametrize("update", UPDATES.values(), ids=UPDATES)
def test_nobody_is_named(update: dict[str, Any]) -> None:
    """Of people only ids and language are kept, and of those who did not write nothing at all."""
    kept = json.dumps(minimised({"update_id": 1, **update}))
    assert CANARY not in kept
    assert "815815" not in kept


def test_what_was_said_is_kept() -> None:
    """Words, captions, the names of files, places, and where the message stands are what somebody wanted to say."""
    document = {"file_id": "f", "file_name": "Plan.pdf", "mime_type": "application/pdf", "file_size": 7}
    venue = {"location": {"latitude": 50.5, "longitude": 12}, "title": "Freibad", "address": "Am Bad 1"}
    link = {"type": "text_link", "offset": 0, "length": 4, "url": "https://example.org"}
    said = {"caption": "Plan", "caption_entities": [link], "document": document, "venue": venue, "media_group_id": "1"}
    answered = {"message_id": 9, "from": BOT, "text": "SWS-2026-0042-7", "chat": PRIVATE}
    kept = minimised({"update_id": 7, "message": by(**said, reply_to_message=answered)})
    about = {"message_id": 9, "from": {"id": BOT["id"], "is_bot": True}, "text": "SWS-2026-0042-7"}
    standing = {"message_id": 1, "date": 2, "chat": {"id": 4711, "type": "private"}, "from": KEPT_USER}
    others = {"sender_chat": True, "via_bot": True}
    assert kept == {"update_id": 7, "message": {**standing, **said, **others, "reply_to_message": about}}


def test_a_button_is_kept_with_the_place_of_its_message() -> None:
    """What was pressed, by whom and where; what stood there is known."""
    pressed = {"id": "1", "from": USER, "data": "ok::", "chat_instance": "2", "message": by(text="Radweg")}
    standing = {"message_id": 1, "date": 2, "chat": {"id": 4711, "type": "private"}}
    kept = {"id": "1", "from": KEPT_USER, "data": "ok::", "message": standing}
    assert minimised({"update_id": 1, "callback_query": pressed}) == {"update_id": 1, "callback_query": kept}


@pytest.mark.parametrize(
    ("update", "conversation"),
    [
        ({"message": message(text="Radweg")}, "telegram:4711"),
        ({"edited_message": message(text="Radweg")}, "telegram:4711"),
        ({"message": message(GROUP, text="Radweg")}, "telegram:-100123"),
        ({"callback_query": {"id": "1", "from": USER, "message": message()}}, "telegram:4711"),
        ({"callback_query": {"id": "1", "from": USER}}, "telegram:4711"),
        ({"my_chat_member": {"chat": GROUP, "from": USER}}, "telegram:-100123"),
        ({"poll_answer": {"user": USER}}, ""),
        ({"message": {"chat": {"id": "4711"}}}, ""),
        ({}, ""),
    ],
)
def test_the_conversation_is_the_chat(update: dict[str, Any], conversation: str) -> None:
    """Whatever happens in one chat is read in its order; what has no chat waits for nothing."""
    assert conversation_of(minimised({"update_id": 1, **update})) == conversation


NAMES = ("message", "edited_message", "callback_query", "my_chat_member", "chat", "from", "text", "entities", "photo")
MORE_NAMES = ("id", "type", "offset", "length", "latitude", "location", "venue", "reply_to_message", "x y", "update_id")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["private", "group", "mention", "", "ä"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES + MORE_NAMES), inner, max_size=5),
    max_leaves=25,
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES), JSON, max_size=3), st.integers(0, 2**63 - 1))
def test_whatever_comes_is_kept_under_its_number(content: dict[str, Any], number: int) -> None:
    """No form of an update raises anything, and what was minimised before stays as it is."""
    kept = minimised({**content, "update_id": number})
    assert kept["update_id"] == number
    assert minimised(json.loads(json.dumps(kept))) == kept
    stored = inbound_message({**content, "update_id": number})
    assert stored is not None
    assert len(stored.conversation) < 64


@pytest.mark.parametrize("odd", [None, [], 7, "x", {}, {"update_id": "7"}, {"update_id": True}, {"update_id": 2**70}])
def test_what_is_no_update_is_not_kept(odd: Any) -> None:
    """Without a number an update cannot be told from others."""
    assert inbound_message(odd) is None
