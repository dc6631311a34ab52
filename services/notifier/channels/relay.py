"""A mail server that outgoing mail is handed to (RFC 5321), and what its answers mean."""

from __future__ import annotations

import re
from contextlib import suppress

import aiosmtplib

from services.ideas.enhanced_status import is_about_address
from services.ideas.settings import Relay
from services.notifier.outcome import GivenUp, Outcome, Retry, Sent

_CONNECT_SECONDS = 20
# RFC 5321 section 4.5.3.2: who hangs up while the relay still takes a message in makes it deliver a second one.
_ANSWER_SECONDS = 300
_QUIT_SECONDS = 2
# RFC 4954 section 6: the relay wants a login, whichever command it says so at.
_LOGIN_WANTED = 530
# RFC 2034: the enhanced code (RFC 3463) begins the text of a reply.
_ENHANCED = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}\b")


class SmtpRelay:
    """Sends through the relay of the settings, one connection for each message."""

    def __init__(
        self, settings: Relay, connect_seconds: float = _CONNECT_SECONDS, answer_seconds: float = _ANSWER_SECONDS
    ) -> None:
        self._settings = settings
        self._connect_seconds = connect_seconds
        self._answer_seconds = answer_seconds

    async def send(self, mail: bytes, sender: str, recipient: str) -> Outcome:
        """Hand over one mail byte for byte (7 bit, CRLF). What is said for good is final; all else is tried again."""
        client = self._client()
        try:
            outcome = await self._hand_over(client, mail, sender, recipient)
            # The relay has the mail, or has refused it; a bad farewell changes nothing.
            with suppress(aiosmtplib.SMTPException, OSError):
                await client.quit(timeout=min(_QUIT_SECONDS, self._answer_seconds))
        finally:
            client.close()
        return outcome

    async def _hand_over(self, client: aiosmtplib.SMTP, mail: bytes, sender: str, recipient: str) -> Outcome:
        # Command by command: the client's own `send_message` writes a message anew, which breaks signatures.
        try:
            await client.connect()
            await client.mail(sender, timeout=self._answer_seconds)
            await client.rcpt(recipient, timeout=self._answer_seconds)
            await client.data(mail, timeout=self._answer_seconds)
        except (aiosmtplib.SMTPSenderRefused, aiosmtplib.SMTPRecipientRefused, aiosmtplib.SMTPDataError) as error:
            return _refused(error)
        except aiosmtplib.SMTPResponseException as error:
            # At the greeting, STARTTLS or the login: the operator's to mend; the mail is well and waits.
            return Retry(f"the relay does not serve us ({error.code})")
        except (aiosmtplib.SMTPException, OSError) as error:
            return Retry(f"the relay cannot be used ({type(error).__name__})")
        return Sent()

    def _client(self) -> aiosmtplib.SMTP:
        relay = self._settings
        return aiosmtplib.SMTP(
            hostname=relay.host,
            port=relay.port,
            username=relay.user or None,
            password=relay.password.get_secret_value() or None,
            use_tls=relay.security == "tls",
            start_tls=relay.security == "starttls",
            timeout=self._connect_seconds,
        )


def _refused(error: aiosmtplib.SMTPResponseException) -> Outcome:
    # The relay's own words often repeat the address, so only the codes are kept.
    found = _ENHANCED.match(error.message)
    enhanced = found.group() if found else ""
    codes = f"{error.code} {enhanced}".rstrip()
    if 500 <= error.code < 600 and error.code != _LOGIN_WANTED:
        # What a bare 550 is about nobody can tell: a relay that no longer serves us says it of every address.
        is_about_recipient = bool(enhanced) and is_about_address(enhanced)
        is_about_recipient &= not isinstance(error, aiosmtplib.SMTPSenderRefused)
        return GivenUp(f"the relay refused the message for good ({codes})", is_about_recipient)
    return Retry(f"the relay refused the message for now ({codes})")
