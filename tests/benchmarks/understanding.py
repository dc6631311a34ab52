"""How fast messages are understood, beside spaCy's own German tokenizer that only takes them apart.

    python -m tests.benchmarks.understanding [--messages N] [--rounds N]

Both read the same messages of 60 words, cut out of the evaluation set, in turns, so that a drift of the machine's speed
meets both. Printed are messages a second of processor time, as the median of the rounds and their range, and the ratio
of ours to the other: this can be compared between machines.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import spacy

from nlp.artefact import read_facts
from nlp.corpus import read_examples
from nlp.evaluate import message_files
from nlp.pipeline import load
from nlp.speed import Message, cut

ROOT = Path(__file__).parents[2]
BATCH = 256


def messages(number: int) -> list[Message]:
    """So many messages; the evaluation set is gone through again where it is too short."""
    files = message_files(ROOT / "nlp" / "evaluation")
    topics = read_facts(ROOT / "nlp" / "model").topics
    pieces = cut(row.text for path in files for row in read_examples(path, topics))
    return [pieces[i % len(pieces)] for i in range(number)]


def measure(read: Sequence[Message], rounds: int) -> dict[str, list[float]]:
    """Messages a second by reader, for each round but the first, which warms both up."""
    classifier = load(ROOT / "nlp" / "model", ROOT / "config" / "places")
    plain = spacy.blank("de")

    def ours() -> None:
        for _ in classifier.understand_many(read):
            pass

    def theirs() -> None:
        for start in range(0, len(read), BATCH):
            with plain.memory_zone():
                for _, text in read[start : start + BATCH]:
                    plain.make_doc(text)

    readers: dict[str, Callable[[], None]] = {"ours": ours, "spaCy's tokenizer": theirs}
    rates: dict[str, list[float]] = {name: [] for name in readers}
    for turn in range(rounds + 1):
        for name, reader in readers.items():
            began = time.process_time()
            reader()
            if turn:
                rates[name].append(len(read) / (time.process_time() - began))
    return rates


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    rates = measure(messages(options.messages), options.rounds)
    for name, found in rates.items():
        print(f"{name:<20}{statistics.median(found):8.0f}/s ({min(found):.0f} to {max(found):.0f})")
    ours, theirs = (statistics.median(found) for found in rates.values())
    print(f"ratio               {ours / theirs:8.2f}")


if __name__ == "__main__":
    main()
