"""Which mail is a person's submission, with mails as programs really send them; and the `read-mail` contract."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from services.cli import main
from services.ideas.model import InboundMessage
from services.ideas.readings import BounceReport, Held, HoldReason, Nothing, Submission
from services.ideas.register import Register
from tests.conftest import NOON
from tests.intake.reading import READER, read

OWN = "ideen@example.org"

DSN = (
    "Return-Path: <>\r\nFrom: Mail Delivery System <MAILER-DAEMON@mx.example.net>\r\nTo: ideen@example.org\r\n"
    "Auto-Submitted: auto-replied\r\nSubject: Undelivered Mail Returned to Sender\r\n"
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
    "--b\r\nContent-Type: text/plain\r\n\r\nI'm sorry to have to inform you\r\n"
    "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.net\r\n\r\n"
    "Final-Recipient: rfc822; erika@example.net\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n"
)
OLD_BOUNCE = (
    "From: Mail Delivery Subsystem <mailer-daemon@example.net>\r\nSubject: Returned mail: User unknown\r\n\r\n"
    "   ----- The following addresses had permanent fatal errors -----\r\n<erika@example.net>\r\n"
)
EXIM_BOUNCE = (
    "From: Mail System <postmaster@example.net>\r\nX-Failed-Recipients: erika@example.net\r\n"
    "Subject: Mail delivery failed\r\n\r\nThis message was created automatically by mail delivery software.\r\n"
)
RECEIPT = (
    "From: Erika <erika@example.net>\r\nSubject: Gelesen: Ihre Nachricht\r\n"
    'Content-Type: multipart/report; report-type=disposition-notification; boundary="b"\r\n\r\n'
    "--b\r\nContent-Type: text/plain\r\n\r\nIhre Nachricht wurde gelesen.\r\n--b--\r\n"
)
OUT_OF_OFFICE = (
    "From: Erika <erika@example.net>\r\nSubject: Automatische Antwort: Ihre Idee\r\nAuto-Submitted: auto-generated\r\n"
    "X-Auto-Response-Suppress: All\r\n\r\nIch bin bis Freitag nicht im Haus.\r\n"
)
VACATION = (
    "From: <erika@example.net>\r\nPrecedence: auto_reply\r\nX-Autoreply: yes\r\nSubject: Urlaub\r\n\r\nBin weg.\r\n"
)
LOOP = "From: Ideenkanal <Ideen@Example.org>\r\nTo: ideen@example.org\r\nSubject: Ihre Idee\r\n\r\nVielen Dank.\r\n"
NEWSLETTER = (
    "From: Aktuelles <news@example.net>\r\nList-Id: Aktuelles <a.example.net>\r\nSubject: Neues\r\n\r\nHallo\r\n"
)
BULK = "From: Aktion <aktion@example.net>\r\nPrecedence: bulk\r\nSubject: Angebot\r\n\r\nKaufen Sie\r\n"
EMPTY = "From: Erika <erika@example.net>\r\nSubject: \r\n\r\n \r\n\r\n"
PERSON = "From: Erika <erika@example.net>\r\nSubject: Radweg\r\nAuto-Submitted: no\r\n\r\nBitte bauen Sie ihn.\r\n"
SUBJECT_ONLY = "From: Erika <erika@example.net>\r\nSubject: Mehr Licht am Bahnhof\r\n\r\n"

MAILS = [
    (DSN, "bounce"),
    (OLD_BOUNCE, "bounce"),
    (EXIM_BOUNCE, "bounce"),
    (RECEIPT, "auto-reply"),
    (OUT_OF_OFFICE, "auto-reply"),
    (VACATION, "auto-reply"),
    (LOOP, "loop"),
    (NEWSLETTER, "list"),
    (BULK, "list"),
    (EMPTY, "empty"),
    (PERSON, "submission"),
    (SUBJECT_ONLY, "submission"),
]


def message(raw: str, mail_from: str = "sender@example.net", number: int = 1) -> InboundMessage:
    return InboundMessage("email", str(number), {"mail_from": mail_from, "rcpt_tos": [OWN]}, raw.encode(), NOON)


@pytest.mark.parametrize(("raw", "kind"), MAILS)
def test_each_mail_is_what_it_is(raw: str, kind: str) -> None:
    """Reports, auto-replies, our own mail coming back, lists and empty mails are told from what people write."""
    assert READER.read_mail(raw.encode(), {}).kind.value == kind


def test_the_null_sender_writes_no_ideas() -> None:
    """Whatever comes with the null reverse-path is a report (RFC 5321 section 4.5.5)."""
    assert read(message(PERSON, mail_from="")) == Nothing("bounce")


async def test_what_no_person_wrote_gets_neither_idea_nor_answer(register: Register) -> None:
    """Such mails are marked as read, and nothing is owed to anyone: answering is how loops and storms begin."""
    mails = [raw for raw, kind in MAILS if kind != "submission"]
    await register.log([message(raw, number=number) for number, raw in enumerate(mails)])
    for logged in await register.claim_messages(NOON, timedelta(minutes=1), len(mails)):
        assert await register.record(logged, read(logged.message), None) is None
    assert await register.counts() == {"messages": {"read": len(mails)}, "notifications": {}}


def test_a_person_is_answered_at_the_from_address() -> None:
    """The From names the person; the envelope's sender may be a server's."""
    reading = read(message(PERSON))
    assert isinstance(reading, Submission)
    assert (reading.sender.address, reading.sender.verified) == ("erika@example.net", False)
    assert (reading.subject, reading.text) == ("Radweg", "Bitte bauen Sie ihn.")


def test_a_doubtful_author_is_answered_where_a_bounce_would_go() -> None:
    """Without one undoubted From the answer goes to the envelope's sender, never to one of two."""
    reading = read(message(PERSON.replace("<erika@example.net>", "<a@example.net>, b@example.net")))
    assert isinstance(reading, Submission)
    assert reading.sender.address == "sender@example.net"


