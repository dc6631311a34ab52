"""The addresses that our mail bears, and how they are recognised when something comes back to them."""

from __future__ import annotations

import pytest

from services.ideas.addresses import MailAddresses
from services.ideas.settings import Email

TOKEN = "abcdefghijklmnopqrstuvwxyz"
OWN = MailAddresses(Email())


def test_a_reply_address_bears_its_token() -> None:
    """What is made is recognised, whatever the case in which a mail program writes it."""
    address = OWN.reply(TOKEN)

    assert address == f"idee+{TOKEN}@example.org"
    assert OWN.reply_token(address.upper()) == TOKEN
    assert OWN.return_token(address) is None


def test_a_return_path_bears_its_token() -> None:
    """It is told apart from the reply address."""
    address = OWN.return_path(TOKEN)

    assert OWN.return_token(address) == TOKEN
    assert OWN.reply_token(address) is None


@pytest.mark.parametrize("local", ["idee", "idee+", "idee+short", f"idee+{TOKEN}x", f"idee+{TOKEN[:-1]}1"])
def test_a_mutilated_token_is_none(local: str) -> None:
    """The address is ours all the same, so that a person can look at what came to it."""
    assert OWN.reply_token(f"{local}@example.org") == ""
    assert OWN.is_ours(f"{local}@example.org")


@pytest.mark.parametrize("address", ["ideen@example.net", "idee@example.net", "anna@example.org", "", "idee", "@"])
def test_what_is_not_ours_is_not_taken(address: str) -> None:
    """Another domain or local part, and what is no address at all."""
    assert not OWN.is_ours(address)


def test_both_addresses_can_be_chosen() -> None:
    """A region may have names of its own for them."""
    own = MailAddresses(Email(reply_address="antwort@stadt.example", return_address="bounce@stadt.example"))

    assert own.reply(TOKEN) == f"antwort+{TOKEN}@stadt.example"
    assert own.return_path(TOKEN) == f"bounce+{TOKEN}@stadt.example"
