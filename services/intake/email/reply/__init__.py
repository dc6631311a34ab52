"""What a person wrote now: the text of a mail without quotes, signatures, footers and disclaimers."""

from services.intake.email.reply.trimming import reply_text

__all__ = ["reply_text"]
