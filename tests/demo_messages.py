"""The twelve messages of the demonstration: both channels, many tempers, and the traps of real life."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage

from tests.mail import mail


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who writes, and what is expected to come back: a confirmation, and whether updates follow."""

    name: str
    address: str
    is_confirmed: bool = True


@dataclass(frozen=True, slots=True)
class ByMail:
    """A mail as its author's program sends it."""

    person: Person
    message: EmailMessage | bytes


@dataclass(frozen=True, slots=True)
class ByTelegram:
    """What a citizen types; `chat` is the chat id."""

    person: Person
    chat: int
    text: str


def mails() -> tuple[ByMail, ...]:
    """Six mails: plain, HTML with an attachment, undeclared Latin-1, formal, advertising, and an auto-reply."""
    plain = Person("Renate Vogel", "renate.vogel@example.net")
    with_html = Person("Tischlerei Uhlig", "buero@tischlerei-uhlig.example")
    latin = Person("Heinz Müller", "heinz@example.com")
    formal = Person("Dr. Claudia Weigelt", "weigelt@praxis.example")
    spam = Person("SEO Boost", "offer@seo-boost.example", is_confirmed=False)
    robot = Person("Abwesender Jens", "jens@example.net", is_confirmed=False)
    out_of_office = mail(robot.address, "Automatische Antwort: Abwesenheit", "Ich bin bis 7. Dezember nicht im Büro.")
    out_of_office["Auto-Submitted"] = "auto-replied"
    return (
        ByMail(
            plain,
            mail(
                f"Renate Vogel <{plain.address}>",
                "Bus am Abend",
                "Guten Tag,\n\nmein Mann und ich wohnen in Zschopau. Nach 18 Uhr fährt kein Bus mehr aus "
                "Chemnitz zu uns.\nEin Spätbus um 20 und 22 Uhr würde vielen helfen, auch den Verkäuferinnen.\n\n"
                "Mit freundlichen Grüßen\nRenate Vogel\n",
            ),
        ),
        ByMail(with_html, _html_mail(with_html)),
        ByMail(
            latin,
            (
                f"From: {latin.address}\r\nTo: ideen@example.org\r\nSubject: Funkloch\r\n"
                "Date: Mon, 23 Nov 2026 09:12:00 +0100\r\nMessage-ID: <funkloch@example.com>\r\n\r\n"
                "Bei uns in Klingenthal gibt es kein schnelles Internet und der Handyempfang fällt ständig aus.\r\n"
                "Bitte bauen Sie Glasfaser aus. Heinz Müller\r\n"
            ).encode("latin-1"),
        ),
        ByMail(
            formal,
            mail(
                f"Dr. Claudia Weigelt <{formal.address}>",
                "Nachfolge für Hausarztpraxen im ländlichen Raum",
                "Sehr geehrte Damen und Herren,\n\nich bin Hausärztin in Mittweida und finde keine Nachfolge. Ich "
                "schlage vor, dass der Landkreis Mittelsachsen ein medizinisches Versorgungszentrum gründet und junge "
                "Ärztinnen und Ärzte dort anstellt. Patienten warten heute schon Wochen auf einen Termin.\n\n"
                "Hochachtungsvoll\nDr. Claudia Weigelt\n",
            ),
        ),
        ByMail(
            spam,
            mail(
                spam.address,
                "Platz 1 bei Google - garantiert!!!",
                "Hallo, wir bringen Ihre Webseite auf Platz 1. Jetzt 50% Rabatt auf SEO Paket und Backlinks sichern, "
                "nur heute! Klicken Sie hier und bestellen Sie günstig.\n",
            ),
        ),
        ByMail(robot, out_of_office),
    )


def chats() -> tuple[ByTelegram, ...]:
    """Six Telegram messages: phone German, typos, no umlauts, a question, an ambiguous place, the whole region."""
    return (
        ByTelegram(
            Person("Erika", "4711"),
            4711,
            "in plauen am bahnhof fehlen fahrradständer, da klauen sie einem sonst das rad",
        ),
        ByTelegram(
            Person("Marcel", "4712"),
            4712,
            "unser zulieferer in glauchau macht dicht wegen elektroautos. macht doch aus der halle eine "
            "batteriefabrik bevor alle leute weg sind",
        ),
        ByTelegram(
            Person("Opa Horst", "4713"),
            4713,
            "Dor Spielplatz in Auerbach is seit Johren kaputt. Nu macht den doch mal nei fer de Kinner",
        ),
        ByTelegram(
            Person("Lena", "4714"),
            4714,
            "ganz Südwestsachsen bräuchte ein gemeinsames azubi ticket das auch nach chemnitz zur berufsschule gilt",
        ),
        ByTelegram(
            Person("Jan", "4715"), 4715, "wo kann ich mich in zwickau für ein ehrenamt bei der feuerwehr melden?"
        ),
        ByTelegram(
            Person("Mia", "4716"),
            4716,
            "solar auf alle schuldächer in freiberg!! die dächer sind riesig und der strom könnte die turnhalle heizen",
        ),
    )


def _html_mail(person: Person) -> EmailMessage:
    message = mail(f"{person.name} <{person.address}>", "Leerer Laden am Markt in Schneeberg", "")
    message.clear_content()
    message.set_content(
        "<html><body><p>Hallo,</p><p>die Läden am <b>Markt in Schneeberg</b> stehen leer. "
        "Vermieten Sie sie für ein Jahr günstig an Gründer und Handwerker. Der Grundriss liegt bei.</p></body></html>",
        subtype="html",
    )
    message.add_attachment(
        b"%PDF-1.4 Grundriss", maintype="application", subtype="pdf", filename="Grundriß Markt 3.pdf"
    )
    return message
