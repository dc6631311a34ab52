"""Whether a message in a group is meant for the bot: it listens to nothing else there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.intake.telegram.entities import Entity, stretch


def is_addressed(message: Mapping[str, Any]) -> bool:
    """Whether a group's message begins with a command, mentions a bot, or answers one.

    The bot does not know its own username here; those of all bots end in "bot" (core.telegram.org/bots/features).
    """
    text = message.get("text", message.get("caption", ""))
    entities = message.get("entities", message.get("caption_entities", ()))
    answered = message.get("reply_to_message", {}).get("from", {})
    return bool(answered.get("is_bot")) or any(_calls(text, entity) for entity in entities)


def _calls(text: str, entity: Entity) -> bool:
    match entity.get("type"):
        case "bot_command":
            return entity.get("offset") == 0
        case "mention":
            return stretch(text, entity).lower().endswith("bot")
    return False
