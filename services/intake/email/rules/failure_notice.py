"""Failure notices that are no standard reports: known by what they say and who says it."""

from __future__ import annotations

from services.intake.email.mime import address, header
from services.intake.email.rules.failures import bounce
from services.intake.email.rules.failures.addresses import addresses_in
from services.intake.email.rules.failures.notice import notice_text
from services.intake.email.rules.failures.words import is_greeting, says_failure, titles_failure
from services.intake.email.rules.senders import is_machine
from services.intake.email.rules.verdict import Evidence, Verdict

_LONGEST_NOTICE = 4_000  # characters in which a server has said what it has to say


def failure_notice(seen: Evidence) -> Verdict | None:
    """A server's address with a failure in subject or text; or from whomever, where both say it and name an address.

    People forward and quote such notices: with Fwd: before the subject, with a greeting, or under a subject of theirs.
    """
    titled = titles_failure(header(seen.mail, "subject"))
    text = seen.body.text[:_LONGEST_NOTICE]
    if is_machine(seen):
        if titled or says_failure(notice_text(text)):
            return bounce(seen, "failure-notice", "a mail server says that a delivery failed")
    elif titled and not is_greeting(text) and says_failure(notice_text(text)) and _names_another(seen, text):
        return bounce(seen, "failure-notice", "it says in a server's words that a delivery failed")
    return None


def _names_another(seen: Evidence, text: str) -> bool:
    return bool(set(addresses_in(notice_text(text))) - {address(seen.mail, "from")})
