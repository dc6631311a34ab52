"""Enhanced status codes (RFC 3463): what a refusal or a bounce says about an address."""

from __future__ import annotations

import re

# What speaks against a message, its sender or the moment says nothing about the address: a full mailbox, the network,
# the content, a policy. What remains is a mailbox or domain that is not there.
_NOT_THE_ADDRESS = re.compile(r"5\.(?:1\.[5789]|2\.[2-4]|[3-7]\.\d+)|[24]\..*")


def is_about_address(status: str) -> bool:
    """Whether a failure for good with this code ("" for none) is about the recipient's address itself."""
    return _NOT_THE_ADDRESS.fullmatch(status) is None
