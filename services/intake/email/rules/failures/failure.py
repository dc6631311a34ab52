"""The verdict on a bounce: the surest way of saying which addresses failed that it knows decides."""

from __future__ import annotations

from dataclasses import dataclass

from services.intake.email.mime import header
from services.intake.email.rules.failures.addresses import addresses_in
from services.intake.email.rules.failures.known_formats import known_format
from services.intake.email.rules.failures.notice import Notice, read_notice
from services.intake.email.rules.failures.status_fields import RecipientStatus, recipient_statuses
from services.intake.email.rules.recipients import return_token
from services.intake.email.rules.verdict import Evidence, MailKind, Verdict

_DELIVERED = frozenset({"delivered", "relayed", "expanded"})


@dataclass(frozen=True, slots=True)
class _Failure:
    bounced: tuple[str, ...]
    permanent: bool
    status: str


def bounce(seen: Evidence, rule: str, reason: str) -> Verdict:
    """The verdict of a rule that knows the mail as a bounce."""
    found = _failure(seen)
    return Verdict(
        MailKind.BOUNCE,
        rule,
        reason,
        bounced=found.bounced,
        permanent=found.permanent,
        status=found.status,
        token=return_token(seen),
    )


def _failure(seen: Evidence) -> _Failure:
    statuses = recipient_statuses(seen)
    if statuses and all(each.action in _DELIVERED for each in statuses):
        return _Failure((), permanent=False, status=statuses[0].status)
    failed = [each for each in statuses if each.action not in _DELIVERED]
    notice = read_notice(seen)
    bounced = tuple(dict.fromkeys(each.address for each in failed if each.address))
    bounced = bounced or addresses_in(header(seen.mail, "x-failed-recipients"))
    if not bounced:
        bounced = notice.listed or known_format(seen) or notice.mentioned or notice.returned_to
    return _Failure(bounced, *_severity(failed, notice))


def _severity(failed: list[RecipientStatus], notice: Notice) -> tuple[bool, str]:
    """Whether anything failed for good, and the status code of the worst."""
    if failed:
        worst = next((each for each in failed if each.is_permanent), failed[0])
        return worst.is_permanent, worst.status or notice.status
    return not (notice.is_delay or notice.status.startswith("4")), notice.status
