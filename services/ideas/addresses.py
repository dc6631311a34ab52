"""The mail addresses of an installation: where ideas go, where replies go, and where bounces come back."""

from __future__ import annotations

import re

from services.ideas.settings import Email

# Lower-case Base32 of 128 bit: mail programs and servers may change the case of a local part.
_TOKEN = re.compile("[a-z2-7]{26}")


class MailAddresses:
    """Makes and recognises addresses. Case is ignored; what is no address of ours is None or False."""

    def __init__(self, settings: Email) -> None:
        self.intake = frozenset(address.lower() for address in settings.addresses)
        self._reply = (settings.reply_address or f"idee@{settings.domain}").lower()
        self._return = (settings.return_address or f"rueckweg@{settings.domain}").lower()

    def reply(self, token: str) -> str:
        """Where an answer to a message of ours goes; `token` is a capability of purpose REPLY."""
        return _extended(self._reply, token)

    def return_path(self, token: str) -> str:
        """The envelope sender of a message of ours (VERP); `token` is a capability of purpose RETURN_PATH."""
        return _extended(self._return, token)

    def reply_token(self, address: str) -> str | None:
        """The token in a reply address; "" where the address bears none or a mutilated one."""
        return _token(self._reply, address)

    def return_token(self, address: str) -> str | None:
        """The token in a return path; "" where the address bears none or a mutilated one."""
        return _token(self._return, address)

    def is_ours(self, address: str) -> bool:
        """Whether mail to this address is for this program."""
        known = address.lower() in self.intake
        return known or self.reply_token(address) is not None or self.return_token(address) is not None


def _extended(address: str, token: str) -> str:
    local, _, domain = address.rpartition("@")
    return f"{local}+{token}@{domain}"


def _token(own: str, address: str) -> str | None:
    local, _, domain = own.rpartition("@")
    given_local, _, given_domain = address.strip().lower().rpartition("@")
    name, plus, token = given_local.partition("+")
    if (name, given_domain) != (local, domain):
        return None
    return token if plus and _TOKEN.fullmatch(token) else ""
