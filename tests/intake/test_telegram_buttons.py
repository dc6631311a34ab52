"""Presses of buttons, and people who block the bot or let it back in."""

from __future__ import annotations

from typing import Any

import pytest

from services.ideas.chat import Button, Wish
from services.ideas.readings import Asked, Nothing, Presence, Pressed, Request
from services.ideas.reference import reference_number
from tests.intake.updates import BOT, ERIKA, GROUP, PERSON, PRIVATE, read

REFERENCE = reference_number("SWS", 2026, 42)
CONFIRM = Button(Wish.CONFIRM, REFERENCE)
CARD = {"message_id": 9, "date": 1_795_000_000, "chat": PRIVATE, "from": BOT, "text": f"{REFERENCE}: Radweg"}
GONE = {"message_id": 9, "date": 0, "chat": PRIVATE}


def press(data: str | None = CONFIRM.encode(), under: dict[str, Any] | None = CARD, **fields: Any) -> dict[str, Any]:
    """The press of a button (Bot API, CallbackQuery)."""
    found = {"id": "77", "from": PERSON, "chat_instance": "1", "message": under, "data": data, **fields}
    return {name: value for name, value in found.items() if value is not None}


@pytest.mark.parametrize("under", [CARD, GONE], ids=["as sent", "too old to be seen"])
def test_a_button_asks_for_what_it_bears(under: dict[str, Any]) -> None:
    """The wish, under which message it was pressed, and which press waits for an answer."""
    assert read(callback_query=press(under=under)) == Asked(ERIKA, CONFIRM, pressed=Pressed(9, "77"))


@pytest.mark.parametrize("data", ["", "v0|confirm|12", "zz::", "ok:a:b:c", None], ids=str)
def test_a_button_that_says_nothing_to_us_is_answered(data: str | None) -> None:
    """One of an older version, of a game, or forged: the press is answered, and the message under it stays."""
    answer = {"reason": "nothing", "query": "77", "answers": 9}
    assert read(callback_query=press(data)) == Request(ERIKA, "not_possible", answer)


def test_a_button_without_its_message_is_answered() -> None:
    """Where the message is missing there is nothing to put anything in place of."""
    assert read(callback_query=press(under=None)) == Request(
        ERIKA, "not_possible", {"reason": "nothing", "query": "77"}
    )


def test_a_button_in_a_group_is_nobodys_wish() -> None:
    """Groups get no buttons, and a member's wish is not the group's."""
    assert isinstance(read(callback_query=press(under={**CARD, "chat": GROUP})), Nothing)


@pytest.mark.parametrize(
    ("status", "reading"),
    [
        ("kicked", Presence(ERIKA, is_present=False)),
        ("member", Presence(ERIKA, is_present=True)),
    ],
)
def test_a_person_blocks_the_bot_or_lets_it_back_in(status: str, reading: Presence) -> None:
    """The change says whether the bot can still reach this person."""
    change = {"chat": PRIVATE, "from": PERSON, "date": 1, "new_chat_member": {"status": status, "user": BOT}}
    assert read(my_chat_member=change) == reading


def test_any_other_change_in_a_private_chat_is_nothing() -> None:
    """What a later Bot API may tell of does not stop anything."""
    change = {"chat": PRIVATE, "from": PERSON, "date": 1, "new_chat_member": {"status": "restricted", "user": BOT}}
    assert isinstance(read(my_chat_member=change), Nothing)
