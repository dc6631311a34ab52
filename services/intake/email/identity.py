"""When two mails are one: the same message may arrive twice, because its sender saw no answer the first time."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

# What the author's program wrote; trace fields (RFC 5321 section 4.4) change on every new way through the relays.
_AUTHORED = (b"from", b"to", b"cc", b"subject", b"date", b"message-id")
_END_OF_HEADER = re.compile(rb"\r?\n\r?\n")
_FOLD = re.compile(rb"\r?\n[ \t]+")


def external_id(mail_from: str, recipients: Sequence[str], raw: bytes) -> str:
    """The identity of a mail (hex SHA-256) from its authored header fields, its body, and its envelope.

    A reused Message-ID over another body is another mail, and so is the same text written again (another Date).
    """
    parts = _END_OF_HEADER.split(raw, maxsplit=1)
    header, body = parts[0], parts[1] if len(parts) > 1 else b""
    fields = []
    for line in _FOLD.sub(b" ", header).splitlines():
        name, colon, value = line.partition(b":")
        if colon and name.strip().lower() in _AUTHORED:
            fields.append(name.strip().lower() + b":" + value.strip())
    digest = hashlib.sha256()
    envelope = [mail_from.lower(), *sorted(recipient.lower() for recipient in recipients)]
    for part in (*(address.encode("utf-8", "surrogateescape") for address in envelope), *sorted(fields), body.rstrip()):
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()
