from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from sqlalchemy import delete

from nlp.similar import Word, fingerprint
from services.ideas.catalogue import Catalogue
from services.ideas.messages import Part
from services.ideas.model import Notification
from services.ideas.periods import Period
from services.ideas.register import Register
from services.ideas.routing import StaffGroup
from services.ideas.store import Store
from services.ideas.tables import AttachmentRow, ContributionRow
from services.notifier.content import values_of
from tests.conftest import NOON, SECRET, on_sqlite
from tests.submissions import CHEMNITZ, submit

pytestmark = on_sqlite
GROUP = "-1001234567890"


@pytest.fixture
def register(store: Store, catalogue: Catalogue) -> Register:
    """A register of a region where Chemnitz has a group."""
    body = replace(catalogue.bodies[CHEMNITZ], telegram=StaffGroup(int(GROUP), digest=True, alerts=True))
    return Register(store, replace(catalogue, bodies={**catalogue.bodies, CHEMNITZ: body}), SECRET)


async def told(register: Register, template: str, recipient: str = GROUP, **parameters: Any) -> dict[str, Any]:
    """The values of a message to a group."""
    owed = Notification(1, "key", "telegram", recipient, "de", template, parameters, NOON, 1)
    return dict(await values_of(register, owed))


async def digests(register: Register) -> dict[str, dict[str, Any]]:
    """What the digest of Chemnitz says, by channel."""
    await register.write_digest(CHEMNITZ, Period("2026-11-23", NOON), NOON)
    said: dict[str, dict[str, Any]] = {}
    while claimed := await register.claim_notifications(NOON, timedelta(days=1), 100):
        for each in claimed:
            if each.template == "digest":
                said[each.channel] = dict(await values_of(register, each))
            await register.sent(each, NOON)
    return said


async def test_a_digest_in_a_group_holds_no_word_of_a_citizen(register: Register) -> None:
    """A foreign provider reads along: subject, text and file name are told by mail alone."""
    reference = await submit(register, "Textwort", subject="Betreffwort", attachments=["Dateiwort.pdf"])
    values = (await digests(register))["telegram"]
    text = register.catalogue.texts.render("de", "digest", Part.TELEGRAM, values)

    assert reference in text
    assert "wort" not in f"{text} {values}".lower()


async def test_a_digest_names_earlier_ideas_with_the_same_wish(register: Register) -> None:
    """By number and place, in the mail and in the group, under the later idea alone."""
    first = await submit(register, "Nachtbus")
    last = await submit(register, "Nachtbus, bitte!")
    for idea in await register.similar.unmarked("test", 10):
        word = Word("nachtbus", 6.0, np.ones(1, dtype=np.float32))
        await register.similar.mark(idea, "test", fingerprint([word], ["mobility"], "", idea.understanding))
    values = await digests(register)
    expected = {first: [], last: [f"{first} (Chemnitz)"]}

    assert {item["reference"]: item["similar"] for item in values["email"]["ideas"]} == expected
    for channel, part in (("email", Part.TEXT), ("email", Part.HTML), ("telegram", Part.TELEGRAM)):
        text = register.catalogue.texts.render("de", "digest", part, values[channel])
        assert text.count(f"Ähnlich: {first} (Chemnitz)") == 1


async def test_a_group_is_told_what_just_happened(register: Register) -> None:
    """An alert names number, topic, place and body."""
    reference = await submit(register, "Textwort")
    values = await told(register, "alert", reference=reference, body=CHEMNITZ, event="new")
    text = register.catalogue.texts.render("de", "alert", Part.TELEGRAM, values)

    assert (values["topics"], values["places"], values["body"]) == (
        ["Mobilität und Verkehr"],
        ["Chemnitz"],
        "Stadt Chemnitz",
    )
    assert (reference in text, "Textwort" in text) == (True, False)


@pytest.mark.parametrize("template", ["group_welcome", "group_help"])
async def test_a_group_learns_its_number_and_whose_it_is(register: Register, template: str) -> None:
    """The number is what the operator has to write into the configuration; a known group is told its body."""
    known, unknown = await told(register, template), await told(register, template, "-17")

    assert (known["group"], known["body"]) == (GROUP, "Stadt Chemnitz")
    assert (unknown["group"], unknown["body"]) == ("-17", "")


async def test_a_group_that_has_moved_is_still_the_bodys(register: Register) -> None:
    """The configuration may name the old number until somebody changes it."""
    await register.groups.migrated(GROUP, "-1002")

    assert (await told(register, "group_help", "-1002"))["body"] == "Stadt Chemnitz"


async def test_a_digest_can_tell_of_an_idea_whose_words_are_erased(register: Register, store: Store) -> None:
    """Bodies hear that what they were told of is gone."""
    await submit(register)
    async with store.writing() as session:
        await session.execute(delete(AttachmentRow))
        await session.execute(delete(ContributionRow))
    (idea,) = (await digests(register))["email"]["ideas"]

    assert (idea["is_erased"], idea["title"], idea["excerpt"], idea["answer"]) == (True, "", "", "")
