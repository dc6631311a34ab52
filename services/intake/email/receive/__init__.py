"""Receiving mail by SMTP (RFC 5321) and LMTP (RFC 2033): a 250 after DATA means that the raw message is committed."""

from services.intake.email.receive.listener import MailReceiver

__all__ = ["MailReceiver"]
