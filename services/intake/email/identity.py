"""When two mails are one: the same message may arrive twice, because its sender saw no answer the first time."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

# What the author's program wrote; trace fields (RFC 5321 section 4.4) change on every new way through the relays.
_AUTHORED = (b"from", b"to", b"cc", b"subject", b"date", b"message-id")
_MESSAGE_ID = b"message-id:"
_END_OF_HEADER = re.compile(rb"\r?\n\r?\n")
_FOLD = re.compile(rb"\r?\n[ \t]+")
# A longer header is nobody's, and taking it apart would be work.
_LONGEST_HEADER = 256 * 1024


def external_id(mail_from: str, recipients: Sequence[str], raw: bytes) -> str:
    """The identity of a mail (hex SHA-256) from its authored header fields, its recipients, and its body.

    A reused Message-ID over another body is another mail, and so is the same text written again (another Date). The
    envelope's sender counts where there is no Message-ID: relays may write it anew with each attempt.
    """
    header, body = _parts(raw)
    fields = []
    for line in _FOLD.sub(b" ", header).splitlines():
        name, colon, value = line.partition(b":")
        if colon and name.strip().lower() in _AUTHORED:
            fields.append(name.strip().lower() + b":" + value.strip())
        elif not colon or b" " in name.strip():
            # No field: where a header is not ended as it should be, this is what someone wrote.
            fields.append(line)
    has_id = any(field.startswith(_MESSAGE_ID) and field != _MESSAGE_ID for field in fields)
    envelope = ["" if has_id else mail_from.lower(), *sorted(recipient.lower() for recipient in recipients)]
    digest = hashlib.sha256()
    addresses = [address.encode("utf-8", "surrogateescape") for address in envelope]
    parts: list[bytes | memoryview] = [*addresses, *sorted(fields), body]
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()


def _parts(raw: bytes) -> tuple[bytes, memoryview]:
    """The header, and the body without blank lines at its end; all is body where no header ends."""
    end = _END_OF_HEADER.search(raw, 0, _LONGEST_HEADER)
    header, begin = (raw[: end.start()], end.end()) if end else (b"", 0)
    return header, memoryview(raw)[begin : max(begin, len(raw.rstrip()))]
