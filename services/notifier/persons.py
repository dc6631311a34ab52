"""What a person reads in a chat that is about no single idea: where theirs stand, what can be asked, their own data."""

from __future__ import annotations

from datetime import UTC, datetime

from services.ideas.capability import Purpose
from services.ideas.description import describe
from services.ideas.joining import CODE_MINUTES
from services.ideas.legal import legal_values
from services.ideas.model import Idea, Notification
from services.ideas.register import Register
from services.ideas.words import Command
from services.notifier.keyboards import Keyboards
from services.notifier.values import DOCUMENT, KEYBOARD, NothingToSay, Values, day, link

_STATUS_IDEAS = 10


async def status(register: Register, notification: Notification) -> Values:
    """Where the person's newest ideas stand, or the one that they asked for."""
    asked = notification.parameters.get("asked", "")
    # A reference number authorises nothing: someone else's idea is answered like one that does not exist.
    listed = await register.ideas_as_told(
        notification.channel, notification.recipient, notification.created_at, reference=asked, limit=_STATUS_IDEAS
    )
    return {
        "asked": asked,
        "ideas": [_item(register, idea, notification.language) for idea in listed],
    }


async def commands(register: Register, notification: Notification) -> Values:
    """The commands of the menu, in the person's language."""
    words = register.catalogue.texts.words(notification.language).commands
    listed = (words[command] for command in Command if command is not Command.START)
    return {"commands": [{"name": each.name, "description": each.description} for each in listed]}


async def legal(register: Register, _notification: Notification) -> Values:
    """Who answers for the installation, and what becomes of people's words."""
    return legal_values(register.catalogue.settings)


async def languages(register: Register, notification: Notification) -> Values:
    """Every language by its own name."""
    texts = register.catalogue.texts
    names = [texts.words(tag).name for tag in texts.languages]
    return {"languages": names, KEYBOARD: _keyboards(register, notification).languages()}


async def updates(register: Register, notification: Notification) -> Values:
    """Whether the person hears of news by themselves, with the switch."""
    is_on = bool(notification.parameters["is_on"])
    return {"is_on": is_on, KEYBOARD: _keyboards(register, notification).updates(is_on=is_on)}


async def ask_withdrawal(register: Register, notification: Notification) -> Values:
    """Whether an idea is really to be withdrawn."""
    reference = notification.parameters["reference"]
    return {"reference": reference, KEYBOARD: _keyboards(register, notification).withdrawal(reference)}


async def ask_erasure(register: Register, notification: Notification) -> Values:
    """What is to be erased."""
    ideas = notification.parameters["ideas"]
    keyboard = _keyboards(register, notification).erasure(has_ideas=ideas > 0)
    return {"ideas": ideas, "is_archived": notification.parameters["is_archived"], KEYBOARD: keyboard}


async def join_code(register: Register, notification: Notification) -> Values:
    """The code that joins another channel to this one; the outbox holds what it is derived from."""
    return {"code": register.join_code(notification.parameters["nonce"]), "minutes": CODE_MINUTES}


async def export(register: Register, notification: Notification) -> Values:
    """All that is stored of the person, as a file of the day on which they asked."""
    document = await register.personal_data.export(notification.channel, notification.recipient, datetime.now(UTC))
    if document is None:
        raise NothingToSay
    return {"files_left_out": document.files_left_out, DOCUMENT: document}


def _item(register: Register, idea: Idea, language: str) -> Values:
    description = describe(register.catalogue, idea, language)
    return {
        "reference": idea.reference,
        "stage": description.stage,
        "created": day(register, idea.created_at, language),
        "topics": list(description.topics),
        "places": list(description.places),
        "link": link(register, "idee", Purpose.STATUS_PAGE, idea.reference),
    }


def _keyboards(register: Register, notification: Notification) -> Keyboards:
    return Keyboards(register.catalogue, notification.language)
