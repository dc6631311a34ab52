"""What SPF, DKIM and DMARC say about a mail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class AuthResult(StrEnum):
    """A result in the words of RFC 8601 section 2.7."""

    PASS = "pass"  # noqa: S105 - a result
    FAIL = "fail"
    SOFTFAIL = "softfail"
    NEUTRAL = "neutral"
    NONE = "none"
    TEMPERROR = "temperror"
    PERMERROR = "permerror"


class Source(StrEnum):
    """Who says so: the trusted relay, the DNS, or nobody: none was asked, or the mail defeated the question."""

    RELAY = "relay"
    DNS = "dns"
    OFF = "off"
    DEFEATED = "defeated"


@dataclass(frozen=True, slots=True)
class Authentication:
    """The three results; `aligned` says that a valid DKIM signature is by the domain of the From."""

    spf: AuthResult = AuthResult.NONE
    dkim: AuthResult = AuthResult.NONE
    dmarc: AuthResult = AuthResult.NONE
    aligned: bool = False
    source: Source = Source.OFF

    @property
    def verifies_sender(self) -> bool:
        """Whether the domain of the From vouches for the mail."""
        signed = self.dkim is AuthResult.PASS and self.aligned
        return self.dmarc is AuthResult.PASS or (signed and self.dmarc is not AuthResult.FAIL)

    @property
    def is_failure(self) -> bool:
        """Whether the mail is probably forged: no automatic answer may go out, because it would reach a stranger."""
        no_policy = self.dmarc is AuthResult.NONE and not self.verifies_sender
        return self.dmarc is AuthResult.FAIL or (no_policy and self.spf is AuthResult.FAIL)

    def to_json(self) -> dict[str, Any]:
        """The results as a JSON object."""
        codes = {"spf": self.spf, "dkim": self.dkim, "dmarc": self.dmarc, "source": self.source}
        return {**{name: code.value for name, code in codes.items()}, "aligned": self.aligned}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Authentication:
        """The inverse of to_json; raises ValueError or KeyError where it is none."""
        return cls(
            spf=AuthResult(value["spf"]),
            dkim=AuthResult(value["dkim"]),
            dmarc=AuthResult(value["dmarc"]),
            aligned=bool(value["aligned"]),
            source=Source(value["source"]),
        )
