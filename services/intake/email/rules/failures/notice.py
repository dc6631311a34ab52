"""What the text of a failure notice says, for the servers that write no report for machines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from services.intake.email.mime import address, header
from services.intake.email.rules.failures.addresses import FORM, addresses_in
from services.intake.email.rules.failures.returned import returned_recipients
from services.intake.email.rules.failures.words import is_original_begin, says_delay, says_failure, status_in
from services.intake.email.rules.verdict import Evidence

_LONGEST_TEXT = 50_000
_LONGEST_LINE = 1_000
# A line that begins with an address, maybe after an SMTP reply code: the list of Postfix, qmail, Exim, Sendmail, …
_LISTED = re.compile(rf"[\s<>\[\"'*•-]{{0,30}}(?:\d{{3}}[ -](?:\d\.\d\.\d )?<)?({FORM})")
# An address after a label.
_LABELLED = re.compile(
    r"(?:recipient(?: address)?|rcpt to|unknown user|no such user|user unknown|delivery userid|undeliverable to"
    r"|delivered to|delivering (?:your )?(?:mail|message) to|attempts|smtp|emailaddress|empfänger(?:adresse)?"
    rf"|addressed to)[\]\[\s:=<\"'(-]{{1,12}}(?:smtp:)?({FORM})",
    re.IGNORECASE,
)
_TO = re.compile(r"(?:to|an|cc)\s{0,3}:(.*)", re.IGNORECASE)
_OTHERS = re.compile(
    r"mail from|sender|^\s*from\b|reply-to|return-path|contact|kontakt|help|postmaster|message-id|mts-id", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Notice:
    """The addresses that a notice lists as failed, those that it mentions otherwise, and the returned mail's To.

    `status` is the enhanced code in its text or "", and `is_delay` says that the server goes on trying.
    """

    listed: tuple[str, ...]
    mentioned: tuple[str, ...]
    returned_to: tuple[str, ...]
    status: str
    is_delay: bool


def notice_text(text: str) -> str:
    """What comes before the returned mail."""
    return "\n".join(_split(text)[0])


def read_notice(seen: Evidence) -> Notice:
    """The notice before the returned mail, and to whom that was."""
    notice, returned = _split(seen.body.text)
    said = "\n".join([header(seen.mail, "subject")[:_LONGEST_LINE], *notice])
    return Notice(
        listed=_without_known(seen, (found for line in notice for found in _listed(line))),
        mentioned=_without_known(seen, _mentioned(notice)),
        returned_to=returned_recipients(seen.mail, returned),
        status=status_in(said),
        is_delay=says_delay(said),
    )


def _split(text: str) -> tuple[list[str], list[str]]:
    lines = [line[:_LONGEST_LINE] for line in text[:_LONGEST_TEXT].splitlines()]
    end = next((number for number, line in enumerate(lines) if number and is_original_begin(line)), len(lines))
    return lines[:end], lines[end:]


def _listed(line: str) -> Iterator[str]:
    first = _LISTED.match(line)
    for match in [first] if first else _LABELLED.finditer(line):
        yield from addresses_in(match.group(1))


def _mentioned(lines: list[str]) -> list[str]:
    """Those in a line (or the next) that says failure; else those of a To: line; else any."""
    others = [line for line in lines if not _OTHERS.search(line) and not _TO.match(line.strip())]
    pairs = zip(others, [*others[1:], ""], strict=False)
    failing = (f"{line} {after}" for line, after in pairs if "@" in line + after and says_failure(line))
    to = (match.group(1) for line in lines if (match := _TO.match(line.strip())))
    return _all(failing) or _all(to) or _all(others)


def _all(texts: Iterable[str]) -> list[str]:
    return [found for text in texts for found in addresses_in(text)]


def _without_known(seen: Evidence, found: Iterable[str]) -> tuple[str, ...]:
    """Without the server that writes and the sender that it writes to, if there are others."""
    each_once = tuple(dict.fromkeys(found))
    known = {address(seen.mail, "from"), *addresses_in(header(seen.mail, "to"))}
    return tuple(each for each in each_once if each not in known) or each_once
