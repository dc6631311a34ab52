"""The composition root: puts the parts of one process together, runs them, and ends them cleanly."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import tempfile
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from services.cli.models import load_model, load_next_model, model_store
from services.ideas.catalogue import Catalogue
from services.ideas.errors import ConfigurationError, Problem, StoreError
from services.ideas.inbound import InboundLog
from services.ideas.migrate import migrate
from services.ideas.register import Register
from services.ideas.settings import SECRET_LENGTH, Settings
from services.ideas.store import Store

if TYPE_CHECKING:
    from aiohttp import web


# Together with the mail receiver's drain this stays under the ten seconds that supervisors give.
_LOOPS_END_WITHIN_SECONDS = 2.0
# Each waits for the DNS of one mail at a time, and a stranger's DNS may be slow.
_AUTHENTICATORS = 3

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Parts:
    """Which services this process is."""

    intake: bool = False
    notifier: bool = False
    desk: bool = False


@dataclass(slots=True)
class _Assembly:
    """What the parts hand to the process: routes to serve, loops to run, states to tell."""

    register: Register
    stack: AsyncExitStack
    stop: asyncio.Event
    routes: list[web.RouteDef] = field(default_factory=list)
    loops: list[Callable[[], Coroutine[Any, Any, None]]] = field(default_factory=list)
    states: dict[str, Callable[[], str]] = field(default_factory=dict)

    def current_states(self) -> dict[str, str]:
        return {name: state() for name, state in self.states.items()}


async def open_register(stack: AsyncExitStack, catalogue: Catalogue, *, create: bool = True) -> Register:
    """A register on the configured store, migrated; `stack` closes the store.

    Without `create` a SQLite store must be there already (else StoreError, in German, for staff): a mistyped folder
    would become a new, empty installation.
    """
    settings = catalogue.settings
    file = settings.storage.sqlite_file
    if not create and file is not None and not file.exists():
        raise StoreError(f"Hier ist keine Datenbank: {file}. Bitte prüfen Sie IDEENKANAL_STORAGE_DATA_DIR.")
    settings.storage.data_dir.mkdir(parents=True, exist_ok=True)
    store = await stack.enter_async_context(Store(settings.storage.url))
    await migrate(store)
    return Register(store, catalogue, secret_key(settings))


def secret_key(settings: Settings) -> bytes:
    """The secret that links are derived from: the configured one, or one that is made once and kept."""
    if configured := settings.security.secret_key.get_secret_value():
        return configured.encode()
    path = settings.storage.data_dir / "secret.key"
    if not path.exists():
        _write_secret(path)
    key = path.read_text().strip()
    if len(key) < SECRET_LENGTH:
        expected = f"expected {SECRET_LENGTH} characters or more: delete the file (links in old messages stop working)"
        raise ConfigurationError([Problem(str(path), "-", expected)])
    return key.encode()


def _write_secret(path: Path) -> None:
    """Whole or not at all: a key that is read while it is written, or cut short by a full disk, can be guessed."""
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix="secret.")
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(32))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # another service was first, and its key counts
            os.link(draft, path)
    finally:
        Path(draft).unlink()


async def serve(catalogue: Catalogue, parts: Parts) -> None:
    """Run the parts until SIGTERM or SIGINT, or until one of them fails, which ends the process with its error."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    await serve_until(stop, catalogue, parts)


async def serve_until(stop: asyncio.Event, catalogue: Catalogue, parts: Parts) -> None:
    """Run the parts until `stop` is set, or until one of them fails, which is raised."""
    _check_shared_secret(catalogue.settings, parts)
    async with AsyncExitStack() as stack:
        assembly = _Assembly(await open_register(stack, catalogue), stack, stop)
        if parts.notifier:
            await _add_notifier(assembly)
        if parts.intake:
            await _add_intake(assembly)
        await _add_web(assembly, pages=parts.desk)
        failures = _start_loops(assembly)
        log.info("service.ready", parts=[name for name in ("intake", "notifier", "desk") if getattr(parts, name)])
        await stop.wait()
        log.info("service.stopping")
        # Loops that wait for work look up and see that they are to stop.
        assembly.register.messages_waiting.set()
        assembly.register.notifications_waiting.set()
        assembly.register.similar.unmarked_waiting.set()
    if failures:
        raise failures[0]


def _check_shared_secret(settings: Settings, parts: Parts) -> None:
    everything = parts == Parts(intake=True, notifier=True, desk=True)
    if settings.storage.is_server and not everything and not settings.security.secret_key.get_secret_value():
        expected = "expected the same secret for each service, because links that one makes another must open"
        raise ConfigurationError([Problem("environment", "IDEENKANAL_SECURITY_SECRET_KEY", expected)])


