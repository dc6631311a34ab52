"""DKIM (RFC 6376): our own domain's signatures on outgoing mail, with RSA (RFC 8301) and with Ed25519 (RFC 8463)."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import dkim
from dkim.crypto import (
    RSASSA_PKCS1_v1_5_sign,
    RSASSA_PKCS1_v1_5_verify,
    UnparsableKeyError,
    parse_pem_private_key,
)
from pydantic import SecretStr

from services.ideas.errors import ConfigurationError, Problem
from services.ideas.settings import Dkim

# Those of them that a mail has. RFC 8058 section 4: the two that unsubscribe must be signed. From counts twice, so that
# nobody can add a second one (RFC 6376 section 8.15).
_SIGNED = (
    b"from",
    b"to",
    b"subject",
    b"date",
    b"message-id",
    b"reply-to",
    b"auto-submitted",
    b"mime-version",
    b"content-type",
    b"list-unsubscribe",
    b"list-unsubscribe-post",
)
_RSA_BITS = 2048
# RFC 8410 section 7: what stands before the 32 bytes of an Ed25519 key in its PEM file.
_ED25519_PREFIX = bytes.fromhex("302e020100300506032b657004220420")
_ED25519_BYTES = 32


@dataclass(frozen=True, slots=True)
class _Key:
    """A private key in the form that dkimpy takes for its algorithm."""

    algorithm: bytes
    selector: bytes
    private: bytes


class Signer:
    """Signs mail for one domain with each of its keys."""

    def __init__(self, domain: str, keys: tuple[_Key, ...]) -> None:
        self._domain = domain.encode("idna")
        self._keys = keys

    def sign(self, mail: bytes, at: datetime) -> bytes:
        """The mail with its signatures on top; the same mail and time give the same bytes. An RSA key takes 7 ms."""
        return b"".join(self._field(key, mail, at) for key in self._keys) + mail

    def _field(self, key: _Key, mail: bytes, at: datetime) -> bytes:
        signing = _Dated(mail, at)
        present = {name.lower() for name, _ in signing.headers}
        field: bytes = signing.sign(
            key.selector,
            self._domain,
            key.private,
            signature_algorithm=key.algorithm,
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=[*(name for name in _SIGNED if name in present), b"from"],
        )
        return field


class _Dated(dkim.DKIM):  # type: ignore[misc]  # dkimpy has no types
    """dkimpy dates a signature now; a mail that is sent again must be the same."""

    def __init__(self, mail: bytes, at: datetime) -> None:
        super().__init__(mail)
        self._at = b"%d" % at.timestamp()

    def gen_header(self, fields: list[tuple[bytes, bytes]], *rest: Any) -> bytes:
        dated = [(name, self._at if name == b"t" else value) for name, value in fields]
        field: bytes = super().gen_header(dated, *rest)
        return field


def signer(settings: Dkim, domain: str) -> Signer | None:
    """Signs for `domain` with the keys of the settings; None without any. Raises ConfigurationError for broken ones."""
    problems: list[Problem] = []
    keys = (_rsa(settings, problems), _ed25519(settings, problems))
    if problems:
        raise ConfigurationError(problems)
    usable = tuple(key for key in keys if key)
    return Signer(domain, usable) if usable else None


def _rsa(settings: Dkim, problems: list[Problem]) -> _Key | None:
    pem = _pem(settings.rsa_key)
    if not pem:
        return None
    if not _is_sound_rsa(pem):
        expected = f"expected an RSA private key of {_RSA_BITS} bits or more in PEM, such as openssl genrsa {_RSA_BITS}"
        problems.append(Problem("environment", "IDEENKANAL_DKIM_RSA_KEY", f"{expected} writes it"))
    return _Key(b"rsa-sha256", settings.rsa_selector.encode(), pem)


def _is_sound_rsa(pem: bytes) -> bool:
    """Whether the key is long enough, and its own signature holds: a damaged key would sign, and sign wrongly."""
    tried = hashlib.sha256(b"tried")
    try:
        key = parse_pem_private_key(pem)
        is_long_enough: bool = key["modulus"].bit_length() >= _RSA_BITS
        return is_long_enough and bool(RSASSA_PKCS1_v1_5_verify(tried, RSASSA_PKCS1_v1_5_sign(tried, key), key))
    except (UnparsableKeyError, ArithmeticError, AssertionError, LookupError, TypeError, ValueError):
        return False


def _ed25519(settings: Dkim, problems: list[Problem]) -> _Key | None:
    pem = _pem(settings.ed25519_key)
    if not pem:
        return None
    try:
        der = base64.b64decode(b"".join(line for line in pem.splitlines() if not line.startswith(b"-")), validate=True)
    except ValueError:
        der = b""
    if not der.startswith(_ED25519_PREFIX) or len(der) != len(_ED25519_PREFIX) + _ED25519_BYTES:
        expected = "expected an Ed25519 private key in PEM, such as openssl genpkey -algorithm ed25519 writes it"
        problems.append(Problem("environment", "IDEENKANAL_DKIM_ED25519_KEY", expected))
    seed = base64.b64encode(der.removeprefix(_ED25519_PREFIX))
    return _Key(b"ed25519-sha256", settings.ed25519_selector.encode(), seed)


def _pem(key: SecretStr) -> bytes:
    return "\n".join(key.get_secret_value().split("\r\n")).strip().encode()
