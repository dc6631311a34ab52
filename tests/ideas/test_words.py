from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from nlp.understanding import Kind
from services.ideas.catalogue import Catalogue, read_catalogue
from services.ideas.texts import OWN_LANGUAGE
from services.ideas.words import Words
from services.intake.telegram.phrases import Phrases
from services.intake.telegram.plain import plain
from tests.ideas.text_samples import LANGUAGES, SIMPLE

SHIPPED = Path(__file__).parents[2] / "config"
CORPUS = Path(__file__).parents[2] / "nlp" / "corpus"
FOREIGN = [language for language in LANGUAGES if language != OWN_LANGUAGE]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_catalogue(SHIPPED, {})


def phrases(words: Words) -> Iterator[tuple[str, str]]:
    """What can be typed in a language, as it is compared, and what it means."""
    meant = [(phrase, f"command {name}") for name, command in words.commands.items() for phrase in command.typed]
    meant += [(label, f"button {name}") for name, label in words.buttons.items()]
    meant += [(phrase, f"button {name}") for name, typed in words.typed.items() for phrase in typed]
    meant += [(phrase, f"talk {name}") for name, typed in words.talk.items() for phrase in typed]
    meant += [(phrase, f"language {words.name}") for phrase in (words.name, *words.called)]
    meant += [(label, f"topic {topic}") for topic, label in words.topics.items()]
    return ((plain(phrase), meaning) for phrase, meaning in meant)


def _lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").strip().split("\n")


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_listed_twice(catalogue: Catalogue, language: str) -> None:
    """A phrase stands once in a language."""
    listed = [phrase for phrase, _ in phrases(catalogue.texts.words(language))]
    assert sorted({phrase for phrase in listed if listed.count(phrase) > 1}) == []


def test_typed_words_mean_one_thing(catalogue: Catalogue) -> None:
    """Whatever language somebody reads, a phrase asks for one and the same thing."""
    meanings: dict[str, set[str]] = {}
    for language in LANGUAGES:
        for phrase, meaning in phrases(catalogue.texts.words(language)):
            meanings.setdefault(phrase, set()).add(meaning)
    assert {phrase: found for phrase, found in meanings.items() if len(found) > 1} == {}


def test_no_typed_word_is_an_idea(catalogue: Catalogue) -> None:
    """Nothing that people of the corpus propose, complain of or ask reads as a button, a command or a greeting."""
    typed = Phrases(catalogue.texts, catalogue.topics)
    said = (json.loads(line) for file in sorted(CORPUS.glob("*.jsonl")) for line in _lines(file))
    ideas = [each["text"] for each in said if each["kind"] in {Kind.IDEA, Kind.COMPLAINT, Kind.QUESTION}]
    assert len(ideas) > 400
    assert [text for text in ideas if typed.meaning(text) or typed.talk(text)] == []


@pytest.mark.parametrize("language", FOREIGN)
def test_topics_and_stages_are_translated(catalogue: Catalogue, language: str) -> None:
    """Every language but the region's own has a word for each topic and each stage, and for none else."""
    words = catalogue.texts.words(language)
    assert set(words.topics) == set(catalogue.topics)
    assert set(words.stages) == set(catalogue.lifecycle.stages)


def test_both_kinds_of_german_share_the_commands(catalogue: Catalogue) -> None:
    """Leichte Sprache has the commands that the menu shows in German."""
    german, simple = (catalogue.texts.words(language).commands for language in (OWN_LANGUAGE, SIMPLE))
    assert {name: command.name for name, command in simple.items()} == {
        name: command.name for name, command in german.items()
    }


def test_stages_in_leichte_sprache_are_simple(catalogue: Catalogue) -> None:
    """What a stage means is said in sentences of at most 10 words."""
    stages = catalogue.texts.words(SIMPLE).stages.values()
    sentences = [sentence.split() for stage in stages for sentence in re.split(r"[.!?:]\s*", stage.explanation)]
    assert max(map(len, sentences)) <= 10


@pytest.mark.parametrize("language", LANGUAGES)
def test_topics_fit_on_buttons(catalogue: Catalogue, language: str) -> None:
    """The label of a topic is short enough to be read on a phone's button."""
    words = catalogue.texts.words(language)
    labels = [words.topics.get(topic.id, topic.label) for topic in catalogue.topics.values()]
    assert max(map(len, labels)) <= 60
