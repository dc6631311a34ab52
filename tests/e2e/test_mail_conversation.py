"""What passes between a person's mailbox and the program after the first mail, over sockets and with commands."""

from __future__ import annotations

import re
from email import message_from_string
from email.message import EmailMessage
from email.policy import default

import aiohttp

from tests.conftest import on_sqlite
from tests.fakes.smtp_sink import ReceivedMail, SmtpSink
from tests.mail import mail, send
from tests.service import Service

# What the register does is tested on both databases; here it is the parts around it.
pytestmark = on_sqlite
ANNA = "anna@example.net"
IDEA = "Zwischen Zschopau und Chemnitz fehlt nach 18 Uhr ein Spätbus."
REFERENCE = re.compile(r"SWS-\d{4}-\d{4}-\d")
NEXT_STAGE = "pruefung-regionalkonvent"
REPORT = """\
From: Mail Delivery System <MAILER-DAEMON@mx.example.net>
To: {returned}
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; {recipient}
Action: failed
Status: 5.1.1

--b--
"""


def reference_in(received: ReceivedMail) -> str:
    found = REFERENCE.search(str(received.message["Subject"]))
    assert found is not None
    return found.group()


def link_in(received: ReceivedMail, path: str) -> str:
    part = received.message.get_body(("plain",))
    assert part is not None
    found = re.search(rf"https?://\S+/{path}/[\w-]{{43}}", part.get_content())
    assert found is not None
    return found.group().partition("://")[2].partition("/")[2]


def answer_to(received: ReceivedMail, text: str) -> EmailMessage:
    """An answer as mail programs write it: to the Reply-To, over the quoted mail."""
    quoted = received.message.get_body(("plain",))
    assert quoted is not None
    quote = "\n".join(f"> {line}" for line in quoted.get_content().splitlines())
    answer = mail(
        received.recipients[0],
        f"Re: {received.message['Subject']}",
        f"{text}\n\nAm 25.11.2026 um 10:00 schrieb Ideenkanal <ideen@example.org>:\n{quote}\n",
        recipient=str(received.message["Reply-To"]),
    )
    answer["In-Reply-To"] = received.message["Message-ID"]
    return answer


async def read(service: Service, count: int) -> None:
    """Return once so many messages have been read."""
    await service.logged("message.read", count=count)


async def test_an_answer_joins_its_idea(service: Service, relay: SmtpSink) -> None:
    """A person answers our mail, and what they wrote now stands in their idea, without what they quoted."""
    await send(service.mail_port, mail(ANNA, "Spätbus", IDEA))
    confirmation = await relay.mail_to(ANNA, timeout=30)
    await send(service.mail_port, answer_to(confirmation, "Am besten um 18:40 Uhr ab Markt."))
    await read(service, 2)
    _, shown = await service.command("show", reference_in(confirmation))

    assert "  Am besten um 18:40 Uhr ab Markt." in shown.splitlines()
    assert "schrieb Ideenkanal" not in shown
    assert len(relay.mails_to(ANNA)) == 1


async def test_a_number_without_the_secret_waits_for_staff(service: Service, relay: SmtpSink) -> None:
    """Whoever writes in Anna's name with her number changes nothing and is told nothing; staff place the mail."""
    await send(service.mail_port, mail(ANNA, "Spätbus", IDEA))
    reference = reference_in(await relay.mail_to(ANNA, timeout=30))
    forged = mail(ANNA, f"Re: Ihre Nachricht ist angekommen ({reference})", "Bitte löschen Sie das alles.")
    await send(service.mail_port, forged)
    await read(service, 2)
    _, before = await service.command("show", reference)
    _, waiting = await service.command("held")
    number = re.search(r"^ +(\d+) ", waiting, re.MULTILINE)
    assert number is not None
    code, _ = await service.command("held", number.group(1), "--attach", reference)
    _, after = await service.command("show", reference)

    assert "löschen" not in before
    assert "Antwort oder Aktenzeichen ohne die geheime Adresse" in waiting
    assert code == 0
    assert "Bitte löschen Sie das alles." in after
    assert (await service.command("held"))[1] == "Es wartet keine Nachricht auf Sie.\n"
    assert len(relay.mails_to(ANNA)) == 1


