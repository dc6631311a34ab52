"""The fields of a delivery report for each recipient, from its part or, where a gateway moved them, the text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from services.intake.email.mime import Mail
from services.intake.email.rules.failures.addresses import addresses_in
from services.intake.email.rules.parts import own_parts
from services.intake.email.rules.verdict import Evidence

_LONGEST_TEXT = 200_000
_FIELD = re.compile(
    r"\s{0,8}(original-recipient|final-recipient|x-actual-recipient|action|status|diagnostic-code)\s?:(.*)",
    re.IGNORECASE,
)
_STATUS = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")
# As the sender wrote it (RFC 3464 section 2.3.1), or else as it was when it failed.
_WHO = ("original-recipient", "final-recipient", "x-actual-recipient")


@dataclass(frozen=True, slots=True)
class RecipientStatus:
    """What became of one recipient; `address` is "" where none is given that mail could be sent to."""

    address: str
    action: str
    status: str

    @property
    def is_permanent(self) -> bool:
        """Whether the address failed for good; what was given up after many tries may work tomorrow (RFC 3463)."""
        return self.action != "delayed" and not self.status.startswith("4")


def recipient_statuses(seen: Evidence) -> list[RecipientStatus]:
    """One for each group of fields that names a recipient (RFC 3464 section 2.3)."""
    texts = [_text_of(part) for part in own_parts(seen.mail) if part.get_content_type().endswith("delivery-status")]
    groups = [
        _status(group) for text in (*texts, seen.body.text) for group in _groups(text[:_LONGEST_TEXT].splitlines())
    ]
    return list(dict.fromkeys(groups))


def _text_of(part: Mail) -> str:
    # The library has parsed the groups as the headers of messages; an odd one may be left as their text.
    payload = part.get_payload()
    blocks = payload if isinstance(payload, list) else [part]
    return "\n".join(_block(block) for block in blocks if isinstance(block, Mail))


def _block(block: Mail) -> str:
    fields = "\n".join(f"{name}: {' '.join(str(value).split())}" for name, value in block.raw_items())
    payload = block.get_payload()
    return f"{fields}\n\n{payload if isinstance(payload, str) else ''}\n"


def _groups(lines: Iterable[str]) -> Iterator[dict[str, str]]:
    group: dict[str, str] = {}
    for line in lines:
        match = _FIELD.match(line)
        if match is None and line.strip():
            continue
        name = match.group(1).lower() if match else ""
        if not name or name in group:
            if any(who in group for who in _WHO):
                yield group
                group = {}
            if not name:
                continue
        group[name] = match.group(2).strip() if match else ""
    if any(who in group for who in _WHO):
        yield group


def _status(group: dict[str, str]) -> RecipientStatus:
    named = (addresses_in(group.get(who, "")) for who in _WHO)
    address = next((found[0] for found in named if found), "")
    status = _STATUS.search(group.get("status", "")) or _STATUS.search(group.get("diagnostic-code", ""))
    action = group.get("action", "failed").lower().split() or ["failed"]
    return RecipientStatus(address, action[0].strip(";,()"), status.group() if status else "")
