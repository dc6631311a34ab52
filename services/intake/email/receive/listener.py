"""The mail server: listens by SMTP, and where wanted by LMTP, until it is left."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path
from types import TracebackType
from typing import Self

import structlog

from services.ideas.errors import ConfigurationError, Problem
from services.ideas.inbound import InboundLog
from services.ideas.settings import Email
from services.intake.email.receive.connection import Connection, House, LmtpConnection
from services.intake.email.receive.crowd import Crowd
from services.intake.email.receive.handler import MailHandler
from services.intake.email.receive.limits import Limits

# Many clients that come at once are greeted or sent away, but not left to try again in silence.
_BACKLOG = 1024
_UNIX = "unix:"
# As with other mail servers' sockets, the folder decides who may connect.
_SOCKET_MODE = 0o666

log = structlog.get_logger(__name__)


class MailReceiver:
    """The listening server, as an asynchronous context manager.

    Leaving it stops listening, hangs up on whoever is not transferring a message, and lets the others finish theirs
    for `drain_seconds`. With `share_port` several processes may listen on one port. Raises ConfigurationError for a
    certificate or key that cannot be used, and OSError for an address that is taken.
    """

    def __init__(
        self,
        settings: Email,
        data_dir: Path,
        inbound: InboundLog,
        *,
        drain_seconds: float = 4.0,
        share_port: bool = False,
    ) -> None:
        limits = Limits(settings)
        self._settings = settings
        self._tls = _tls_context(settings)
        self._crowd = Crowd(limits, settings.most_connections)
        self._house = House(settings, MailHandler(settings, data_dir, inbound, limits), limits, self._crowd)
        self._drain_seconds = drain_seconds
        self._share_port = share_port
        self._servers: list[asyncio.Server] = []

    @property
    def port(self) -> int:
        """The TCP port for SMTP that is really listened on (the settings may say 0: any)."""
        return _port(self._servers[0])

    @property
    def lmtp_port(self) -> int:
        """The TCP port for LMTP."""
        return _port(self._servers[1])

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        try:
            self._servers.append(
                await loop.create_server(
                    self._smtp,
                    self._settings.host,
                    self._settings.port,
                    backlog=_BACKLOG,
                    reuse_port=self._share_port or None,
                )
            )
            log.info("mail.listening", host=self._settings.host, port=self.port)
            if self._settings.lmtp:
                self._servers.append(await self._listen_for_lmtp())
                log.info("mail.listening_for_lmtp", at=self._settings.lmtp)
        except BaseException:
            self._stop_listening()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop_listening()
        if late := await self._crowd.disperse(self._drain_seconds):
            log.warning("mail.drain_timeout", connections=late)

    async def _listen_for_lmtp(self) -> asyncio.Server:
        loop = asyncio.get_running_loop()
        if not self._settings.lmtp.startswith(_UNIX):
            host, _, port = self._settings.lmtp.rpartition(":")
            return await loop.create_server(
                self._lmtp, host.strip("[]"), int(port), backlog=_BACKLOG, reuse_port=self._share_port or None
            )
        path = Path(self._settings.lmtp.removeprefix(_UNIX))
        server = await loop.create_unix_server(self._lmtp, path, backlog=_BACKLOG)
        path.chmod(_SOCKET_MODE)  # noqa: ASYNC240 - one call, once
        return server

    def _stop_listening(self) -> None:
        for server in self._servers:
            server.close()
        self._servers.clear()

    def _smtp(self) -> Connection:
        return Connection(self._house, **self._options("ESMTP"))

    def _lmtp(self) -> LmtpConnection:
        return LmtpConnection(self._house, **self._options("LMTP"))

    def _options(self, protocol: str) -> dict[str, object]:
        return {
            "data_size_limit": self._settings.max_bytes,
            "hostname": self._settings.hostname,
            "ident": f"{protocol} Ideenkanal",
            "enable_SMTPUTF8": True,
            "tls_context": self._tls,
            "loop": asyncio.get_running_loop(),
        }


def _port(server: asyncio.Server) -> int:
    return int(server.sockets[0].getsockname()[1])


def _tls_context(settings: Email) -> ssl.SSLContext | None:
    if not settings.tls_certificate:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(settings.tls_certificate, settings.tls_key)
    except OSError as error:
        expected = f"expected a readable PEM certificate, and its key in tls_key ({type(error).__name__})"
        raise ConfigurationError([Problem("settings.toml", "email.tls_certificate", expected)]) from error
    return context
