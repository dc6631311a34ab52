from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from nlp.understanding import Understanding
from services.ideas.messages import CHAT, MAIL, MESSAGES, Part
from services.ideas.model import InboundMessage, LoggedMessage, Notification, Sender
from services.ideas.readings import Held, HoldReason
from services.ideas.register import Register
from services.notifier.content import NothingToSay, values_of
from services.notifier.schedule import write_due_digests
from tests.conftest import NOON, on_sqlite
from tests.submissions import ANNA, BEN, CATCH_ALL_BODY, CHEMNITZ, CLARA, ask_status, submit

# What the values are looked up by is tested on both databases with the register.
pytestmark = on_sqlite


async def values(register: Register, template: str) -> dict[str, Any]:
    """The values of the one notification of a template that is due."""
    claimed = await register.claim_notifications(NOON + timedelta(days=1), timedelta(seconds=1), 100)
    (notification,) = (each for each in claimed if each.template == template)
    return dict(await values_of(register, notification))


async def digest_text(register: Register) -> str:
    await write_due_digests(register, NOON)
    return register.catalogue.texts.render("de", "digest", Part.TEXT, await values(register, "digest"))


async def test_a_status_lists_only_the_chats_own_ideas(register: Register) -> None:
    """Who asks where things stand is told of the ideas of this chat, newest first."""
    first, second = await submit(register, sender=BEN), await submit(register, sender=BEN)
    await submit(register, sender=CLARA)
    await ask_status(register, BEN)

    told = await _status(register)

    assert [idea["reference"] for idea in told["ideas"]] == [second, first]


async def test_someone_elses_number_is_answered_like_an_unknown_one(register: Register) -> None:
    """A number that exists and is another person's gets the same answer as one that was never given out."""
    foreign = await submit(register, sender=CLARA)
    await ask_status(register, BEN, foreign)
    told_foreign = await _status(register)
    await ask_status(register, BEN, "SWS-2026-9999-9")
    told_unknown = await _status(register)

    assert foreign in _answer(register, told_foreign)
    assert _answer(register, told_foreign).replace(foreign, "SWS-2026-9999-9") == _answer(register, told_unknown)


async def test_an_old_idea_of_ones_own_is_found_by_its_number(register: Register) -> None:
    """A number is answered however many ideas the person has sent since."""
    oldest = await submit(register)
    for _ in range(11):
        await submit(register)
    await ask_status(register, BEN, oldest)

    assert [idea["reference"] for idea in (await _status(register))["ideas"]] == [oldest]


async def test_a_confirmation_says_what_was_understood(register: Register) -> None:
    """Topic, place, body and the private link of the idea stand in its confirmation."""
    reference = await submit(register, sender=ANNA)

    told = await values(register, "confirmation")

    assert (told["reference"], told["topics"], told["places"]) == (reference, ["Mobilität und Verkehr"], ["Chemnitz"])
    assert told["bodies"] == ["Stadt Chemnitz"]
    assert told["link"].startswith("http://127.0.0.1:8080/idee/")


async def test_a_confirmation_without_a_model_promises_a_person(register: Register) -> None:
    """An idea that no model has read is with the catch-all body, and its confirmation says that a person reads it."""
    await submit(register, sender=ANNA, understanding=Understanding.nothing())

    told = await values(register, "confirmation")

    assert told["bodies"] == [register.catalogue.bodies[CATCH_ALL_BODY].name]
    assert "liest zuerst ein Mensch" in register.catalogue.texts.render("de", "confirmation", Part.TEXT, told)


async def test_a_stranger_is_asked_to_confirm_their_address(register: Register) -> None:
    """A confirmation to an unverified address leads to the page where its owner confirms it, and to unsubscribing."""
    await submit(register, sender=ANNA)

    told = await values(register, "confirmation")

    assert re.fullmatch(r"http://127\.0\.0\.1:8080/adresse/[\w-]{43}", told["confirm_link"])
    assert re.fullmatch(r"http://127\.0\.0\.1:8080/abmelden/[\w-]{43}", told["unsubscribe_link"])


@pytest.mark.parametrize("sender", [replace(ANNA, verified=True), BEN])
async def test_whose_address_is_known_has_nothing_to_confirm(register: Register, sender: Sender) -> None:
    """A verified sender is not asked to confirm anything, by mail or in a chat."""
    await submit(register, sender=sender)

    told = await values(register, "confirmation")

    assert told["confirm_link"] == ""
    assert bool(told["unsubscribe_link"]) is (sender.channel == "email")


async def test_a_confirmation_holds_no_word_of_its_sender(register: Register) -> None:
    """Neither subject, text, file name nor address of a mail stands in the answer to it, in any part."""
    await submit(register, "Textwort", subject="Betreffwort", sender=ANNA, attachments=["Dateiwort.pdf"])

    told = await values(register, "confirmation")

    parts = [register.catalogue.texts.render("de", "confirmation", part, told) for part in MAIL | CHAT]
    assert [part for part in parts if re.search("(text|betreff|datei)wort|anna", part, re.IGNORECASE)] == []


@pytest.mark.parametrize("template", ["confirmation", "attachments"])
async def test_attachments_that_were_not_kept_are_told_by_number(register: Register, template: str) -> None:
    """How many files were not kept comes with the notification, and how many and large they may be from settings."""
    await submit(register, sender=ANNA)
    (claimed,) = await register.claim_notifications(NOON, timedelta(days=1), 1)
    parameters = {**claimed.parameters, "too_large": 1, "too_many": 4}

    told = await values_of(register, replace(claimed, template=template, parameters=parameters))

    assert [told[name] for name in ("too_large", "too_many", "largest_file", "most_files")] == [1, 4, "10 MB", 20]
    assert "4 Dateien waren zu viel" in register.catalogue.texts.render("de", template, Part.TEXT, told)


