"""What the shipped model makes of messages."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from nlp.artefact import read_facts
from nlp.card import model_card
from nlp.evaluate import Evaluation
from nlp.pipeline import SpacyClassifier
from nlp.train import measure, training_corpus
from nlp.understanding import Kind, Understanding

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "nlp" / "model"
SIZE_AT_MOST = 3_000_000
SECONDS_AT_MOST = 3.0  # a hundred times what a message takes, so that a busy machine does not fail the test

NONSENSE = [
    "",
    "qwrtz plmk xvbn fghjk",
    "Lorem ipsum dolor sit amet",
    "1234567890",
    "漢字仮名交じり文",
    "مرحبا بالعالم",
]
HOSTILE = {
    "nothing": "",
    "NUL": "\0" * 50,
    "half a surrogate pair": "ein \ud83d Bus",
    "emoji": "😀" * 10_000,
    "100 kB of words": "Wort Bahn " * 10_000,
    "100 kB without a blank": "x" * 100_000,
    "brackets": "(" * 100_000,
    "quotes": "\"'" * 50_000,
    "line breaks": "\n" * 100_000,
    "commas": "," * 100_000,
    "address": "http://" + "a/" * 50_000,
    "units": "1km" * 30_000,
    "right to left": "\u202e\u05e9\u05dc\u05d5\u05dd " * 10_000,
}


@pytest.fixture(scope="module")
def held_out(topics: list[str]) -> Evaluation:
    return measure(training_corpus(ROOT / "nlp" / "corpus", topics).examples, topics, lambda _: None)


def _words(understood: Understanding, subject: str, text: str) -> dict[str, list[str]]:
    source = Understanding.source(subject, text)
    words: dict[str, list[str]] = {}
    for item in understood.evidence:
        words.setdefault(item.label, []).append(source[item.start : item.end])
    return words


def test_the_shipped_model_belongs_to_the_shipped_corpus(topics: list[str]) -> None:
    """Whoever changes corpus, lexicon, topics or config trains anew."""
    assert read_facts(MODEL).digest == training_corpus(ROOT / "nlp" / "corpus", topics).digest


def test_the_shipped_card_belongs_to_the_shipped_model() -> None:
    """The card's figures are the model's."""
    assert (ROOT / "nlp" / "MODEL_CARD.md").read_text(encoding="utf-8") == model_card(read_facts(MODEL))


def test_the_shipped_model_is_small() -> None:
    """It stands in the repository."""
    assert sum(path.stat().st_size for path in MODEL.rglob("*") if path.is_file()) < SIZE_AT_MOST


def test_training_still_gives_the_stated_figures(held_out: Evaluation) -> None:
    """The figures on the card are those that the corpus gives here and now."""
    stated = read_facts(MODEL).held_out
    assert held_out.primary_topic == pytest.approx(stated["primary_topic"], abs=0.03)


def test_the_primary_topic_is_found_far_above_chance(held_out: Evaluation) -> None:
    """Of unseen messages more than half get their primary topic; chance is one in twelve."""
    assert held_out.primary_topic > 0.55


def test_what_is_acted_on_is_mostly_right(held_out: Evaluation) -> None:
    """At least four of five topics acted on are right, in at least a third of the messages."""
    assert held_out.acted_precision > 0.8
    assert held_out.coverage > 0.33


def test_the_kind_is_found_more_often_than_by_always_saying_idea(held_out: Evaluation) -> None:
    """About 73 of 100 messages are ideas."""
    assert held_out.kind > 0.76


def test_a_plain_idea_is_understood(classifier: SpacyClassifier) -> None:
    """Kind, topic, place and version of a message that leaves no doubt."""
    understood = classifier.understand("Bus", "In Zwickau sollte abends ein Bus zum Bahnhof fahren.")
    assert (understood.kind, understood.topics[0].id) == (Kind.IDEA, "mobility")
    assert ([place.key for place in understood.districts], understood.abstained) == (["14524"], False)
    assert understood.model == read_facts(MODEL).version


def test_the_words_that_decided_are_shown(classifier: SpacyClassifier) -> None:
    """Each topic acted on comes with up to three words of the message, counted in the whole source."""
    subject, text = "Bus", "In Zwickau sollte abends ein Bus zum Bahnhof fahren."
    words = _words(classifier.understand(subject, text), subject, text)["topic:mobility"]
    assert "Bus" in words
    assert len(words) <= 3


def test_evidence_stands_where_the_word_stands_behind_a_shortened_run(classifier: SpacyClassifier) -> None:
    """Runs of signs are skipped in reading, but not in counting."""
    text = "!" * 500 + " Ein Bus zum Bahnhof " + "-" * 300 + " in Zwickau"
    words = _words(classifier.understand("", text), "", text)
    assert words["14524"] == ["Zwickau"]
    assert "Bahnhof" in words["topic:mobility"]


@pytest.mark.parametrize("text", NONSENSE)
def test_nonsense_is_never_acted_on(classifier: SpacyClassifier, text: str) -> None:
    """What means nothing gets no topic."""
    assert classifier.understand("", text).topics == ()


def test_an_empty_message_is_left_to_a_person(classifier: SpacyClassifier) -> None:
    """Where there is nothing to read, the model abstains."""
    assert classifier.understand("", " \n").abstained


def test_a_greeting_has_no_topic_and_needs_none(classifier: SpacyClassifier) -> None:
    """Small talk is small talk, not an idea about which the model is unsure."""
    understood = classifier.understand("", "Hallo, schönes Wochenende!")
    assert (understood.kind, understood.topics, understood.abstained) == (Kind.OTHER, (), False)


def test_advertising_is_spam(classifier: SpacyClassifier) -> None:
    """What nobody could take for an idea is called spam."""
    text = "Gewinnen Sie jetzt 5000 Euro Bonus in unserem Casino, klicken Sie auf http://win.example"
    assert classifier.understand("", text).kind == Kind.SPAM


def test_an_idea_about_shops_is_no_spam(classifier: SpacyClassifier) -> None:
    """Money and links alone make no advertising."""
    text = "Ein Onlineshop für Hofläden im Vogtland wäre gut, mit 5000 Euro Zuschuss: https://beispiel.example"
    assert classifier.understand("", text).kind == Kind.IDEA


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_any_text_is_understood_in_bounded_time(classifier: SpacyClassifier, text: str) -> None:
    """No text raises, and none takes seconds."""
    start = time.monotonic()
    understood = classifier.understand(text, text)
    assert time.monotonic() - start < SECONDS_AT_MOST
    assert all(item.end <= len(Understanding.source(text, text)) for item in understood.evidence)


def test_many_messages_are_understood_in_their_order(classifier: SpacyClassifier) -> None:
    """More messages than a batch come back one for one, each as if it were alone."""
    messages = [(f"Nr. {number}", "Bus" if number % 2 else "Museum") for number in range(150)]
    assert list(classifier.understand_many(messages)) == [classifier.understand(*message) for message in messages]


def test_the_contract_keys_of_the_json(classifier: SpacyClassifier) -> None:
    """Scripts rely on these keys."""
    data = classifier.understand("", "Ein Bus zum Bahnhof in Zwickau").to_json()
    assert set(data) == {
        *("kind", "topics", "suggestions", "districts", "municipalities"),
        *("evidence", "candidates", "abstained", "model"),
    }
    assert set(data["topics"][0]) == {"id", "probability"}
    assert len(data["suggestions"]) == 3
