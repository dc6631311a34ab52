import pytest

from services.intake.email.reply import reply_text
from tests.intake.reply.mails import OLDER, REPLY, quoted

HEADER = "Von: Erika <erika@example.org>\nBetreff: Bank\nDatum: 12. März 2026 um 14:05:11 MEZ\nAn: max@example.net"
SENT = "Von: Erika\nGesendet: Donnerstag, 12. März 2026 14:05\nAn: Max\nBetreff: WG: Bank"
TABBED = "Betreff: \tBank\nDatum: \tThu, 12 Mar 2026 14:05\nVon: \tErika\nAn: \tMax"
MIXED = "Von: Erika\nDate: Do., 12. März 2026 um 14:05 Uhr\nSubject: Bank\nTo: Max"
FORWARDS = [
    f"---------- Weitergeleitete Nachricht ----------\n{HEADER}\n\n{OLDER}",
    f"---------- Forwarded message ---------\n{MIXED}\n\n{OLDER}",
    f"-------- Weitergeleitete Nachricht --------\n{TABBED}\n\n{OLDER}",
    f"Anfang der weitergeleiteten Nachricht:\n\n{quoted(HEADER)}\n>\n{quoted(OLDER)}",
    f"Begin forwarded message:\n\n{HEADER}\n\n{OLDER}",
    f"________________________________\n{SENT}\n\n{OLDER}",
    f"{SENT}\n\n{OLDER}",
]


@pytest.mark.parametrize("forward", FORWARDS)
@pytest.mark.parametrize("above", ["", "\n\n", "Von meinem iPhone gesendet\n\n", "-- \nMax Beispiel\nBonn\n\n"])
def test_forward_without_own_words_keeps_the_text(forward: str, above: str) -> None:
    """A forwarded mail is kept where the writer added nothing."""
    assert reply_text(f"{above}{forward}", "") == OLDER


@pytest.mark.parametrize("forward", FORWARDS)
def test_own_words_above_a_forward_are_the_reply(forward: str) -> None:
    """What the writer added to a forwarded mail is what the writer wrote now."""
    assert reply_text(f"{REPLY}\n\n{forward}", "") == REPLY


def test_forward_of_a_reply_keeps_only_the_last_mail() -> None:
    """Of a forwarded reply the mail that it answers goes."""
    older = f"{OLDER}\n\nAm 11.03.2026 um 9:00 schrieb Max <max@example.net>:\n{quoted('Was ist mit der Bank?')}"
    assert reply_text(f"---------- Weitergeleitete Nachricht ----------\n{HEADER}\n\n{older}", "") == OLDER


def test_mail_of_nothing_but_a_quote_is_kept() -> None:
    """A mail that is quoted as a whole keeps its words."""
    assert reply_text(quoted(OLDER), "") == OLDER
