"""What staff do about waiting mail and unreachable addresses, on the command line."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from services.cli import main
from services.ideas.model import InboundMessage, LoggedMessage
from services.ideas.readings import Held, HoldReason
from services.ideas.reference import reference_number
from services.ideas.register import Register
from tests.conftest import NOON
from tests.submissions import ANNA, submit

Do = Callable[[Callable[[Register], Awaitable[Any]]], Any]
Output = pytest.CaptureFixture[str]
RAW = (
    b"From: Anna <anna@example.net>\r\nTo: ideen@example.org\r\nSubject: =?utf-8?q?Re=3A_Meine_B=C3=A4nke?=\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n\r\nAm Markt fehlen auch \xc3\x9cberd\xc3\xa4cher.\r\n\r\n"
    b"Am 23.11.2026 um 12:00 schrieb Ideenkanal <ideen@example.org>:\r\n> Vielen Dank f\xc3\xbcr Ihre Nachricht\r\n"
)


async def held(register: Register) -> int:
    """The number of a mail that waits for a person."""
    message = InboundMessage("email", "1", {"mail_from": "anna@example.net", "rcpt_tos": []}, RAW, NOON)
    (receipt,) = await register.log([message])
    await register.record(LoggedMessage(receipt.id, message, 1), Held(HoldReason.NO_TOKEN), None)
    return receipt.id


async def unread(register: Register) -> int:
    """The number of a mail that nobody could read."""
    await register.log([InboundMessage("email", "2", {}, b"\x00 bomb", NOON)])
    (entry,) = await register.claim_messages(NOON, timedelta(minutes=1), 1)
    await register.reading_failed(entry, NOON, "time", for_good=True)
    return entry.id


def test_staff_read_what_waits(do: Do, capsys: Output) -> None:
    """The list names sender and subject, or that nobody could read it; one message is shown with its whole text."""
    number, other = do(held), do(unread)

    assert main(["held"]) == 0
    listed = capsys.readouterr().out
    assert main(["held", str(number)]) == 0
    shown = capsys.readouterr().out
    assert main(["held", str(other)]) == 0
    unreadable = capsys.readouterr().out

    expected = ["2 Nachrichten warten auf Sie.", "23.11.2026 13:00", "Von: anna@example.net", "Re: Meine Bänke"]
    assert [fact for fact in [*expected, "nicht lesbar (time)"] if fact not in listed] == []
    assert "Am Markt fehlen auch Überdächer." in shown
    assert "> Vielen Dank für Ihre Nachricht" in shown
    assert f"ideenkanal held {other} --raw" in unreadable


def test_staff_make_a_new_idea_of_a_mail(do: Do, capsys: Output) -> None:
    """It gets a number, and what its sender wrote now is what it says."""
    number = do(held)

    assert main(["held", str(number), "--new"]) == 0

    reference = reference_number("SWS", 2026, 1)
    assert reference in capsys.readouterr().out
    idea = do(lambda register: register.idea(reference))
    assert [each.text for each in idea.contributions] == ["Am Markt fehlen auch Überdächer."]
    # Nobody knows whether its sender is forged.
    (confirmation,) = do(lambda register: register.deliveries(reference))
    assert (confirmation.state, confirmation.last_error) == ("withheld", "the sender is probably forged")


def test_staff_add_a_mail_to_its_idea(do: Do, capsys: Output) -> None:
    """It stands in the conversation, under the number as staff typed it."""
    reference = do(lambda register: submit(register, sender=ANNA))
    number = do(held)

    assert main(["held", str(number), "--attach", reference.lower()]) == 0

    assert f"gehört jetzt zu {reference}" in capsys.readouterr().out
    main(["show", reference])
    assert "> Vielen Dank" not in capsys.readouterr().out
    main(["show", "--full", reference])
    assert "> Vielen Dank für Ihre Nachricht" in capsys.readouterr().out
    idea = do(lambda register: register.idea(reference))
    assert idea.contributions[1].text == "Am Markt fehlen auch Überdächer."


def test_staff_take_the_original(do: Do, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """The bytes as they came, to be opened in a mail program."""
    number = do(held)

    assert main(["held", str(number), "--raw"]) == 0

    assert capfdbinary.readouterr().out == RAW


@pytest.mark.parametrize("act", ["--dismiss", "--read-again"])
def test_what_is_done_with_waits_no_longer(do: Do, capsys: Output, act: str) -> None:
    """Dismissed, or given back to the program, a message leaves the list."""
    number = do(unread)

    assert main(["held", str(number), act]) == 0
    assert main(["held"]) == 0

    assert capsys.readouterr().out.endswith("Es wartet keine Nachricht auf Sie.\n")


def test_mistakes_are_told(do: Do, capsys: Output) -> None:
    """An act without a number, a number that does not wait, and a reference with a wrong digit."""
    number = do(held)

    assert main(["held", "--dismiss"]) == 2
    assert main(["held", "4711"]) == 1
    assert main(["held", str(number), "--attach", "SWS-2026-0001-1"]) == 1
    assert main(["undeliverable", "--resume", "anna@example.org"]) == 1

    told = capsys.readouterr()
    assert "nennen Sie auch die Nummer" in told.err
    assert "mit der Nummer 4711 gibt es nicht" in told.err
    assert "kein gültiges Aktenzeichen" in told.err
    assert "nicht angehalten" in told.out