async def _add_intake(assembly: _Assembly) -> None:
    from services.intake.email.authentication.authenticator import Authenticator
    from services.intake.email.channel import MailChannel
    from services.intake.email.receive import MailReceiver
    from services.intake.email.worker.reading import ReadingProcess
    from services.intake.fingerprints import Fingerprinter
    from services.intake.reader import Reader
    from services.intake.telegram.read import TelegramReader
    from services.intake.understand import Succession, Understander

    catalogue, stack = assembly.register.catalogue, assembly.stack
    settings = catalogue.settings
    succession = Succession(model_store(catalogue).stamp, partial(load_next_model, catalogue))
    understander = Understander(partial(load_model, catalogue), succession)
    stack.callback(understander.close)
    assembly.states["model"] = lambda: understander.state.value
    inbound = await stack.enter_async_context(InboundLog(assembly.register.log))
    storage = settings.storage
    receiver = MailReceiver(settings.email, storage.data_dir, inbound, share_port=storage.is_server)
    await stack.enter_async_context(receiver)
    reading = ReadingProcess(settings.email, settings.region.reference_prefix)
    mail = MailChannel(
        await stack.enter_async_context(reading),
        await stack.enter_async_context(Authenticator(settings.authentication, count=_AUTHENTICATORS)),
        catalogue.texts.languages,
    )
    readers = (mail, TelegramReader(catalogue))
    assembly.loops.append(Reader(assembly.register, readers, understander, assembly.stop).run)
    assembly.loops.append(partial(understander.watch, assembly.stop))
    assembly.loops.append(Fingerprinter(assembly.register.similar, understander, assembly.stop).run)
    await _add_telegram(assembly, inbound)
    # Last, because it imports spaCy in a thread: two threads that import at once wait for one another.
    understander.start()


async def _add_telegram(assembly: _Assembly, inbound: InboundLog) -> None:
    catalogue, register, stop = assembly.register.catalogue, assembly.register, assembly.stop
    settings = catalogue.settings
    if not settings.telegram.is_on:
        reason = "no token is set (IDEENKANAL_TELEGRAM_TOKEN)" if settings.telegram.enabled else "it is switched off"
        log.info("telegram.off", reason=reason)
        return
    from services.intake.telegram.client import receiving_bot
    from services.intake.telegram.files import FileFetcher
    from services.intake.telegram.profile import announce_profile
    from services.intake.telegram.receive import POLLING, Poller
    from services.intake.telegram.webhook import Webhook, announce_webhook

    bot = receiving_bot(settings.telegram)
    assembly.stack.push_async_callback(bot.request.shutdown)
    assembly.loops.append(FileFetcher(bot, register.awaited_files, settings, stop).run)
    assembly.loops.append(partial(announce_profile, bot, catalogue.texts, stop))
    if settings.telegram.mode == "webhook":
        assembly.routes.extend(Webhook(settings.telegram, inbound).routes)
        assembly.loops.append(partial(announce_webhook, bot, settings.telegram, settings.web.public_url, stop))
    else:
        await register.leases.take_over(POLLING)
        poller = Poller(bot, inbound, register.leases, stop)
        assembly.states["telegram"] = lambda: poller.state.value
        assembly.loops.append(poller.run)


async def _add_notifier(assembly: _Assembly) -> None:
    from services.notifier.channels.email import EmailDeliverer
    from services.notifier.channels.maildir import Maildir
    from services.notifier.channels.relay import SmtpRelay, relay_pace
    from services.notifier.channels.signature import signer
    from services.notifier.delivery import Deliverer, Sender
    from services.notifier.schedule import Schedule
    from services.notifier.watermark import Watermark

    catalogue = assembly.register.catalogue
    settings = catalogue.settings
    watermark = Watermark(settings.storage.data_dir / "outbox.mark")
    await watermark.check(assembly.register.outbox_control)
    relay = SmtpRelay(settings.relay)
    assembly.stack.push_async_callback(relay.close)
    transport = relay if settings.relay.host else Maildir(settings.storage.data_dir / "outgoing")
    signs = signer(settings.dkim, settings.email.domain)
    deliverers: list[Deliverer] = [
        EmailDeliverer(catalogue.texts, settings.email, transport, signs, relay_pace(settings.relay))
    ]
    if settings.telegram.is_on:
        from services.notifier.channels.telegram import TelegramDeliverer, sending_bot

        bot = sending_bot(settings.telegram)
        assembly.stack.push_async_callback(bot.request.shutdown)
        deliverers.append(TelegramDeliverer(bot, catalogue.texts, settings.telegram.most_per_second))
    senders = [Sender(assembly.register, each, assembly.stop, note=watermark.note) for each in deliverers]
    assembly.loops += [sender.run for sender in senders]
    await assembly.stack.enter_async_context(Schedule(assembly.register))


async def _add_web(assembly: _Assembly, *, pages: bool) -> None:
    from aiohttp import web

    from services.desk.app import make_app
    from services.desk.health import health_routes

    settings = assembly.register.catalogue.settings.web
    routes = [*health_routes(assembly.register, assembly.current_states), *assembly.routes]
    app = make_app(assembly.register, routes, pages=pages)
    runner = web.AppRunner(app, handle_signals=False, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    assembly.stack.push_async_callback(runner.cleanup)
    site = web.TCPSite(runner, settings.host, settings.port)
    await site.start()
    log.info("web.listening", host=settings.host, port=runner.addresses[0][1])


def _start_loops(assembly: _Assembly) -> list[BaseException]:
    """Run the loops; the returned list receives what one of them dies of, and then the service stops."""
    failures: list[BaseException] = []
    tasks = [asyncio.create_task(loop()) for loop in assembly.loops]

    def ended(task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("service.failed", exc_info=error)
            failures.append(error)
            assembly.stop.set()

    async def end() -> None:
        _, late = await asyncio.wait(tasks, timeout=_LOOPS_END_WITHIN_SECONDS) if tasks else (set(), set())
        for task in late:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    for task in tasks:
        task.add_done_callback(ended)
    assembly.stack.push_async_callback(end)
    return failures