def test_read_mail_prints_one_json_line_for_each_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The contract that scripts rely on: every key, in the order of the files."""
    attached = (
        "From: Erika <erika@example.net>\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n"
        'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nSchöner Weg\r\n"
        "--b\r\nContent-Type: text/csv; name=weg.csv\r\n\r\n1234\r\n--b--\r\n"
    )
    files = [tmp_path / "a.eml", tmp_path / "b.eml"]
    files[0].write_bytes(attached.encode())
    files[1].write_bytes(DSN.encode())

    assert main(["read-mail", *map(str, files)]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == {
        "file": str(files[0]),
        "kind": "submission",
        "from": "erika@example.net",
        "subject": "Grüße",
        "text": "Schöner Weg",
        "reply_text": "Schöner Weg",
        "attachments": [{"filename": "weg.csv", "media_type": "text/csv", "bytes": 4}],
        "thread": None,
        "bounced": [],
    }
    assert [line["kind"] for line in lines] == ["submission", "bounce"]


def test_read_mail_explains_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With --explain each line also says which rule decided, and why."""
    file = tmp_path / "a.eml"
    file.write_bytes(EXIM_BOUNCE.encode())
    assert main(["read-mail", "--explain", str(file)]) == 0
    line = json.loads(capsys.readouterr().out)
    assert line["bounced"] == ["erika@example.net"]
    assert line["explanation"] == {"rule": "failed-recipients", "reason": "a mail server names failed recipients"}


def test_a_bounce_with_our_token_is_a_report_and_an_answer_without_one_waits_for_a_person() -> None:
    """What the register needs to know of both; an answer with the token goes into its conversation."""
    token = "abcdefghijklmnopqrstuvwx27"
    envelope = {"mail_from": "", "rcpt_tos": [f"rueckweg+{token}@example.org"]}
    bounced = InboundMessage("email", "1", envelope, DSN.encode(), NOON)
    assert read(bounced) == BounceReport(token, permanent=True, status="5.1.1")
    lost = PERSON.replace("Subject:", "To: idee@example.org\r\nSubject:")
    assert read(message(lost)) == Held(HoldReason.NO_TOKEN)
    answer = read(message(PERSON.replace("Subject:", f"To: idee+{token}@example.org\r\nSubject:")))
    assert isinstance(answer, Submission)
    assert answer.thread == token


def test_read_mail_names_a_missing_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is not there is an error of one line with its name, and exit code 1."""
    assert main(["read-mail", str(tmp_path / "none.eml")]) == 1
    assert "none.eml" in capsys.readouterr().err
