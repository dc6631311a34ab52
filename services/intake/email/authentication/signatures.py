"""DKIM (RFC 6376): which domains have signed a mail, and whether their signatures hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import dkim
from dkim.asn1 import ASN1FormatError
from dkim.canonicalization import InvalidCanonicalizationPolicyError
from dkim.crypto import UnparsableKeyError
from dkim.util import InvalidTagValueList, parse_tag_value

from services.intake.email.authentication.questions import Questions, Unanswered
from services.intake.email.authentication.result import AuthResult

# Each may cost a question to the DNS and a pass over the whole mail.
_MOST_SIGNATURES = 5
# RFC 8301: SHA-1 is out.
_ALGORITHMS = frozenset({b"rsa-sha256", b"ed25519-sha256"})
# RFC 8301 section 3.2 asks verifiers for RSA keys up to 4,096 bits, 736 characters; a longer one costs seconds.
_LONGEST_KEY_RECORD = 1_200
_MALFORMED = (
    dkim.DKIMException,
    ASN1FormatError,
    InvalidCanonicalizationPolicyError,
    InvalidTagValueList,
    UnparsableKeyError,
    ValueError,
    LookupError,
    TypeError,
)


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature: by which domain, and whether it holds."""

    domain: str
    result: AuthResult


def signatures_of(raw: bytes, questions: Questions, is_author: Callable[[str], bool]) -> list[Signature]:
    """The topmost signatures of a mail, those by the author's domain first; after one that holds no more are tried."""
    try:
        mail = dkim.DKIM(raw)
    except _MALFORMED:
        return []
    fields = [value for name, value in mail.headers if name.lower() == b"dkim-signature"][:_MOST_SIGNATURES]
    found: list[Signature] = []
    for domain, index in sorted(
        ((_domain(field), index) for index, field in enumerate(fields)), key=lambda each: not is_author(each[0])
    ):
        found.append(Signature(domain, _result(mail, fields[index], index, questions)))
        if found[-1].result is AuthResult.PASS and is_author(domain):
            break
    return found


def _domain(field: bytes) -> str:
    return _tags(field).get(b"d", b"").decode("ascii", "replace").lower()


def _result(mail: dkim.DKIM, field: bytes, index: int, questions: Questions) -> AuthResult:
    tags = _tags(field)
    signed = {name.strip().lower() for name in tags.get(b"h", b"").split(b":")}
    # Section 8.2: under a length (l=) anybody may add text that the domain never signed.
    if tags.get(b"a") not in _ALGORITHMS or b"from" not in signed or b"l" in tags:
        return AuthResult.PERMERROR
    try:
        holds = mail.verify(index, partial(_key, questions))
    except Unanswered:
        return AuthResult.TEMPERROR
    except _MALFORMED:
        return AuthResult.FAIL
    return AuthResult.PASS if holds else AuthResult.FAIL


def _key(questions: Questions, name: bytes, timeout: float) -> bytes | None:  # noqa: ARG001 - the questions' own is shorter
    """The key record of a selector, as dkimpy asks for it."""
    record = next(iter(questions.texts(name.decode("ascii"))), b"")
    return record if len(record) <= _LONGEST_KEY_RECORD else None


def _tags(field: bytes) -> dict[bytes, bytes]:
    try:
        tags: dict[bytes, bytes] = parse_tag_value(field)
    except InvalidTagValueList:
        return {}
    return tags
