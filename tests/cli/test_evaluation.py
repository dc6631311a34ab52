"""`evaluate` and `corpus` on the command line."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest

from nlp.artefact import read_facts
from nlp.speed import Speed
from nlp.train import train
from services.cli import corpus, evaluation, main, models
from services.ideas.catalogue import Catalogue
from tests import shipped
from tests.nlp import small_corpus

Output = pytest.CaptureFixture[str]
CASE = {
    "id": "case-1",
    "subject": "",
    "text": "In Zwickau fehlt ein Brunnen",
    "districts": ["14524"],
    "municipalities": ["14524330"],
    "candidates": [],
    "difficulty": "plain",
}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small model, beside its corpus and an evaluation set."""
    folder = tmp_path_factory.mktemp("nlp")
    small_corpus.write(folder / "corpus", *small_corpus.lines())
    train(folder / "corpus", small_corpus.TOPICS, folder / "model", lambda _: None)
    small_corpus.write(folder / "evaluation", small_corpus.line(id="asked", text="Mehr Bahnhof", topics=["mobility"]))
    (folder / "evaluation" / "places.jsonl").write_text(json.dumps(CASE) + "\n", encoding="utf-8")
    sides = {side: {"subject": "", "text": "Mehr Bahnhof in Zwickau"} for side in "ab"}
    rows = [json.dumps({"id": f"pair-{number}", **sides, "similar": True}) for number in (1, 2)]
    (folder / "evaluation" / "pairs.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder


def small(directory: Path, environ: Mapping[str, str]) -> Catalogue:
    """The shipped configuration with the topics of the small corpus alone."""
    whole = shipped.catalogue(directory, environ)
    return replace(whole, topics={topic: whole.topics[topic] for topic in small_corpus.TOPICS})


@pytest.fixture(autouse=True)
def workshop(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the small model's folder, which the commands take for nlp/."""
    folder = Path(shutil.copytree(model, tmp_path / "nlp"))
    monkeypatch.setattr(import_module("services.cli.main"), "read_catalogue", small)
    monkeypatch.setattr("nlp.pipeline.load_gazetteer", shipped.gazetteer)
    monkeypatch.setattr(models, "MODEL_DIR", folder / "model")
    for module in (corpus, evaluation):
        monkeypatch.setattr(module, "CORPUS_DIR", folder / "corpus")
        monkeypatch.setattr(module, "EVALUATION_DIR", folder / "evaluation")
    monkeypatch.setattr(evaluation, "MODEL_CARD", folder / "MODEL_CARD.md")
    monkeypatch.setattr(evaluation, "PICTURES", tmp_path / "docs" / "model")
    return folder


@pytest.fixture
def at_leisure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Speed is not measured anew for each test."""
    monkeypatch.setattr("nlp.speed.measured", lambda *_: Speed(1000, 2, 1, 200, "a slide rule"))


def test_evaluate_prints_the_figures_of_what_was_set_aside_and_writes_nothing(workshop: Path, capsys: Output) -> None:
    """Without a file the messages of nlp/evaluation are asked, but not the places beside them."""
    assert main(["evaluate"]) == 0
    assert capsys.readouterr().out.splitlines()[0].split() == ["messages", "1"]
    assert not (workshop / "MODEL_CARD.md").exists()


def test_evaluate_takes_files(workshop: Path, tmp_path: Path, capsys: Output) -> None:
    """All named files are asked together."""
    rows = [small_corpus.line(id=str(number), text=f"Text {number}") for number in range(3)]
    more = small_corpus.write(tmp_path / "more", *rows) / "rows.jsonl"
    assert main(["evaluate", str(more), str(workshop / "evaluation" / "rows.jsonl")]) == 0
    assert capsys.readouterr().out.splitlines()[0].split() == ["messages", "4"]


@pytest.mark.usefixtures("at_leisure")
def test_the_card_is_written_with_its_pictures(workshop: Path, tmp_path: Path) -> None:
    """`evaluate --card` measures the shipped model, on pairs that were not for tuning; the plots are where it says."""
    assert main(["evaluate", "--card"]) == 0
    card = (workshop / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert card.startswith(f"# Model {read_facts(workshop / 'model').version}\n")
    assert "](../docs/model/calibration.svg)" in card
    assert "| plain | 1 | 1.000 | 1.000 | - | 0 |" in card
    assert "On the 1 pairs of nlp/evaluation/pairs.jsonl" in card
    assert len(list((tmp_path / "docs" / "model").glob("*.svg"))) == 4


def test_the_card_is_about_no_other_files(workshop: Path, capsys: Output) -> None:
    """With files `--card` is wrong usage, and nothing is written."""
    assert main(["evaluate", "--card", "some.jsonl"]) == 2
    assert "nlp/evaluation" in capsys.readouterr().err
    assert not (workshop / "MODEL_CARD.md").exists()


@pytest.mark.parametrize("arguments", [["evaluate"], ["evaluate", "--card"]])
def test_without_messages_there_is_nothing_to_evaluate(workshop: Path, capsys: Output, arguments: list[str]) -> None:
    """The folder is named in which they are expected."""
    shutil.rmtree(workshop / "evaluation")
    assert main(arguments) == 1
    assert str(workshop / "evaluation") in capsys.readouterr().err


def test_a_wrong_line_is_named(workshop: Path, capsys: Output) -> None:
    """Defects of labelled messages end with code 1 and their lines."""
    small_corpus.write(workshop / "evaluation", small_corpus.line(topics=["weather"]))
    assert main(["evaluate"]) == 1
    assert "rows.jsonl:1: expected topics" in capsys.readouterr().err


def test_corpus_check_counts_and_finds_nothing_twice(workshop: Path, capsys: Output) -> None:
    """Different messages end with code 0, however few there are."""
    small_corpus.write(workshop / "corpus", small_corpus.line())
    assert main(["corpus", "check"]) == 0
    told = capsys.readouterr().out
    assert "ideas first about mobility             1  at least 300  MISSED" in told
    assert "0 pairs of messages share 6 words in a row, 0 are nearly the same" in told


def test_corpus_check_fails_where_something_is_said_twice(workshop: Path, capsys: Output) -> None:
    """A message that is copied into the evaluation set is named with the one that it was copied from."""
    text = "Seit der letzte Bäcker zu hat, fahren wir nach Annaberg"
    small_corpus.write(workshop / "corpus", small_corpus.line(id="here", text=text))
    small_corpus.write(workshop / "evaluation", small_corpus.line(id="there", text=f"{text}!"))
    assert main(["corpus", "check"]) == 1
    told = capsys.readouterr().out
    assert "here and there share »seit der letzte bäcker zu hat«" in told
    assert "here and there are alike (1.00)" in told


def test_corpus_check_lists_labels_to_read_again(workshop: Path, capsys: Output) -> None:
    """A message about a doctor that is labelled as culture among sixty clear ones is listed, and stays as it is."""
    odd = small_corpus.line(id="odd", text="Hausarzt Apotheke Pflegeheim Hebamme Rollstuhl", topics=["culture"])
    folder = small_corpus.write(workshop / "corpus", *small_corpus.lines(), odd)
    before = (folder / "rows.jsonl").read_bytes()
    main(["corpus", "check", "--labels"])
    assert "odd: labelled culture, said health" in capsys.readouterr().out
    assert (folder / "rows.jsonl").read_bytes() == before


def test_corpus_agree_compares_with_a_second_reader(tmp_path: Path, capsys: Output) -> None:
    """Messages of the corpus and of the evaluation set are compared alike."""
    file = tmp_path / "second.tsv"
    file.write_text("asked\tidea\thealth\tmobility\t-\t-\nmobility-Bus-am Markt\tidea\tmobility\t-\t-\t-\n")
    assert main(["corpus", "agree", str(file)]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "messages read by both 2, with topics 2"
    assert next(line.split()[-2:] for line in told if line.startswith("primary")) == ["0.500", "0.000"]


def test_corpus_agree_names_a_wrong_line(tmp_path: Path, capsys: Output) -> None:
    """What was expected, and where."""
    file = tmp_path / "second.tsv"
    file.write_text("asked\n")
    assert main(["corpus", "agree", str(file)]) == 1
    assert "second.tsv:1: expected id, kind" in capsys.readouterr().err
