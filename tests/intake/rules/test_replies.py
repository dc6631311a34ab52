"""Answers to mails of ours: with the secret address, or with what anyone may know."""

from __future__ import annotations

import pytest

from services.ideas.reference import reference_number
from services.intake.email.rules import MailKind
from tests.intake.rules.mails import OURS, TOKEN, mail, verdict

ERIKA = "Erika <erika@example.net>"
REPLY = f"idee+{TOKEN}@example.org"
NUMBER = reference_number("SWS", 2026, 42)


def test_the_token_of_the_reply_address_is_the_thread() -> None:
    """By the envelope, whatever the fields say; in a file by the fields; in whatever case servers have made of it."""
    envelope = {"mail_from": "erika@example.net", "rcpt_tos": ["ideen@example.org", REPLY.upper()]}
    said = verdict(mail(ERIKA, "Re: Ihre Idee", "Gern."), envelope)
    assert (said.kind, said.rule, said.thread) == (MailKind.REPLY, "reply-address", TOKEN)
    assert verdict(mail(ERIKA, "Ja", "Gern.", to=f'"Ideenkanal" <{REPLY}>')).thread == TOKEN
    assert verdict(mail(ERIKA, "Ja", "Gern.", f"Cc: x@example.net, {REPLY}")).thread == TOKEN
    assert verdict(mail(ERIKA, "Ja", "Gern.", "Delivered-To: a@b.de", f"Delivered-To: {REPLY}")).thread == TOKEN


@pytest.mark.parametrize(
    "raw",
    [
        mail(ERIKA, "Ja", "Gern.", to="idee@example.org"),
        mail(ERIKA, "Ja", "Gern.", to="idee+abc@example.org"),
        mail(ERIKA, "Ja", "Gern.", f"In-Reply-To: {OURS}"),
        mail(ERIKA, "Ja", "Gern.", f"References: <a@example.net> {OURS}"),
        mail(ERIKA, f"Frage zu {NUMBER}", "Wie steht es?"),
        mail(ERIKA, f"Frage zu {NUMBER.replace('-', ' ').lower()}", "Wie steht es?"),
    ],
)
def test_without_the_token_it_is_a_reply_to_nobody_knows_what(raw: str) -> None:
    """A mutilated address, our Message-ID or a number: such things are guessed or forged, so there is no thread."""
    said = verdict(raw)
    assert (said.kind, said.rule, said.thread) == (MailKind.REPLY, "reply-without-token", None)


@pytest.mark.parametrize(
    "raw",
    [
        mail(ERIKA, "Ja", "Gern.", f"In-Reply-To: {OURS.replace('example.org', 'example.net')}"),
        mail(ERIKA, "Ja", "Gern.", "In-Reply-To: <abc@example.org>"),
        mail(ERIKA, NUMBER[:-1] + str((int(NUMBER[-1]) + 1) % 10), "Hallo."),
        mail(ERIKA, NUMBER.replace("SWS", "ABC"), "Hallo."),
        mail(ERIKA, "Ja", f"Frage zu {NUMBER}"),
    ],
)
def test_what_only_looks_like_ours_is_a_new_submission(raw: str) -> None:
    """Others' Message-IDs, numbers with a wrong check digit or of another region, and numbers in the text."""
    assert verdict(raw).kind is MailKind.SUBMISSION


def test_an_automatic_answer_to_a_reply_address_is_no_reply() -> None:
    """Robots know our addresses too."""
    raw = mail(ERIKA, "Abwesenheitsnotiz", "Weg.", to=REPLY)
    assert verdict(raw).kind is MailKind.AUTO_REPLY
