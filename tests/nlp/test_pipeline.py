"""What the shipped model makes of messages."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from nlp.artefact import read_facts
from nlp.corpus import read_examples
from nlp.evaluate import Evaluation, evaluate
from nlp.pipeline import WORDS_PER_TOPIC, SpacyClassifier
from nlp.understanding import Kind, Understanding

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "nlp" / "model"
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
def unseen(classifier: SpacyClassifier, topics: list[str]) -> Evaluation:
    """The figures on the evaluation set: messages of a writer of whom the model has learned nothing."""
    (path,) = (ROOT / "nlp" / "evaluation").glob("gustav.jsonl")
    return evaluate(classifier, read_examples(path, topics))


def _words(understood: Understanding, subject: str, text: str) -> dict[str, list[str]]:
    source = Understanding.source(subject, text)
    words: dict[str, list[str]] = {}
    for item in understood.evidence:
        words.setdefault(item.label, []).append(source[item.start : item.end])
    return words


def test_the_primary_topic_is_found(unseen: Evaluation) -> None:
    """Of unseen messages four of five get their primary topic, of those that only imply it two of three."""
    assert unseen.primary_topic > 0.80
    assert unseen.implicit > 0.65
    assert unseen.top_2 > 0.92


def test_what_is_acted_on_is_right(unseen: Evaluation) -> None:
    """The model acts on its own in three of four messages, and is right nine times of ten."""
    assert unseen.coverage > 0.75
    assert unseen.acted_precision > 0.9
    assert unseen.macro_f1 > 0.7


def test_probabilities_mean_what_they_say(unseen: Evaluation) -> None:
    """Stated probabilities and the shares that come true are near each other."""
    assert unseen.calibration_error < 0.07


def test_the_kind_is_found(unseen: Evaluation) -> None:
    """Ideas, complaints, questions, talk and advertising are told apart, and nothing is lost as advertising."""
    assert unseen.kind > 0.92
    assert unseen.ideas_as_spam == 0


def test_a_plain_idea_is_understood(classifier: SpacyClassifier) -> None:
    """Kind, topic, place and version of a message that leaves no doubt."""
    understood = classifier.understand("Bus", "In Zwickau sollte abends ein Bus zum Bahnhof fahren.")
    assert (understood.kind, understood.topics[0].id) == (Kind.IDEA, "mobility")
    assert ([place.key for place in understood.districts], understood.abstained) == (["14524"], False)
    assert understood.model == read_facts(MODEL).version


def test_the_words_that_decided_are_shown(classifier: SpacyClassifier) -> None:
    """Each topic acted on comes with the words that decided, counted in the whole source, and their weight."""
    subject, text = "Bus", "In Zwickau sollte abends ein Bus zum Bahnhof fahren."
    words = _words(classifier.understand(subject, text), subject, text)["topic:mobility"]
    assert "Bus" in words
    assert len(words) <= WORDS_PER_TOPIC


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


@pytest.mark.parametrize(
    "text",
    [
        "Gebt jedem Neugeborenen 500 Euro Startgeld, Kredit ohne Zinsen für junge Familien",
        "Gratis Bus und Bahn für alle unter 18!!! Das wäre was für den ländlichen Raum",
        "08209 ist ohne Arzt, das geht so nich",
        "Hallo zusammen, guten Tag, unsere Schule braucht einen neuen Hof mit Schatten. Danke und Gruß",
        "bus",
    ],
)
def test_an_idea_is_not_lost_as_talk_or_advertising(classifier: SpacyClassifier, text: str) -> None:
    """What names something that a body could do reaches a body, whatever it looks like."""
    assert classifier.understand("", text).kind not in {Kind.OTHER, Kind.SPAM}


@pytest.mark.parametrize(
    "text",
    ["Hartmannsdorf braucht Glasfaser", "in flöha gibts keinen zahnarzt", "Am Fuße der Brücke brauchts endlich Klos"],
)
def test_what_asks_nothing_is_no_question(classifier: SpacyClassifier, text: str) -> None:
    """Without a mark, a word that asks or a verb in front nobody waits for an answer."""
    assert classifier.understand("", text).kind != Kind.QUESTION


@pytest.mark.parametrize(
    "text",
    [
        "brauch ich für ne feuerschale im garten ne genehmigung",
        "wer räumt in zschopau eigentlich den schnee vor der schule",
    ],
)
def test_a_question_needs_no_mark(classifier: SpacyClassifier, text: str) -> None:
    """Phones and dictation leave it out."""
    assert classifier.understand("", text).kind == Kind.QUESTION


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
