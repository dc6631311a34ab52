"""Whether a text speaks of a failed delivery, and what codes it gives."""

from __future__ import annotations

import re

from services.intake.email.rules.failures.phrases import DELAYS, ORDINARY_TEXTS, ORIGINALS, SUBJECTS, TEXTS
from services.intake.email.rules.folded import folded

_LONGEST_SUBJECT = 300
_LONGEST_LINE = 200
_NO_WORD = re.compile(r"[\W_]{0,40}(?:\[[^\]]{0,40}\]\s?)?")
# The codes of SMTP replies (RFC 5321 section 4.2, RFC 3463).
_REPLY = re.compile(
    r"\b[45]\d\d[ -][245]\.\d{1,3}\.\d{1,3}\b"
    r"|\b5[0-5]\d[ -](?:requested|5\.|#5|sorry|unknown|invalid|no such|mailbox|user|rejected|<)"
)
# What has a name or an address in between.
_GAPPED = re.compile(
    r"deliver(?:y|ing)[^.]{0,60}(?:fail|error|delay|problem)"
    r"|(?:zustellung|ubermittlung)[^.]{0,80}(?:fehlgeschlagen|gescheitert|verzogert|nicht moglich|problem)"
    r"|(?:empfanger|adresse|postfach|benutzer)[^.]{0,60}(?:unbekannt|nicht gefunden|nicht bekannt|uberfullt)"
)
_STATUS = re.compile(r"(?<![\d.])[45]\.\d{1,3}\.\d{1,3}(?![\d.])")
_CODE = re.compile(r"(?:^|[\s:>(])([45])\d\d(?=[\s:-])", re.MULTILINE)
_OF_MAIL = re.compile(r"mail|message|nachricht|empfanger|recipient|postfach")
_FIRST_PERSON = re.compile(r"\b(?:ich|mir|mich|meine?[mnrs]?|my)\b", re.IGNORECASE)
_GREETINGS = ("hallo", "guten ", "sehr geehrte", "liebe", "moin", "gruss", "gruezi", "servus", "dear", "hello", "good ")


def titles_failure(subject: str) -> bool:
    """Whether a subject begins as a failure notice does."""
    return _begins(subject[:_LONGEST_SUBJECT]).startswith(SUBJECTS)


def says_failure(text: str) -> bool:
    """Whether a text says that something could not be delivered."""
    plain = folded(text)
    ordinary = any(phrase in plain for phrase in ORDINARY_TEXTS) or bool(_GAPPED.search(plain))
    return ordinary or says_failure_of_mail(text)


def says_failure_of_mail(text: str) -> bool:
    """Whether a text says so in words that are said of mail only."""
    plain = folded(text)
    return any(phrase in plain for phrase in TEXTS) or bool(_REPLY.search(plain))


def says_delay(text: str) -> bool:
    """Whether a text says that delivery will be tried again."""
    plain = folded(text)
    return any(phrase in plain for phrase in DELAYS)


def status_in(text: str) -> str:
    """The first enhanced status code (RFC 3463); of an SMTP reply without one, its class as in 5.0.0; or ""."""
    found = _STATUS.search(text)
    if found:
        return found.group()
    code = _CODE.search(text)
    return f"{code.group(1)}.0.0" if code else ""


def is_of_person(text: str) -> bool:
    """Whether a text greets, tells of its writer, or does not speak of mail at all.

    In English, servers call themselves I, but speak of nothing as theirs.
    """
    greets = _begins(text.lstrip()[:_LONGEST_LINE]).startswith(_GREETINGS)
    return greets or bool(_FIRST_PERSON.search(text)) or not _OF_MAIL.search(folded(text))


def is_original_begin(line: str) -> bool:
    """Whether the mail that came back begins after this line, or with it."""
    begin = _begins(line[:_LONGEST_LINE])
    # Sendmail begins its notice with "The original message was received at …".
    return begin.startswith(ORIGINALS) or begin.rstrip(" -_=*:") == "original message"


def _begins(text: str) -> str:
    plain = folded(text)
    match = _NO_WORD.match(plain)
    return plain[match.end() :] if match else plain
