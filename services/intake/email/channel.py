"""The reading end of the e-mail channel: a stored mail, read and authenticated, as what the register takes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from services.ideas.model import InboundMessage, Sender
from services.ideas.readings import BounceReport, Held, HoldReason, JoinMail, Nothing, Reading, Submission
from services.ideas.texts import OWN_LANGUAGE
from services.intake.channel import ReadMessage
from services.intake.email import CHANNEL
from services.intake.email.authentication.authenticator import Authenticator
from services.intake.email.authentication.result import Authentication
from services.intake.email.joining import join_code
from services.intake.email.language import language_of
from services.intake.email.read import MailReading
from services.intake.email.rules import MailKind
from services.intake.email.worker.reading import ReadingProcess

_AUTHENTICATION, _AUTHOR = "authentication", "author"


class MailChannel:
    """Reads mail in one child process and asks the DNS about it in another."""

    name = CHANNEL

    def __init__(
        self, reading: ReadingProcess, authenticator: Authenticator, languages: Sequence[str] = (OWN_LANGUAGE,)
    ) -> None:
        """`languages` are those that texts are written in."""
        self._reading = reading
        self._authenticator = authenticator
        self._languages = languages

    async def read_message(self, message: InboundMessage) -> ReadMessage:
        """What a mail says and whether its sender is who it names; of the envelope the network address goes.

        Who wrote it is kept there, so that their mail is found where they ask for it or want it erased.
        """
        reading, authentication = await asyncio.gather(
            self._reading.read(message.raw, message.envelope), self._authentication(message)
        )
        envelope = {name: message.envelope[name] for name in ("mail_from", "rcpt_tos") if name in message.envelope}
        kept = {**envelope, _AUTHENTICATION: authentication.to_json(), _AUTHOR: reading.sender or ""}
        return ReadMessage(reading_of(reading, message.envelope, authentication, self._languages), kept)

    async def _authentication(self, message: InboundMessage) -> Authentication:
        # What is read again has lost its network address; what was found out with it still holds.
        if known := message.envelope.get(_AUTHENTICATION):
            return Authentication.from_json(known)
        return await self._authenticator.authenticate(message.raw, message.envelope)


def reading_of(
    mail: MailReading,
    envelope: Mapping[str, Any],
    authentication: Authentication,
    languages: Sequence[str] = (OWN_LANGUAGE,),
) -> Reading:
    """What the register does with a mail: a person's words, a delivery report, or nothing that needs an answer."""
    is_from_person = mail.kind in (MailKind.SUBMISSION, MailKind.REPLY)
    if is_from_person and (code := join_code(mail)) is not None:
        said = _submission(mail, envelope, authentication, languages)
        return JoinMail(said.sender, code, said.thread, said.answerable)
    match mail.kind:
        case MailKind.SUBMISSION:
            return _submission(mail, envelope, authentication, languages)
        case MailKind.REPLY if mail.verdict.thread:
            return _submission(mail, envelope, authentication, languages)
        case MailKind.REPLY:
            return Held(HoldReason.NO_TOKEN)
        case MailKind.BOUNCE if mail.verdict.token:
            return BounceReport(mail.verdict.token, mail.verdict.permanent, mail.verdict.status)
    return Nothing(mail.kind.value)


def submission_of(mail: MailReading, envelope: Mapping[str, Any], languages: Sequence[str]) -> Submission:
    """A mail as a person's words, whatever kind the program takes it for: a person has decided so.

    Without a result of authentication it is not answered.
    """
    known = envelope.get(_AUTHENTICATION)
    if known is None:
        return replace(_submission(mail, envelope, Authentication(), languages), answerable=False)
    return _submission(mail, envelope, Authentication.from_json(known), languages)


def _submission(
    mail: MailReading, envelope: Mapping[str, Any], authentication: Authentication, languages: Sequence[str]
) -> Submission:
    mail_from = str(envelope.get("mail_from", "")).lower()
    # Without a usable From the answer goes where a bounce would go (RFC 3834 section 4).
    address = mail.sender or mail_from
    is_verified = bool(mail.sender) and authentication.verifies_sender
    language = language_of(f"{mail.subject}\n{mail.reply_text}", languages)
    return Submission(
        sender=Sender(CHANNEL, address, verified=is_verified, language=language),
        subject=mail.subject,
        text=mail.reply_text,
        attachments=mail.attachments,
        full_text=mail.text if mail.text != mail.reply_text else "",
        refused=mail.refused,
        thread=mail.verdict.thread,
        # RFC 3834 section 2: nothing is sent in answer to what has the null reverse-path.
        answerable=bool(mail_from) and not authentication.is_failure,
    )
