"""Training, promoting and rolling back on the command line, and what staff do to teach the model."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path

import pytest

from nlp.artefact import read_facts
from nlp.train import train
from nlp.understanding import Understanding
from services.cli import learning, main, models
from services.ideas.catalogue import Catalogue
from services.ideas.readings import Source
from services.intake.understand import Succession, Understander
from tests import shipped
from tests.cli.conftest import Do
from tests.conftest import on_sqlite
from tests.nlp import small_corpus
from tests.submissions import ANNA, submit

Output = pytest.CaptureFixture[str]
POOL, LIKE = "Das Planschbecken ist seit Jahren undicht.", "Wann wird das Planschbecken endlich dicht?"


def quietly(_progress: str) -> None:
    """Say nothing."""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped model of a small corpus, beside that corpus and an evaluation set."""
    folder = tmp_path_factory.mktemp("nlp")
    train(small_corpus.write(folder / "corpus", *small_corpus.lines()), small_corpus.TOPICS, folder / "model", quietly)
    asked = [small_corpus.line(id=topic, text=f"Mehr {word}", topics=[topic]) for topic, word in _ASKED.items()]
    small_corpus.write(folder / "evaluation", *asked)
    (folder / "evaluation" / "pairs.jsonl").write_text('{"a": "no message"}\n')
    return folder


_ASKED = {"mobility": "Bahnhof", "culture": "Museum", "health": "Hausarzt"}


def small(directory: Path, environ: Mapping[str, str]) -> Catalogue:
    """The shipped configuration with the topics of the small corpus alone."""
    whole = shipped.catalogue(directory, environ)
    return replace(whole, topics={topic: whole.topics[topic] for topic in small_corpus.TOPICS})


