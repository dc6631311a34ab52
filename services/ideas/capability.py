"""Capabilities: unguessable tokens that let their bearer do one thing with one idea."""

from __future__ import annotations

import base64
import hashlib
import hmac
from enum import StrEnum


class Purpose(StrEnum):
    """What a capability is good for; a token of one purpose opens nothing else."""

    STATUS_PAGE = "status-page"


def capability_token(secret: bytes, purpose: Purpose, reference: str) -> str:
    """The token (256 bit, URL-safe, 43 characters) that opens `purpose` for one idea.

    It is derived rather than drawn: each notification shows the same link, and the store keeps only a hash.
    """
    digest = hmac.new(secret, f"{purpose}:{reference}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def capability_hash(token: str) -> str:
    """What the store keeps of a token (hex SHA-256); the time of a look-up by it tells nothing about the token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
