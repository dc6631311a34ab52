"""E-mail: an SMTP server that commits before it answers 250, and the reading of RFC 5322 messages."""

from services.ideas.channels import EMAIL

CHANNEL = EMAIL
