"""Mail as residents send it: written with the standard library and handed over by SMTP."""

from __future__ import annotations

import asyncio
import smtplib
from email.message import EmailMessage
from email.utils import formatdate, make_msgid


def mail(sender: str, subject: str, text: str, *, recipient: str = "ideen@example.org") -> EmailMessage:
    """A plain text mail with all that a mail program adds."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = recipient
    message["Subject"] = subject
    message["Date"] = formatdate(localtime=True)
    message["Message-ID"] = make_msgid(domain="example.net")
    message.set_content(text)
    return message


async def send(port: int, *messages: EmailMessage) -> None:
    """Hand the messages to the server over one connection; raises smtplib.SMTPException unless all are taken."""

    def hand_over() -> None:
        with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
            for message in messages:
                client.send_message(message)

    await asyncio.to_thread(hand_over)


async def send_raw(port: int, sender: str, raw: bytes, *, recipient: str = "ideen@example.org") -> None:
    """Hand over a mail byte for byte."""

    def hand_over() -> None:
        with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
            client.sendmail(sender, [recipient], raw)

    await asyncio.to_thread(hand_over)
