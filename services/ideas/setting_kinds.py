"""The kinds of values that settings have beyond Python's own, each with what a mistaken one is told."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError("expected a time zone of the IANA database, such as Europe/Berlin") from error
    return name


# The IANA name of a time zone.
Zone = Annotated[str, AfterValidator(_known_zone)]


def _mail_address(address: str) -> str:
    local, at, domain = address.rpartition("@")
    if not (local and at and domain) or any(sign in address for sign in " <>,;\r\n"):
        raise ValueError("expected one e-mail address, such as ideen@example.org")
    return address


def _network(text: str) -> str:
    try:
        return str(ip_network(text))
    except ValueError as error:
        raise ValueError("expected a network such as 10.0.0.0/8, without host bits") from error


MailAddress = Annotated[str, AfterValidator(_mail_address)]
Network = Annotated[str, AfterValidator(_network)]
OptionalAddress = Annotated[str, AfterValidator(lambda address: _mail_address(address) if address else "")]
Selector = Annotated[str, Field(pattern="^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$")]  # RFC 6376 section 3.1
Port = Annotated[int, Field(ge=0, le=65535)]
