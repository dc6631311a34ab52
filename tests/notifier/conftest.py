from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from services.ideas.catalogue import Catalogue
from services.ideas.model import Notification
from services.ideas.settings import Relay
from services.notifier.channels.email import EmailDeliverer
from services.notifier.channels.relay import SmtpRelay
from tests.conftest import NOON
from tests.fakes.smtp_sink import SmtpSink
from tests.notifier.samples import Clock

Owed = Callable[..., Notification]


@pytest.fixture
async def sink() -> AsyncIterator[SmtpSink]:
    async with SmtpSink() as sink:
        yield sink


@pytest.fixture
def relay(sink: SmtpSink) -> SmtpRelay:
    return SmtpRelay(Relay(host=sink.host, port=sink.port, security="none"), connect_seconds=5, answer_seconds=5)


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
        given = {
            "id": 1,
            "key": "update:SWS-2026-0042-7:3",
            "channel": "email",
            "recipient": "anna@example.net",
            "language": "de",
            "template": template,
            "parameters": {},
            "created_at": NOON,
            "attempt": 1,
        }
        return Notification(**(given | other))

    return make
