"""How fast a model reads and how much memory it needs, measured in a fresh process on one core."""

from __future__ import annotations

import os
import resource
import statistics
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import cycle, islice
from multiprocessing import get_context
from pathlib import Path

WORDS = 60
BATCHED = 2000
SINGLE = 300
_WARM = 100

Message = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Speed:
    """Processor time of one core (what waits for others on a busy machine does not count), and the most memory held."""

    messages_a_second: float
    milliseconds_for_one: float
    load_seconds: float
    megabytes: float
    processor: str


def cut(texts: Iterable[str]) -> list[Message]:
    """As many messages of `WORDS` words as are needed to measure, without subjects; a short supply begins anew."""
    words = cycle(word for text in texts for word in text.split())
    return [("", " ".join(islice(words, WORDS))) for _ in range(_WARM + BATCHED + SINGLE)]


def measured(model_dir: Path, places_dir: Path, messages: Sequence[Message]) -> Speed:
    """The figures of the model with its places."""
    # A process that has not loaded spaCy yet; only there can loading and memory be measured.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(_measure, model_dir, places_dir, messages).result()


def _measure(model_dir: Path, places_dir: Path, messages: Sequence[Message]) -> Speed:
    os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])
    start = time.process_time()
    from nlp.pipeline import load  # noqa: PLC0415 - importing spaCy is most of what loading takes

    classifier = load(model_dir, places_dir)
    loaded = time.process_time() - start
    list(classifier.understand_many(messages[:_WARM]))
    many, single = messages[_WARM:-SINGLE], messages[-SINGLE:]
    start = time.process_time()
    list(classifier.understand_many(many))
    batched = time.process_time() - start
    times = []
    for subject, text in single:
        start = time.process_time()
        classifier.understand(subject, text)
        times.append(time.process_time() - start)
    return Speed(
        messages_a_second=len(many) / batched,
        milliseconds_for_one=1000 * statistics.median(times),
        load_seconds=loaded,
        megabytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        processor=_processor(),
    )


def _processor() -> str:
    name = "an unnamed processor"
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    for line in lines:
        if line.startswith("model name"):
            name = line.partition(":")[2].strip()
            break
    return f"{name}, {os.cpu_count()} cores"
