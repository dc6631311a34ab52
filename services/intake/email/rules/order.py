"""The rules in their order, which is the whole logic: what is surer comes first, and machines before people.

A delivery report is sure by its form; automatic answers come before what only looks like a bounce by its null sender,
because they have it too (RFC 3834 section 3.3); and what no rule knows is a person's new submission.
"""

from __future__ import annotations

from services.intake.email.rules.absence_subject import absence_subject
from services.intake.email.rules.auto_submitted import auto_submitted
from services.intake.email.rules.autoresponder import autoresponder
from services.intake.email.rules.delivery_report import delivery_report
from services.intake.email.rules.empty import empty
from services.intake.email.rules.failed_recipients import failed_recipients
from services.intake.email.rules.failure_notice import failure_notice
from services.intake.email.rules.feedback_report import feedback_report
from services.intake.email.rules.mail_daemon import mail_daemon
from services.intake.email.rules.mailing_list import mailing_list
from services.intake.email.rules.null_sender import null_sender
from services.intake.email.rules.own_mail import own_mail
from services.intake.email.rules.read_receipt import read_receipt
from services.intake.email.rules.reply_address import reply_address
from services.intake.email.rules.reply_without_token import reply_without_token
from services.intake.email.rules.return_path import return_path
from services.intake.email.rules.verdict import Evidence, MailKind, Rule, Verdict

RULES: tuple[Rule, ...] = (
    feedback_report,
    read_receipt,
    delivery_report,
    failed_recipients,
    own_mail,
    mail_daemon,
    failure_notice,
    auto_submitted,
    autoresponder,
    absence_subject,
    return_path,
    null_sender,
    mailing_list,
    empty,
    reply_address,
    reply_without_token,
)


def decide(seen: Evidence) -> Verdict:
    """The verdict of the first rule that has one."""
    verdicts = (rule(seen) for rule in RULES)
    new = Verdict(MailKind.SUBMISSION, "submission", "no rule knows it as anything but a person's new message")
    return next((verdict for verdict in verdicts if verdict is not None), new)
