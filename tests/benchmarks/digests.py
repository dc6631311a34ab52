"""How long digests take, and how much memory: `python -m tests.benchmarks.digests [--database postgresql] [--sizes …]`.

Twenty bodies get a digest of all new ideas between them: texts of the corpus, as the model understands them, each with
its fingerprint. Measured are the writing of the twenty digests, and the making of the twenty mails (what they say,
looked up and rendered), in a process of its own for each size. Twice the ideas must take no more than twice as long.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from sqlalchemy import insert, text

from nlp.pipeline import load
from services.cli.models import MODEL_DIR
from services.ideas.bodies import Cadence, DigestPlan
from services.ideas.catalogue import Catalogue
from services.ideas.channels import EMAIL
from services.ideas.fingerprints import FingerprintRow
from services.ideas.ledger import Event
from services.ideas.migrate import migrate
from services.ideas.model import AssignmentState
from services.ideas.periods import Period
from services.ideas.reference import reference_number
from services.ideas.register import Register
from services.ideas.store import Store
from services.ideas.tables import AssignmentRow, ContributionRow, IdeaRow, StageChangeRow
from services.ideas.work_tables import LedgerRow
from services.notifier.channels.email import EmailDeliverer
from services.notifier.content import values_of
from services.notifier.outcome import Outcome, Sent
from tests import shipped
from tests.postgres import PostgresServer

SIZES = (12_500, 25_000, 50_000, 100_000)
_BODIES = 20
_TREE = Path(__file__).parents[2]
_TEXTS = _TREE / "nlp" / "corpus" / "anton.jsonl"
_DIFFERENT_TEXTS = 400
_ROWS_AT_ONCE = 2_000
_BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
_PERIOD = Period("2026-12-01", datetime(2026, 12, 1, 6, tzinfo=UTC))
_SECRET = b"a secret that only the benchmark knows"
_KILOBYTES = 1024


@dataclass(frozen=True, slots=True)
class Message:
    """What somebody wrote, as the model understands it."""

    subject: str
    text: str
    understanding: dict[str, Any]
    fingerprint: bytes


@dataclass(frozen=True, slots=True)
class Measured:
    """What some work took: seconds, those of processors (here and at the database's server), and at most so many MB."""

    seconds: float
    processor: float
    megabytes: float


class Nowhere:
    """A transport that counts what it is handed."""

    def __init__(self) -> None:
        self.bytes = 0

    async def send(self, mail: bytes, sender: str, recipient: str) -> Outcome:  # noqa: ARG002 - its interface
        """Count one mail."""
        self.bytes += len(mail)
        return Sent()


def catalogue() -> Catalogue:
    """The shipped configuration with twenty bodies, all written to each day."""
    read = shipped.catalogue(shipped.CONFIG, {})
    plan = DigestPlan(Cadence.DAILY, 7, channels=frozenset({EMAIL}))
    known = [replace(body, digest=plan, telegram=None) for body in read.bodies.values()]
    more = [
        replace(known[-1], id=f"body-{number}", name=f"Stelle {number}", email=(f"stelle{number}@sk.example.org",))
        for number in range(_BODIES - len(known))
    ]
    return replace(read, bodies={body.id: body for body in [*known, *more]})


async def fill(url: str, size: int, messages: Sequence[Message], method: str) -> None:
    """Put so many new ideas into a new database."""
    bodies = list(catalogue().bodies)
    async with Store(url) as store:
        await migrate(store)
        numbers = iter(range(1, size + 1))
        while some := list(islice(numbers, _ROWS_AT_ONCE)):
            rows = [
                _rows(number, bodies[number % _BODIES], messages[number % len(messages)], method) for number in some
            ]
            async with store.writing() as session:
                for table in rows[0]:
                    await session.execute(insert(table), [row[table] for row in rows])


def _rows(number: int, body: str, message: Message, method: str) -> dict[Any, dict[str, Any]]:
    at = _BEGIN + number * timedelta(seconds=20)
    idea = {
        "id": number,
        "reference": reference_number("SWS", 2026, number),
        "channel": EMAIL,
        "stage": "zugeordnet",
        "model": "benchmark",
        "understanding": message.understanding,
        "created_at": at,
    }
    said = {"idea_id": number, "subject": message.subject, "text": message.text, "created_at": at}
    given = {"idea_id": number, "body": body, "rule": "ort", "assigned_at": at, "state": AssignmentState.OPEN}
    return {
        IdeaRow: idea,
        ContributionRow: said,
        AssignmentRow: {**given, "due_at": at + timedelta(days=28)},
        StageChangeRow: {"idea_id": number, "stage": "zugeordnet", "at": at, "actor": "program", "note": ""},
        LedgerRow: {"body": body, "idea_id": number, "event": Event.NEW, "occurrence": "first", "at": at},
        FingerprintRow: {"idea_id": number, "method": method, "content": message.fingerprint},
    }


def read_messages() -> tuple[list[Message], str]:
    """Different messages, and how their fingerprints were made."""
    model = load(MODEL_DIR, shipped.CONFIG / "places")
    return list(islice(_read(model), _DIFFERENT_TEXTS)), model.fingerprint_method


def _read(model: Any) -> Iterator[Message]:
    with _TEXTS.open(encoding="utf-8") as lines:
        for line in lines:
            said = json.loads(line)
            subject, text = said.get("subject", ""), said["text"]
            understanding = model.understand(subject, text)
            yield Message(subject, text, understanding.to_json(), model.fingerprint(subject, text, understanding))


async def measure(url: str) -> dict[str, Any]:
    """Write the digests of a database, and make the mails; what each took."""
    async with Store(url) as store:
        register = Register(store, catalogue(), _SECRET)
        begun = await _begin(store)
        told = [await register.write_digest(body, _PERIOD, _PERIOD.until) or 0 for body in register.catalogue.bodies]
        written = await _ended(store, begun)
        nowhere = Nowhere()
        deliverer = EmailDeliverer(register.catalogue.texts, register.catalogue.settings.email, nowhere)
        lease = timedelta(hours=1)
        begun = await _begin(store)
        claimed = await register.claim_notifications(_PERIOD.until, lease, _BODIES, EMAIL)
        for notification in claimed:
            await deliverer.deliver(notification, await values_of(register, notification))
        made = await _ended(store, begun)
    return {
        "ideas": sum(told),
        "mails": len(claimed),
        "kilobytes": nowhere.bytes // len(claimed) // 1000,
        "writing": asdict(written),
        "making": asdict(made),
    }


async def _begin(store: Store) -> tuple[float, float]:
    _forget_peak()
    return perf_counter(), process_time() + await _seconds_of_server(store)


async def _ended(store: Store, begun: tuple[float, float]) -> Measured:
    seconds, processor = perf_counter() - begun[0], process_time() + await _seconds_of_server(store) - begun[1]
    return Measured(seconds, processor, _peak() / _KILOBYTES)


async def _seconds_of_server(store: Store) -> float:
    """What PostgreSQL's sessions of this database have taken of a processor; they last as long as the store does."""
    if store.is_sqlite:
        return 0.0
    async with store.reading() as session:
        own = text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
        return sum(_ticks(pid) for pid in await session.scalars(own)) / os.sysconf("SC_CLK_TCK")


def _ticks(pid: int) -> int:
    """What a process has taken of a processor: utime and stime (proc(5)), some words after its name."""
    stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return int(stat[11]) + int(stat[12])


def _forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def _peak() -> int:
    """The most memory that this process had, in KB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1])


def _measured_apart(url: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.benchmarks.digests", "--measure", url]
    done = subprocess.run(command, cwd=_TREE, check=True, stdout=subprocess.PIPE)  # noqa: S603 - ours
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def compare(database: str, sizes: Sequence[int]) -> None:
    """Print, for each size, what was measured, and how much more it is than for the size before."""
    messages, method = read_messages()
    before: dict[str, Any] = {}
    print(f"{database}: ideas; mails; writing, of a processor (times the size before), memory; making, the same")
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="ideenkanal-digests-"))
        server = stack.enter_context(PostgresServer()) if database == "postgresql" else None
        for size in sizes:
            url = server.create_database() if server else f"sqlite+aiosqlite:///{folder}/{size}.sqlite3"
            asyncio.run(fill(url, size, messages, method))
            if server:
                server.execute("ANALYZE", url.rpartition("/")[2])
            found = _measured_apart(url)
            each = [_with_ratio(found[name], before.get(name)) for name in ("writing", "making")]
            print(f"{found['ideas']:7}; {found['mails']} of {found['kilobytes']} KB; {'; '.join(each)}", flush=True)
            before = found


def _with_ratio(found: dict[str, float], before: dict[str, float] | None) -> str:
    times = f" (x {found['processor'] / before['processor']:.2f})" if before else ""
    return f"{found['seconds']:.2f} s, {found['processor']:.2f} s{times}, {found['megabytes']:.0f} MB"


def main() -> None:
    """Measure one database, or compare sizes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--measure", metavar="URL", help="a database that is filled already; prints JSON")
    wanted = parser.parse_args()
    if wanted.measure:
        print(json.dumps(asyncio.run(measure(wanted.measure))))
    else:
        compare(wanted.database, wanted.sizes)


if __name__ == "__main__":
    main()
