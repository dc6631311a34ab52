"""Our Message-IDs in the fields of other mails."""

from __future__ import annotations

import re

from services.ideas.addresses import MailAddresses

# 128 bit of a notification's key at our domain.
_FORM = re.compile(r"<[0-9a-f]{32}@([^<>@\s]{1,255})>", re.IGNORECASE)


def own_message_ids(field: str, addresses: MailAddresses) -> list[str]:
    """The Message-IDs in a field that have the form of ours."""
    domains = {address.rpartition("@")[2] for address in addresses.intake}
    return [match.group() for match in _FORM.finditer(field) if match.group(1).lower() in domains]
