from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest

from services.ideas.catalogue import Catalogue
from services.ideas.chat import Button, Wish
from services.ideas.model import Notification
from services.ideas.register import Register
from services.ideas.words import Command
from services.notifier.content import NothingToSay, values_of
from services.notifier.values import DOCUMENT, KEYBOARD
from tests.conftest import NOON, on_sqlite
from tests.submissions import BEN, submit

pytestmark = on_sqlite


async def told(register: Register, template: str, language: str = "de", **parameters: Any) -> dict[str, Any]:
    """The values of a message to a chat."""
    owed = Notification(1, "key", "telegram", BEN.address, language, template, parameters, NOON, NOON, 1)
    return dict(await values_of(register, owed))


def wishes(values: dict[str, Any]) -> set[Wish]:
    decoded = (Button.decode(key.data) for row in values[KEYBOARD] for key in row)
    return {button.wish for button in decoded if button}


@pytest.mark.parametrize("language", ["de", "en"])
async def test_help_names_the_commands_in_the_readers_language(register: Register, language: str) -> None:
    """Every command but the greeting stands there as the menu shows it."""
    words = register.catalogue.texts.words(language).commands
    commands = (await told(register, "help", language))["commands"]

    assert [each["name"] for each in commands] == [words[each].name for each in Command if each is not Command.START]
    assert commands[0]["description"] == words[Command.HELP].description


@pytest.mark.parametrize("template", ["notice", "welcome", "privacy", "imprint", "accessibility"])
async def test_legal_texts_name_who_answers(register: Register, catalogue: Catalogue, template: str) -> None:
    """Operator, data protection officer, time limits and the page with the whole text come from the settings."""
    values = await told(register, template)

    assert values["operator"] == catalogue.settings.operator.name
    assert values["raw_days"] == catalogue.settings.privacy.raw_days
    assert values["privacy_link"] == "http://127.0.0.1:8080/datenschutz"


async def test_the_stage_of_an_idea_is_told_in_the_readers_language(register: Register) -> None:
    """The list of a person's ideas uses the words of their language."""
    await submit(register)
    (idea,) = (await told(register, "status", "en"))["ideas"]

    assert idea["stage"] == register.catalogue.texts.words("en").stages["zugeordnet"].label


@pytest.mark.parametrize(
    ("template", "parameters", "wish"),
    [
        ("ask_language", {}, {Wish.LANGUAGE}),
        ("updates", {"is_on": True}, {Wish.UPDATES}),
        ("ask_withdrawal", {"reference": "SWS-2026-0042-7"}, {Wish.WITHDRAW, Wish.KEEP}),
        ("ask_erasure", {"ideas": 2, "is_archived": True}, {Wish.ERASE, Wish.KEEP}),
    ],
)
async def test_a_question_comes_with_its_answers(
    register: Register, template: str, parameters: dict[str, Any], wish: set[Wish]
) -> None:
    """Whatever the program asks can be answered by a button."""
    assert wishes(await told(register, template, **parameters)) == wish


async def test_a_code_is_derived_when_it_is_sent(register: Register) -> None:
    """The outbox holds a nonce; the same nonce is the same code each time."""
    codes = [(await told(register, "join_code", nonce=nonce))["code"] for nonce in ("a", "a", "b")]

    assert codes[0] == codes[1] != codes[2]


async def test_all_that_is_stored_comes_as_a_file(register: Register) -> None:
    """Who asks gets an archive with what they wrote."""
    await submit(register, "Ein Radweg für alle.")
    values = await told(register, "export")

    assert values[DOCUMENT].filename.endswith(".zip")
    assert "Radweg" in zipfile.ZipFile(io.BytesIO(values[DOCUMENT].content)).read("auskunft.json").decode()


async def test_nothing_is_exported_of_who_is_gone(register: Register) -> None:
    """Who was erased meanwhile gets no file."""
    with pytest.raises(NothingToSay):
        await told(register, "export")
