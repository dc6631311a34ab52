"""What takes a second to make and nothing changes: the region's places, and the shipped model with them."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
import spacy
from spacy.language import Language

from nlp.gazetteer import Gazetteer, load_gazetteer
from nlp.pipeline import SpacyClassifier, load
from nlp.places import attach_places

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def gazetteer() -> Gazetteer:
    return load_gazetteer(ROOT / "config" / "places")


@pytest.fixture(scope="session")
def nlp(gazetteer: Gazetteer) -> Language:
    """A pipeline that reads places and nothing else."""
    pipeline = spacy.blank("de")
    attach_places(pipeline, gazetteer)
    return pipeline


@pytest.fixture(scope="session")
def topics() -> list[str]:
    return [topic["id"] for topic in tomllib.loads((ROOT / "config" / "topics.toml").read_text())["topic"]]


@pytest.fixture(scope="session")
def classifier(topics: list[str]) -> SpacyClassifier:
    return load(ROOT / "nlp" / "model", ROOT / "config" / "places", topics)
