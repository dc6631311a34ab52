"""Structured logs: one JSON line for each event, without personal data and without tokens."""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from typing import Any, TextIO

import structlog

# A bot's token (Bot API: digits, a colon, 35 signs; in URLs right after "bot") and anything like an address.
_SECRETS = (
    (re.compile(r"(?<!\d)\d{5,}:[\w-]{30,}"), "[token]"),
    (re.compile(r"[^\s<>\"'=:(]+@[^\s<>\"',;)]+"), "[address]"),
)
# These tell addresses, URLs with tokens or every request, each at INFO.
_QUIET = {
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "apscheduler": logging.WARNING,
    "aiohttp.access": logging.WARNING,
    # It names the network address of whoever sent a request that cannot be read.
    "aiohttp.server": logging.CRITICAL + 1,
    "mail.log": logging.ERROR,
    "alembic": logging.WARNING,
    # An update that it cannot read is logged whole, with everything that its sender wrote.
    "telegram.Bot": logging.CRITICAL + 1,
    # An answer that is no JSON is logged whole.
    "telegram.request.BaseRequest": logging.CRITICAL + 1,
}


def configure_logging(stream: TextIO = sys.stderr) -> None:
    """Send all logging, our own and the libraries', to `stream` as JSON lines."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _frames_only,
                _without_secrets,
                # ASCII alone: no sign in a value can break the line or steer a terminal.
                structlog.processors.JSONRenderer(ensure_ascii=True),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name, level in _QUIET.items():
        logging.getLogger(name).setLevel(level)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _frames_only(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    # An exception's message often repeats what it was given, which may be someone's words; its place says enough.
    if event.get("logger") == "asyncio":
        # Its second line shows a task with its exception, message and all.
        event["event"] = str(event["event"]).partition("\n")[0]
    info = event.pop("exc_info", None)
    error = info if isinstance(info, BaseException) else (sys.exc_info()[1] if info is True else info and info[1])
    if isinstance(error, BaseException):
        frames = traceback.extract_tb(error.__traceback__)
        event["error"] = type(error).__name__
        event["trace"] = [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in frames]
    return event


def _without_secrets(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: _clean(value) for key, value in event.items()}


def _clean(value: Any) -> Any:
    match value:
        case None | bool() | int() | float():
            return value
        case Mapping():
            return {_clean(str(key)): _clean(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_clean(item) for item in value]
        case BaseException():
            return type(value).__name__
    text = value if isinstance(value, str) else repr(value)
    for pattern, name in _SECRETS:
        text = pattern.sub(name, text)
    return text
