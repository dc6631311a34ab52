"""Failure notices that are no standard reports: known by what they say and who says it."""

from __future__ import annotations

from services.intake.email.mime import address, header
from services.intake.email.rules.failures import bounce
from services.intake.email.rules.failures.addresses import addresses_in
from services.intake.email.rules.failures.notice import notice_text
from services.intake.email.rules.failures.words import (
    is_of_person,
    says_failure,
    says_failure_of_mail,
    titles_failure,
)
from services.intake.email.rules.senders import is_machine
from services.intake.email.rules.verdict import Evidence, Verdict

_LONGEST_NOTICE = 4_000  # characters in which a server has said what it has to say


def failure_notice(seen: Evidence) -> Verdict | None:
    """A server's address with a failure in the subject, or in a text that names an address; or all of it from whomever.

    People forward and quote such notices: with Fwd: before the subject, with a greeting, or under a subject of theirs.
    And forms of theirs come from addresses like servers'.
    """
    titled = titles_failure(header(seen.mail, "subject"))
    notice = notice_text(seen.body.text[:_LONGEST_NOTICE])
    names_another = bool(set(addresses_in(notice)) - {address(seen.mail, "from")})
    if is_machine(seen):
        if titled or (names_another and says_failure_of_mail(notice)):
            return bounce(seen, "failure-notice", "a mail server says that a delivery failed")
    elif titled and names_another and says_failure(notice) and not is_of_person(notice):
        return bounce(seen, "failure-notice", "it says in a server's words that a delivery failed")
    return None
