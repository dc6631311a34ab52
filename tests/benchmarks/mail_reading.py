"""How right mail is read, against the expectations of other mail programs' test mails.

    python -m tests.benchmarks.mail_reading [--corpus DIR] [--failures]

The corpus is a folder of mails with a file `expected.jsonl`, one row for each mail; what a row does not say is not
scored. Each figure is printed with its target and the number of cases. `--failures` names each case that failed.
The second figure leaves out what fails by an expectation that is wrong in itself (`mail_corpus.FAULTS`, listed below
the table); it is the one that the target is held against.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from services.ideas.settings import Email
from services.intake.email.read import MailReader, MailReading
from tests.benchmarks import mail_corpus
from tests.benchmarks.mail_corpus import FAULTS, Case

CORPUS = Path(__file__).parents[3] / "shared" / "mail-corpus"
SLOWEST_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Measure:
    """One line of the table: which cases it is about, what is expected of them, and what the reading shows."""

    name: str
    target: float
    applies: Callable[[Case], bool]
    expected: Callable[[Case], object]
    seen: Callable[[Case, MailReading], object]
    right: Callable[[Case, MailReading], bool]
    at_most: bool = False


@dataclass(slots=True)
class Score:
    """How many cases of a measure are right, and the others: their id, what was expected, and what was seen."""

    measure: Measure
    cases: int = 0
    wrong: list[tuple[str, object, object]] = field(default_factory=list)

    @property
    def share(self) -> float:
        """The share of right cases; of wrong ones where the target is a ceiling."""
        wrong = len(self.wrong) / max(self.cases, 1)
        return wrong if self.measure.at_most else 1 - wrong

    @property
    def sound(self) -> Score:
        """The same without what fails by the expectation's own fault."""
        wrong = [each for each in self.wrong if each[0] not in FAULTS]
        return Score(self.measure, self.cases - len(self.wrong) + len(wrong), wrong)

    @property
    def reached(self) -> bool:
        """Whether the target is reached."""
        share, target = round(self.sound.share, 6), self.measure.target
        return share <= target if self.measure.at_most else share >= target


@dataclass(frozen=True, slots=True)
class Run:
    """The readings of a corpus: by case, and for how many files how long the slowest took."""

    readings: tuple[tuple[Case, MailReading], ...]
    crashed: tuple[tuple[str, str], ...]
    files: int
    slowest: tuple[float, str]


def read_all(corpus: Path) -> Run:
    """Read every mail of the corpus, those without an expectation too."""
    reader = MailReader(Email(), "SWS")
    readings, crashed, slowest = [], [], (0.0, "")
    cases = [*mail_corpus.cases(corpus), *mail_corpus.unexpected_files(corpus)]
    for case in cases:
        began = time.perf_counter()
        try:
            readings.append((case, reader.read_mail(case.raw, {})))
        except Exception as error:  # noqa: BLE001 - counting whatever may be raised is what this is for
            crashed.append((case.id, repr(error)))
        slowest = max(slowest, (time.perf_counter() - began, case.id))
    return Run(tuple(readings), tuple(crashed), len(cases), slowest)


def score(readings: Iterable[tuple[Case, MailReading]], measures: Sequence[Measure]) -> list[Score]:
    """Each measure over the cases that it is about."""
    scores = [Score(measure) for measure in measures]
    for case, reading in readings:
        for each in scores:
            if not each.measure.applies(case):
                continue
            each.cases += 1
            if not each.measure.right(case, reading):
                each.wrong.append((case.id, each.measure.expected(case), each.measure.seen(case, reading)))
    return scores


def _same(name: str, target: float, key: str, seen: Callable[[MailReading], object]) -> Measure:
    return Measure(
        name,
        target,
        applies=lambda case: getattr(case, key) is not None,
        expected=lambda case: getattr(case, key),
        seen=lambda _case, reading: seen(reading),
        right=lambda case, reading: getattr(case, key) == seen(reading),
    )


def _reply(name: str, target: float, *, german: bool = False, clean: bool = True) -> Measure:
    def right(case: Case, reading: MailReading) -> bool:
        wanted, seen = mail_corpus.words(case.reply_text or ""), mail_corpus.words(reading.to_json("")["reply_text"])
        return wanted == seen if clean else mail_corpus.is_kept(wanted, seen)

    return Measure(
        name,
        target,
        applies=lambda case: case.reply_text is not None and (case.german or not german),
        expected=lambda case: case.reply_text,
        seen=lambda _case, reading: reading.to_json("")["reply_text"],
        right=right,
    )


def _kind(name: str, target: float, kind: str) -> Measure:
    return Measure(
        name,
        target,
        applies=lambda case: case.nature == kind,
        expected=lambda case: case.nature,
        seen=lambda _case, reading: reading.kind.value,
        right=lambda case, reading: reading.kind.value == case.nature,
    )


