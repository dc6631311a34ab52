from __future__ import annotations

import pytest

from services.ideas.addresses import MailAddresses
from services.ideas.catalogue import Catalogue
from services.ideas.readings import BounceReport, Nothing, Submission
from services.intake.email.authentication.result import Authentication
from services.intake.email.channel import reading_of
from services.intake.email.read import MailReader

TOKEN = "abcdefghijklmnopqrstuvwxyz"
OUR_MAIL = "<0123456789abcdef0123456789abcdef@example.org>"


@pytest.mark.parametrize(
    ("fields", "mail_from", "is_heeded"),
    [
        ("", "e.mustermann@stadt-chemnitz.example.org", True),
        ("Auto-Submitted: auto-replied\n", "e.mustermann@stadt-chemnitz.example.org", False),
        ("X-Autoreply: yes\n", "e.mustermann@stadt-chemnitz.example.org", False),
        ("List-Id: <alle.stadt-chemnitz.example.org>\n", "e.mustermann@stadt-chemnitz.example.org", False),
        ("", "", False),
        (f"Message-ID: {OUR_MAIL}\n", "e.mustermann@stadt-chemnitz.example.org", False),
    ],
    ids=["a person", "auto-replied", "autoreply", "list", "null sender", "our own mail"],
)
def test_only_people_answer_digests(catalogue: Catalogue, fields: str, mail_from: str, *, is_heeded: bool) -> None:
    """At the secret address of a digest, robots, lists, bounces and our own mail ask for nothing."""
    address = MailAddresses(catalogue.settings.email).reply(TOKEN)
    raw = f"From: e.mustermann@stadt-chemnitz.example.org\nTo: {address}\nSubject: AW: Ideen\n{fields}\n2 annehmen\n"
    envelope = {"mail_from": mail_from, "rcpt_tos": [address]}
    mail = MailReader(catalogue.settings.email, "SWS").read_mail(raw.encode(), envelope)
    reading = reading_of(mail, envelope, Authentication())

    if is_heeded:
        assert isinstance(reading, Submission)
        assert (reading.thread, reading.text) == (TOKEN, "2 annehmen")
    else:
        assert isinstance(reading, Nothing | BounceReport)
