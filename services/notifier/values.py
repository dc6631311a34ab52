"""What a message's templates are filled with, and the little that all kinds of messages need for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.ideas.capability import Purpose
from services.ideas.errors import IdeaNotFound
from services.ideas.model import Idea, Notification
from services.ideas.register import Register
from services.ideas.texts import OWN_LANGUAGE

Values = Mapping[str, Any]
# Values that no template is given: what a channel does with them stands in its deliverer.
KEYBOARD, DOCUMENT = "keyboard", "document"
UNSUBSCRIBE_LINK = "unsubscribe_link"


class NothingToSay(Exception):  # noqa: N818 - named for what is the case
    """What the notification tells of is gone."""


async def idea_of(register: Register, notification: Notification) -> Idea:
    """The idea that a notification is about, as its submitter may know it; raises NothingToSay where it is gone."""
    try:
        return await register.idea_as_told(notification.parameters["reference"], notification.created_at)
    except IdeaNotFound as error:
        raise NothingToSay from error


def day(register: Register, moment: datetime, language: str = OWN_LANGUAGE) -> str:
    """A date as people who speak that language write it."""
    catalogue = register.catalogue
    return moment.astimezone(catalogue.settings.region.zone).strftime(catalogue.texts.words(language).date)


def link(register: Register, page: str, purpose: Purpose, reference: str) -> str:
    """The address of a page about an idea, which opens to its bearer."""
    base = register.catalogue.settings.web.public_url.rstrip("/")
    return f"{base}/{page}/{register.token(purpose, reference)}"
