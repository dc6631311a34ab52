"""Models that are only stored: whole to look at, and good for nothing else."""

from __future__ import annotations

import json
import os
from collections.abc import Collection
from dataclasses import asdict
from pathlib import Path

from nlp.artefact import META, ModelFacts
from nlp.calibration import Scaling
from nlp.judgement import Rules
from nlp.model_store import ModelStore


def stored_model(folder: Path, version: str, made_at: int = 1_000_000) -> Path:
    """A folder whose facts can be read."""
    flat = Scaling(1.0, 0.0, ())
    facts = ModelFacts(version, f"digest of {version}", 0, Rules((), {}, flat, flat, {}), {})
    folder.mkdir(parents=True)
    meta = folder / META
    meta.write_text(json.dumps({"ideenkanal": {**asdict(facts), "files": {}}}), encoding="utf-8")
    os.utime(meta, (made_at, made_at))
    return folder


def trained(store: ModelStore, version: str, made_at: int = 1_000_000, taught: Collection[str] = ()) -> str:
    """A candidate, as a training leaves it."""
    return store.add(stored_model(store.draft(), version, made_at), taught)
