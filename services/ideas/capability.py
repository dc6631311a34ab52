"""Capabilities: unguessable tokens that let their bearer do one thing with one idea."""

from __future__ import annotations

import base64
import hashlib
import hmac
from enum import StrEnum


class Purpose(StrEnum):
    """What a capability is good for; a token of one purpose opens nothing else."""

    STATUS_PAGE = "status-page"
    REPLY = "reply"
    RETURN_PATH = "return-path"
    VERIFY_ADDRESS = "verify-address"
    UNSUBSCRIBE = "unsubscribe"
    DIGEST_PAGE = "digest-page"


# What stands in the local part of a mail address must survive a change of case, and leave room for the rest.
_IN_ADDRESSES = frozenset({Purpose.REPLY, Purpose.RETURN_PATH})
_ADDRESS_BYTES = 16


def capability_token(secret: bytes, purpose: Purpose, subject: str) -> str:
    """The token that opens `purpose` for one subject: an idea's reference number, or a notification's key.

    256 bit, URL-safe, 43 characters; in mail addresses 128 bit, lower-case Base32, 26 characters. It is derived rather
    than drawn: each notification shows the same link, and the store keeps only a hash.
    """
    digest = hmac.digest(secret, f"{purpose}:{subject}".encode(), hashlib.sha256)
    if purpose in _IN_ADDRESSES:
        return base64.b32encode(digest[:_ADDRESS_BYTES]).rstrip(b"=").decode("ascii").lower()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def capability_hash(token: str) -> str:
    """What the store keeps of a token (hex SHA-256); the time of a look-up by it tells nothing about the token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
