"""What each notification says: the values that its templates are filled with, looked up when it is sent.

They are looked up late, so that the outbox holds no one's words and an erased idea is not told of.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from services.ideas.model import Notification
from services.ideas.register import Register
from services.notifier import cards, persons, staff
from services.notifier.digest import digest
from services.notifier.receipts import receipt
from services.notifier.values import UNSUBSCRIBE_LINK, NothingToSay, Values

__all__ = ["UNSUBSCRIBE_LINK", "NothingToSay", "Values", "values_of"]

# What the core says with an answer, and the templates may be told as it is.
_TOLD = ("reference", "reason", "everything", "is_archived")


async def values_of(register: Register, notification: Notification) -> Values:
    """The values for a notification's templates (`services.ideas.messages.MESSAGES`); raises NothingToSay."""
    build = _CONTENT.get(notification.template)
    own = await build(register, notification) if build else {}
    settings = register.catalogue.settings
    told = {name: notification.parameters.get(name, "") for name in _TOLD}
    return {"region": settings.region.name, "email": settings.email.addresses[0], **told, **own}


_CONTENT: Mapping[str, Callable[[Register, Notification], Awaitable[Values]]] = {
    "confirmation": cards.confirmation,
    "attachments": cards.attachments,
    "update": cards.update,
    "added": cards.card,
    "edited": cards.card,
    "confirmed": cards.card,
    "corrected": cards.card,
    "merged": cards.card,
    "ask_topic": cards.ask_topic,
    "ask_withdrawal": persons.ask_withdrawal,
    "notice": persons.legal,
    "welcome": persons.legal,
    "privacy": persons.legal,
    "imprint": persons.legal,
    "accessibility": persons.legal,
    "help": persons.commands,
    "status": persons.status,
    "ask_language": persons.languages,
    "updates": persons.updates,
    "ask_erasure": persons.ask_erasure,
    "join_code": persons.join_code,
    "export": persons.export,
    "digest": digest,
    "receipt": receipt,
    "recipients": staff.recipients,
    "alert": staff.alert,
    "group_welcome": staff.group,
    "group_help": staff.group,
}
