"""Failure notices in the words of each family of mail servers, which were made up in their forms."""

from __future__ import annotations

import pytest

from services.intake.email.rules import MailKind
from tests.intake.rules.mails import mail, verdict

DAEMON = "Mail Delivery System <MAILER-DAEMON@mx.example.net>"
POSTMASTER = "postmaster@example.net"
ERIKA = "erika@example.net"

EXIM = """This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  erika@example.net
    (generated from e.muster@example.net)
    host mx.example.net [192.0.2.1]: 550 5.1.1 <erika@example.net>: no such user

------ This is a copy of the message, including all the headers. ------

From: ideen@example.org
To: e.muster@example.net
"""
POSTFIX = """This is the mail system at host mx.example.net.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients.

                   The mail system

<erika@example.net>: host mail.example.net[192.0.2.1] said: 550 5.1.1
    <erika@example.net>: Recipient address rejected (in reply to RCPT TO command)
<max@example.net>: user unknown
"""
QMAIL = """Hi. This is the qmail-send program at example.net.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<erika@example.net>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Return-Path: <ideen@example.org>
To: somebody.else@example.net
"""
SENDMAIL = """The original message was received at Mon, 2 Mar 2026 08:00:00 +0100
from relay.example.org [192.0.2.7]

   ----- The following addresses had permanent fatal errors -----
<erika@example.net>
    (reason: 550 5.1.1 User unknown)

   ----- Transcript of session follows -----
... while talking to mx.example.net.:
>>> RCPT To:<erika@example.net>
<<< 550 5.1.1 User unknown
"""
EXCHANGE = """Ihre Nachricht

  An:      Muster, Erika
  Betreff: Ihre Idee
  Gesendet: 2.3.2026 08:00

konnte nicht zugestellt werden an:

Muster, Erika (erika@example.net) am 2.3.2026 08:00
    Der Empfänger wurde nicht gefunden. <mx.example.net #5.1.1>
"""
OFFICE = """Ihre Nachricht an erika@example.net konnte nicht zugestellt werden.

"erika" wurde unter "example.net" nicht gefunden.

Diagnoseinformationen für Administratoren:
550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup
"""
DOMINO = """Your message

  Subject: Ihre Idee

was not delivered to:

  erika@example.net

because:

  User erika (erika@example.net) not listed in Domino Directory
"""
GMX = """Diese E-Mail wurde automatisch erzeugt.

Ihre E-Mail konnte nicht an folgenden Empfänger zugestellt werden:

erika@example.net

SMTP error from remote server for RCPT TO command, host: mx.example.net
550 5.1.1 Requested action not taken: mailbox unavailable

--- The header of the original message is following. ---

From: <ideen@example.org>
To: <max@example.net>
"""
GOOGLE = """** Adresse nicht gefunden **

Ihre Nachricht wurde nicht an erika@example.net zugestellt, weil die Adresse nicht gefunden wurde.

Die Antwort lautete:
550 5.1.1 The email account that you tried to reach does not exist.
"""
YAHOO = """Sorry, we were unable to deliver your message to the following address.

<erika@example.net>:
554: delivery error: dd This user doesn't have an account here

--- Below this line is a copy of the message.
"""
SES = """An error occurred while trying to deliver the mail to the following recipients:
erika@example.net
"""
X400 = """Your message

  To:      ideen
  Subject: Ihre Idee

did not reach the following recipient(s):

c=DE;a= ;p=Muster;o=Amt;dda:SMTP=erika@example.net; on Mon, 2 Mar 2026 08:00:00
    The recipient name is not recognized
"""
OPENSMTPD = """    Hi!

    This is the MAILER-DAEMON, please DO NOT REPLY to this email.

    An error has occurred while attempting to deliver a message for
    the following list of recipients:

erika@example.net: 550 5.1.1 mailbox unknown

    Below is a copy of the original message:
"""
GATEWAY = "Unable to deliver message to <erika@example.net> (and other recipients in the same domain).\n"
COURIER = """This is a delivery status notification from mx.example.net.
The original message was received on Mon, 2 Mar 2026 08:00:00 +0100

UNDELIVERABLE MAIL

Your message to the following recipients cannot be delivered:

<erika@example.net>:
     mx.example.net [192.0.2.1]:
>>> RCPT TO:<erika@example.net>
<<< 550 User unknown
"""

