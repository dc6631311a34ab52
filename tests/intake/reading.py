"""A mail's reading as the register gets it, without the processes around it."""

from __future__ import annotations

from services.ideas.model import InboundMessage
from services.ideas.readings import Reading
from services.ideas.settings import Email
from services.intake.email.authentication.result import Authentication
from services.intake.email.channel import reading_of
from services.intake.email.read import MailReader

READER = MailReader(Email(), "SWS")


def read(message: InboundMessage, authentication: Authentication = Authentication()) -> Reading:  # noqa: B008 - a value
    """What a stored mail says, with what is known of its sender."""
    return reading_of(READER.read_mail(message.raw, message.envelope), message.envelope, authentication)