async def test_updates_begin_with_a_click_and_end_with_one(service: Service, relay: SmtpSink) -> None:
    """An unverified address hears nothing; its owner confirms on a page, hears what there was, and unsubscribes."""
    await send(service.mail_port, mail(ANNA, "Spätbus", IDEA))
    confirmation = await relay.mail_to(ANNA, timeout=30)
    reference = reference_in(confirmation)
    _, told = await service.command("stage", reference, NEXT_STAGE)
    assert "hat ihre Adresse nicht bestätigt" in told
    base = f"http://127.0.0.1:{service.web_port}/"
    async with aiohttp.ClientSession() as session:
        async with session.post(base + link_in(confirmation, "adresse")) as page:
            assert page.status == 200
        missed = await relay.mail_to(ANNA)
        assert "in Prüfung beim Regionalkonvent" in str(missed.message["Subject"])
        await service.command("stage", reference, "aufgenommen")
        update = await relay.mail_to(ANNA)
        assert "aufgenommen" in str(update.message["Subject"])
        unsubscribe = re.search(r"<https?://[^/]+/([^>]+)>", str(update.message["List-Unsubscribe"]))
        assert unsubscribe is not None
        async with session.post(base + unsubscribe.group(1), data={"List-Unsubscribe": "One-Click"}) as page:
            assert page.status == 200
    _, told = await service.command("stage", reference, "umgesetzt")
    assert "möchte keine Nachrichten" in told
    _, shown = await service.command("show", reference)

    assert shown.count("wird nicht gesendet") == 1
    assert len(relay.mails_to(ANNA)) == 3


async def test_a_question_by_mail_is_answered_and_a_stop_heeded(service: Service, relay: SmtpSink) -> None:
    """The answer stands in the idea; whoever then answers "Stopp" hears no more, and nobody reads that word there."""
    await send(service.mail_port, mail(ANNA, "Spätbus", IDEA))
    confirmation = await relay.mail_to(ANNA, timeout=30)
    reference = reference_in(confirmation)
    await send(service.mail_port, answer_to(confirmation, "Es geht um die Linie 207."))
    await read(service, 2)
    await service.command("ask", reference, "Bis wann soll der Bus fahren?")
    question = await relay.mail_to(ANNA)
    assert str(question.message["Subject"]) == f"Eine Frage zu Ihrer Idee {reference}"
    await send(service.mail_port, answer_to(question, "Bis 23 Uhr.\n\nViele Grüße\nAnna"))
    await send(service.mail_port, answer_to(question, "Stopp"))
    await read(service, 4)
    await service.command("stage", reference, NEXT_STAGE)
    _, shown = await service.command("show", reference)

    assert "  Bis 23 Uhr." in shown.splitlines()
    assert "Stopp" not in shown
    assert shown.count("wird nicht gesendet") == 1
    assert len(relay.mails_to(ANNA)) == 2


async def test_what_comes_back_stops_mail_to_that_address(service: Service, relay: SmtpSink) -> None:
    """A delivery report at the return path is shown to staff, who let mail go there again."""
    await send(service.mail_port, mail(ANNA, "Spätbus", IDEA))
    confirmation = await relay.mail_to(ANNA, timeout=30)
    report = message_from_string(REPORT.format(returned=confirmation.sender, recipient=ANNA), policy=default)
    await send(service.mail_port, report)
    await read(service, 2)
    _, listed = await service.command("undeliverable")
    _, resumed = await service.command("undeliverable", "--resume", ANNA)

    assert f"{ANNA}  seit" in listed
    assert "5.1.1" in listed
    assert reference_in(confirmation) in listed
    assert "Nachrichten gehen wieder an diese Adresse." in resumed
    assert (await service.command("undeliverable"))[1] == "Alle Adressen sind erreichbar.\n"


async def test_two_robots_that_answer_each_other_die_out(service: Service, relay: SmtpSink) -> None:
    """A robot that admits to nothing answers each mail of ours and keeps writing: in 30 rounds it gets two at most."""
    robot = "robot@example.net"
    answered = 0
    for number in range(30):
        received = relay.mails_to(robot)
        if len(received) > answered:
            message = answer_to(received[answered], f"Vielen Dank für Ihre Nachricht {number}.")
            answered += 1
        else:
            message = mail(robot, f"Vorgang {number}", f"In Plauen fehlt am Abend ein Bus, Vorgang {number}.")
        await send(service.mail_port, message)
        await read(service, number + 1)
        if not number:
            await relay.mail_to(robot, timeout=30)
    # Messages leave in the order in which they were owed: once this one is answered, the robot has got all of its own.
    await send(service.mail_port, mail(ANNA, "Spätbus", IDEA))
    await relay.mail_to(ANNA, timeout=30)

    assert 1 <= len(relay.mails_to(robot)) <= 2
    assert answered == len(relay.mails_to(robot))
