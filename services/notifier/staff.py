"""What the people of a body read in their group: what just happened, and what the bot says of itself."""

from __future__ import annotations

from services.ideas.description import body_name, describe
from services.ideas.model import Notification
from services.ideas.register import Register
from services.notifier.values import Values, idea_of


async def alert(register: Register, notification: Notification) -> Values:
    """One idea that is new for a body, was added to, or was withdrawn."""
    idea = await idea_of(register, notification)
    description = describe(register.catalogue, idea)
    return {
        "reference": idea.reference,
        "body": body_name(register.catalogue, notification.parameters["body"]),
        "event": notification.parameters["event"],
        "topics": list(description.topics),
        "places": list(description.places),
    }


async def group(register: Register, notification: Notification) -> Values:
    """A group's own number, and the body whose group it is, "" where the configuration names none."""
    body = await register.groups.body(notification.recipient)
    return {"group": notification.recipient, "body": body.name if body else ""}


async def recipients(register: Register, notification: Notification) -> Values:
    """Which mailboxes a body's digest goes to from now on, and which not any more."""
    parameters = notification.parameters
    return {
        "body": body_name(register.catalogue, parameters["body"]),
        "added": parameters["added"],
        "removed": parameters["removed"],
    }