MEASURES = (
    _same("sender", 0.97, "sender", lambda reading: reading.sender),
    _same("subject", 0.97, "subject", lambda reading: mail_corpus.one_line(reading.subject)),
    Measure(
        "body text",
        0.92,
        applies=lambda case: case.body is not None,
        expected=lambda case: case.body,
        seen=lambda _case, reading: reading.text,
        right=lambda case, reading: mail_corpus.overlap(case.body or "", reading.text) >= mail_corpus.SAME_TEXT,
    ),
    Measure(
        "umlaut words (mails)",
        0.90,
        applies=lambda case: bool(case.umlaut_words),
        expected=lambda case: sorted(case.umlaut_words),
        seen=lambda case, reading: f"missing: {sorted(case.umlaut_words - _umlaut_words(reading))}",
        right=lambda case, reading: case.umlaut_words <= _umlaut_words(reading),
    ),
    Measure(
        "attachments counted",
        0.90,
        applies=lambda case: case.attachments is not None,
        expected=lambda case: case.attachments,
        seen=lambda _case, reading: [attachment.filename for attachment in reading.attachments],
        right=lambda case, reading: case.attachments == len(reading.attachments),
    ),
    _reply("reply text complete", 0.95, clean=False),
    _reply("reply text complete and clean", 0.70),
    _reply("  the German ones", 0.80, german=True),
    _kind("bounces recognised", 0.97, "bounce"),
    Measure(
        "addresses of bounces",
        0.90,
        applies=lambda case: case.nature == "bounce" and (case.bounced is not None or case.bounced_count is not None),
        expected=lambda case: sorted(case.bounced) if case.bounced is not None else case.bounced_count,
        seen=lambda _case, reading: reading.to_json("")["bounced"],
        right=lambda case, reading: case.bounced_are(reading.to_json("")["bounced"]),
    ),
    _kind("auto-replies recognised", 0.90, "auto-reply"),
    Measure(
        "human mail taken for a bounce or auto-reply",
        0.01,
        applies=lambda case: case.nature == "human",
        expected=lambda _case: "neither",
        seen=lambda _case, reading: reading.kind.value,
        right=lambda _case, reading: reading.kind.value not in {"bounce", "auto-reply"},
        at_most=True,
    ),
)


def _umlaut_words(reading: MailReading) -> frozenset[str]:
    return mail_corpus.umlaut_words(f"{reading.subject}\n{reading.text}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the corpus and print the table."""
    parser = argparse.ArgumentParser(description="score the reading of mail against a corpus")
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    parser.add_argument("--failures", action="store_true", help="name each case that failed")
    options = parser.parse_args(arguments)
    run = read_all(options.corpus)
    scores = score(run.readings, MEASURES)
    _print_table(run, scores)
    _print_faults(scores)
    if options.failures:
        _print_failures(run, scores)


def _print_table(run: Run, scores: Sequence[Score]) -> None:
    row = "{:<45} {:>8} {:>9} {:>9} {:>5}  {}".format
    print(row("what", "reached", "sound", "target", "n", ""))
    crashed = len(run.crashed)
    print(row("mails that crash the reader", crashed, crashed, "0", run.files, _mark(reached=not crashed)))
    seconds, slowest = run.slowest
    fast = _mark(reached=seconds <= SLOWEST_SECONDS)
    took = f"{seconds:.2f}"
    print(row(f"slowest mail ({slowest}), s", took, took, f"<= {SLOWEST_SECONDS}", run.files, fast))
    for each in scores:
        bound = f"{'<=' if each.measure.at_most else '>='} {each.measure.target:.0%}"
        shares = f"{each.share:.1%}", f"{each.sound.share:.1%}"
        print(row(each.measure.name, *shares, bound, each.cases, _mark(reached=each.reached)))


def _mark(*, reached: bool) -> str:
    return "" if reached else "MISSED"


def _print_faults(scores: Sequence[Score]) -> None:
    wrong = {case: score.measure.name for score in scores for case, _, _ in score.wrong if case in FAULTS}
    print(f"\nof these, {len(wrong)} by an expectation that is wrong in itself:")
    for case, name in sorted(wrong.items()):
        print(f"  {case} ({name}): {FAULTS[case]}")


def _print_failures(run: Run, scores: Sequence[Score]) -> None:
    for case, error in run.crashed:
        print(f"\ncrash {case}: {error}")
    for each in scores:
        for case, expected, seen in each.wrong:
            print(f"\n{each.measure.name}: {case}\n  expected {expected!r}\n  seen     {seen!r}")


if __name__ == "__main__":
    main()
