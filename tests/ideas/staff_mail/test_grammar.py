# ruff: noqa: RUF001 - people type dashes of all lengths

from __future__ import annotations

import pytest

from services.ideas.catalogue import Catalogue
from services.ideas.deeds import Verdict
from services.ideas.messages import Part
from services.ideas.staff_mail.grammar import read_answer
from services.ideas.staff_mail.vocabulary import Verb, Vocabulary
from tests.ideas.text_samples import render

ACCEPT, DECLINE, PASS, SPLIT, GIVE_BACK = Verb.ACCEPT, Verb.DECLINE, Verb.PASS, Verb.SPLIT, Verb.GIVE_BACK
ASK, FIND, TOPIC, PLACE, STAGE = Verb.ASK, Verb.FIND, Verb.TOPIC, Verb.PLACE, Verb.STAGE
MEASURE, UNDO, YES, NO = Verb.MEASURE, Verb.UNDO, Verb.YES, Verb.NO
NOTHING: list[tuple[object, ...]] = []
SIGNATURE = """
Mit freundlichen Grüßen
im Auftrag

Erika Mustermann
Sachgebietsleiterin
Stadt Chemnitz | Amt 66 | Verkehrsplanung
Annaberger Straße 89
09120 Chemnitz
3. Etage, Zimmer 312
Tel.: 0371 488-6601
2 gute Gründe für Chemnitz: www.chemnitz.example.org
"""
SENTENCES = """\
Hallo Frau Weber,
Nummer 1 nehmen wir gern an.
Nummer 2 geben wir an die IMAG weiter, weil es eine Landesstraße ist.
Bei Nummer 3 sind wir nicht zuständig: Landesstraße
Danke und viele Grüße"""
# A reason that a mail program has broken where numbers stand.
STREETS = """\
3 ablehnen: Die Strecke gehört seit 2019 dem Land und wird dort auf dem Abschnitt
12 bis 14 bereits umgebaut. Der Bau beginnt am Montag, dem dreiundzwanzigsten und
24. November, in der Annaberger Straße, und zwar auf der Höhe der Hausnummern
89 und 91."""


@pytest.fixture(scope="module")
def vocabulary(catalogue: Catalogue) -> Vocabulary:
    return Vocabulary.of(catalogue)


def read(vocabulary: Vocabulary, text: str) -> list[tuple[object, ...]]:
    """Each instruction as (item, …, verb or None, what it names, note), without what is empty."""
    found: list[tuple[object, ...]] = []
    for each in read_answer(text, vocabulary).instructions:
        wish = each.wish
        if wish is None:
            found.append((*each.items, None))
            continue
        named = (wish.target, *wish.bodies, wish.unknown, wish.verdict or "", wish.note)
        found.append((*each.items, wish.verb, *filter(None, named)))
    return found


@pytest.mark.parametrize(
    "line",
    [
        "2 annehmen",
        "2. annehmen",
        "2) annehmen",
        "(2) annehmen",
        "2: annehmen",
        "2 - annehmen",
        "2 – annehmen",
        "2 => annehmen",
        "2annehmen",
        "  2   ANNEHMEN",
        "- 2 annehmen",
        "* 2 annehmen",
        "• 2 annehmen",
        "#2 annehmen",
        "Nr. 2 annehmen",
        "Nr 2: annehmen",
        "Nummer 2: Annehmen",
        "zu 2 annehmen",
        "Zu 2: bitte annehmen, danke",
        "Zu Nr. 2: bitte annehmen!",
        "Punkt 2: annehmen",
        "Idee 2 annehmen",
        "Die Idee Nr. 2 bitte annehmen. Vielen Dank!",
        "Bitte 2 annehmen",
        "Bitte Nummer 2 annehmen, vielen Dank",
        "2 bitte annehmen",
        "2 annehmen bitte",
        "2 annehmen, danke",
        "2 annehmen.",
        "2 angenommen",
        "2 wird angenommen",
        "2 kann angenommen werden",
        "2 Annahme",
        "2 nehmen wir an",
        "2 wir nehmen an",
        "2 nehme ich gern an".replace(" gern", ""),
        "2 akzeptiert",
        "2 Zustimmung",
        "2 wir stimmen zu",
        "2 stimmen wir zu",
        "2 einverstanden",
        "2 befürwortet",
        "2 befuerworten",
        "2 anehmen",
        "2 annhemen",
        "2 annehmne",
        "2 akzeptiren",
        "Annehmen: 2",
        "zu Ihrer Nr. 2: können wir annehmen",
        "2 wird von uns angenommen",
        "Idee 2 -> annehmen",
        "2 nehmen wir gern an.",
        "OK, 2 annehmen.",
        "2 Annahme.\nViele Grüße aus Chemnitz\nInes",
        "annehmen 2",
    ],
)
def test_a_yes_is_understood_however_it_is_typed(vocabulary: Vocabulary, line: str) -> None:
    """Numbers with all that people put around them, the verb in its forms, and slips of the finger."""
    assert read(vocabulary, line) == [(2, ACCEPT)]


