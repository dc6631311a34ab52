"""How fast the outbox empties, beside plain aiosmtplib that hands over the same finished mails.

    python -m tests.benchmarks.outbox [--mails N] [--rounds N] [--connections N …]

Ours is a sender on a store full of confirmations and status updates: it claims, looks up, composes, hands over through
as many connections as the other, and marks as sent. Plain aiosmtplib keeps each connection for all of its mails. Both
talk to the same relays, which run in processes of their own, and the rounds alternate, so that a drift of the machine's
speed meets all. One relay forgets each mail and costs next to nothing; the other is Postfix, which commits each to its
queue, where it is installed and may be started (as root). Printed are mails a second, as the median of the rounds and
their range, and the ratios: these can be compared between machines.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import aiosmtplib
from sqlalchemy import func, select, update

from services.cli.logs import configure_logging
from services.ideas.catalogue import Catalogue
from services.ideas.migrate import migrate
from services.ideas.model import NotificationState
from services.ideas.register import Register
from services.ideas.settings import Relay
from services.ideas.store import Store
from services.ideas.tables import NotificationRow
from services.notifier.channels.email import EmailDeliverer
from services.notifier.channels.relay import SmtpRelay, relay_pace
from services.notifier.delivery import Sender
from services.notifier.outcome import Outcome, Sent
from tests import postfix, shipped
from tests.benchmarks.beside import progress, start
from tests.benchmarks.mail_intake import HOLDING
from tests.conftest import NOON, SECRET
from tests.postgres import PostgresServer
from tests.submissions import ANNA, submit

PLAIN = "plain aiosmtplib"
STAGE = "pruefung-regionalkonvent"
LATER = NOON + timedelta(hours=1)
FORGETTING, POSTFIX = "forgetting", "Postfix"
Rates = dict[str, list[float]]
Results = dict[tuple[str, int], Rates]
Mail = tuple[bytes, str, str]


@dataclass
class Outbox:
    """A store that owes mails, and a sender for it."""

    store: Store
    register: Register

    async def fill(self, mails: int) -> None:
        """Owe so many mails, half of them confirmations and half of them updates, each to somebody else."""
        for number in range(mails):
            person = replace(ANNA, address=f"anna{number}@example.org", verified=True)
            reference = await submit(self.register, "In Chemnitz fehlt ein Radweg am Bahnhof.", sender=person)
            if number % 2:
                await self._withhold()
                await self.register.change_stage(reference, STAGE, "", "staff", NOON)

    async def refill(self) -> None:
        """Owe again what has been sent."""
        async with self.store.writing() as session:
            await session.execute(
                update(NotificationRow)
                .where(NotificationRow.state == NotificationState.SENT)
                .values(state=NotificationState.DUE, attempts=0, available_at=NOON)
            )

    async def empty(self, deliverer: EmailDeliverer) -> int:
        """Send all that is owed; how much that was."""
        sender = Sender(self.register, deliverer, asyncio.Event(), lambda: LATER)
        return await sender.send_due()

    async def _withhold(self) -> None:
        """The newest mail is not to be sent."""
        async with self.store.writing() as session:
            newest = select(func.max(NotificationRow.id)).scalar_subquery()
            withheld = {"state": NotificationState.WITHHELD}
            await session.execute(update(NotificationRow).where(NotificationRow.id == newest).values(withheld))


@dataclass
class Nowhere:
    """A transport that takes everything."""

    async def send(self, mail: bytes, sender: str, recipient: str) -> Outcome:  # noqa: ARG002 - it has no use for them
        """Take it."""
        return Sent()


@dataclass
class Recording:
    """A transport that notes what it is given, and hands it on."""

    through: SmtpRelay
    mails: list[Mail] = field(default_factory=list)

    async def send(self, mail: bytes, sender: str, recipient: str) -> Outcome:
        """Note and hand on."""
        self.mails.append((mail, sender, recipient))
        return await self.through.send(mail, sender, recipient)


async def plain(port: int, mails: Sequence[Mail], connections: int) -> None:
    """Hand over finished mails as a program would that does nothing else."""
    left = iter(mails)

    async def send_some() -> None:
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False, local_hostname="bench") as client:
            for mail, sender, recipient in left:
                await client.mail(sender)
                await client.rcpt(recipient)
                await client.data(mail)

    await asyncio.gather(*(send_some() for _ in range(connections)))


async def measure(connections: Sequence[int], mails: int, rounds: int) -> Results:
    """Mails a second by relay, number of connections and sender, for each round."""
    async with AsyncExitStack() as stack:
        ports = {FORGETTING: await start(stack, "tests.benchmarks.mail_taker")}
        if postfix.is_usable():
            ports[POSTFIX] = (await stack.enter_async_context(postfix.Postfix(HOLDING, is_quiet=True))).port
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        configure_logging(stack.enter_context((folder / "log").open("w")))
        given = {"IDEENKANAL_STORAGE_DATA_DIR": str(folder), "IDEENKANAL_EMAIL_MOST_ANSWERS_PER_HOUR": "1000000"}
        catalogue = shipped.catalogue(shipped.CONFIG, given)
        server = stack.enter_context(PostgresServer())
        urls = {"SQLite": f"sqlite+aiosqlite:///{folder}/outbox.sqlite3", "PostgreSQL": server.create_database()}
        outboxes = {name: await _open(stack, url, catalogue, mails) for name, url in urls.items()}
        gc.freeze()
        return {
            (relay, number): await _rounds(outboxes, port, number, rounds)
            for relay, port in ports.items()
            for number in connections
        }


async def _rounds(outboxes: dict[str, Outbox], port: int, connections: int, rounds: int) -> Rates:
    rates: Rates = {name: [] for name in (*outboxes, PLAIN)}
    finished: list[Mail] = []
    for turn in range(rounds + 1):
        for name, outbox in outboxes.items():
            await outbox.refill()
            settings = Relay(host="127.0.0.1", port=port, security="none", most_connections=connections)
            relay = SmtpRelay(settings)
            recording = Recording(relay)
            catalogue = outbox.register.catalogue
            deliverer = EmailDeliverer(catalogue.texts, catalogue.settings.email, recording, pace=relay_pace(settings))
            began = time.perf_counter()
            number = await outbox.empty(deliverer)
            _note(rates[name], turn, number, began)
            await relay.close()
            finished = recording.mails
        began = time.perf_counter()
        await plain(port, finished, connections)
        _note(rates[PLAIN], turn, len(finished), began)
        progress(f"port {port}, {connections} connections: round {turn} of {rounds}")
    return rates


def _note(rates: list[float], turn: int, mails: int, began: float) -> None:
    # The first round warms all up.
    if turn:
        rates.append(mails / (time.perf_counter() - began))


async def _open(stack: AsyncExitStack, url: str, catalogue: Catalogue, mails: int) -> Outbox:
    store = await stack.enter_async_context(Store(url))
    await migrate(store)
    outbox = Outbox(store, Register(store, catalogue, SECRET))
    await outbox.fill(mails)
    await outbox.empty(EmailDeliverer(catalogue.texts, catalogue.settings.email, Nowhere()))
    return outbox


def _table(results: Results) -> Iterator[str]:
    row = "{:>10}  {:>11}  {:>18}  {:>18}  {:>18}  {:>12}  {:>16}".format
    yield row("relay", "connections", "SQLite/s", "PostgreSQL/s", "plain/s", "SQLite/plain", "PostgreSQL/plain")
    for (relay, number), rates in results.items():
        medians = {name: statistics.median(each) for name, each in rates.items()}
        ratios = [f"{medians[name] / medians[PLAIN]:.2f}" for name in rates if name != PLAIN]
        yield row(relay, number, *map(_rate, rates.values()), *ratios)


def _rate(rates: list[float]) -> str:
    return f"{statistics.median(rates):.0f} ({min(rates):.0f}-{max(rates):.0f})"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print one line for each number of connections."""
    parser = argparse.ArgumentParser(description="emptying the outbox beside plain aiosmtplib")
    parser.add_argument("--mails", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--connections", type=int, nargs="+", default=[1, 5, 20])
    options = parser.parse_args(arguments)
    results = asyncio.run(measure(options.connections, options.mails, options.rounds))
    progress("")
    print(*_table(results), sep="\n")


if __name__ == "__main__":
    main()
