"""Texts that cannot be judged: another language, another alphabet, stuffed words."""

from __future__ import annotations

import pytest

from nlp.pipeline import SpacyClassifier
from nlp.trust import familiar, trust

# Letters that look like Latin ones.
CYRILLIC = str.maketrans("aeiocpxB", "\u0430\u0435\u0456\u043e\u0441\u0440\u0445\u0412")
# Nothing here may be acted on, whatever topic its words name.
DOUBTFUL = {
    "Czech": "Dobrý den, chtěl bych navrhnout lepší autobusové spojení, protože večer nejezdí žádný autobus domů",
    "Polish": "Dzień dobry, proszę o lepsze połączenia autobusowe wieczorem, bo nie ma jak wrócić do domu z pracy",
    "Turkish": "Merhaba, daha fazla oyun alan\u0131 istiyoruz, çocuklar için parklar çok az ve eski",
    "French": "Bonjour, il faudrait plus de trains le soir, car les gens ne peuvent plus rentrer chez eux",
    "stuffed": "Bus " * 60 + "Arzt " * 40,
    "one word": "Breitband Breitband Breitband Breitband Breitband Breitband Breitband",
    "words of mobility": "Bus Bahn Straße Radweg Zug Haltestelle Fahrplan Ticket Auto Parkplatz",
    "words of health": "Arzt Krankenhaus Pflege Hausarzt Apotheke Hebamme Rezept Praxis Therapie Notaufnahme",
    "words of energy": "Solar Windkraft Photovoltaik Speicher Wärmepumpe Wasserstoff Netz Strom Dämmung Heizung",
    "homoglyphs": "Bus nach Zwickau sollte abends wieder fahren".translate(CYRILLIC),
}
# Dialect, errors and brevity are no reason to doubt.
TRUSTED = {
    "dialect": "Nu hörn Se mal, bei uns fährt nach sechse keen Bus mehr, da müsst ihr ma was machn",
    "errors": "ein par neue busse abends weren schön di leute komen sonst nich heim",
    "short": "Mehr Busse abends bitte",
}


@pytest.mark.parametrize("text", DOUBTFUL.values(), ids=DOUBTFUL.keys())
def test_a_doubtful_text_is_left_to_a_person(classifier: SpacyClassifier, text: str) -> None:
    """No topic is acted on, and none is said to be likely."""
    understood = classifier.understand("", text)
    assert understood.topics == ()
    assert understood.suggestions[0].probability < 0.5


@pytest.mark.parametrize("text", TRUSTED.values(), ids=TRUSTED.keys())
def test_dialect_errors_and_brevity_are_no_reason_to_doubt(classifier: SpacyClassifier, text: str) -> None:
    """The best suggestion is what a person would say."""
    assert classifier.understand("", text).suggestions[0].id == "mobility"


def test_a_small_corpus_does_not_know_the_language() -> None:
    """Where few texts have been learned, new words prove nothing."""
    enough = familiar([["bus", "bahn"]] * 50)
    assert trust(["ganz", "andere", "worte"], 0, enough) == 1.0


def test_trust_falls_with_the_share_of_known_words() -> None:
    """From full trust to none, never outside."""
    words = [
        *(f"wort{number}" for number in range(30)),
        "und",
        "oder",
        "aber",
        "die",
        "der",
        "das",
        "den",
        "dem",
        "des",
        "ein",
    ]
    falling = [trust(words, known, 0.75) for known in (40, 30, 27, 20, 0)]
    assert falling == sorted(falling, reverse=True)
    assert (falling[0], falling[-1]) == (1.0, 0.0)
