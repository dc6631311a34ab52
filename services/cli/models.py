"""The model that serves: the shipped one, or what this installation has learned since."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from services.ideas.catalogue import Catalogue

if TYPE_CHECKING:
    from nlp.model_store import ModelStore

MODEL_DIR = Path(__file__).parents[2] / "nlp" / "model"

log = structlog.get_logger(__name__)


def model_store(catalogue: Catalogue) -> ModelStore:
    """The shipped model, and those that this installation has learned since."""
    from nlp.model_store import ModelStore

    return ModelStore(MODEL_DIR, catalogue.settings.storage.data_dir / "models")


def load_model(catalogue: Catalogue) -> Any:
    """The classifier that serves, with the region's places; takes seconds and loads spaCy.

    Where the promoted model cannot be used, it is the shipped one. Raises ModelError and GazetteerError.
    """
    from nlp.errors import ModelError
    from nlp.pipeline import load

    folder, places = model_store(catalogue).serving(), catalogue.directory / "places"
    try:
        return load(folder, places, catalogue.topics)
    except ModelError as error:
        if folder == MODEL_DIR:
            raise
        log.exception("model.unusable", reason=str(error), instead="the shipped model")
        return load(MODEL_DIR, places, catalogue.topics)


def load_next_model(catalogue: Catalogue) -> Any:
    """The classifier that is to serve from now on, and no other: raises as `load_model` does."""
    from nlp.pipeline import load

    return load(model_store(catalogue).chosen(), catalogue.directory / "places", catalogue.topics)
