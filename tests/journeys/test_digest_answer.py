"""The people of a body answer their digest by mail, and a citizen hears of it."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

import pytest

from services.ideas.periods import Period
from tests.fakes.smtp_sink import ReceivedMail
from tests.house import House
from tests.journeys.phone import begins, words
from tests.mail import send

pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)

_BODY, _MAILBOX = "stadt-chemnitz", "ideen@stadt-chemnitz.example.org"
_CLERK = "erik.mustermann@stadt-chemnitz.example.org"
_QUESTION = "Meinen Sie die Haltestelle am Markt 12 oder die am Bahnhof?"
_SIGNATURE = "Mit freundlichen Grüßen\nErik Mustermann\n\nStadt Chemnitz\nMarkt 1\n09111 Chemnitz\nTel. 0371 488-0"


@pytest.fixture
def settings() -> dict[str, str]:
    """What staff do can be taken back for less than a second."""
    return {"WORK_UNDO_MINUTES": "0.01"}


def part(received: ReceivedMail, kind: str) -> str:
    body = received.message.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def answer(received: ReceivedMail, text: str) -> EmailMessage:
    """An answer as Outlook writes it: above the whole mail, which it does not mark as a quote."""
    ours = received.message
    said = f"{text}\n\n{_SIGNATURE}"
    head = {
        "Von": ours["From"],
        "Gesendet": "Montag, 23. November 2026 07:00",
        "An": ours["To"],
        "Betreff": ours["Subject"],
    }
    message = EmailMessage()
    message["From"] = f"Mustermann, Erik <{_CLERK}>"
    message["To"] = str(ours["Reply-To"])
    message["Subject"] = f"AW: {ours['Subject']}"
    message["Date"] = formatdate(localtime=True)
    message["Message-ID"] = make_msgid(domain="stadt-chemnitz.example.org")
    message["In-Reply-To"] = ours["Message-ID"]
    quoted = "\n".join(f"{name}: {value}" for name, value in head.items())
    message.set_content(f"{said}\n\n{quoted}\n\n{part(received, 'plain')}")
    lines = "".join(f'<p class="MsoNormal">{line}<o:p></o:p></p>' for line in said.splitlines())
    block = "<br>".join(f"<b>{name}:</b> {value}" for name, value in head.items())
    ruled = '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">'
    html = f'<html><body><div class="WordSection1">{lines}{ruled}<p class="MsoNormal">{block}</p></div>'
    message.add_alternative(f"{html}{part(received, 'html')}</div></body></html>", subtype="html")
    return message


async def test_staff_ask_back_by_answering_their_digest(house: House) -> None:
    """Each line is confirmed or explained to the mailbox alone, and a citizen is asked only after its yes."""
    erika = house.citizen()
    await begins(erika, "In Chemnitz fehlt am Markt ein Wartehäuschen für den Bus.")
    now = datetime.now(UTC)
    await house.register.write_digest(_BODY, Period("first", now), now)
    digest = await house.relay.mail_to(_MAILBOX, timeout=30)
    await send(house.mail_port, answer(digest, f"Guten Tag,\n\n1 Rückfrage: {_QUESTION}\n7 annehmen"))
    receipt = await house.relay.mail_to(_MAILBOX, timeout=30)
    said = part(receipt, "plain")

    assert receipt.message["Subject"] == "Ihre Antwort: 1 wartet auf Ihr Ja, 1 nicht getan (Stadt Chemnitz)"
    assert f"> {_QUESTION}" in said
    assert "Ihre Übersicht hat eine Nummer 7 nicht.\n> 7 annehmen" in said
    assert "Wartehäuschen" not in said
    assert not [message for message in erika.messages if _QUESTION in words(message)]

    await send(house.mail_port, answer(receipt, "Ja"))
    confirmed = part(await house.relay.mail_to(_MAILBOX, timeout=30), "plain")
    assert "Erledigt: Die Rückfrage ist gestellt." in confirmed
    assert _QUESTION in words(await erika.reads(_QUESTION, timeout_s=30))
    assert house.relay.mails_to(_CLERK) == []
