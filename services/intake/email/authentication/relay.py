"""Authentication-Results (RFC 8601): what the trusted relay found.

Anybody can write such a field. The relay removes those that bear its own name from mail that comes from outside
(section 5; the milters of Postfix and Exim do). Here only the run of them that begins with the topmost and ends at the
next Received is read, and of two fields about one method the upper counts: what a sender wrote beneath overrules none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import authres
from authres.core import AuthResError

from services.intake.email.authentication.dmarc import is_aligned
from services.intake.email.authentication.result import Authentication, AuthResult, Source

_FIELD = "authentication-results"
_NAME = re.compile(r"[^\s;(]+")
_LONGEST_FIELD = 20_000
# Older words for a result (RFC 7601, Appendix; RFC 8601 section 2.7.1 for "policy").
_WORDS = {"hardfail": AuthResult.FAIL, "policy": AuthResult.NEUTRAL}


def believe(fields: Iterable[tuple[str, str]], authserv_id: str, author: str) -> Authentication:
    """The relay's results; `fields` are the header's from the top (names in lower case), `author` the From's domain."""
    found = [_results(field) for field in _of_relay(fields, authserv_id.lower())]
    spf = [_word(result) for result in _uppermost(found, "spf")]
    signatures = [(_domain(result), _word(result)) for result in _uppermost(found, "dkim")]
    words = [word for _, word in signatures]
    own = [word for domain, word in signatures if is_aligned(domain, author, strict=False)]
    dkim = next((word for word in (AuthResult.PASS, AuthResult.TEMPERROR) if word in words), None)
    return Authentication(
        spf=spf[0] if spf else AuthResult.NONE,
        dkim=dkim or (words[0] if words else AuthResult.NONE),
        dmarc=_dmarc(_uppermost(found, "dmarc"), author),
        aligned=AuthResult.PASS in own,
        source=Source.RELAY,
    )


def _of_relay(fields: Iterable[tuple[str, str]], authserv_id: str) -> Iterator[str]:
    begun = False
    for name, value in fields:
        if begun and name == "received":
            return
        text = " ".join(value[:_LONGEST_FIELD].split())
        found = _NAME.match(text) if name == _FIELD else None
        if found and found[0].lower() == authserv_id:
            begun = True
            yield text


def _results(field: str) -> list[authres.AuthenticationResult]:
    try:
        return list(authres.FeatureContext().parse_value(field).results)
    except AuthResError:
        return []


def _uppermost(found: list[list[authres.AuthenticationResult]], method: str) -> list[authres.AuthenticationResult]:
    """The results of one method (DKIM has one a signature) from the first field that has any."""
    of_method = ([result for result in results if result.method == method] for results in found)
    return next((results for results in of_method if results), [])


def _dmarc(results: list[authres.AuthenticationResult], author: str) -> AuthResult:
    """The result for the author's domain; a pass for another From than the one that is read here is a failure."""
    if not results:
        return AuthResult.NONE
    result = results[0]
    meant = _header_properties(result).get("from", author).rpartition("@")[2].lower()
    return _word(result) if is_aligned(meant, author, strict=False) else AuthResult.FAIL


def _word(result: authres.AuthenticationResult) -> AuthResult:
    word = str(result.result).lower()
    return AuthResult(word) if word in set(AuthResult) else _WORDS.get(word, AuthResult.NONE)


def _domain(result: authres.AuthenticationResult) -> str:
    """The signing domain: header.d, or else the domain of header.i (RFC 8601 section 2.7.1)."""
    named = _header_properties(result)
    return (named.get("d") or named.get("i", "").rpartition("@")[2]).lower()


def _header_properties(result: authres.AuthenticationResult) -> dict[str, str]:
    return {each.name: str(each.value or "") for each in result.properties if each.type == "header"}