@pytest.mark.parametrize(
    ("line", "items"),
    [
        ("2, 4 und 6 annehmen", (2, 4, 6)),
        ("2,4,6 annehmen", (2, 4, 6)),
        ("2 und 4 annehmen", (2, 4)),
        ("2 u. 4 annehmen", (2, 4)),
        ("2+3 annehmen", (2, 3)),
        ("2 & 3 annehmen", (2, 3)),
        ("2/3 annehmen", (2, 3)),
        ("2; 3 annehmen", (2, 3)),
        ("2 sowie 5 annehmen", (2, 5)),
        ("3-5 annehmen", (3, 4, 5)),
        ("3 – 5 annehmen", (3, 4, 5)),
        ("3 bis 5: annehmen", (3, 4, 5)),
        ("Nr. 1-3 und 7 annehmen", (1, 2, 3, 7)),
        ("Nr. 2 und Nr. 4 annehmen", (2, 4)),
        ("Annehmen: 2, 4 und 6", (2, 4, 6)),
        ("2, 2 und 2 annehmen", (2,)),
        ("SWS-2026-0042-9 annehmen", ("SWS-2026-0042-9",)),
        ("sws 2026 0042 9 annehmen", ("SWS-2026-0042-9",)),
        ("SWS-2026-0042-8 annehmen", ("SWS-2026-0042-8",)),
        ("2 und SWS-2026-0042-9: annehmen", (2, "SWS-2026-0042-9")),
    ],
)
def test_several_items_stand_in_one_line(vocabulary: Vocabulary, line: str, items: tuple[object, ...]) -> None:
    """Lists, ranges and reference numbers; each item counts once."""
    assert read(vocabulary, line) == [(*items, ACCEPT)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("3 ablehnen: zu teuer", (3, DECLINE, "zu teuer")),
        ("3 Ablehnung, Grund: zu teuer", (3, DECLINE, "zu teuer")),
        ("3 ablehnen (zu teuer)", (3, DECLINE, "zu teuer")),
        ("3 abgelehnt - zu teuer", (3, DECLINE, "zu teuer")),
        ("3 lehnen wir ab: zu teuer", (3, DECLINE, "zu teuer")),
        ("3 wir lehnen ab, weil es zu teuer ist", (3, DECLINE, "weil es zu teuer ist")),
        ("3 nicht annehmen: zu teuer", (3, DECLINE, "zu teuer")),
        ("3 nicht weiterverfolgen. Begründung: zu teuer", (3, DECLINE, "zu teuer")),
        ("3 wird nicht weiterverfolgt: zu teuer", (3, DECLINE, "zu teuer")),
        ("3 kann nicht angenommen werden: zu teuer".replace(" werden", ""), (3, DECLINE, "zu teuer")),
        ("3 albehnen: zu teuer", (3, DECLINE, "zu teuer")),
        ("3 müssen wir leider ablehnen, zu teuer", (3, DECLINE, "zu teuer")),
        ("3 kann nicht umgesetzt werden: zu teuer", (3, DECLINE, "zu teuer")),
        ("3 ablehnen", (3, DECLINE)),
        ("3 weiter IMAG: Landesstraße", (3, PASS, "imag", "Landesstraße")),
        ("3 weiter an IMAG: Landesstraße", (3, PASS, "imag", "Landesstraße")),
        ("3 weiter an die IMAG, da Landesstraße", (3, PASS, "imag", "da Landesstraße")),
        ("3 weiterleiten an imag - Landesstraße", (3, PASS, "imag", "Landesstraße")),
        ("3 bitte weitergeben an IMAG: Landesstraße", (3, PASS, "imag", "Landesstraße")),
        ("3 weiterlieten an IMAG: Landesstraße", (3, PASS, "imag", "Landesstraße")),
        ("3 an IMAG: Landesstraße", (3, PASS, "imag", "Landesstraße")),
        ("3 geht an IMAG: Landesstraße", (3, PASS, "imag", "Landesstraße")),
        ("3 abgeben an Landratsamt Zwickau: Ort", (3, PASS, "landratsamt-zwickau", "Ort")),
        ("3 weiter LRA Zwickau wegen des Ortes", (3, PASS, "landratsamt-zwickau", "wegen des Ortes")),
        ("3 weiter landratsamt-zwickau: Ort", (3, PASS, "landratsamt-zwickau", "Ort")),
        ("3 zuständig ist die Staatskanzlei: E-Government", (3, PASS, "sk", "E-Government")),
        ("3 weiter IMAG und SMWA: beides", (3, PASS, "imag", "smwa", "beides")),
        ("3 weiter IMAG, SMWA, SMIL: alle", (3, PASS, "imag", "smwa", "smil", "alle")),
        (
            "3 an Staatsministerium für Wirtschaft, Arbeit, Energie und Klimaschutz: Industrie",
            (3, PASS, "smwa", "Industrie"),
        ),
        ("3 an Staatsministerium fuer Kultus und IMAG: Schule", (3, PASS, "smk", "imag", "Schule")),
        ("3 -> IMAG: Landesstraße", (3, PASS, "imag", "Landesstraße")),
        ("3 → IMAG: Landesstraße", (3, PASS, "imag", "Landesstraße")),
        ("3 Landratsamt Zwickau ist zuständig", (3, PASS, "landratsamt-zwickau")),
        ("3 gehört zum Landratsamt Zwickau", (3, PASS, "landratsamt-zwickau")),
        ("3 geben wir an die IMAG weiter: Landesstraße", (3, PASS, "imag", "Landesstraße")),
        ("3 leiten wir an die IMAG weiter, Landesstraße", (3, PASS, "imag", "Landesstraße")),
        ("3 bitte an das LRA Zwickau abgeben (liegt dort)", (3, PASS, "landratsamt-zwickau", "liegt dort")),
        ("3 an IMAG weiterleiten. Grund: Landesstraße", (3, PASS, "imag", "Landesstraße")),
        ("3 weiter zum Mond: weit weg", (3, PASS, "zum Mond", "weit weg")),
        ("3 weiter", (3, PASS)),
        ("3 teilen IMAG, SMWA: beides", (3, SPLIT, "imag", "smwa", "beides")),
        ("3 teilen mit IMAG: beides", (3, SPLIT, "shared", "imag", "beides")),
        ("3 aufteilen auf IMAG und SMWA: beides", (3, SPLIT, "imag", "smwa", "beides")),
        ("4 nicht zuständig: Landesstraße", (4, GIVE_BACK, "Landesstraße")),
        ("4 nicht zustaendig, Landesstraße", (4, GIVE_BACK, "Landesstraße")),
        ("4 nicht zustänig: Landesstraße", (4, GIVE_BACK, "Landesstraße")),
        ("4 wir sind nicht zuständig: Landesstraße", (4, GIVE_BACK, "Landesstraße")),
        ("4 Sind wir nicht zuständig. Landesstraße", (4, GIVE_BACK, "Landesstraße")),
        ("4 unzuständig - Landesstraße", (4, GIVE_BACK, "Landesstraße")),
        ("4 zurück: Landesstraße", (4, GIVE_BACK, "Landesstraße")),
        ("4 zurueck Landesstraße", (4, GIVE_BACK, "Landesstraße")),
        ("4 betrifft uns nicht: Landesstraße", (4, GIVE_BACK, "Landesstraße")),
        ("4 fällt nicht in unsere Zuständigkeit, Landesstraße", (4, GIVE_BACK, "Landesstraße")),
        ("4 reichen wir zurück: Landesstraße", (4, GIVE_BACK, "Landesstraße")),
        ("4 falsche Stelle: Landesstraße", (4, GIVE_BACK, "Landesstraße")),
        ("5 Rückfrage: Welche Haltestelle?", (5, ASK, "Welche Haltestelle?")),
        ("5 Rueckfrage: Welche Haltestelle?", (5, ASK, "Welche Haltestelle?")),
        ("5 Rückfarge: Welche Haltestelle?", (5, ASK, "Welche Haltestelle?")),
        ("5 Nachfrage - Welche Haltestelle?", (5, ASK, "Welche Haltestelle?")),
        ("5 Bitte nachfragen: Welche Haltestelle?", (5, ASK, "Welche Haltestelle?")),
        ("5 Rückfrage an die Bürgerin: Welche Haltestelle?", (5, ASK, "Welche Haltestelle?")),
        ("5 Wir haben eine Rückfrage: Welche Haltestelle?", (5, ASK, "Welche Haltestelle?")),
        ("5 Bitte Rückfrage stellen: Welche Haltestelle?", (5, ASK, "Welche Haltestelle?")),
        ("5 Frage: Am Markt 12 oder am Bahnhof?", (5, ASK, "Am Markt 12 oder am Bahnhof?")),
        ("5 Rückfrage: Geht es ab 18:30 Uhr?", (5, ASK, "Geht es ab 18:30 Uhr?")),
        ("6 Umsetzbarkeit ja", (6, FIND, "Umsetzbarkeit", Verdict.YES)),
        ("6 Umsetzbarkeit: ja", (6, FIND, "Umsetzbarkeit", Verdict.YES)),
        ("6 Umsetzbarkeit ja: in zwei Jahren", (6, FIND, "Umsetzbarkeit", Verdict.YES, "in zwei Jahren")),
        ("6 Umsetzbarkeit ist gegeben", (6, FIND, "Umsetzbarkeit", Verdict.YES)),
        ("6 Finanzierbarkeit nein: kein Geld", (6, FIND, "Finanzierbarkeit", Verdict.NO, "kein Geld")),
        ("6 Finanzierbarkeit teilweise, mit Förderung", (6, FIND, "Finanzierbarkeit", Verdict.PARTLY, "mit Förderung")),
        ("6 Finanzierbarkeit zum Teil", (6, FIND, "Finanzierbarkeit", Verdict.PARTLY)),
        ("6 Umsetzbarkeit nicht gegeben", (6, FIND, "Umsetzbarkeit", Verdict.NO)),
        ("6 Umsetzbarkiet ja", (6, FIND, "Umsetzbarkeit", Verdict.YES)),
        ("6 Umsetzbarkeit: vielleicht", (6, FIND, "Umsetzbarkeit", "vielleicht")),
        ("7 Thema Verkehr", (7, TOPIC, "Verkehr")),
        ("7 Thema: Kultur", (7, TOPIC, "Kultur")),
        ("7 Thema ist Gesundheit", (7, TOPIC, "Gesundheit")),
        ("7 Thema falsch, richtig ist Energie", (7, TOPIC, "Energie")),
        ("7 richtiges Thema: „Energie“", (7, TOPIC, "Energie")),
        ("8 Ort Plauen", (8, PLACE, "Plauen")),
        ("8 Ort: Auerbach im Vogtland.", (8, PLACE, "Auerbach im Vogtland")),
        ("8 Ort ist St. Egidien", (8, PLACE, "St. Egidien")),
        ("9 umgesetzt", (9, STAGE, "umgesetzt")),
        ("9 umgesetzt: Die Lampe brennt.", (9, STAGE, "umgesetzt", "Die Lampe brennt.")),
        ("9 wurde bereits umgesetzt", (9, STAGE, "umgesetzt")),
        ("9 ist umgesetzt", (9, STAGE, "umgesetzt")),
        ("9 Stand: aufgenommen", (9, STAGE, "aufgenommen")),
        ("9 Stand aufgenommen, Baubeginn im Mai", (9, STAGE, "aufgenommen", "Baubeginn im Mai")),
        ("9 Stand in Prüfung beim Regionalkonvent", (9, STAGE, "pruefung-regionalkonvent")),
        ("9 Stufe pruefung-regionalkonvent", (9, STAGE, "pruefung-regionalkonvent")),
        ("9 Stand: fertig", (9, STAGE, "fertig")),
        ("9 Maßnahme SWS-M1", (9, MEASURE, "1")),
        ("9 Massnahme: SWS-M12", (9, MEASURE, "12")),
        ("9 zur Maßnahme M3", (9, MEASURE, "3")),
        ("9 rückgängig", (9, UNDO)),
        ("9 bitte rückgängig machen", (9, UNDO)),
        ("9 rueckgängig", (9, UNDO)),
        ("9 zurücknehmen: falsch geklickt", (9, UNDO)),
        ("9 rückgänig", (9, UNDO)),
        ("9 rückgängig bitte, war ein Versehen", (9, UNDO)),
        ("1 bis 3 annehmen, außer 2", (1, 2, 3, ACCEPT, "außer 2")),
        ("2 annehmen: Wir beginnen 2028.", (2, ACCEPT, "Wir beginnen 2028.")),
        ("2 annehmen, aber erst 2028", (2, ACCEPT, "aber erst 2028")),
        ("2 ja", (2, YES)),
        ("2: Ja, bitte", (2, YES)),
        ("2 nein", (2, NO)),
        ("2 nicht senden", (2, NO)),
        ("2 verwerfen", (2, NO)),
    ],
)
def test_each_instruction_is_understood(vocabulary: Vocabulary, line: str, expected: tuple[object, ...]) -> None:
    """Verbs in the forms that people use, bodies by all their names, and the reason after whatever divides it."""
    assert read(vocabulary, line) == [expected]


