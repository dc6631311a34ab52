"""Asks who a mail is from, in a child process; there is an answer to every mail, and it comes within seven seconds."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

import structlog

from services.ideas.settings import Authentication as Settings
from services.intake.email.authentication.result import Authentication, AuthResult, Source
from services.intake.email.errors import MailDefeated, WorkerUnavailable
from services.intake.email.worker.process import Worker

_TASK = "services.intake.email.authentication.task"
_DNS_SECONDS = 4.0
# For the arithmetic that follows the last answer.
_REST_SECONDS = 3.0

log = structlog.get_logger(__name__)


class Authenticator:
    """Authenticates one mail at a time in each of `count` child processes; further ones wait their turn."""

    def __init__(self, settings: Settings, *, count: int = 1, dns_seconds: float = _DNS_SECONDS) -> None:
        configured = {"authentication": settings.model_dump(mode="json"), "seconds": dns_seconds}
        self._asks_nobody = settings.resolver == "off" and not settings.authserv_id
        count = 0 if self._asks_nobody else count
        self._worker = Worker(_TASK, configured, count=count, wall_seconds=dns_seconds + _REST_SECONDS)

    async def __aenter__(self) -> Self:
        await self._worker.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._worker.__aexit__(kind, error, trace)

    async def authenticate(self, raw: bytes, envelope: Mapping[str, Any]) -> Authentication:
        """What SPF, DKIM and DMARC say. The envelope has "mail_from", and where known "peer" (an IP) and "helo".

        A mail that defeats the question has failed it: otherwise a forger would only have to make his mail costly.
        """
        if self._asks_nobody:
            return Authentication()
        try:
            return await self._worker.ask({"raw": raw, "envelope": dict(envelope)}, Authentication.from_json)
        except MailDefeated as error:
            log.warning("mail.authentication_defeated", reason=error.reason.value, detail=error.detail)
            return Authentication(dmarc=AuthResult.FAIL, source=Source.DEFEATED)
        except WorkerUnavailable as error:
            log.warning("mail.authentication_unavailable", reason=str(error))
            unknown = AuthResult.TEMPERROR
            return Authentication(unknown, unknown, unknown, source=Source.OFF)
