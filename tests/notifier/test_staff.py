from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from services.ideas.bodies import StaffGroup
from services.ideas.catalogue import Catalogue
from services.ideas.messages import Part
from services.ideas.model import Notification
from services.ideas.register import Register
from services.ideas.store import Store
from services.notifier.content import values_of
from tests.conftest import NOON, SECRET, on_sqlite
from tests.submissions import CHEMNITZ, submit

pytestmark = on_sqlite
GROUP = "-1001234567890"


@pytest.fixture
def register(store: Store, catalogue: Catalogue) -> Register:
    """A register of a region where Chemnitz has a group."""
    body = replace(catalogue.bodies[CHEMNITZ], telegram=StaffGroup(int(GROUP), alerts=True))
    return Register(store, replace(catalogue, bodies={**catalogue.bodies, CHEMNITZ: body}), SECRET)


async def told(register: Register, template: str, recipient: str = GROUP, **parameters: Any) -> dict[str, Any]:
    """The values of a message to a group."""
    owed = Notification(1, "key", "telegram", recipient, "de", template, parameters, NOON, NOON, 1)
    return dict(await values_of(register, owed))


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