NOTICES = [
    ("exim", mail(DAEMON, "Mail delivery failed: returning message to sender", EXIM), [ERIKA], "5.1.1"),
    ("postfix", mail(DAEMON, "Undelivered Mail", POSTFIX), [ERIKA, "max@example.net"], "5.1.1"),
    ("qmail", mail("MAILER-DAEMON@example.net", "failure notice", QMAIL), [ERIKA], "5.1.1"),
    ("sendmail", mail("Mail Delivery Subsystem <mailer-daemon@example.net>", "Returned", SENDMAIL), [ERIKA], "5.1.1"),
    ("exchange", mail("Systemadministrator <x@example.net>", "Unzustellbar: Ihre Idee", EXCHANGE), [ERIKA], "5.1.1"),
    ("office", mail(POSTMASTER, "Unzustellbar: Ihre Idee", OFFICE), [ERIKA], "5.1.10"),
    ("office-2", mail("Microsoft Outlook <a@example.net>", "Nicht zustellbar: Ihre Idee", OFFICE), [ERIKA], "5.1.10"),
    ("domino", mail("Postmaster@example.net", "DELIVERY FAILURE: User erika not listed", DOMINO), [ERIKA], ""),
    ("gmx", mail('"GMX Mailer Daemon" <mailer-daemon@example.net>', "Mail delivery failed", GMX), [ERIKA], "5.1.1"),
    ("telekom", mail("postmaster@example.net", "Zustellung fehlgeschlagen", GMX), [ERIKA], "5.1.1"),
    ("google", mail("mailer-daemon@example.com", "Delivery Status Notification (Failure)", GOOGLE), [ERIKA], "5.1.1"),
    ("yahoo", mail("MAILER-DAEMON@example.com", "Failure Notice", YAHOO), [ERIKA], "5.0.0"),
    ("ses", mail("no-reply@example.com", "Delivery Status Notification (Failure)", SES), [ERIKA], ""),
    ("x400", mail("System Administrator <a@example.net>", "Undeliverable: Ihre Idee", X400), [ERIKA], ""),
    ("opensmtpd", mail("Mailer Daemon <MAILER-DAEMON@a.de>", "Delivery error", OPENSMTPD), [ERIKA], "5.1.1"),
    ("gateway", mail("imss@example.net", "Mail could not be delivered", GATEWAY), [ERIKA], ""),
    ("courier", mail('"Courier mail server" <@>', "NOTICE: mail delivery status.", COURIER), [ERIKA], "5.0.0"),
    ("no author", mail("<>", "Fehler", GATEWAY), [ERIKA], ""),
    ("field", mail("a@example.net", "Mail", "x", "X-Failed-Recipients: Erika@Example.net, max@example.net"), None, ""),
]


@pytest.mark.parametrize(("raw", "bounced", "status"), [row[1:] for row in NOTICES], ids=[row[0] for row in NOTICES])
def test_each_server_family_is_understood(raw: str, bounced: list[str] | None, status: str) -> None:
    """The failed addresses are found, and neither the original sender, an alias, nor the returned mail's people."""
    said = verdict(raw)
    assert said.kind is MailKind.BOUNCE
    assert list(said.bounced) == (bounced or [ERIKA, "max@example.net"])
    assert (said.permanent, said.status) == (True, status)


@pytest.mark.parametrize(
    "text",
    [
        "Delivery to the following recipient has been delayed:\n\n     erika@example.net\n\nMessage will be retried.",
        "Bei der Zustellung an erika@example.net ist ein vorübergehendes Problem aufgetreten.",
        "<erika@example.net>: mailbox full\n452 4.2.2 Over quota",
    ],
)
def test_a_delay_is_a_bounce_that_is_not_permanent(text: str) -> None:
    """What may arrive tomorrow, or could arrive another day, stops no mail to the address."""
    said = verdict(mail(DAEMON, "Warning: message delayed", text))
    assert (said.kind, said.bounced, said.permanent) == (MailKind.BOUNCE, (ERIKA,), False)


def test_without_a_list_the_returned_mail_tells_the_address() -> None:
    """A server that names nobody sends back the mail, and its To is who did not get it."""
    raw = (
        "From: MAILER-DAEMON@example.net\r\nSubject: Returned mail\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: text/plain\r\n\r\nYour mail came back.\r\n"
        "--b\r\nContent-Type: message/rfc822\r\n\r\nTo: Erika <erika@example.net>\r\nSubject: a\r\n\r\nA\r\n--b--\r\n"
    )
    assert verdict(raw).bounced == (ERIKA,)


@pytest.mark.parametrize("address", ["erika", "@example.net", "erika@", "erika@net", "erika@-a.example.net", "e ka@x"])
def test_what_is_no_address_is_not_passed_on(address: str) -> None:
    """A malformed address is refused, because others will compare it with real ones."""
    assert verdict(mail("MAILER-DAEMON@a.example.net", "Mail", "x", f"X-Failed-Recipients: {address}")).bounced == ()
