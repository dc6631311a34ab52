from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from services.ideas.catalogue import Catalogue
from services.ideas.model import Notification
from services.ideas.register import Register
from services.ideas.settings import Relay
from services.notifier.channels.email import EmailDeliverer
from services.notifier.channels.relay import SmtpRelay
from services.notifier.delivery import Deliverer, Sender
from tests import shipped
from tests.conftest import CONFIG, NOON
from tests.fakes.smtp_sink import SmtpSink
from tests.notifier.samples import Clock

Owed = Callable[..., Notification]


@pytest.fixture(scope="session")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """The shipped configuration; it is frozen, and nothing here writes into its folder."""
    data = str(tmp_path_factory.mktemp("data"))
    return shipped.catalogue(CONFIG, {"IDEENKANAL_STORAGE_DATA_DIR": data, "IDEENKANAL_WORK_POLL_SECONDS": "0.05"})


@pytest.fixture
async def sink() -> AsyncIterator[SmtpSink]:
    async with SmtpSink() as sink:
        yield sink


@pytest.fixture
async def relay(sink: SmtpSink) -> AsyncIterator[SmtpRelay]:
    relay = SmtpRelay(Relay(host=sink.host, port=sink.port, security="none"), connect_seconds=5, answer_seconds=5)
    yield relay
    await relay.close()


@pytest.fixture
def email(catalogue: Catalogue, relay: SmtpRelay) -> EmailDeliverer:
    return EmailDeliverer(catalogue.texts, catalogue.settings.email, relay)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def owed() -> Owed:
    """A notification that has been claimed, with whatever the test wants else."""

    def make(template: str = "update", **other: Any) -> Notification:
        given: dict[str, Any] = {
            "id": 1,
            "key": "update:SWS-2026-0042-7:3",
            "channel": "email",
            "recipient": "anna@example.net",
            "language": "de",
            "template": template,
            "parameters": {},
            "created_at": NOON,
            "dated_at": NOON,
            "attempt": 1,
        }
        return Notification(**(given | other))

    return make


@pytest.fixture
def sender(register: Register, clock: Clock) -> Callable[..., Sender]:
    """Makes the sender of a channel."""

    def make(channel: Deliverer, of: Register = register) -> Sender:
        return Sender(of, channel, asyncio.Event(), clock)

    return make
