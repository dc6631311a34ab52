"""What a bounce says: which addresses failed, and whether for good."""

from services.intake.email.rules.failures.failure import bounce

__all__ = ["bounce"]
