"""The questions about a mail's sender without the child process around them, which takes a moment to start."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from services.ideas.settings import Authentication as Settings
from services.intake.email.authentication import task
from services.intake.email.authentication.authenticator import Authenticator
from services.intake.email.authentication.result import Authentication


class InThread(Authenticator):
    """Asks in a thread what the child would ask."""

    def __init__(self, settings: Settings, *, dns_seconds: float = 1.0) -> None:
        super().__init__(settings, count=0)
        self._task = task.prepare({"authentication": settings.model_dump(mode="json"), "seconds": dns_seconds})

    async def authenticate(self, raw: bytes, envelope: Mapping[str, Any]) -> Authentication:
        """The same as in a child; a mail that defeats it defeats the test."""
        request = {"raw": raw, "envelope": dict(envelope)}
        return Authentication.from_json(await asyncio.to_thread(self._task, request))
