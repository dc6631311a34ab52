"""What is wrong with a corpus that is well-formed."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlp.corpus import Example, read_corpus, read_examples
from nlp.corpus_check import doubts, near_duplicates, shared_runs, targets
from nlp.evaluate import message_files
from nlp.judgement import Judgement
from nlp.understanding import Kind, TopicScore

ROOT = Path(__file__).parents[2]
STORY = "Seit der letzte Bäcker zu hat fahren wir jeden Sonntag nach Annaberg"


def example(name: str, text: str, *topics: str, subject: str = "", implicit: bool = False) -> Example:
    return Example(name, subject, text, Kind.IDEA, topics or ("mobility",), (), implicit=implicit)


def said(topic: str, probability: float) -> Judgement:
    return Judgement(Kind.IDEA, (), (TopicScore(topic, probability), TopicScore("work", 0.01)))


@pytest.fixture(scope="module")
def shipped(topics: list[str]) -> tuple[Example, ...]:
    """All messages that are in the repository: to learn from, and to measure with."""
    aside = [row for path in message_files(ROOT / "nlp" / "evaluation") for row in read_examples(path, topics)]
    return (*read_corpus(ROOT / "nlp" / "corpus", topics).examples, *aside)


def test_no_two_shipped_messages_share_six_words_in_a_row(shipped: tuple[Example, ...]) -> None:
    """Nothing was copied, neither within the corpus nor between it and what is set aside to measure."""
    assert [str(run) for run in shared_runs(shipped)] == []


def test_no_two_shipped_messages_are_nearly_the_same(shipped: tuple[Example, ...]) -> None:
    """No message says in nearly the same words what another one says."""
    assert [str(pair) for pair in near_duplicates(shipped)] == []


def test_a_shared_run_is_found_whatever_capitals_and_signs() -> None:
    """Six words in a row are the same ones with other capitals, commas and line breaks."""
    second = "Ja: seit der letzte\nBÄCKER zu hat, ist es still"
    (run,) = shared_runs([example("a", STORY), example("b", second)])
    assert (run.first, run.second, run.words) == ("a", "b", ("seit", "der", "letzte", "bäcker", "zu", "hat"))


def test_a_run_may_begin_in_the_subject() -> None:
    """Subject and text are read in one go, as by the model."""
    parted = example("b", "Bäcker zu hat, ist es still", subject="Seit der letzte")
    assert len(shared_runs([example("a", STORY), parted])) == 1


def test_five_words_are_no_run() -> None:
    """What two people may well say alike is not reported."""
    assert shared_runs([example("a", STORY), example("b", "Seit der letzte Bäcker zu ist")]) == ()


def test_a_message_may_repeat_itself() -> None:
    """A refrain within one message is no copy."""
    assert shared_runs([example("a", f"{STORY}. {STORY}.")]) == ()


def test_two_messages_have_one_shared_run_however_long_it_is() -> None:
    """A long copy is one finding, not one for each of its words."""
    assert len(shared_runs([example("a", STORY), example("b", STORY + " mit dem Bus")])) == 1


def test_the_same_words_in_another_order_and_form_are_near_duplicates() -> None:
    """Order, umlauts and endings do not hide a copy."""
    others = [example(f"x{number}", f"Ganz anderes steht in Nachricht {number}") for number in range(5)]
    copied = example("b", "Nach Annaberg fahren wir jeden Sonntag, seit der letzte Baecker zu hat!")
    (pair,) = [p for p in near_duplicates([example("a", STORY), copied, *others]) if p.first == "a"]
    assert (pair.second, pair.likeness) == ("b", 1.0)


def test_messages_that_share_only_common_words_are_no_near_duplicates() -> None:
    """Two ideas that are put alike ("in ... fehlt ein ...") are two ideas."""
    things = ["Brunnen Zwickau", "Radweg Aue", "Hort Plauen", "Arzt Mylau", "Chor Lugau", "Laden Geyer"]
    rows = [example(name, "In {1} fehlt ein {0}".format(*name.split())) for name in things]
    assert near_duplicates(rows) == ()


def test_no_near_duplicate_is_missed(shipped: tuple[Example, ...]) -> None:
    """What is found by looking at few pairs is what is found by looking at nearly all."""
    some = shipped[::12]
    wide = [pair for pair in near_duplicates(some, 0.05) if pair.likeness >= 0.2]
    assert list(near_duplicates(some, 0.2)) == wide


def test_a_sure_other_topic_is_a_label_to_read_again() -> None:
    """The surest comes first; labels of a second topic, and what a model is unsure of, are left alone."""
    asked = [
        (example("unsure", STORY), said("culture", 0.5)),
        (example("sure", STORY), said("culture", 0.9)),
        (example("surest", STORY), said("culture", 0.95)),
        (example("second", STORY, "mobility", "culture"), said("culture", 0.99)),
        (example("right", STORY), said("mobility", 0.99)),
    ]
    assert [doubt.id for doubt in doubts(asked)] == ["surest", "sure"]


def test_what_is_missing_is_named() -> None:
    """A corpus with too few ideas of a topic says so in that topic's line."""
    rows = [example(str(number), STORY) for number in range(300)]
    found = {target.name: target for target in targets(rows, ["mobility", "culture"])}
    assert found["ideas first about mobility"].met
    assert not found["ideas first about culture"].met
    assert "MISSED" in str(found["ideas first about culture"])


def test_too_much_from_a_phone_is_named_too() -> None:
    """A share may be too large: half of the messages shall be mails."""
    found = {target.name: target for target in targets([example("a", STORY)], ["mobility"])}
    assert not found["share of messages from a phone"].met
    assert "0.40 to 0.60" in str(found["share of messages from a phone"])


def test_the_shipped_corpus_has_all_that_it_needs(topics: list[str]) -> None:
    """Enough of each topic and kind, of the implicit, and of phone and mail."""
    corpus = read_corpus(ROOT / "nlp" / "corpus", topics).examples
    assert [str(target) for target in targets(corpus, topics) if not target.met] == []
