import pytest

from services.intake.email.reply import reply_text
from tests.intake.reply.mails import words

NEW_MAILS = [
    "Guten Tag,\n\nich schlage einen Radweg vor.\n\nMit freundlichen Grüßen\nErika Muster\n\nP.S.: Ein Foto hängt an.",
    "Guten Tag,\n\nwir wünschen uns:\n\n1. Bänke\n2. Einen Trinkbrunnen\n3. Mehr Licht\n\nViele Grüße\nErika",
    "Es gibt drei Punkte.\n\n(a) Licht\n(b) Bänke\n\nDanke und Gruß\nErika Muster\n(Elternbeirat der Grundschule)",
    "👍",
    "Ja",
    "PS: Bitte antworten.",
    # arrows
    "Meine Ideen:\n> mehr Bäume\n> mehr Bänke",
    "Meine Ideen\n\n> mehr Bäume\n> mehr Bänke",
    "Der Verkehr ist laut.\n> 50 km/h fahren alle.\nBitte Tempo 30.",
    "Termine am 12.03.2026 um 14:05:\n> Rathaus\n> Markt",
    # dashes and lines
    "Ein Spielplatz -- und zwar ein großer -- fehlt.\n--\nAußerdem fehlt ein Brunnen.\n--\nUnd eine Bank.",
    "Erstens ein Brunnen.\n\n--\n\nZweitens: mehr Bänke am Rhein, bitte.",
    "Variante A\nEine Brücke.\n_____\nVariante B\nEin Tunnel.",
    "Variante A\n----------\nBrücke\n\nVariante B\n----------\nTunnel",
    "Bitte Tempo 30.\n\n---\nIdee 2: Bänke\nKontakt: erika@example.org\n---\nIdee 3: Bäume",
    "Liebe Stadt,\n\n* mehr Bäume\n* mehr Bänke\n\n***\n\nUnd noch etwas: danke!",
    "--- Mein Vorschlag ---\nEine Brücke",
    # tables
    "| Ort | Zahl |\n|-----|------|\n| Markt | 3 |\n| Bahnhof | 5 |\n\nSo viele Bänke fehlen.",
    "Ort      Zahl\n-------------\nMarkt    3\nBahnhof  5",
    "Stand 12.03.2026 14:05:\n| Ort | Zahl |\n| Markt | 3 |",
    # addresses and numbers that belong to the idea
    "Wer hilft, ruft Frau Muster an, Tel. 0228 1234567, Hauptstraße 5, 53111 Bonn.\n\nDanke",
    "Bitte stellen Sie hier eine Bank auf:\nAm Ufer 1\n53175 Bonn",
    "Vielen Dank für die Nachricht!\nDie Bank steht Hauptstraße 5\n53111 Bonn",
    "Danke!\nMarktplatz 3",
    "Danke!\n\nGruß Erika\n\nDie Baustelle ist in der Hauptstraße 5, Fragen an 0228 1234567",
    "Meine Angaben:\nName: Erika Muster\nTelefon: 0228 1234567\nE-Mail: erika@example.org\nOrt: Marktplatz 3",
    "Radweg bauen\n\n***\n\nErika Muster, 0228 1234567",
    # fields
    "Von: Bahnhof\nNach: Rathaus\nWann: täglich ab 6 Uhr\n\nDort sollte ein Bus fahren.",
    "Von: Erika Muster\nAn: Bürgermeisteramt\nBetreff: Radweg\n\nGuten Tag, ich möchte einen Radweg.",
    "Von: erika@example.org\nAn: Stadt\nDatum: 12.03.2026\nBetreff: Mehr Bänke\n\nGuten Tag, hier fehlen Bänke.",
    "Datum: 12.03.2026\nOrt: Rathaus\nThema: Radweg\n\nWas wir besprochen haben: alles.",
    "Termine:\n12.03.2026, 14:05, Rathaus, Kontakt erika@example.org:\nTreffen der Gruppe",
    # what others wrote
    "Am Montag schrieb die Zeitung:\nDer Radweg wird nicht gebaut.\nDas finde ich falsch.",
    "Am 12.03.2026 schrieb die Zeitung:\n\nDer Radweg wird nicht gebaut.\n\nDas finde ich falsch.",
    "Am 12.03.2026 um 14:05 schrieb mir Frau Beispiel vom Bauamt:\n\nDas geht nicht.\n\nWarum nicht?",
    "Am 12.03.2026 um 14:05 Uhr schrieb die Verwaltung:\nNein.\n\nWarum?",
    "Die Zeitung schrieb:\n> Der Radweg kommt nicht.\n\nDas ist falsch.",
    "Mein Nachbar sagte am 3.4.2025 um 10:30 und schrieb:\n\nBitte bauen!",
    "Hier die ursprüngliche Nachricht:\n\nDer Weg ist zu.\n\nIch bitte um Antwort.",
    "Am besten wäre es am 12.3. um 14:05 Uhr. Von dort an gilt: bitte leise.",
    # what sounds like a footer or a disclaimer
    "Die Ampel wird von der Stadt gesteuert. Das Signal wurde vom Handy gesendet und kam nicht an.",
    "Von meinem Balkon aus wird mit dem Handy gesendet.\nDas stört.",
    "Gesendet von meinem Nachbarn bekam ich diesen Brief, in dem steht, dass die Straße gesperrt wird.",
    "Sent to you from my garden: more trees please!",
    "Bänke fehlen.\n\nBitte denken Sie an die Umwelt!",
    "Ich bin für mehr Datenschutz.\n\nDiese E-Mail ist vertraulich, bitte nennen Sie meinen Namen nicht.",
    "Guten Tag\n\nBitte löschen Sie meine Idee. Sie wurde irrtümlich gesendet und ist vertraulich.",
    "Guten Tag\n\nInformationen zum Datenschutz fehlen auf der Seite der Stadt.",
    "Guten Tag\n\nDer Vorsitzende des Vereins und der Aufsichtsrat sollten mit dem Amtsgericht Bonn reden.",
    "Achtung, außerhalb der Ortschaft wird gerast.\n\nBitte blitzen.",
    "Achtung: Diese Nachricht ist nicht von extern, ich wohne hier.\n\nBitte um Hilfe.",
]


@pytest.mark.parametrize("text", NEW_MAILS)
def test_new_mail_is_kept(text: str) -> None:
    """Not a word of a new mail is lost."""
    assert words(reply_text(text, "")) == words(text)


@pytest.mark.parametrize("text", NEW_MAILS)
def test_new_mail_in_html_is_kept(text: str) -> None:
    """Not a word of a new mail is lost where it has only HTML."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    html = "".join(f"<p>{part}</p>".replace("\n", "<br>") for part in escaped.split("\n\n"))
    assert words(reply_text("", html)) == words(text)


def test_plain_text_is_preferred() -> None:
    """HTML counts only where there is no plain text."""
    assert reply_text("einfach", "<p>bunt</p>") == "einfach"
    assert reply_text(" \n", "<p>bunt</p>") == "bunt"


def test_form_is_kept() -> None:
    """Indentation and empty lines stay as they were written."""
    text = "Ideen:\n\n\n    - Bank\n      aus Holz\n\t- Baum"
    assert reply_text(f"\n{text}\n\n", "") == text


@pytest.mark.parametrize("text", ["", " \n\t\n", "\n--\n"])
def test_nothing_is_nothing(text: str) -> None:
    """A mail without words has none."""
    assert words(reply_text(text, "")) == []
