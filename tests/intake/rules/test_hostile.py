"""The worst input that the rules look at costs little."""

from __future__ import annotations

import time

import pytest

from tests.intake.rules.mails import mail, verdict

SIZE = 1_000_000
PIECES = [
    *("a", "a@", "x@a.", "@", "<", "\n", " ", "-", "5.", "550 ", "rcpt to ", "smtp[", "delivery ", "zustellung "),
    *("Automatische Antwort", "SWS-2026-", "Status: 5.1.1\n", "Final-Recipient: rfc822; a@b.example.net\n", "\u0301"),
]
SECONDS = 3.0  # hundreds, where a search takes quadratic time


@pytest.mark.parametrize("piece", PIECES)
def test_a_megabyte_of_the_same_is_read_in_linear_time(piece: str) -> None:
    """In the text, the subject, the recipients and the references, of a person's mail and of a server's."""
    flood = piece * (SIZE // len(piece))
    line = flood.replace("\n", "")
    began = time.process_time()
    verdict(mail("MAILER-DAEMON@example.net", "Mail", flood))
    verdict(mail("erika@example.net", "Unzustellbar", flood))
    verdict(mail("erika@example.net", line, "Hallo."))
    verdict(mail("erika@example.net", "Mail", "Hallo.", f"In-Reply-To: {line}", to=line))
    assert time.process_time() - began < SECONDS


@pytest.mark.parametrize("sender", ["", "Undisclosed", "=?x?q?=FF?= <a@b>", "a@b, c@d"])
def test_odd_authors_do_no_harm(sender: str) -> None:
    """The library of bounce formats raises on mail without a usable author."""
    assert verdict(mail(sender, "Undelivered Mail", "Delivery failed.", "X-Failed-Recipients: nobody")).bounced == ()
