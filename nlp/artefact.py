"""A trained model's directory: spaCy's files plus the facts that say what it was made from and how it is read."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language

from nlp import encoders, features, layers, tokens  # noqa: F401  (they register what the model's config names)
from nlp.calibration import Scaling
from nlp.errors import ModelCorrupt, ModelError, ModelMismatch, ModelMissing
from nlp.judgement import Rules
from nlp.understanding import Kind

__all__ = [
    "ENCODER",
    "HEADS",
    "KIND",
    "META",
    "TOPICS",
    "ModelCorrupt",
    "ModelError",
    "ModelFacts",
    "ModelMismatch",
    "ModelMissing",
    "label",
    "read_facts",
    "read_model",
    "write_model",
]

TOPICS = "topics"
KIND = "kind"
HEADS = (TOPICS, KIND)
# Not in every pipeline.
ENCODER = "encoder"
META = "meta.json"

_SECTION = "ideenkanal"


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What must be known beside the weights: how sums are judged, and what came out on texts that were not seen.

    `digest` covers all that the model was made from; `unseen` holds the figures of `Evaluation.to_json`, asked of
    models that had learned from the other writers' messages only.
    """

    version: str
    digest: str
    examples: int
    rules: Rules
    unseen: Mapping[str, Any]

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics that the model knows."""
        return self.rules.topics


def label(head: str, name: str) -> str:
    """The name under which spaCy knows a topic or kind; both share one mapping, so that they need a family name."""
    return f"{head}:{name}"


def write_model(nlp: Language, facts: ModelFacts, out: Path) -> None:
    """Replace `out` by the model: a kill leaves the old one, the new one or none, but never a part."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as scratch:
        fresh, stale = Path(scratch, "fresh"), Path(scratch, "stale")
        nlp.to_disk(fresh, exclude=["vocab"])
        meta = json.loads((fresh / META).read_text(encoding="utf-8"))
        meta[_SECTION] = {**asdict(facts), "files": _checksums(fresh)}
        (fresh / META).write_text(json.dumps(meta, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        for path in fresh.rglob("*"):
            _flush(path)
        if out.exists():
            out.rename(stale)
        fresh.chmod(0o755)
        fresh.rename(out)


def read_facts(model_dir: Path) -> ModelFacts:
    """The facts of the model at `model_dir`, after its files have been compared with them; raises ModelError."""
    try:
        content = (model_dir / META).read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ModelMissing(model_dir) from error
    try:
        section = json.loads(content)[_SECTION]
        checksums = section.pop("files")
        facts = ModelFacts(**{**section, "rules": _rules(section["rules"])})
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelCorrupt(model_dir / META, "no facts") from error
    found = _checksums(model_dir)
    for name, checksum in checksums.items():
        if found.get(name) != checksum:
            raise ModelCorrupt(model_dir / name, "changed" if name in found else "missing")
    return facts


def read_model(model_dir: Path, topics: Collection[str] | None = None) -> tuple[Language, ModelFacts]:
    """The pipeline without places and its facts; raises ModelError, also if `topics` are given and are not its own."""
    facts = read_facts(model_dir)
    if topics is not None and set(topics) != set(facts.topics):
        reason = f"topics {', '.join(sorted(set(topics) ^ set(facts.topics)))} are on one side only"
        raise ModelMismatch(model_dir, reason)
    try:
        nlp = spacy.load(model_dir)
    except (OSError, ValueError, KeyError) as error:
        # The checksums were right: another version of spaCy or of this program wrote the files.
        raise ModelMismatch(model_dir, f"{type(error).__name__}: {str(error)[:200]}") from error
    if set(facts.rules.thresholds) != set(facts.topics) or set(facts.rules.at_least) - set(Kind):
        raise ModelMismatch(model_dir, "its thresholds are not for its topics and kinds")
    return nlp, facts


def _rules(content: Mapping[str, Any]) -> Rules:
    scalings = {
        name: Scaling(**{**content[name], "shifts": tuple(content[name]["shifts"])})
        for name in ("topic_scaling", "kind_scaling")
    }
    return Rules(**{**content, **scalings, "topics": tuple(content["topics"])})


def _checksums(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path != folder / META)
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