@pytest.mark.parametrize(
    "line",
    [
        "2 abnehmen",
        "2 noch nicht annehmen",
        "2 annehmen wir nicht",
        "2 annehmen können wir das nicht",
        "2 vielleicht annehmen",
        "2 doch nicht annehmen",
        "2 nehmen wir zur Kenntnis",
        "2 erledigt",
        "2 dito",
        "2 Wiedervorlage 1.12.",
        "2 annehmen 3 annehmen",
        "2 nicht rückgängig",
        "2 ok",
        "2 gelesen",
        "2 xyz",
        "2",
        "2 ???",
        "Nr. 2 bitte klären",
    ],
)
def test_what_is_not_clear_is_explained_and_not_done(vocabulary: Vocabulary, line: str) -> None:
    """A line with a number is never dropped, and nothing is guessed into it, least of all from a denial."""
    assert read(vocabulary, line) == [(2, None)]


@pytest.mark.parametrize(
    "line",
    [
        "annehmen",
        "ablehnen: zu teuer",
        "Ja, aber bitte den Namen weglassen",
        "Nein, erst nach dem Gespräch",
        "umgesetzt: fertig",
    ],
)
def test_an_instruction_without_a_number_is_explained(vocabulary: Vocabulary, line: str) -> None:
    """Whoever forgot the number hears of it; a yes with an if is none."""
    assert read(vocabulary, line) == [(None,)]


