"""Keys and signatures (DKIM) for the mail of invented domains."""

from __future__ import annotations

import base64
import subprocess
from functools import cache
from typing import Any

import dkim
from nacl.signing import SigningKey

from tests.fakes.dns import DnsServer


class Signer:
    """A domain that signs; `publish` puts its key into the DNS."""

    def __init__(self, domain: str, *, algorithm: str = "ed25519-sha256", bits: int = 2048) -> None:
        self.domain = domain
        self._algorithm = algorithm
        self._selector = "s1"
        if algorithm.startswith("rsa"):
            self._private, public = _rsa(bits)
            self.record = f"v=DKIM1; k=rsa; p={public}"
        else:
            key = SigningKey.generate()
            self._private = base64.b64encode(bytes(key))
            self.record = f"v=DKIM1; k=ed25519; p={base64.b64encode(bytes(key.verify_key)).decode()}"

    @property
    def key_name(self) -> str:
        """Where the key stands in the DNS."""
        return f"{self._selector}._domainkey.{self.domain}"

    def publish(self, server: DnsServer) -> None:
        """Put the key into the DNS."""
        server.add_text(self.key_name, self.record)

    def sign(self, raw: bytes, *, expires: int | None = None, **options: Any) -> bytes:
        """The mail with a signature on top, which holds until `expires` (seconds since 1970) where it is given."""
        field: bytes = _Expiring(raw, expires).sign(
            self._selector.encode(),
            self.domain.encode(),
            self._private,
            signature_algorithm=self._algorithm.encode(),
            include_headers=[b"from", b"to", b"subject"],
            **options,
        )
        return field + raw


class _Expiring(dkim.DKIM):  # type: ignore[misc]
    """dkimpy's signatures, which hold for ever, with the tag that ends them (RFC 6376 section 3.5, x=)."""

    def __init__(self, raw: bytes, expires: int | None) -> None:
        super().__init__(raw)
        self._expires = expires

    def gen_header(self, fields: list[tuple[bytes, bytes]], *rest: Any) -> bytes:
        if self._expires is not None:
            before = [(name, value) for name, value in fields if name != b"t"]
            fields = [before[0], (b"x", b"%d" % self._expires), *before[1:]]
        signature: bytes = super().gen_header(fields, *rest)
        return signature


@cache
def _rsa(bits: int) -> tuple[bytes, str]:
    """A private key in PEM and its public half in Base64, made by OpenSSL."""
    private = _openssl("genrsa", "-traditional", str(bits))
    public = _openssl("rsa", "-pubout", "-outform", "DER", given=private)
    return private, base64.b64encode(public).decode()


def _openssl(*arguments: str, given: bytes = b"") -> bytes:
    command = ["openssl", *arguments]
    return subprocess.run(command, input=given, capture_output=True, check=True).stdout  # noqa: S603 - nobody else's words
