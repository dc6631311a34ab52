"""How much the clients of one network address, and all together, may ask of the mail server at a time."""

from __future__ import annotations

from collections import Counter
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from services.ideas.settings import Email

# What large messages may take together while they are transferred and stored.
_TRANSFER_BYTES = 128 * 1024 * 1024
_SECONDS_COUNTED = 60.0


def address_of(peername: object) -> str:
    """The IP address in what a socket says of its other end; "" for a Unix socket."""
    match peername:
        case (str(host), *_):
            return _text(ip_address(host))
    return ""


def _text(address: IPv4Address | IPv6Address) -> str:
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)


class Limits:
    """Counts what is limited, all in this process. An origin is an IPv4 address or an IPv6 /64 network.

    A subscriber has a whole /64 network, and so as many IPv6 addresses as they like.
    """

    def __init__(self, settings: Email) -> None:
        self._settings = settings
        self._trusted = tuple(ip_network(network) for network in settings.trusted_networks)
        self._connections: Counter[str] = Counter()
        self._mails: Counter[str] = Counter()
        self._counted_since = 0.0
        self._transferred = 0

    def is_trusted(self, address: str) -> bool:
        """Whether an address is a relay's of our own; a Unix socket (no address) is."""
        return not address or any(ip_address(address) in network for network in self._trusted)

    def origin(self, address: str) -> str:
        """What the clients with this address are counted by; "" for those that are not counted."""
        if self.is_trusted(address):
            return ""
        parsed = ip_address(address)
        return str(ip_network((parsed, 64), strict=False)) if isinstance(parsed, IPv6Address) else address

    def connect(self, origin: str) -> bool:
        """Count a connection; False, and not counted, where it is one too many."""
        if origin and self._connections[origin] >= self._settings.most_connections_per_address:
            return False
        self._connections[origin] += 1
        return True

    def disconnect(self, origin: str) -> None:
        """Count a connection no longer."""
        self._connections[origin] -= 1
        if not self._connections[origin]:
            del self._connections[origin]

    def begin_mail(self, origin: str, now: float) -> bool:
        """Count a mail; False where it is one too many. `now` is in seconds, of any clock that only goes forward."""
        if not origin:
            return True
        if now - self._counted_since >= _SECONDS_COUNTED:
            # All begin anew at once, so that nothing is kept of who was here.
            self._mails.clear()
            self._counted_since = now
        self._mails[origin] += 1
        return self._mails[origin] <= self._settings.most_mails_per_minute

    def take_memory(self, size_bytes: int) -> bool:
        """Set memory aside for a large message; False where too much is taken already."""
        if self._transferred + size_bytes > _TRANSFER_BYTES:
            return False
        self._transferred += size_bytes
        return True

    def give_memory_back(self, size_bytes: int) -> None:
        """What was taken is free again."""
        self._transferred -= size_bytes