@pytest.mark.parametrize(
    "line",
    ["Ja", "ja", "JA!", "Ja, bitte.", "Ja danke", "Ja, bitte so senden", "Ja zu allem", "Bestätigt", "bestätigen"],
)
def test_a_yes_without_numbers_is_for_all(vocabulary: Vocabulary, line: str) -> None:
    """The answer to a receipt is one word."""
    assert read(vocabulary, line) == [(YES,)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("2 annehmen, 3 ablehnen: zu teuer", [(2, ACCEPT), (3, DECLINE, "zu teuer")]),
        ("2 annehmen; 3 annehmen; 4 zurück: Land", [(2, ACCEPT), (3, ACCEPT), (4, GIVE_BACK, "Land")]),
        ("2 annehmen und 3 ablehnen: zu teuer", [(2, ACCEPT), (3, DECLINE, "zu teuer")]),
        ("2 annehmen. Zu 3: bitte annehmen.", [(2, ACCEPT), (3, ACCEPT)]),
        ("3 ablehnen: zu teuer; 4 annehmen", [(3, DECLINE, "zu teuer"), (4, ACCEPT)]),
        ("2 ja, 3 nein", [(2, YES), (3, NO)]),
        ("Ja, 2", [(2, YES)]),
        ("ja zu 2", [(2, YES)]),
        ("Ja zu Nummer 2 und 4", [(2, 4, YES)]),
        ("Nein, 3", [(3, NO)]),
        (
            "6 Umsetzbarkeit ja, Finanzierbarkeit teilweise: mit Förderung",
            [
                (6, FIND, "Umsetzbarkeit", Verdict.YES),
                (6, FIND, "Finanzierbarkeit", Verdict.PARTLY, "mit Förderung"),
            ],
        ),
        ("3 ablehnen: Die 2 annehmen wäre besser", [(3, DECLINE, "Die 2 annehmen wäre besser")]),
    ],
)
def test_several_instructions_stand_in_one_line(
    vocabulary: Vocabulary, line: str, expected: list[tuple[object, ...]]
) -> None:
    """They are told apart where one ends and the next begins with a number and a verb, and not within a reason."""
    assert read(vocabulary, line) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Guten Tag,\n\n2 annehmen\n" + SIGNATURE, [(2, ACCEPT)]),
        ("Sehr geehrte Damen und Herren,\n2 annehmen\nMfG\nE. Mustermann\n09120 Chemnitz", [(2, ACCEPT)]),
        ("Hallo zusammen,\n\nhier unsere Antworten:\n\n1 annehmen\n\n2 annehmen\n\nVG", [(1, ACCEPT), (2, ACCEPT)]),
        ("2 annehmen\n\nVon meinem iPhone gesendet\n3 ablehnen?", [(2, ACCEPT)]),
        (
            STREETS + "\n4 annehmen",
            [
                (3, DECLINE, STREETS.replace("\n", " ").removeprefix("3 ablehnen: ")),
                (4, ACCEPT),
            ],
        ),
        (
            "5 Rückfrage: Guten Tag,\nmeinen Sie den Bus um\n18 Uhr oder den um\n22 Uhr?\n\nDanke für Ihre Idee.",
            [(5, ASK, "Guten Tag,\nmeinen Sie den Bus um\n18 Uhr oder den um\n22 Uhr?\n\nDanke für Ihre Idee.")],
        ),
        ("3 ablehnen:\n\nDas Grundstück ist verkauft.", [(3, DECLINE, "Das Grundstück ist verkauft.")]),
        ("3 ablehnen\nBegründung: Das Grundstück ist verkauft.", [(3, DECLINE, "Das Grundstück ist verkauft.")]),
        ("2 annehmen\nBitte aber erst 2028.", [(2, ACCEPT, "Bitte aber erst 2028.")]),
        ("2 annehmen\n5 Tage brauchen wir noch", [(2, ACCEPT, "5 Tage brauchen wir noch")]),
        ("3 weiter IMAG\nGrund: Landesstraße", [(3, PASS, "imag", "Landesstraße")]),
        ("3 ablehnen: Wir haben geprüft:\n1. Zu teuer.", [(3, DECLINE, "Wir haben geprüft:"), (1, None)]),
        ("> 2 annehmen\n3 annehmen", [(3, ACCEPT)]),
        (
            SENTENCES,
            [(1, ACCEPT), (2, PASS, "imag", "weil es eine Landesstraße ist."), (3, GIVE_BACK, "Landesstraße")],
        ),
        (
            "> 1. Abendbus\n> SWS-2026-0042-9\nannehmen\n\n> 2. Bänke\n>> 9. Titel\n\nnicht zuständig, Land\nMfG",
            [(1, ACCEPT), (2, GIVE_BACK, "Land")],
        ),
        ("> 1. Abendbus\n> 2. Bänke\nannehmen", [(None,)]),
        ("4 nicht zuständig: Land\n\nErika Mustermann\nStadt Chemnitz", [(4, GIVE_BACK, "Land")]),
        ("2 annehmen\n\nMit freundlichen Grüßen\nErika\n\nPS: 4 annehmen", [(2, ACCEPT)]),
        ("2 annehmen\n\nMit freundlichen Grüßen\nErika\n\n4 annehmen", [(2, ACCEPT), (4, ACCEPT)]),
        ("Ja\n\nMit freundlichen Grüßen\nErika Mustermann", [(YES,)]),
        ("Ich bin bis 3.12. nicht im Büro.\nIn dringenden Fällen: 0371 488-1234.", NOTHING),
        ("Danke für die Übersicht!", NOTHING),
        ("Das Treffen am 24.11. um 14 Uhr, 10.000 Euro, 5 % und 09120 Chemnitz.", NOTHING),
        ("24.11.2026", NOTHING),
        ("3D-Druck für Schulen", NOTHING),
        ("14 Uhr passt uns gut", NOTHING),
        ("", NOTHING),
        ("2 ru\u0308ckga\u0308ngig", [(2, UNDO)]),
        ("2\u00a0annehmen", [(2, ACCEPT)]),
    ],
)
def test_a_whole_mail_is_read(vocabulary: Vocabulary, text: str, expected: list[tuple[object, ...]]) -> None:
    """Greetings and signatures ask for nothing, reasons go on over lines, and a date begins no instruction."""
    assert read(vocabulary, text) == expected


