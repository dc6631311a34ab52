"""What people write in the pictures of mail: ideas of one district, as they come in within two weeks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail to the Ideenkanal: who writes it (name and address), and what."""

    name: str
    address: str
    subject: str
    text: str


EARLIER = (
    Letter(
        "Renate Vogel",
        "renate.vogel@example.net",
        "Bus am Abend",
        "Guten Tag,\n\nmein Mann und ich wohnen in Kirchberg. Nach 18 Uhr fährt kein Bus mehr aus Zwickau zu uns. "
        "Ein Spätbus um 20 und 22 Uhr würde vielen helfen, auch den Verkäuferinnen.\n\n"
        "Mit freundlichen Grüßen\nRenate Vogel\n",
    ),
    Letter(
        "Jörg Seidel",
        "seidel@example.com",
        "Radweg nach Meerane",
        "Zwischen Glauchau und Meerane muss ich mit dem Rad auf der Straße fahren. Die Lkw überholen sehr eng. Auf der "
        "alten Bahntrasse wäre Platz für einen Radweg.\n",
    ),
    Letter(
        "Familie Tröger",
        "troeger@example.org",
        "Hausarzt",
        "In Wilkau-Haßlau schließt im Frühjahr die Hausarztpraxis. Könnte der Landkreis nicht ein Ärztehaus einrichten "
        "und junge Ärzte anstellen?\n",
    ),
    Letter(
        "Heinz Löffler",
        "loeffler@example.net",
        "Funkloch",
        "Bei uns in Langenweißbach hat man weder Handyempfang noch schnelles Internet. Home Office geht nicht. "
        "Bitte Glasfaser und einen Mast.\n",
    ),
)
LATER = (
    Letter(
        "Sina Pöhler",
        "sina@example.com",
        "Kein Bus nach der Spätschicht",
        "Hallo, ich arbeite in Zwickau im Handel und wohne in Kirchberg. Nach 20 Uhr komme ich mit dem Bus nicht mehr "
        "nach Hause. Ein Rufbus würde schon reichen!\n",
    ),
    Letter(
        "Tischlerei Uhlig",
        "buero@tischlerei-uhlig.example",
        "Leere Läden in Werdau",
        "Am Markt in Werdau stehen Läden leer. Vermietet sie für ein Jahr günstig an Gründer und Handwerker. Dann "
        "kommt wieder Leben in die Stadt.\n",
    ),
    Letter(
        "Dr. Claudia Weigelt",
        "weigelt@praxis.example",
        "Solarstrom von Schuldächern",
        "Sehr geehrte Damen und Herren,\n\ndie Dächer der Schulen in Crimmitschau sind groß und liegen in der Sonne. "
        "Solaranlagen darauf könnten die Turnhallen heizen. Die Klassen könnten den Ertrag im Unterricht auswerten.\n",
    ),
    Letter(
        "Lena Barth",
        "lena.b@example.org",
        "Azubi-Ticket",
        "Ich mache eine Ausbildung in Zwickau und die Berufsschule ist in Chemnitz. Wir brauchen ein Ticket für die "
        "ganze Region, das sich Azubis leisten können.\n",
    ),
    Letter(
        "Horst Nestler",
        "nestler@example.com",
        "Bank",
        "An der Haltestelle in Lichtenstein fehlt eine Bank. Ich kann nicht lange stehen.\n",
    ),
)
