"""SPF (RFC 7208): whether the host that brought a mail may send for the domain of its envelope."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

import spf

from services.intake.email.authentication.questions import Questions, Unanswered
from services.intake.email.authentication.result import AuthResult

# A host inside has no place in anybody's published policy (RFC 1918, RFC 4193, RFC 3927, RFC 4291).
_INSIDE = tuple(
    map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7", "fe80::/10"))
)


def sender_domain(envelope: Mapping[str, Any]) -> str:
    """The domain that SPF is about: the sender's, for a bounce the HELO name (section 2.4); "" where there is none."""
    mail_from, helo = _text(envelope, "mail_from"), _text(envelope, "helo")
    return (mail_from.rpartition("@")[2] if mail_from else helo).lower()


def check_sender(envelope: Mapping[str, Any], questions: Questions) -> AuthResult:
    """What the domain's policy says of the peer; NONE where either is unknown, or the peer is a host inside."""
    peer = _peer(_text(envelope, "peer"))
    if peer is None or not sender_domain(envelope):
        return AuthResult.NONE
    spf.DNSLookup = _Lookup(questions)
    result, _ = spf.check2(
        str(peer), _text(envelope, "mail_from"), _text(envelope, "helo"), querytime=questions.seconds_left
    )
    return AuthResult(result)


class _Lookup:
    """How pyspf asks the DNS: its own way uses the system's resolver, and breaks on names that cannot exist."""

    def __init__(self, questions: Questions) -> None:
        self._questions = questions

    def __call__(self, name: str, kind: str, strict: object, timeout: float) -> list[tuple[tuple[str, str], Any]]:
        del strict, timeout  # truncated answers are fetched by TCP, and the questions have their own time
        if kind == "SPF":  # RFC 7208 section 3.1: the type is discontinued
            return []
        try:
            return [((name, kind), _as_pyspf(kind, record)) for record in self._questions.ask(name, kind)]
        except Unanswered as error:
            raise spf.TempError("DNS") from error


def _as_pyspf(kind: str, record: Any) -> Any:
    match kind:
        case "TXT":
            return record.strings
        case "MX":
            return record.preference, record.exchange.to_text(omit_final_dot=True)
        case "PTR":
            return record.target.to_text(omit_final_dot=True)
        case _:
            return record.address


def _peer(text: str) -> IPv4Address | IPv6Address | None:
    try:
        peer = ip_address(text.removeprefix("IPv6:"))
    except ValueError:
        return None
    address = getattr(peer, "ipv4_mapped", None) or peer
    inside = address.is_loopback or address.is_unspecified or any(address in network for network in _INSIDE)
    return None if inside else address


def _text(envelope: Mapping[str, Any], key: str) -> str:
    return str(envelope.get(key) or "")