@pytest.mark.parametrize(
    "footer",
    [
        "Diese E-Mail kann vertrauliche Informationen enthalten.",
        "Hinweis: Diese Nachricht ist ausschließlich für den Adressaten bestimmt.",
        "Kein Zugang für elektronisch signierte sowie für verschlüsselte elektronische Dokumente.",
    ],
)
def test_what_an_authority_puts_below_its_mails_is_not_said(vocabulary: Vocabulary, footer: str) -> None:
    """A yes above it is a yes, and a question above it ends there."""
    assert read_answer(f"Ja.\n\n{footer}", vocabulary).beside == ()
    assert read(vocabulary, f"2 Rückfrage: Wo?\n\n{footer}") == [(2, ASK, "Wo?")]


@pytest.mark.parametrize(
    "words", ["Diese Nachricht bitte nicht senden.", "Die Nachricht an die Person ist vertraulich zu behandeln."]
)
def test_what_is_said_of_the_message_is_no_footer(vocabulary: Vocabulary, words: str) -> None:
    """Whoever says something of what is to be sent has not said yes."""
    assert read_answer(f"Ja.\n\n{words}", vocabulary).beside == (words,)


def test_sentences_that_belong_to_no_number_are_kept(vocabulary: Vocabulary) -> None:
    """What nobody will act on is told to who wrote it; names and greetings are not."""
    text = "Guten Tag,\n\n2 annehmen\n\nBitte melden Sie sich bei Frau Weber.\n\nErika Mustermann\nStadt Chemnitz"
    assert read_answer(text, vocabulary).beside == ("Bitte melden Sie sich bei Frau Weber.",)


