"""A mail server that outgoing mail is handed to (RFC 5321), and what its answers mean."""

from __future__ import annotations

from email.message import EmailMessage

import aiosmtplib

from services.ideas.settings import Relay
from services.notifier.outcome import GivenUp, Outcome, Retry, Sent

_TIMEOUT_SECONDS = 20


class SmtpRelay:
    """Sends through the relay of the settings, one connection for each message."""

    def __init__(self, settings: Relay) -> None:
        self._settings = settings

    async def send(self, message: EmailMessage, sender: str, recipient: str) -> Outcome:
        """Hand over one message: 4xx and a relay that cannot be reached are tried again, 5xx are not."""
        relay = self._settings
        try:
            await aiosmtplib.send(
                message,
                sender=sender,
                recipients=[recipient],
                hostname=relay.host,
                port=relay.port,
                username=relay.user or None,
                password=relay.password.get_secret_value() or None,
                use_tls=relay.security == "tls",
                start_tls=relay.security == "starttls",
                timeout=_TIMEOUT_SECONDS,
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            return _refused(error.recipients[0].code)
        except aiosmtplib.SMTPAuthenticationError as error:
            # A wrong password is the operator's to mend; the mail is well and waits.
            return Retry(f"the relay refused our login ({error.code})")
        except aiosmtplib.SMTPResponseException as error:
            return _refused(error.code)
        except (aiosmtplib.SMTPException, OSError) as error:
            return Retry(f"the relay cannot be reached ({type(error).__name__})")
        return Sent()


def _refused(code: int) -> Outcome:
    # The relay's own words often repeat the address, so only the code is kept.
    if 500 <= code < 600:
        return GivenUp(f"the relay refused the message for good ({code})")
    return Retry(f"the relay refused the message for now ({code})")
