"""A mail server that outgoing mail is handed to (RFC 5321), and what its answers mean."""

from __future__ import annotations

from contextlib import suppress
from email.message import EmailMessage

import aiosmtplib

from services.ideas.settings import Relay
from services.notifier.outcome import GivenUp, Outcome, Retry, Sent

_CONNECT_SECONDS = 20
# RFC 5321 section 4.5.3.2: who hangs up while the relay still takes a message in makes it deliver a second one.
_ANSWER_SECONDS = 300
_QUIT_SECONDS = 2
# RFC 4954 section 6: the relay wants a login, whichever command it says so at.
_LOGIN_WANTED = 530


class SmtpRelay:
    """Sends through the relay of the settings, one connection for each message."""

    def __init__(
        self, settings: Relay, connect_seconds: float = _CONNECT_SECONDS, answer_seconds: float = _ANSWER_SECONDS
    ) -> None:
        self._settings = settings
        self._connect_seconds = connect_seconds
        self._answer_seconds = answer_seconds

    async def send(self, message: EmailMessage, sender: str, recipient: str) -> Outcome:
        """Hand over one message. What the relay says for good about a message is final; all else is tried again."""
        client = self._client()
        try:
            await client.connect()
            await client.send_message(message, sender=sender, recipients=[recipient], timeout=self._answer_seconds)
            # The relay has the message; a bad farewell changes nothing.
            with suppress(aiosmtplib.SMTPException, OSError):
                await client.quit(timeout=min(_QUIT_SECONDS, self._answer_seconds))
        except aiosmtplib.SMTPRecipientsRefused as error:
            return _refused(error.recipients[0].code)
        except (aiosmtplib.SMTPSenderRefused, aiosmtplib.SMTPDataError) as error:
            return _refused(error.code)
        except aiosmtplib.SMTPResponseException as error:
            # At the greeting, STARTTLS or the login: the operator's to mend; the mail is well and waits.
            return Retry(f"the relay does not serve us ({error.code})")
        except (aiosmtplib.SMTPException, OSError) as error:
            return Retry(f"the relay cannot be used ({type(error).__name__})")
        finally:
            client.close()
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


def _refused(code: int) -> Outcome:
    # The relay's own words often repeat the address, so only the code is kept.
    if 500 <= code < 600 and code != _LOGIN_WANTED:
        return GivenUp(f"the relay refused the message for good ({code})")
    return Retry(f"the relay refused the message for now ({code})")
