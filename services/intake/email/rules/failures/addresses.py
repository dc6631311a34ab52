"""Addresses as mail servers write them into reports."""

from __future__ import annotations

import re

_LONGEST_FIELD = 10_000
# Bounded repetitions: a text without any address is searched in linear time.
FORM = r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:[\w-]{1,63}\.){1,8}[\w-]{2,63}"
_ADDRESS = re.compile(FORM)
_TYPE = re.compile(r"(?:smtp|rfc-?822|mailto)=", re.IGNORECASE)  # as gateways to X.400 write it
_LABEL = re.compile(r"(?!-)[\w-]{1,63}(?<!-)")


def addresses_in(text: str) -> tuple[str, ...]:
    """The addresses in a text, in lower case and each once; what is malformed is none."""
    found = (clean_address(match.group()) for match in _ADDRESS.finditer(text[:_LONGEST_FIELD]))
    return tuple(dict.fromkeys(address for address in found if address))


def clean_address(text: str) -> str:
    """One address in lower case without what stands around it, or "" where it is malformed.

    Dots may follow one another in the local part, against RFC 5321: Japanese providers have issued such addresses.
    """
    local, _, domain = text.strip().lower().rpartition("@")
    kind = _TYPE.match(local)
    local = local[kind.end() if kind else 0 :].lstrip("'`*|=.").rstrip("'`")
    labels = domain.split(".")
    if local and len(labels) > 1 and all(_LABEL.fullmatch(label) for label in labels):
        return f"{local}@{domain}"
    return ""
