"""Questions to the DNS that end in time, all of one mail together."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterable
from ipaddress import ip_address

from dns.exception import DNSException, Timeout
from dns.rdata import Rdata
from dns.resolver import NXDOMAIN, YXDOMAIN, NoAnswer, NoNameservers, NoResolverConfiguration, Resolver

# One silent server must not use up the time of all the others.
_SECONDS_PER_QUESTION = 3.0
# A machine without a way to the DNS must not make each mail wait for it.
_ROOT = "."
_ROOT_SECONDS = 1.0
_SILENCE_SECONDS = 60.0


class Unanswered(Exception):  # noqa: N818 - what happened, in the program's words
    """The DNS did not answer, or not in time; later it may."""


class Questions:
    """Asks the resolver that the settings name ("system" or HOST:PORT) until `seconds` are over."""

    def __init__(self, resolver: Resolver, seconds: float) -> None:
        self._resolver = resolver
        self._end = time.monotonic() + seconds
        self.all_answered = True

    @property
    def seconds_left(self) -> float:
        """The time that is left, above zero."""
        return max(self._end - time.monotonic(), 0.001)

    def ask(self, name: str, kind: str) -> Iterable[Rdata]:
        """The records of one type; none where the name or the type does not exist. Raises Unanswered."""
        if time.monotonic() >= self._end:
            self.all_answered = False
            raise Unanswered(name)
        lifetime = min(self.seconds_left, _SECONDS_PER_QUESTION)
        try:
            return self._resolver.resolve(name, kind, lifetime=lifetime, search=False)
        except (Timeout, NoNameservers, OSError) as error:
            self.all_answered = False
            raise Unanswered(name) from error
        except (NXDOMAIN, NoAnswer, YXDOMAIN):
            return ()
        except (DNSException, UnicodeError):  # no name that could exist
            return ()

    def texts(self, name: str) -> list[bytes]:
        """The TXT records of a name, each joined from its strings (RFC 7208 section 3.3)."""
        return [b"".join(getattr(record, "strings", ())) for record in self.ask(name, "TXT")]


class Line:
    """The line to a resolver: whether anybody answers there.

    It is the root that is asked, because a sender's own silent servers say nothing about the resolver.
    """

    def __init__(self, resolver: Resolver) -> None:
        self.resolver = resolver
        self._silent_until = 0.0

    @property
    def is_dead(self) -> bool:
        """Whether nobody answered there within the last minute."""
        return time.monotonic() < self._silent_until

    def check(self) -> None:
        """Find out whether anybody answers."""
        try:
            self.resolver.resolve(_ROOT, "NS", lifetime=_ROOT_SECONDS, search=False)
        except (Timeout, NoNameservers, OSError):
            self._silent_until = time.monotonic() + _SILENCE_SECONDS
        except DNSException:
            return


def resolver_for(setting: str) -> Resolver | None:
    """The resolver of `settings.authentication.resolver`; None where this machine has none, or it is "off"."""
    if setting == "off":
        return None
    if setting == "system":
        try:
            return Resolver()
        except NoResolverConfiguration:
            return None
    host, _, port = setting.rpartition(":")
    resolver = Resolver(configure=False)
    resolver.nameservers = _addresses(host.strip("[]"))
    resolver.port = int(port)
    return resolver


def _addresses(host: str) -> list[str]:
    try:
        return [str(ip_address(host))]
    except ValueError:
        return sorted({str(found[4][0]) for found in socket.getaddrinfo(host, None, type=socket.SOCK_DGRAM)})