@pytest.fixture
def workshop(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the small model's folder, which the commands take for nlp/."""
    folder = Path(shutil.copytree(model, tmp_path / "nlp"))
    monkeypatch.setattr(import_module("services.cli.main"), "read_catalogue", small)
    monkeypatch.setattr("nlp.pipeline.load_gazetteer", shipped.gazetteer)
    monkeypatch.setattr(models, "MODEL_DIR", folder / "model")
    monkeypatch.setattr(learning, "CORPUS_DIR", folder / "corpus")
    monkeypatch.setattr(learning, "EVALUATION_DIR", folder / "evaluation")
    return folder


@pytest.fixture
def here(installation: Path) -> Catalogue:
    """The configuration of the installation."""
    return small(shipped.CONFIG, {"IDEENKANAL_STORAGE_DATA_DIR": str(installation)})


@pytest.fixture
def loop() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


async def running(catalogue: Catalogue) -> Understander:
    """The understander of a service that has just started."""
    succession = Succession(models.model_store(catalogue).stamp, partial(models.load_next_model, catalogue))
    understander = Understander(partial(models.load_model, catalogue), succession)
    understander.start()
    await understander.ready()
    return understander


def serves(catalogue: Catalogue) -> str:
    return read_facts(models.model_store(catalogue).serving()).version


@on_sqlite
@pytest.mark.usefixtures("workshop")
def test_a_correction_shows_its_effect_on_a_like_message(
    do: Do, here: Catalogue, loop: asyncio.Runner, capsys: Output
) -> None:
    """Staff correct one idea, the model is trained, and the service that runs understands the next one like it."""

    async def understood(text: str) -> Understanding:
        await understander.look()
        return await understander.understand(Source("", text))

    understander = loop.run(running(here))
    first = loop.run(understood(POOL))
    assert "health" not in [topic.id for topic in loop.run(understood(LIKE)).topics]
    reference = do(lambda register: submit(register, POOL, understanding=first))

    assert main(["correct", reference, "--topic", "health"]) == 0
    assert main(["train"]) == 0

    after = loop.run(understood(LIKE))
    understander.close()
    assert [topic.id for topic in after.topics] == ["health"]
    assert after.model == serves(here) != first.model
    assert f"promoted: {after.model}" in capsys.readouterr().out


@on_sqlite
def test_nothing_is_trained_where_nothing_is_new(do: Do, workshop: Path, capsys: Output) -> None:
    """Without corrections the shipped model has learned from everything; no model is made."""
    do(submit)
    assert main(["train"]) == 0
    assert "nothing new" in capsys.readouterr().out
    assert not (workshop.parent / "models").exists()


@pytest.fixture
def misleading(do: Do, workshop: Path) -> None:
    """Corrections that spoil a topic: all that the evaluation set asks of it is labelled otherwise."""
    asked = [small_corpus.line(id=f"m{number}", text=f"Mehr Ampel {number}") for number in range(8)]
    small_corpus.write(workshop / "evaluation", *asked)
    for number in range(8):
        reference = do(partial(submit, text=f"Mehr Ampel {number}", sender=ANNA))
        assert main(["correct", reference, "--topic", "culture"]) == 0


@on_sqlite
@pytest.mark.usefixtures("misleading")
def test_a_worse_model_is_refused_and_kept_as_a_candidate(here: Catalogue, capsys: Output) -> None:
    """Code 3, the topic is named, the old model serves, and whoever knows better promotes the candidate."""
    before = serves(here)
    assert main(["train"]) == learning.REFUSED

    told = capsys.readouterr().out
    assert "mobility: 8 lost, 0 won" in told
    assert serves(here) == before
    candidate = told.split()[-1]

    assert main(["model", "promote", candidate]) == 0
    assert serves(here) == candidate
    assert main(["model", "rollback"]) == 0
    assert serves(here) == before
    assert main(["model", "list"]) == 0
    listed = [line.split() for line in capsys.readouterr().out.splitlines()[-2:]]
    assert listed == [["shipped", before, "serving"], [candidate, candidate, "candidate"]]


@on_sqlite
def test_a_serving_model_that_is_damaged_is_replaced_without_comparison(
    do: Do, workshop: Path, here: Catalogue, capsys: Output
) -> None:
    """What cannot be loaded is no measure: the new model serves."""
    do(submit)
    (workshop / "model" / "tokenizer").write_text("")
    assert main(["train"]) == 0
    assert "nothing to compare with" in capsys.readouterr().out
    assert models.model_store(here).serving().parent.name == "models"


@on_sqlite
@pytest.mark.usefixtures("workshop")
def test_what_was_learned_of_an_erased_person_goes_with_the_next_training(
    do: Do, here: Catalogue, installation: Path, capsys: Output
) -> None:
    """The new model knows none of their words, and the one before is no way back any more."""
    reference = do(partial(submit, text="Das Xarzigbad ist undicht", sender=ANNA))
    assert main(["correct", reference, "--topic", "health"]) == 0
    assert main(["train"]) == 0
    first = serves(here)
    assert _holds(installation / "models", "xarzig")

    assert main(["erase-person", "--channel", "email", "--address", ANNA.address]) == 0
    assert main(["train"]) == 0
    assert f"{first} is removed" in capsys.readouterr().out
    assert not _holds(installation / "models", "xarzig")


@on_sqlite
@pytest.mark.usefixtures("misleading")
def test_a_refused_candidate_goes_with_the_words_of_an_erased_person(installation: Path, capsys: Output) -> None:
    """Also where there is nothing new to learn, because the serving model never knew them."""
    assert main(["train"]) == learning.REFUSED
    candidate = capsys.readouterr().out.split()[-1]
    assert main(["erase-person", "--channel", "email", "--address", ANNA.address]) == 0
    assert main(["train"]) == 0
    told = capsys.readouterr().out
    assert "nothing new" in told
    assert f"{candidate} is removed" in told
    assert not (installation / "models" / candidate).exists()


def _holds(folder: Path, word: str) -> bool:
    return any(word in path.read_text("utf-8", "ignore").lower() for path in folder.rglob("*") if path.is_file())


@on_sqlite
def test_without_an_evaluation_set_nothing_is_trained(do: Do, workshop: Path, capsys: Output) -> None:
    """A model that cannot be compared is not made; the message names the folder."""
    reference = do(submit)
    assert main(["correct", reference, "--topic", "culture"]) == 0
    shutil.rmtree(workshop / "evaluation")
    assert main(["train"]) == 1
    assert str(workshop / "evaluation") in capsys.readouterr().err


def test_the_shipped_model_is_made_from_the_corpus_alone(workshop: Path, capsys: Output) -> None:
    """`train --shipped` replaces nlp/model, and needs no database; `--if-needed` does it once."""
    before = read_facts(workshop / "model").version
    small_corpus.write(workshop / "corpus", *small_corpus.lines(), small_corpus.line(id="new", text="Ein Radlerweg"))
    assert main(["train", "--shipped", "--if-needed"]) == 0
    assert read_facts(workshop / "model").version != before
    assert "from 65 messages" in capsys.readouterr().out

    assert main(["train", "--shipped", "--if-needed"]) == 0
    assert capsys.readouterr().out == ""


def test_a_corpus_with_defects_is_told_line_by_line(workshop: Path, capsys: Output) -> None:
    """The file and the line are named, and the code is 1."""
    small_corpus.write(workshop / "corpus", "{")
    assert main(["train", "--shipped"]) == 1
    assert "rows.jsonl:1: expected" in capsys.readouterr().err


@pytest.mark.usefixtures("workshop")
def test_a_training_can_be_configured(tmp_path: Path, here: Catalogue, capsys: Output) -> None:
    """The model bears the release of the given config, and is made anew where only that has changed."""
    (tmp_path / "own.cfg").write_text('[ideenkanal]\nrelease = "own"\n')
    for _ in range(2):
        assert main(["train", "--shipped", "--if-needed", "--config", str(tmp_path / "own.cfg")]) == 0
    assert serves(here).startswith("own-")
    assert capsys.readouterr().out.count("model own-") == 1


@pytest.mark.usefixtures("workshop")
@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ("no config at all\n", "File contains no section headers"),
        ("[ideenkanal]\nepoch = 3\n", "epoch"),
        ('[ideenkanal]\nepochs = "many"\n', "str"),
    ],
)
def test_a_config_of_no_use_is_named(tmp_path: Path, capsys: Output, config: str, reason: str) -> None:
    """The message says which file, and why; the code is 1."""
    (tmp_path / "own.cfg").write_text(config)
    assert main(["train", "--shipped", "--config", str(tmp_path / "own.cfg")]) == 1
    told = capsys.readouterr().err.splitlines()[-1]
    assert told.startswith(f"{tmp_path / 'own.cfg'}: it is no config for a training: ")
    assert reason in told


def test_if_needed_goes_with_shipped_only(capsys: Output) -> None:
    """Alone it is wrong usage."""
    assert main(["train", "--if-needed"]) == 2
    assert "--shipped" in capsys.readouterr().err


@pytest.mark.usefixtures("workshop")
def test_an_unknown_model_is_not_promoted(capsys: Output) -> None:
    """The message says which there are, and the code is 1."""
    assert main(["model", "promote", "2020.1-x"]) == 1
    assert "shipped" in capsys.readouterr().err


def test_a_promoted_model_that_does_not_fit_gives_way_to_the_shipped_one(
    workshop: Path, here: Catalogue, capsys: Output, caplog: pytest.LogCaptureFixture
) -> None:
    """A model of other topics is whole but of no use: the shipped one is loaded instead, and the log says so."""
    store = models.model_store(here)
    train(workshop / "corpus", (*small_corpus.TOPICS, "energy"), store.draft(), quietly)
    store.promote(store.add(store.draft()))
    assert models.load_model(here).version == read_facts(workshop / "model").version
    # Where it goes depends on whether a test before this one has configured logging as a service does.
    assert "energy" in caplog.text + capsys.readouterr().out
