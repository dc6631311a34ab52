"""What happens in groups of staff: the bot explains itself where it comes in or is spoken to, and follows a move."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.ideas.readings import GroupMigrated, GroupRequest, Nothing, Reading
from services.intake.telegram import CHANNEL
from services.intake.telegram.addressed import is_addressed

GROUPS = frozenset({"group", "supergroup"})
_OUT = frozenset({"left", "kicked"})


def read_group_message(message: Mapping[str, Any]) -> Reading:
    """A minimised message in a group. Both chats of a move tell of it (Bot API, Message)."""
    chat = message["chat"]["id"]
    if "migrate_to_chat_id" in message:
        return GroupMigrated(str(chat), str(message["migrate_to_chat_id"]))
    if "migrate_from_chat_id" in message:
        return GroupMigrated(str(message["migrate_from_chat_id"]), str(chat))
    return GroupRequest(CHANNEL, str(chat), "group_help") if is_addressed(message) else Nothing("not addressed to us")


def read_group_membership(change: Mapping[str, Any]) -> Reading:
    """The bot came into a group or left it. Whoever makes a group with the bot in it adds it this way as well."""
    was_in, is_in = (_is_in(change.get(name, {})) for name in ("old_chat_member", "new_chat_member"))
    came_in = is_in and not was_in
    return GroupRequest(CHANNEL, str(change["chat"]["id"]), "group_welcome") if came_in else Nothing("a group changed")


def _is_in(member: Mapping[str, Any]) -> bool:
    status = member.get("status", "left")
    return member.get("is_member", False) if status == "restricted" else status not in _OUT
