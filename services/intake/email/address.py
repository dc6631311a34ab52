"""RFC 5322 section 3.4: the one address that a mail names as its author's, or none."""

from __future__ import annotations

import re
from email.message import Message

from services.intake.email.encoded_words import ENCODED_WORD, without_encoded_words
from services.intake.email.headers import values

_LONGEST = 320
_NOT_LOCAL_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"(?!@)')
_COMMENT = re.compile(r"\([^()]*\)")
_IN_ATOM = r"[^@\s<>(),;:\"\[\]\\\x00-\x1f\x7f]"
_ADDRESS = re.compile(rf'(?:"[^"@<>\\\x00-\x1f\x7f]{{1,64}}"|(?<!{_IN_ATOM}){_IN_ATOM}+)@{_IN_ATOM}+')
_IN_BRACKETS = re.compile(r"[^@<>]*<([^@<>]+@[^@<>]+)>\s*")
_DOUBTFUL = re.compile(r"[()\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_NEEDLESS_QUOTES = re.compile(r'"([A-Za-z0-9!#$%&\'*+/=?^_`{|}~.-]+)"(?=@)')


def address(mail: Message, name: str) -> str | None:
    """The one address of a field in lower case, or None: two addresses, or a doubtful one, are nobody's.

    Of several authors, each named as `Name <address>` and all of one domain, it is the first one's: whatever vouches
    for the domain vouches for each of them. The library's own reading takes alice@example.org from
    "alice@example.org)bob@example.org" (CVE-2023-27043).
    """
    fields = list(values(mail, name))
    if len(fields) != 1:
        return None
    bare = _without_names(fields[0])
    if "@" not in bare:
        # Some programs encode or quote the address too; it is the only one then.
        bare = _without_names(without_encoded_words(fields[0]).replace('"', " "))
    found = [_without_apostrophes(each.lower()) for each in _ADDRESS.findall(bare)]
    if not found or bare.count("@") != len(found) or _DOUBTFUL.search(bare):
        return None
    if len(set(found)) > 1 and not _are_colleagues(bare):
        return None
    first = _NEEDLESS_QUOTES.sub(r"\1", found[0])
    return first if len(first) <= _LONGEST else None


def author(mail: Message) -> str | None:
    """Who wrote the mail. One without a From names them as its sender, or says where answers and reports go."""
    for name in ("from", "sender", "reply-to", "return-path"):
        if any("@" in without_encoded_words(value) for value in values(mail, name)):
            return address(mail, name)
    return None


def _without_names(field: str) -> str:
    bare = _NOT_LOCAL_QUOTED.sub(" ", ENCODED_WORD.sub(" ", field))
    while (without := _COMMENT.sub(" ", bare)) != bare:
        bare = without
    return bare


def _without_apostrophes(address: str) -> str:
    # Outlook sets an address without a name between them, as the name; no domain ends in one.
    return address[1:-1] if address.startswith("'") and address.endswith("'") else address


def _are_colleagues(bare: str) -> bool:
    named = [_IN_BRACKETS.fullmatch(each) for each in bare.split(",") if "@" in each]
    domains = {match[1].strip().rpartition("@")[2].lower() if match else None for match in named}
    return None not in domains and len(domains) == 1
