"""What people write stays theirs, also when it speaks of absences, bounces and lists."""

from __future__ import annotations

import pytest

from services.intake.email.rules import MailKind
from tests.intake.rules.mails import mail, verdict

ERIKA = "Erika <erika@example.net>"
QUOTED = """Guten Tag,

meine Mail an die Gemeinde kam so zurück:

> Undelivered Mail Returned to Sender
> This is the mail system at host mx.example.net.
> <rathaus@example.net>: host mx.example.net said: 550 5.1.1 User unknown
> Final-Recipient: rfc822; rathaus@example.net
> Action: failed

Bitte richten Sie ein Postfach ein, das funktioniert.
"""

PEOPLE = [
    (ERIKA, "Radweg", "Ich bin im Urlaub durch Ihre Gegend gefahren und hätte eine Idee: einen Radweg."),
    (ERIKA, "Ich bin im Urlaub zu Ihnen gekommen", "Und der Bus fuhr nicht."),
    (ERIKA, "Urlaub im Vogtland: mehr Wanderwege", "Bitte beschildern."),
    (ERIKA, "Idee: Automatische Antwort: bitte abschalten", "Die Ämter antworten nur noch so."),
    (ERIKA, "Keine automatische Antwort bekommen", "Ist meine Idee angekommen?"),
    (ERIKA, "Automatische Antwortsysteme im Rathaus", "Man könnte einen Telefonroboter nutzen."),
    (ERIKA, "AW: Automatische Antwort: Ihre Idee", "Sie waren abwesend, hier noch einmal meine Frage."),
    (ERIKA, "Abwesenheit von Lehrern an der Grundschule", "Es fehlen Vertretungen."),
    (ERIKA, "Auto: weniger davon in der Altstadt", "Mehr Platz zum Laufen."),
    (ERIKA, "Out of office spaces in Zwickau", "We need coworking."),
    (ERIKA, "Vacation homes", "Too many."),
    (ERIKA, "Meine Mail kam zurück", QUOTED),
    (ERIKA, "WG: Undelivered Mail Returned to Sender", QUOTED),
    (ERIKA, "Fwd: Unzustellbar: Anfrage", QUOTED),
    (ERIKA, "Re: Mail delivery failed", QUOTED),
    (ERIKA, "Unzustellbar: Post im Nachbardorf", QUOTED),
    (ERIKA, "Zustellung nicht möglich", "Pakete werden nicht zugestellt.\n\nErika\nerika@example.net"),
    (ERIKA, "Zustellung der Post", "Pakete werden nicht zugestellt, der Bote kommt nicht."),
    (ERIKA, "Warnung: Glatteis am Bahnhof", "Dort müsste gestreut werden."),
    (ERIKA, "Unzustellbar: Ihre Mail", "ich bekam das hier zurück:\n\n<rathaus@example.net>: 550 5.1.1 User unknown"),
    (ERIKA, "Zustellung nicht möglich", "Der Bote sagt, die Adresse existiert nicht. Mehr weiß post@example.com."),
    (ERIKA, "Rejected: my application", "My application for a bench was rejected by mail from amt@example.com."),
    (ERIKA, "Auto: Parken ist zu teuer", "Bitte senken."),
    (ERIKA, "Abwesenheit von 3 Lehrern", "Es fehlen Vertretungen."),
    ("Formular <noreply@example.net>", "Neue Idee", "Erika, erika@example.com: Die Haltestelle existiert nicht mehr."),
    ("Formular <noreply@example.net>", "Warnung: Glatteis", "Erika, erika@example.com: Bitte streuen."),
    ("Postmaster <postmaster@stadt.example>", "Bus", "Die Haltestelle existiert nicht mehr."),
    ("Max Mailservice <max@mailservice.example>", "Plan", "Im Plan wurde die Adresse nicht gefunden."),
    (ERIKA, "Permanent Delivery by bike", "Cargo bikes for the old town!"),
    ("Postmaster <postmaster@stadt.example>", "Idee", "Ich betreue hier die Mail und wünsche mir einen Radweg."),
    ("Smith <smtp-fan@example.net>", "Idee", "Ein Museum der Technik."),
    ("Anna Daemon <anna@daemon.example>", "Idee", "Ein Kletterturm."),
]


@pytest.mark.parametrize(("sender", "subject", "text"), PEOPLE, ids=[subject for _, subject, _ in PEOPLE])
def test_a_persons_mail_is_a_submission(sender: str, subject: str, text: str) -> None:
    """Losing an idea is worse than filing a robot's mail as one."""
    assert verdict(mail(sender, subject, text)).kind is MailKind.SUBMISSION
