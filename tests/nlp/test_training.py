"""Training and the model's directory."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from nlp.artefact import read_facts, read_model
from nlp.corpus import CorpusError
from nlp.pipeline import ModelCorrupt, ModelMismatch, ModelMissing, SpacyClassifier
from nlp.train import train
from tests.nlp.small_corpus import TOPICS, line, lines, write

TEXTS = [("", "Ein Radweg am Markt"), ("Chor", "Der Chor sucht einen Raum"), ("", "Die Hebamme geht"), ("", "Hallo")]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("corpus"), *lines())


@pytest.fixture(scope="module")
def said() -> list[str]:
    """The progress of the one training that most tests share."""
    return []


@pytest.fixture(scope="module")
def trained(corpus: Path, said: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("trained") / "model"
    train(corpus, TOPICS, out, said.append)
    return out


@pytest.fixture
def copy(trained: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(trained, tmp_path / "model"))


def test_two_trainings_give_the_same_predictions(corpus: Path, trained: Path, tmp_path: Path) -> None:
    """The same corpus gives the same probabilities to the last digit."""
    train(corpus, TOPICS, tmp_path / "model", lambda _: None)
    first, second = (SpacyClassifier(*read_model(path)) for path in (trained, tmp_path / "model"))
    assert list(first.understand_many(TEXTS)) == list(second.understand_many(TEXTS))


def test_what_was_learned_is_found_again(trained: Path) -> None:
    """A message with the words of one topic has that topic as its best suggestion."""
    understood = SpacyClassifier(*read_model(trained)).understand("", "Das Theater braucht einen neuen Vorhang")
    assert understood.suggestions[0].id == "culture"


def test_training_says_what_it_does(trained: Path, said: list[str]) -> None:
    """The last line of progress names the version and where it stands."""
    assert read_facts(trained).version in said[-1]
    assert str(trained) in said[-1]


def test_training_replaces_the_model_and_leaves_nothing_beside_it(corpus: Path, copy: Path) -> None:
    """After a training the folder holds the new model only."""
    (copy / "left-over").write_text("of the old model")
    train(corpus, TOPICS, copy, lambda _: None)
    assert [path.name for path in copy.parent.iterdir()] == ["model"]
    assert not (copy / "left-over").exists()


def test_a_corpus_with_defects_leaves_the_model_alone(copy: Path, tmp_path: Path) -> None:
    """Nothing is written before the whole corpus has been read."""
    before = read_facts(copy)
    with pytest.raises(CorpusError):
        train(write(tmp_path / "wrong", line(kind="wish")), TOPICS, copy, lambda _: None)
    assert read_facts(copy) == before


def test_no_model_is_named_as_missing(tmp_path: Path) -> None:
    """The message names the path and the command that makes a model."""
    with pytest.raises(
        ModelMissing, match="nothing-here: there is no model; make it with `ideenkanal train --shipped`"
    ):
        read_model(tmp_path / "nothing-here")


@pytest.mark.parametrize(
    "name", ["topics/model", "kind/model", "features/facts.json", "features/table.npz", "config.cfg", "tokenizer"]
)
def test_half_a_file_is_refused(copy: Path, name: str) -> None:
    """A file that was cut short is named."""
    whole = (copy / name).read_bytes()
    (copy / name).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ModelCorrupt, match=f"{name}.*changed"):
        read_model(copy)


def test_a_lost_file_is_refused(copy: Path) -> None:
    """A file that is not there is named."""
    (copy / "kind" / "model").unlink()
    with pytest.raises(ModelCorrupt, match=r"kind/model.*missing"):
        read_model(copy)


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"ideenkanal": {"files": {}}}'])
def test_facts_that_are_none_are_refused(copy: Path, content: str) -> None:
    """A meta.json without the model's facts is a damaged model."""
    (copy / "meta.json").write_text(content)
    with pytest.raises(ModelCorrupt, match="no facts"):
        read_model(copy)


def test_a_model_of_other_topics_is_refused(copy: Path) -> None:
    """The topics that only one side knows are named."""
    with pytest.raises(ModelMismatch, match="topics weather are on one side only"):
        read_model(copy, [*TOPICS, "weather"])


def test_thresholds_of_other_topics_are_refused(copy: Path) -> None:
    """A topic without a threshold could not be acted on."""
    meta = json.loads((copy / "meta.json").read_text())
    del meta["ideenkanal"]["rules"]["thresholds"]["health"]
    (copy / "meta.json").write_text(json.dumps(meta))
    with pytest.raises(ModelMismatch, match="thresholds"):
        read_model(copy)


def test_a_topic_more_needs_thirty_examples_and_no_code(tmp_path: Path) -> None:
    """A topic that nobody foresaw is learned like the others, without words of it in the lexicon."""
    words = ("Regen", "Sturm", "Hagel", "Gewitter", "Nebel", "Frost")
    places = ("am Markt", "im Oberdorf", "hinter der Kirche", "an der Mulde", "am Hang")
    weather = [
        line(id=f"{word}-{place}", text=f"Eine Warnung vor {word} {place} wäre gut.", topics=["weather"])
        for word in words
        for place in places
    ]
    train(write(tmp_path / "corpus", *lines(), *weather), [*TOPICS, "weather"], tmp_path / "model", lambda _: None)
    understood = SpacyClassifier(*read_model(tmp_path / "model")).understand("", "Vor dem Hagel hat uns keiner gewarnt")
    assert understood.suggestions[0].id == "weather"


def test_a_topic_may_have_another_name(tmp_path: Path) -> None:
    """Who renames a topic renames it in the corpus, and that is all."""
    names = {"mobility": "traffic"}
    renamed = [{**row, "topics": [names.get(topic, topic) for topic in row["topics"]]} for row in lines()]
    topics = ["traffic", *TOPICS[1:]]
    train(write(tmp_path / "corpus", *renamed), topics, tmp_path / "model", lambda _: None)
    understood = SpacyClassifier(*read_model(tmp_path / "model")).understand("", "Ein Radweg am Markt")
    assert understood.suggestions[0].id == "traffic"
