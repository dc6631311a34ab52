"""The labelled messages of nlp/corpus/: read, checked and fingerprinted."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from nlp.understanding import OUTSIDE, REGION, TOPICS_AT_MOST, Kind

KINDS_WITH_TOPIC = frozenset({Kind.IDEA, Kind.COMPLAINT})
KINDS_WITHOUT_TOPIC = frozenset({Kind.OTHER, Kind.SPAM})

# The source of what people have corrected.
CORRECTIONS = "corrections"

_KEYS = {"id", "subject", "text", "kind", "topics", "districts"}
_OPTIONAL = {"implicit": False, "either": []}
_DEFAULTS = {"subject": "", "districts": []}
_TEXT_KEYS = ("id", "subject", "text", "kind")
_LIST_KEYS = ("topics", "districts", "either")
_DISTRICT = re.compile(r"\d{5}")
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled message; the first of `topics` is the primary one.

    `implicit`: none of the topic's obvious nouns is said. `either`: topics that another careful reader could take for
    the primary one. `source` is who wrote it: the name of its file without the ending.
    """

    id: str
    subject: str
    text: str
    kind: Kind
    topics: tuple[str, ...]
    districts: tuple[str, ...]
    implicit: bool = False
    either: tuple[str, ...] = ()
    source: str = ""

    @property
    def primary(self) -> frozenset[str]:
        """The topics that count as right for the primary one."""
        return frozenset({*self.topics[:1], *self.either})


@dataclass(frozen=True, slots=True)
class Corpus:
    """All examples in order of file and line, with a digest (64 hex digits) that changes when any of them does."""

    examples: tuple[Example, ...]
    digest: str


@dataclass(frozen=True, slots=True)
class Defect:
    """What is wrong with one line and what was expected there."""

    path: Path
    line: int
    expected: str

    def __str__(self) -> str:
        """The defect as `file:line: expected …`."""
        return f"{self.path}:{self.line}: expected {self.expected}"


class CorpusError(Exception):
    """The corpus cannot be used; `defects` names every line that must be changed."""

    def __init__(self, defects: Sequence[Defect]) -> None:
        self.defects = tuple(defects)
        super().__init__("\n".join(map(str, defects)))


def read_corpus(corpus_dir: Path, topics: Iterable[str], *configs: Path, corrections: Sequence[Example] = ()) -> Corpus:
    """Read every `*.jsonl` of `corpus_dir`; raises CorpusError with all defects of all files at once.

    `topics` are the ids that labels may use; `corrections` come after the files' examples. The digest covers the
    files, the topics, the corrections and the contents of `configs`.
    """
    paths = sorted(corpus_dir.glob("*.jsonl"))
    if not paths:
        raise CorpusError([Defect(corpus_dir, 0, "at least one *.jsonl file of labelled messages")])
    known = tuple(topics)
    reading = _Reading(frozenset(known))
    for path in paths:
        reading.read(path)
    if reading.defects:
        raise CorpusError(reading.defects)
    return Corpus((*reading.examples, *corrections), _digest(known, [*paths, *configs], corrections))


def read_examples(path: Path, topics: Iterable[str]) -> tuple[Example, ...]:
    """Read one file of labelled JSON lines to measure with; raises CorpusError with all its defects.

    Unlike the corpus it may leave out subject and districts, have further keys, and repeat or lack labels.
    """
    reading = _Reading(frozenset(topics), lenient=True)
    reading.read(path)
    if reading.defects:
        raise CorpusError(reading.defects)
    return tuple(reading.examples)


def _digest(topics: Sequence[str], paths: Iterable[Path], corrections: Sequence[Example]) -> str:
    # Names and lengths go in too, so that moving a line from one file to the next is a different corpus.
    state = hashlib.sha256(json.dumps(topics).encode())
    for path in paths:
        content = path.read_bytes()
        state.update(f"{path.name} {len(content)}\n".encode())
        state.update(content)
    if corrections:
        state.update(json.dumps([asdict(example) for example in corrections], sort_keys=True).encode())
    return state.hexdigest()


