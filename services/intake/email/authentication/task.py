"""The child's part of authentication: SPF, DKIM and DMARC of one mail.

In a child process, because dkimpy's regular expressions take time in the square of a run of blanks, and stop every
thread meanwhile: 80 kB of them cost eight seconds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from services.ideas.settings import Authentication as Settings
from services.intake.email import mime
from services.intake.email.authentication.dmarc import Record, is_aligned, record_of
from services.intake.email.authentication.questions import Line, Questions, Unanswered, resolver_for
from services.intake.email.authentication.relay import believe
from services.intake.email.authentication.result import Authentication, AuthResult, Source
from services.intake.email.authentication.sender_policy import check_sender, sender_domain
from services.intake.email.authentication.signatures import Signature, signatures_of
from services.intake.email.worker.child import Task

_UNKNOWN = Authentication(AuthResult.TEMPERROR, AuthResult.TEMPERROR, AuthResult.TEMPERROR, source=Source.DNS)
# With blanks before the colon, or beyond the fields that are read, one reader would see it and another would not.
_FROM = re.compile(rb"^from([ \t]*):", re.IGNORECASE | re.MULTILINE)
_END_OF_HEADER = re.compile(rb"\r?\n\r?\n")


def prepare(settings: Any) -> Task:
    """The task for an installation's settings of authentication and the seconds that the DNS may take."""
    configured = Settings.model_validate(settings["authentication"])
    resolver = resolver_for(configured.resolver)
    line = Line(resolver) if resolver else None

    def authenticate(request: Any) -> Any:
        raw, envelope = request["raw"], request["envelope"]
        header = _END_OF_HEADER.split(raw, maxsplit=1)[0]
        mail = mime.parse(header + b"\r\n\r\n")
        author = None if _is_ambiguous(header) else _author_domain(mail)
        if author is None:  # RFC 7489 section 6.6.1: nobody, or more than one, claims to have written it
            return Authentication(dmarc=AuthResult.FAIL, source=Source.DNS).to_json()
        if configured.authserv_id:
            fields = ((name.lower(), str(value)) for name, value in mail.raw_items())
            return believe(fields, configured.authserv_id, author).to_json()
        if line is None:
            return Authentication().to_json()
        if line.is_dead:
            return _UNKNOWN.to_json()
        questions = Questions(line.resolver, settings["seconds"])
        found = _by_dns(raw, envelope, author, questions)
        if not questions.all_answered:
            line.check()
        return found.to_json()

    return authenticate


def _is_ambiguous(header: bytes) -> bool:
    """Whether readers may see different authors in it: it has one plain From (RFC 5322 section 3.6), and no lone CR.

    Some parsers end a line at a CR, and would see another From than the one that dkimpy finds signed.
    """
    return _FROM.findall(header) != [b""] or header.count(b"\r") != header.count(b"\r\n")


def _author_domain(mail: mime.Mail) -> str | None:
    domain = (mime.address(mail, "from") or "").rpartition("@")[2].rstrip(".")
    try:
        return domain.encode("idna").decode("ascii").lower() or None
    except UnicodeError:
        return None


def _by_dns(raw: bytes, envelope: Mapping[str, Any], author: str, questions: Questions) -> Authentication:
    # First what the author's domain says: a sender's own slow servers must not use up the time for it.
    record = _record(author, questions)
    known = record if isinstance(record, Record) else Record()

    def is_author(domain: str) -> bool:
        return is_aligned(domain, author, strict=known.strict_dkim)

    if is_aligned(sender_domain(envelope), author, strict=known.strict_spf):
        spf = check_sender(envelope, questions)
        signatures = signatures_of(raw, questions, is_author)
        counted = [spf]
    else:
        signatures = signatures_of(raw, questions, is_author)
        spf = check_sender(envelope, questions)
        counted = []
    own = [signature.result for signature in signatures if is_author(signature.domain)]
    dmarc = _dmarc(record, [*own, *counted])
    return Authentication(spf, _dkim(signatures), dmarc, AuthResult.PASS in own, Source.DNS)


def _record(author: str, questions: Questions) -> Record | AuthResult:
    """The author's DMARC record; NONE where there is none, TEMPERROR where nobody knows."""
    try:
        return record_of(author, questions) or AuthResult.NONE
    except Unanswered:
        return AuthResult.TEMPERROR


def _dkim(signatures: list[Signature]) -> AuthResult:
    results = [signature.result for signature in signatures]
    order = (AuthResult.PASS, AuthResult.TEMPERROR, AuthResult.FAIL, AuthResult.PERMERROR)
    return next((result for result in order if result in results), AuthResult.NONE)


def _dmarc(record: Record | AuthResult, aligned: list[AuthResult]) -> AuthResult:
    """RFC 7489 section 6.6.2: one aligned pass is enough, and only an aligned check may excuse a missing one."""
    if isinstance(record, AuthResult):
        return record
    order = (AuthResult.PASS, AuthResult.TEMPERROR)
    return next((result for result in order if result in aligned), AuthResult.FAIL)
