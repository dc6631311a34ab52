"""What a mail is: rules in order (`order.py`), one file each; the first that has a verdict decides."""

from services.intake.email.rules.order import RULES, decide
from services.intake.email.rules.verdict import Evidence, MailKind, Verdict

__all__ = ["RULES", "Evidence", "MailKind", "Verdict", "decide"]
