"""A whole Ideenkanal in one's own process: Bot API, mail relay and web over sockets, and the shipped model."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from services.cli.service import Parts, secret_key, serve_until
from services.ideas.catalogue import Catalogue
from services.ideas.register import Register
from services.ideas.store import Store
from tests.fakes.bot_api import BotApiServer, Citizen
from tests.fakes.smtp_sink import SmtpSink


@dataclass
class House:
    """The running installation: what stands around it, and what its staff work with."""

    catalogue: Catalogue
    register: Register
    telegram: BotApiServer
    relay: SmtpSink
    url: str
    mail_port: int

    def citizen(self, chat_id: int = 4711, first_name: str = "Erika", language_code: str = "de") -> Citizen:
        """A person who has not written yet."""
        return self.telegram.citizen(chat_id, first_name, language_code=language_code)

    async def reference_of(self, citizen: Citizen) -> str:
        """The number of a person's newest idea."""
        return (await self.register.ideas_of("telegram", str(citizen.chat_id), 1))[0].reference


@asynccontextmanager
async def open_house(
    make_catalogue: Callable[..., Catalogue], telegram: BotApiServer, **settings: str
) -> AsyncIterator[House]:
    """The installation, which is receiving already.

    `make_catalogue` is given all settings as IDEENKANAL_… names without the prefix, and adds where data is kept.
    """
    async with SmtpSink() as relay:
        catalogue = make_catalogue(
            WEB_PORT=str(web_port := free_port()),
            EMAIL_PORT=str(mail_port := free_port()),
            RELAY_HOST="127.0.0.1",
            RELAY_PORT=str(relay.port),
            RELAY_SECURITY="none",
            TELEGRAM_TOKEN=telegram.token,
            TELEGRAM_BASE_URL=telegram.base_url,
            TELEGRAM_BASE_FILE_URL=telegram.base_file_url,
            **settings,
        )
        stop = asyncio.Event()
        running = asyncio.create_task(serve_until(stop, catalogue, Parts(intake=True, notifier=True, desk=True)))
        polls = asyncio.create_task(telegram.called("getUpdates", timeout_s=30))
        await asyncio.wait({running, polls}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
        await polls
        async with Store(catalogue.settings.storage.url) as store:
            register = Register(store, catalogue, secret_key(catalogue.settings))
            yield House(catalogue, register, telegram, relay, f"http://127.0.0.1:{web_port}", mail_port)
        stop.set()
        await running


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
