"""DMARC (RFC 7489): whether the domain of the From says how its mail is authenticated, and whether this one is.

The policy (p, sp, pct) is not read beyond its being there: it says what to do with mail that fails, and this program
keeps such mail and does not answer it, whatever the domain would like.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from publicsuffixlist import PublicSuffixList

from services.intake.email.authentication.questions import Questions

_POLICIES = frozenset({"none", "quarantine", "reject"})


@dataclass(frozen=True, slots=True)
class Record:
    """How strictly a domain wants the domains of its signatures and of its envelopes to be its own."""

    strict_dkim: bool = False
    strict_spf: bool = False


def record_of(domain: str, questions: Questions) -> Record | None:
    """The record that counts for a domain (section 6.6.3), or None. Raises Unanswered."""
    for name in dict.fromkeys((domain, organization(domain))):
        records = [tags for text in questions.texts(f"_dmarc.{name}") if (tags := _tags(text)).get("v") == "DMARC1"]
        if records:
            return _record(records[0]) if len(records) == 1 else None
    return None


def organization(domain: str) -> str:
    """The organizational domain (section 3.2): one label more than the public suffix."""
    return _suffixes().privatesuffix(domain) or domain


def is_aligned(domain: str, author: str, *, strict: bool) -> bool:
    """Whether a domain is the author's own (section 3.1)."""
    return bool(domain) and (domain == author or (not strict and organization(domain) == organization(author)))


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()  # the list that the package brings along; nothing is downloaded


def _record(tags: dict[str, str]) -> Record | None:
    # Section 6.6.3, step 6: without a valid policy the record counts only where it says whom to report to.
    if tags.get("p", "").lower() not in _POLICIES and "rua" not in tags:
        return None
    return Record(strict_dkim=tags.get("adkim", "").lower() == "s", strict_spf=tags.get("aspf", "").lower() == "s")


def _tags(text: bytes) -> dict[str, str]:
    """The tags of a record; none where it does not begin with its version (section 6.3)."""
    pairs = [part.partition("=") for part in text.decode("ascii", "replace").split(";")]
    tags = {name.strip().lower(): value.strip() for name, equals, value in reversed(pairs) if equals}
    return tags if pairs[0][0].strip() == "v" else {}