async def test_who_gets_what_no_rule_names_learns_what_waits(register: Register) -> None:
    """The catch-all body's digest counts the messages that wait for a person, though there is no new idea."""
    await hold(register, 3)

    text = await digest_text(register)

    assert "3 Nachrichten warten darauf, dass ein Mensch sie zuordnet." in text
    assert "nichts Neues" not in text


async def test_other_bodies_have_nothing_waiting(register: Register) -> None:
    """What waits for the catch-all body's people is not told to other bodies."""
    await submit(register)
    await hold(register, 3)
    await write_due_digests(register, NOON + timedelta(days=1))
    claimed = await register.claim_notifications(NOON + timedelta(days=1), timedelta(seconds=1), 100)

    told = [await values_of(register, each) for each in claimed if each.parameters.get("body") == CHEMNITZ]

    assert [(each["counts"]["new"], each["counts"]["held"]) for each in told] == [(1, 0)]


async def test_what_was_placed_meanwhile_needs_no_digest(register: Register) -> None:
    """A digest that was only to tell of waiting messages says nothing once none waits."""
    (number,) = await hold(register, 1)
    await write_due_digests(register, NOON)
    await register.holding_pen.dismiss(number, "staff")

    with pytest.raises(NothingToSay):
        await values(register, "digest")


async def hold(register: Register, number: int) -> list[int]:
    """Let so many messages wait for a person; their numbers."""
    messages = [InboundMessage("email", str(position), {}, b"", NOON) for position in range(number)]
    receipts = await register.log(messages)
    for receipt, message in zip(receipts, messages, strict=True):
        await register.record(LoggedMessage(receipt.id, message, 1), Held(HoldReason.NO_TOKEN), None)
    return [receipt.id for receipt in receipts]


async def test_an_update_holds_its_own_step_though_the_idea_went_on(register: Register) -> None:
    """Two steps at once are two updates, each with its own stage and note."""
    reference = await submit(register, sender=replace(ANNA, verified=True))
    await register.change_stage(reference, "pruefung-regionalkonvent", "", "staff", NOON)
    await register.change_stage(reference, "nicht-weiterverfolgt", "Es fehlt Geld.", "staff", NOON)
    told = []
    while claimed := await register.claim_notifications(NOON, timedelta(days=1), 10):
        (notification,) = claimed
        told.append(await values_of(register, notification))
        await register.sent(notification, NOON)

    assert [(each.get("stage"), each.get("notes")) for each in told[1:]] == [
        ("in Prüfung beim Regionalkonvent", []),
        ("nicht weiterverfolgt", ["Es fehlt Geld."]),
    ]


@pytest.mark.parametrize("template", ["confirmation", "attachments", "update", "digest"])
async def test_what_is_gone_is_not_told_of(register: Register, template: str) -> None:
    """A notification of something that no longer exists says so."""
    await submit(register)
    (claimed,) = await register.claim_notifications(NOON, timedelta(days=1), 1)
    gone = {"reference": "SWS-2026-9999-9", "acts": [999_999], "digest": 999_999, "body": CATCH_ALL_BODY}

    with pytest.raises(NothingToSay):
        await values_of(register, replace(claimed, template=template, parameters=gone))


async def test_every_message_is_given_what_it_may_say(register: Register) -> None:
    """Whatever variable a template of a message may use has a value, in each channel that the message goes to."""
    reference = await submit(register, sender=BEN)
    await register.change_stage(reference, "pruefung-regionalkonvent", "", "staff", NOON)
    digest = await _digest(register)
    parameters = {"reference": reference, "acts": [1], "merged": reference, "reason": "late", "is_on": True, "ideas": 1}
    parameters |= {"is_archived": True, "everything": True, "nonce": "n", "event": "new"}
    parameters |= {"body": CHEMNITZ, "digest": digest, "notice": "", "results": [], "beside": [], "has_files": False}
    parameters |= {"added": ["neu@example.org"], "removed": []}
    missing = {}
    for template, form in MESSAGES.items():
        for channel in [name for name, part in CHANNELS.items() if part in form.parts]:
            owed = Notification(1, "key", channel, "4711", "de", template, parameters, NOON, NOON, 1)
            missing[template, channel] = form.variables - set(await values_of(register, owed))

    assert {message: names for message, names in missing.items() if names} == {}


CHANNELS = {"email": Part.TEXT, "telegram": Part.TELEGRAM}


async def _digest(register: Register) -> int:
    await write_due_digests(register, NOON + timedelta(days=1))
    (mail,) = (
        each
        for each in await register.claim_notifications(NOON + timedelta(days=1), timedelta(days=1), 100, "email")
        if each.parameters.get("body") == CHEMNITZ
    )
    number: int = mail.parameters["digest"]
    return number


async def _status(register: Register) -> dict[str, Any]:
    """The values of the status answer that is next; what is before it counts as sent."""
    while claimed := await register.claim_notifications(NOON, timedelta(days=1), 100):
        for notification in claimed:
            told = await values_of(register, notification)
            await register.sent(notification, NOON)
            if notification.template == "status":
                return dict(told)
    raise AssertionError("no status answer is due")


def _answer(register: Register, told: dict[str, Any]) -> str:
    return register.catalogue.texts.render("de", "status", Part.TELEGRAM, told)