class _Reading:
    """What has been read so far: ids and texts must be unique over all files."""

    def __init__(self, topics: frozenset[str], *, lenient: bool = False) -> None:
        self.topics = topics
        self.lenient = lenient
        self.examples: list[Example] = []
        self.defects: list[Defect] = []
        self._ids: set[str] = set()
        self._texts: set[str] = set()

    def read(self, path: Path) -> None:
        try:
            lines = path.read_text(encoding="utf-8").split("\n")
        except OSError as error:
            self.defects.append(Defect(path, 0, f"a readable file ({error.strerror})"))
            return
        except UnicodeDecodeError:
            self.defects.append(Defect(path, 0, "UTF-8"))
            return
        for number, line in enumerate(lines, start=1):
            if line.strip():
                self._read_line(path, number, line)

    def _read_line(self, path: Path, number: int, line: str) -> None:
        try:
            data = json.loads(line)
        except ValueError:
            self.defects.append(Defect(path, number, "one JSON object"))
            return
        if isinstance(data, dict):
            data = {**_OPTIONAL, **(self._forgiven(data) if self.lenient else data)}
        expectations = list(_wrong_shape(data)) or list(self._wrong_labels(data))
        self.defects.extend(Defect(path, number, expected) for expected in expectations)
        if not expectations:
            self.examples.append(_example(data, path.stem))

    @staticmethod
    def _forgiven(data: dict[str, Any]) -> dict[str, Any]:
        return {**_DEFAULTS, **{key: value for key, value in data.items() if key in {*_KEYS, *_OPTIONAL}}}

    def _wrong_labels(self, data: dict[str, Any]) -> Iterator[str]:
        if data["kind"] not in set(Kind):
            yield f"kind to be one of {', '.join(Kind)}, not {data['kind']!r}"
        for topic in data["topics"]:
            if topic not in self.topics:
                yield f"topics of config/topics.toml, not {topic!r}"
        for key in data["districts"]:
            if key not in {REGION, OUTSIDE} and not _DISTRICT.fullmatch(key):
                yield f'districts to hold five-digit keys, "{REGION}" or "{OUTSIDE}", not {key!r}'
        if not self.lenient:
            yield from self._repeated(data)
            yield from _unlikely(data)

    def _repeated(self, data: dict[str, Any]) -> Iterator[str]:
        # The same text twice would stand on both sides of a held-out split and flatter the figures.
        text = _BLANKS.sub(" ", f"{data['subject']} {data['text']}").strip().casefold()
        if not data["id"] or data["id"] in self._ids:
            yield f"an id of its own, not {data['id']!r}"
        if text in self._texts:
            yield "a text that no other line has"
        if not data["text"].strip():
            yield "a text that is not empty"
        self._ids.add(data["id"])
        self._texts.add(text)


def _unlikely(data: dict[str, Any]) -> Iterator[str]:
    """Labels that nlp/corpus/README.md rules out."""
    if data["kind"] in KINDS_WITH_TOPIC and not data["topics"]:
        yield f"at least one topic for kind {data['kind']}"
    if data["kind"] in KINDS_WITHOUT_TOPIC and data["topics"]:
        yield f"no topics for kind {data['kind']}"
    if len(set(data["topics"])) < len(data["topics"]) or len(data["topics"]) > TOPICS_AT_MOST:
        yield f"at most {TOPICS_AT_MOST} different topics"
    if len(set(data["districts"])) < len(data["districts"]):
        yield "each district once"
    if not set(data["either"]) <= set(data["topics"]):
        yield "either to hold some of the topics"


def _wrong_shape(data: object) -> Iterator[str]:
    if not isinstance(data, dict) or set(data) != {*_KEYS, *_OPTIONAL}:
        yield (
            f"an object with exactly the keys {', '.join(sorted(_KEYS))}, and if need be {', '.join(sorted(_OPTIONAL))}"
        )
        return
    if not isinstance(data["implicit"], bool):
        yield "implicit to be true or false"
    for key in _TEXT_KEYS:
        if not isinstance(data[key], str):
            yield f"{key} to be a string"
    for key in _LIST_KEYS:
        if not isinstance(data[key], list) or not all(isinstance(item, str) for item in data[key]):
            yield f"{key} to be a list of strings"


def _example(data: dict[str, Any], source: str) -> Example:
    return Example(
        id=data["id"],
        subject=data["subject"],
        text=data["text"],
        kind=Kind(data["kind"]),
        topics=tuple(data["topics"]),
        districts=tuple(data["districts"]),
        implicit=data["implicit"],
        either=tuple(data["either"]),
        source=source,
    )