def test_a_long_mail_is_read_in_little_time(vocabulary: Vocabulary) -> None:
    """However long a mail is, only its first lines are read, and a range has an end."""
    found = read_answer("1-9999 annehmen\n" + "2 annehmen, " * 2_000 + "\n" + "x: " * 50_000, vocabulary)
    assert len(found.instructions[0].items) == 50


@pytest.mark.parametrize("message", ["digest", "receipt"])
def test_our_own_mails_ask_for_nothing(catalogue: Catalogue, vocabulary: Vocabulary, message: str) -> None:
    """A mail of ours that a program quotes without marks contains no instruction."""
    quoted = render(catalogue.texts, "de", message, Part.TEXT)
    assert [each for each in read_answer(quoted, vocabulary).instructions if each.wish is not None] == []


def test_a_citizens_title_asks_for_nothing(vocabulary: Vocabulary) -> None:
    """Who calls an idea "annehmen" gets nothing by it, even where a digest is quoted in part and without marks."""
    quoted = "2. annehmen\nSWS-2026-0042-9 · Idee · Thema offen · ohne Ort\n\n3. ablehnen\n\nSWS-2026-0043-1 · Idee"
    assert read(vocabulary, f"1 annehmen\n\n{quoted} · Energie · Plauen\n") == [(1, ACCEPT)]
