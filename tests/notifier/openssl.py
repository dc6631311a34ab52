"""Private and public keys as OpenSSL writes them, made anew for each run."""

from __future__ import annotations

import base64
import subprocess
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A private key in PEM, and what stands of its public half in the DNS (Base64)."""

    private: str
    public: bytes


@cache
def rsa_key(bits: int = 2048, *, pkcs8: bool = False) -> KeyPair:
    """An RSA key; the public half is a SubjectPublicKeyInfo (RFC 6376 section 3.6.1)."""
    private = _openssl("genrsa", *([] if pkcs8 else ["-traditional"]), str(bits))
    return KeyPair(private.decode(), base64.b64encode(_public(private)))


@cache
def ed25519_key() -> KeyPair:
    """An Ed25519 key; the public half is the bare 32 bytes (RFC 8463 section 4.2)."""
    private = _openssl("genpkey", "-algorithm", "ed25519")
    return KeyPair(private.decode(), base64.b64encode(_public(private)[-32:]))


def _public(private: bytes) -> bytes:
    return _openssl("pkey", "-pubout", "-outform", "DER", given=private)


def _openssl(*arguments: str, given: bytes = b"") -> bytes:
    command = ["openssl", *arguments]
    return subprocess.run(command, input=given, capture_output=True, check=True).stdout  # noqa: S603 - nobody else's words
