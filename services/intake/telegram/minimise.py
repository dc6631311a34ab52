"""What is kept of an update (Bot API, Update): what was said and where, and of people their ids and language alone.

A whitelist: each field that the reading needs stands here with its form. Of all other fields of a message the name is
kept and nothing of what stood in them, so that a message of an unknown kind is still seen to be one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from services.intake.telegram import CHANNEL
from services.intake.telegram.addressed import is_addressed

PRIVATE = "private"
MESSAGES = ("message", "edited_message")

_Keep = Callable[[object], Any]
_FIELD_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
# PostgreSQL has no NUL in text, and half a character has no UTF-8; neither says anything to a person.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_ENTIRE_CIRCLE = 360
# The store's numbers have 64 bits.
_TOO_LARGE = 2**63


def minimised(update: object) -> dict[str, Any]:
    """The update without names, usernames, telephone numbers and whatever else says who somebody is.

    Whatever its form, nothing is raised, and what was minimised before stays as it is. Of a group's messages only
    those that are addressed to the bot keep their words.
    """
    return _UPDATE(update) or {}


def conversation_of(update: Mapping[str, Any]) -> str:
    """The conversation that a minimised update belongs to; "" where it names no chat."""
    happened: dict[str, Any] = next((update[kind] for kind in (*MESSAGES, "my_chat_member") if kind in update), {})
    pressed = update.get("callback_query", {})
    # The message under a button may be missing; a private chat has the id of its person.
    place = happened.get("chat") or pressed.get("message", {}).get("chat") or pressed.get("from", {})
    return f"{CHANNEL}:{place['id']}" if "id" in place else ""


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _text(value: object) -> str | None:
    return _UNSTORABLE.sub("", value) if isinstance(value, str) else None


def _integer(value: object) -> int | None:
    return value if type(value) is int and abs(value) < _TOO_LARGE else None


def _degrees(value: object) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if is_number and -_ENTIRE_CIRCLE <= value <= _ENTIRE_CIRCLE else None  # type: ignore[operator,return-value]


def _each(keep: _Keep) -> _Keep:
    def kept(value: object) -> list[Any] | None:
        return [found for each in value if (found := keep(each)) is not None] if isinstance(value, list) else None

    return kept


def _object(fields: Mapping[str, _Keep], *, others: bool = False) -> _Keep:
    """Keeps these fields of an object; with `others` also the names of the rest, each with True as its value."""

    def kept(value: object) -> dict[str, Any] | None:
        if not isinstance(value, Mapping):
            return None
        rest = {name: True for name in value if others and name not in fields and _FIELD_NAME.fullmatch(str(name))}
        return {name: found for name, keep in fields.items() if (found := keep(value.get(name))) is not None} | rest

    return kept


_USER = _object({"id": _integer, "is_bot": _flag, "language_code": _text})
_CHAT = _object({"id": _integer, "type": _text, "is_forum": _flag})
_POINT = _object({"latitude": _degrees, "longitude": _degrees, "live_period": _integer})
_FILE = _object({"file_id": _text, "file_name": _text, "mime_type": _text, "file_size": _integer})
_PHOTO = _each(_object({"file_id": _text, "file_size": _integer, "width": _integer, "height": _integer}))
_ENTITIES = _each(_object({"type": _text, "offset": _integer, "length": _integer, "url": _text}))
_WORDS = {"text": _text, "entities": _ENTITIES, "caption": _text, "caption_entities": _ENTITIES}
_STANDING = {"message_id": _integer, "date": _integer, "chat": _CHAT}
_BESIDE_WORDS = {
    "photo": _PHOTO,
    **dict.fromkeys(("animation", "audio", "document", "video", "video_note", "voice"), _FILE),
    "location": _POINT,
    "venue": _object({"location": _POINT, "title": _text, "address": _text}),
}
_ANSWERED = _object({"message_id": _integer, "from": _USER, "text": _text, "caption": _text})
_MIGRATION = {"migrate_to_chat_id": _integer, "migrate_from_chat_id": _integer, "group_chat_created": _flag}


def _answered(value: object) -> dict[str, Any] | None:
    # What the bot wrote says which idea is meant. What a person wrote has been kept once.
    answered: dict[str, Any] | None = _ANSWERED(value)
    if answered is None or answered.get("from", {}).get("is_bot"):
        return answered
    return {name: found for name, found in answered.items() if name not in _WORDS}


_IN_PRIVATE = _object(
    {
        **_STANDING,
        "from": _USER,
        "media_group_id": _text,
        "forward_origin": _object({"type": _text, "date": _integer}),
        "reply_to_message": _answered,
        **_WORDS,
        **_BESIDE_WORDS,
    },
    others=True,
)
_IN_GROUP = _object({**_STANDING, "reply_to_message": _object({"from": _USER}), **_WORDS, **_MIGRATION})


def _message(value: object) -> dict[str, Any] | None:
    standing: dict[str, Any] = _object(_STANDING)(value) or {}
    if standing.get("chat", {}).get("type") == PRIVATE:
        return _IN_PRIVATE(value)  # type: ignore[no-any-return]
    message: dict[str, Any] | None = _IN_GROUP(value)
    if message is None or is_addressed(message):
        return message
    return {name: found for name, found in message.items() if name not in _WORDS}


_MEMBER = _object({"status": _text, "is_member": _flag})
_UPDATE = _object(
    {
        "update_id": _integer,
        **dict.fromkeys(MESSAGES, _message),
        "callback_query": _object({"id": _text, "from": _USER, "message": _object(_STANDING), "data": _text}),
        "my_chat_member": _object(
            {"chat": _CHAT, "from": _USER, "date": _integer, "old_chat_member": _MEMBER, "new_chat_member": _MEMBER}
        ),
    },
    others=True,
)
