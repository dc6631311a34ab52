"""What the people of a body read: their digest, what just happened, and what the bot says in their group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from services.ideas.channels import EMAIL
from services.ideas.description import body_name, describe
from services.ideas.model import Idea, Notification
from services.ideas.register import Register
from services.ideas.similar import named
from services.ideas.triage import Untaught, by_worth
from services.notifier.values import NothingToSay, Values, day, idea_of

_EXCERPT_CHARACTERS = 600
_PROPOSALS = 2
_PROPOSED_FROM = 0.2

Similar = Mapping[str, Sequence[Idea]]
_NONE_SIMILAR: Similar = MappingProxyType({})


async def digest(register: Register, notification: Notification) -> Values:
    """What a body has not been told yet; in a chat without a word of a citizen."""
    body = notification.parameters["body"]
    ideas = await register.in_digest(notification.parameters["digest"])
    waiting = await waiting_for(register, body)
    if not ideas and not waiting:
        raise NothingToSay
    similar = await register.similar.of([idea.reference for idea in ideas])
    values = digest_values(register, body, ideas, notification.created_at, waiting, similar=similar)
    if notification.channel == EMAIL:
        return values
    return {**values, "ideas": [{**item, **_NO_WORDS} for item in values["ideas"]]}


# What people have written, and how they have named their files.
_NO_WORDS: Values = {"title": "", "excerpt": "", "answer": "", "attachments": []}


async def waiting_for(register: Register, body: str) -> int:
    """How many messages wait for a person of this body to place them."""
    return await register.holding_pen.number() if body == register.catalogue.catch_all else 0


def digest_values(  # noqa: PLR0913 - all that a digest says
    register: Register,
    body: str,
    ideas: tuple[Idea, ...],
    at: datetime,
    waiting: int = 0,
    *,
    similar: Similar = _NONE_SIMILAR,
) -> Values:
    """What a digest of these ideas says to a body; `waiting` messages are its people's to place.

    `similar` has earlier ideas that are probably the same, by the reference of each idea.
    """
    settings = register.catalogue.settings
    return {
        "region": settings.region.name,
        "email": settings.email.addresses[0],
        "body": body_name(register.catalogue, body),
        "period": day(register, at),
        "ideas": [_item(register, idea, similar.get(idea.reference, ())) for idea in _in_order(register, body, ideas)],
        "waiting": waiting,
    }


def _in_order(register: Register, body: str, ideas: tuple[Idea, ...]) -> tuple[Idea, ...]:
    """As they came; for the body that triages, those without a topic by what a person's answer would teach."""
    if body != register.catalogue.catch_all:
        return ideas
    unsure = [idea for idea in ideas if idea.understanding.abstained]
    worth = by_worth([Untaught(idea.reference, "", idea.understanding.suggestions) for idea in unsure], {})
    places = {item.reference: number for number, item in enumerate(worth)}
    return tuple(sorted(ideas, key=lambda idea: places.get(idea.reference, -1)))


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


def _item(register: Register, idea: Idea, similar: Sequence[Idea]) -> Values:
    description = describe(register.catalogue, idea)
    first, answers = idea.contributions[:1], idea.contributions[1:]
    return {
        "reference": idea.reference,
        "title": idea.title,
        "is_erased": not first,
        "excerpt": _excerpt(first[0].text) if first else "",
        "answer": _excerpt(answers[-1].text) if answers else "",
        "answered": day(register, answers[-1].at) if answers else "",
        "topics": list(description.topics) or _proposals(register, idea),
        "places": list(description.places),
        "candidates": list(description.candidates),
        "similar": named(register.catalogue, similar),
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
