"""Fingerprints of messages, as the shipped model makes them."""

from __future__ import annotations

from nlp.pipeline import SpacyClassifier
from nlp.similar import SHOWN_FROM, similarity


def made(classifier: SpacyClassifier, text: str, subject: str = "") -> bytes:
    return classifier.fingerprint(subject, text, classifier.understand(subject, text))


def test_the_same_wish_in_other_words_is_shown_and_for_another_town_is_not(classifier: SpacyClassifier) -> None:
    """Place and topic count beside the words."""
    wish = made(classifier, "Bitte einen Trinkbrunnen am Marktplatz in Mittweida")
    retold = made(classifier, "In Mittweida fehlt auf dem Marktplatz ein Trinkbrunnen für alle", "Wasser")
    elsewhere = made(classifier, "Bitte einen Trinkbrunnen am Marktplatz in Plauen")
    assert similarity(wish, retold) >= SHOWN_FROM > similarity(wish, elsewhere)


def test_a_paraphrase_is_nearer_than_another_wish_for_the_same_town(classifier: SpacyClassifier) -> None:
    """Though it shares no word but the town's name."""
    wish = made(classifier, "Nach 18 Uhr fährt aus Zschopau kein Bus mehr")
    paraphrase = made(classifier, "abends komm ich mit öffis nicht mehr heim nach zschopau")
    other = made(classifier, "Zschopau braucht einen Kinderarzt")
    assert similarity(wish, paraphrase) > similarity(wish, other)


def test_any_text_has_a_fingerprint(classifier: SpacyClassifier) -> None:
    """Nothing, signs, another script, and far too much."""
    for text in ("", "!!!", "漢字仮名交じり文", "ein \ud83d Bus", "Wort Bahn " * 10_000):
        assert len(made(classifier, text)) < 2000


def test_fingerprints_are_made_in_the_way_that_is_told(classifier: SpacyClassifier) -> None:
    """So that the store knows which can be compared."""
    assert classifier.fingerprint_method == classifier.fingerprint_method.strip()
    assert 0 < len(classifier.fingerprint_method) <= 32
