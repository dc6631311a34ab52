"""What each notification says: the values that its templates are filled with, looked up when it is sent.

They are looked up late, so that the outbox holds no one's words and an erased idea is not told of.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from services.ideas.capability import Purpose
from services.ideas.description import describe
from services.ideas.errors import IdeaNotFound
from services.ideas.model import Idea, Notification
from services.ideas.register import Register

Values = Mapping[str, Any]
UNSUBSCRIBE_LINK = "unsubscribe_link"
_EXCERPT_CHARACTERS = 600
_STATUS_IDEAS = 10
_PROPOSALS = 2
_PROPOSED_FROM = 0.2
_EMAIL = "email"


class NothingToSay(Exception):  # noqa: N818 - named for what is the case
    """What the notification tells of is gone."""


async def values_of(register: Register, notification: Notification) -> Values:
    """The values for a notification's templates (`services.ideas.texts.MESSAGES`); raises NothingToSay."""
    build = _CONTENT.get(notification.template)
    own = await build(register, notification) if build else {}
    settings = register.catalogue.settings
    return {"region": settings.region.name, "email": settings.email.addresses[0], **own}


async def _confirmation(register: Register, notification: Notification) -> Values:
    idea = await _idea(register, notification)
    subscription = await register.mailboxes.by_reference(idea.reference)
    is_open = notification.channel == _EMAIL and not subscription.verified
    return {
        **_about(register, idea, notification),
        **_not_kept(register, notification),
        "abstained": idea.understanding.abstained,
        "confirm_link": _link(register, "adresse", Purpose.VERIFY_ADDRESS, idea) if is_open else "",
    }


async def _attachments(register: Register, notification: Notification) -> Values:
    idea = await _idea(register, notification)
    return {**_about(register, idea, notification), **_not_kept(register, notification)}


async def _idea(register: Register, notification: Notification) -> Idea:
    try:
        return await register.idea(notification.parameters["reference"])
    except IdeaNotFound as error:
        raise NothingToSay from error


def _not_kept(register: Register, notification: Notification) -> Values:
    """How many attachments were not kept, and how large and how many they may be."""
    email = register.catalogue.settings.email
    return {
        "too_large": notification.parameters.get("too_large", 0),
        "too_many": notification.parameters.get("too_many", 0),
        "largest_file": f"{email.most_attachment_bytes / 1_048_576:.3g} MB".replace(".", ","),
        "most_files": email.most_attachments,
    }


async def _update(register: Register, notification: Notification) -> Values:
    found = await register.stage_change(notification.parameters["change"])
    if found is None:
        raise NothingToSay
    idea, change = found
    # A stage or body that has left the configuration since stands for itself.
    stage = register.catalogue.lifecycle.stages.get(change.stage)
    label, explanation = (stage.label, stage.explanation) if stage else (change.stage, "")
    return {**_about(register, idea, notification), "stage": label, "explanation": explanation, "note": change.note}


async def _status(register: Register, notification: Notification) -> Values:
    asked = notification.parameters.get("asked", "")
    person = (notification.channel, notification.recipient)
    listed: Sequence[Idea]
    if asked:
        # A reference number authorises nothing: someone else's idea is answered like one that does not exist.
        idea = await register.own_idea(*person, asked)
        listed = [idea] if idea else []
    else:
        listed = await register.ideas_of(*person, _STATUS_IDEAS)
    catalogue = register.catalogue
    return {
        "asked": asked,
        "ideas": [
            {
                "reference": idea.reference,
                "stage": describe(catalogue, idea, notification.language).stage,
                "created": day(register, idea.created_at),
            }
            for idea in listed
        ],
    }


async def _digest(register: Register, notification: Notification) -> Values:
    body = notification.parameters["body"]
    ideas = await register.in_digest(notification.parameters["digest"])
    waiting = await waiting_for(register, body)
    if not ideas and not waiting:
        raise NothingToSay
    return digest_values(register, body, ideas, notification.created_at, waiting)


async def waiting_for(register: Register, body: str) -> int:
    """How many messages wait for a person of this body to place them."""
    return await register.holding_pen.number() if body == register.catalogue.catch_all else 0


def digest_values(register: Register, body: str, ideas: tuple[Idea, ...], at: datetime, waiting: int = 0) -> Values:
    """What a digest of these ideas says to a body; `waiting` messages are its people's to place."""
    settings = register.catalogue.settings
    return {
        "region": settings.region.name,
        "email": settings.email.addresses[0],
        "body": register.catalogue.bodies[body].name if body in register.catalogue.bodies else body,
        "period": day(register, at),
        "ideas": [_item(register, idea) for idea in ideas],
        "waiting": waiting,
    }


def _item(register: Register, idea: Idea) -> Values:
    description = describe(register.catalogue, idea)
    first, *answers = idea.contributions
    return {
        "reference": idea.reference,
        "title": idea.title,
        "excerpt": _excerpt(first.text),
        "answer": _excerpt(answers[-1].text) if answers else "",
        "answered": day(register, answers[-1].at) if answers else "",
        "topics": list(description.topics) or _proposals(register, idea),
        "places": list(description.places),
        "candidates": list(description.candidates),
        "created": day(register, idea.created_at),
        "stage": description.stage,
        "kind": description.kind,
        "uncertain": idea.understanding.abstained,
        "attachments": [name for contribution in idea.contributions for name in contribution.attachments],
        "command": f"ideenkanal show {idea.reference}",
    }


def _excerpt(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _EXCERPT_CHARACTERS else words[:_EXCERPT_CHARACTERS].rsplit(" ", 1)[0] + " …"


def _proposals(register: Register, idea: Idea) -> list[str]:
    """What the model would have guessed where it abstained; the digest says that it is a proposal."""
    if not idea.understanding.abstained:
        return []
    known = register.catalogue.topics
    likely = (topic for topic in idea.understanding.suggestions if topic.probability >= _PROPOSED_FROM)
    best = list(likely)[:_PROPOSALS]
    return [known[topic.id].label for topic in best if topic.id in known]


def _about(register: Register, idea: Idea, notification: Notification) -> dict[str, Any]:
    description = describe(register.catalogue, idea, notification.language)
    is_mail = notification.channel == _EMAIL
    return {
        "reference": idea.reference,
        "topics": list(description.topics),
        "places": list(description.places),
        "candidates": list(description.candidates),
        "bodies": list(description.bodies),
        "link": _link(register, "idee", Purpose.STATUS_PAGE, idea),
        UNSUBSCRIBE_LINK: _link(register, "abmelden", Purpose.UNSUBSCRIBE, idea) if is_mail else "",
    }


def _link(register: Register, page: str, purpose: Purpose, idea: Idea) -> str:
    base = register.catalogue.settings.web.public_url.rstrip("/")
    return f"{base}/{page}/{register.token(purpose, idea.reference)}"


def day(register: Register, moment: datetime) -> str:
    """A date as people of the region write it."""
    return moment.astimezone(register.catalogue.settings.region.zone).strftime("%d.%m.%Y")


_CONTENT: Mapping[str, Callable[[Register, Notification], Awaitable[Values]]] = {
    "confirmation": _confirmation,
    "attachments": _attachments,
    "update": _update,
    "status": _status,
    "digest": _digest,
}
