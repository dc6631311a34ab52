"""What an idea's submitter reads about it: how it was understood, what can be said to that, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nlp.understanding import OUTSIDE
from services.ideas.capability import Purpose
from services.ideas.channels import EMAIL
from services.ideas.description import body_name, describe, expected_by, outlook, stage_words, topic_label
from services.ideas.model import Idea, Notification
from services.ideas.question import Question, question, which_place
from services.ideas.register import Register
from services.notifier.keyboards import Keyboard, Keyboards
from services.notifier.values import KEYBOARD, UNSUBSCRIBE_LINK, NothingToSay, Values, idea_of, link

_MEGABYTE = 1_000_000
_MEBIBYTE = 1_048_576
# What a chat is not told unasked.
_BEHIND_THE_LINK: Mapping[str, Any] = {
    **{name: [] for name in ("topics", "places", "candidates", "bodies", "askers", "notes")},
    "measure": "",
    "measure_number": "",
}
# What a person has just said of the understanding: they are asked nothing more, but which of several places they mean.
_CONFIRMED, _CORRECTED = "confirmed", "corrected"


async def confirmation(register: Register, notification: Notification) -> Values:
    """The first answer to a new idea; a stranger is asked by mail to confirm their address."""
    values = {**await card(register, notification), "offers": _offers(register, notification)}
    confirm_link = ""
    if notification.channel == EMAIL:
        reference = values["reference"]
        is_known = (await register.mailboxes.by_reference(reference)).verified
        confirm_link = "" if is_known else link(register, "adresse", Purpose.VERIFY_ADDRESS, reference)
    return {**values, "confirm_link": confirm_link}


async def card(register: Register, notification: Notification) -> Values:
    """How an idea is understood now, with the question that is open and the buttons.

    `settled` in the parameters: the person has confirmed or corrected it, and is asked nothing more.
    """
    idea = await idea_of(register, notification)
    said = idea.contributions
    asked = _question(register, notification, idea)
    return {
        **_about(register, idea, notification),
        **_not_kept(register, notification),
        "abstained": idea.understanding.abstained,
        "question": asked.kind.value if asked else "",
        "options": [option.label for option in asked.options] if asked else [],
        "is_outside": any(district.key == OUTSIDE for district in idea.understanding.districts),
        # What stands beside a point is the name of a place (Bot API, Venue).
        "has_words": any(each.subject.strip() or (each.text.strip() and not each.point) for each in said),
        "has_files": any(each.attachments or each.awaited for each in said),
        "merged": notification.parameters.get("merged", ""),
        KEYBOARD: _keyboard(register, notification, idea, asked),
    }


async def attachments(register: Register, notification: Notification) -> Values:
    """Which files of an answer were not kept."""
    idea = await idea_of(register, notification)
    return {**_about(register, idea, notification), **_not_kept(register, notification)}


async def update(register: Register, notification: Notification) -> Values:
    """What has happened to an idea, who has it, what comes next, and by when.

    A chat is told the stage and what it is asked, because its provider reads along; the link shows the rest.
    """
    catalogue, language = register.catalogue, notification.language
    news = await register.news(notification.parameters["reference"], notification.parameters["acts"])
    if news is None or news.idea.stage == catalogue.lifecycle.withdrawn:
        raise NothingToSay
    stage = news.idea.stage
    label, explanation = stage_words(catalogue, stage, language)
    notes = [step.note for step in news.steps if step.note.strip()]
    askers = dict.fromkeys(body_name(catalogue, each.body) for each in news.inquiries if each.body)
    has_answer = bool(news.inquiries) and notification.channel != EMAIL
    values = {
        **_about(register, news.idea, notification),
        "offers": _offers(register, notification),
        "stage": label,
        "explanation": explanation,
        "outlook": outlook(catalogue, stage, language),
        # From when it was written, so that it says the same however late it leaves.
        "until": expected_by(catalogue, news.idea, notification.created_at, language),
        "is_moved": bool(news.steps),
        "is_over": catalogue.lifecycle.is_over(stage),
        "notes": notes,
        "has_notes": bool(notes),
        "inquiries": [each.text for each in news.inquiries],
        "askers": list(askers),
        "measure": news.measure.title if news.measure else "",
        "measure_number": news.measure.reference if news.measure else "",
        "is_bundled": news.is_bundled,
        KEYBOARD: _keyboards(register, notification).answer(news.idea.reference) if has_answer else (),
    }
    return values if notification.channel == EMAIL else {**values, **_BEHIND_THE_LINK}


async def ask_topic(register: Register, notification: Notification) -> Values:
    """The topics among which a person may choose: first those that the model holds for likely."""
    idea = await idea_of(register, notification)
    known = register.catalogue.topics
    present = {topic.id for topic in idea.understanding.topics}
    likely = [topic.id for topic in idea.understanding.suggestions if topic.id in known and topic.id not in present]
    is_all = not likely or bool(notification.parameters.get("every"))
    offered = list(known) if is_all else likely
    return {
        "reference": idea.reference,
        "options": [topic_label(register.catalogue, topic, notification.language) for topic in offered],
        KEYBOARD: _keyboards(register, notification).topics(idea.reference, offered, is_all=is_all),
    }


def _question(register: Register, notification: Notification, idea: Idea) -> Question | None:
    if notification.channel == EMAIL:
        return None
    is_settled = notification.template == _CONFIRMED or bool(notification.parameters.get("settled"))
    if notification.template == _CORRECTED and not is_settled:
        return which_place(register.catalogue, idea.understanding)
    return question(
        register.catalogue, idea.understanding, idea.stage, language=notification.language, is_settled=is_settled
    )


def _keyboard(register: Register, notification: Notification, idea: Idea, asked: Question | None) -> Keyboard:
    if notification.channel == EMAIL or not register.catalogue.lifecycle.is_open(idea.stage):
        return ()
    keyboards, reference = _keyboards(register, notification), idea.reference
    parameters = notification.parameters
    match notification.template:
        case "confirmed":
            return keyboards.own(reference)
        case "added":
            split = keyboards.split(reference, parameters["split"]) if "split" in parameters else ()
            return (*keyboards.answers(reference, asked), *keyboards.understood(reference), *split)
        case "confirmation" if other := parameters.get("merge"):
            return (*_card(keyboards, idea, asked), *keyboards.merge(reference, other))
        case _:
            return _card(keyboards, idea, asked)


def _card(keyboards: Keyboards, idea: Idea, asked: Question | None) -> Keyboard:
    understanding = idea.understanding
    # Nobody can say that it is right where nothing is said, or where two things are.
    can_be_right = not asked and bool(understanding.topics or understanding.districts)
    return keyboards.card(idea.reference, asked, can_be_right=can_be_right)


def _keyboards(register: Register, notification: Notification) -> Keyboards:
    return Keyboards(register.catalogue, notification.language)


def _not_kept(register: Register, notification: Notification) -> Values:
    """How many attachments were not kept, and how large and how many they may be."""
    settings = register.catalogue.settings
    if notification.channel == EMAIL:
        largest = settings.email.most_attachment_bytes / _MEBIBYTE
    else:
        largest = settings.telegram.most_file_bytes / _MEGABYTE
    return {
        "too_large": notification.parameters.get("too_large", 0),
        "too_many": notification.parameters.get("too_many", 0),
        "largest_file": f"{largest:.3g} MB".replace(".", ","),
        "most_files": settings.email.most_attachments,
    }


def _offers(register: Register, notification: Notification) -> dict[str, str]:
    """How each other language offers itself to whoever reads this mail; a chat has a command for that."""
    if notification.channel != EMAIL:
        return {}
    texts = register.catalogue.texts
    others = (language for language in texts.languages if language != notification.language)
    return {language: texts.words(language).offer for language in others}


def _about(register: Register, idea: Idea, notification: Notification) -> dict[str, Any]:
    description = describe(register.catalogue, idea, notification.language)
    is_mail = notification.channel == EMAIL
    return {
        "reference": idea.reference,
        "topics": list(description.topics),
        "places": list(description.places),
        "candidates": list(description.candidates),
        "bodies": list(description.bodies),
        "link": link(register, "idee", Purpose.STATUS_PAGE, idea.reference),
        UNSUBSCRIBE_LINK: link(register, "abmelden", Purpose.UNSUBSCRIBE, idea.reference) if is_mail else "",
    }
