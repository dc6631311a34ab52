"""A mail server that outgoing mail is handed to (RFC 5321), and what its answers mean."""

from __future__ import annotations

import asyncio
import re
import ssl
from typing import cast

import aiosmtplib

from services.ideas.enhanced_status import is_about_address
from services.ideas.settings import Relay
from services.notifier.channels.conversation import Answer, Broken, Conversation, Step
from services.notifier.outcome import GivenUp, Outcome, Retry, Sent
from services.notifier.pace import Pace, Rate

_CONNECT_SECONDS = 20
# RFC 5321 section 4.5.3.2: who hangs up while the relay still takes a message in makes it deliver a second one.
_ANSWER_SECONDS = 300
# Well before a relay hangs up: RFC 5321 section 4.5.3.2.7 asks it for five minutes, and some grant thirty seconds.
_IDLE_SECONDS = 15
_QUIT_SECONDS = 2
# So many mails more than there are connections are composed meanwhile, and so long each may wait for a connection:
# whoever waited longer would have too little left of its lease.
_WAITING, _WAITING_SECONDS = 2, 15
# RFC 4954 section 6: the relay wants a login, whichever command it says so at.
_LOGIN_WANTED = 530
_CLOSING = 421
# RFC 2034: the enhanced code (RFC 3463) begins the text of a reply.
_ENHANCED = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}\b")


class SmtpRelay:
    """Sends through the relay of the settings. A connection is kept for the next mail, and after a while given up.

    Each mail that is being sent has a connection of its own, of which there are `most_connections` and no more.
    `trusted` says which certificates are believed; without it, those that the system believes. `close` ends the
    connections that are kept.
    """

    def __init__(
        self,
        settings: Relay,
        connect_seconds: float = _CONNECT_SECONDS,
        answer_seconds: float = _ANSWER_SECONDS,
        idle_seconds: float = _IDLE_SECONDS,
        trusted: ssl.SSLContext | None = None,
    ) -> None:
        self._settings = settings
        self._connect_seconds = connect_seconds
        self._answer_seconds = answer_seconds
        self._idle_seconds = idle_seconds
        self._trusted = trusted
        self._own_name: str | None = None
        self._free = asyncio.Semaphore(settings.most_connections)
        self._kept: dict[Conversation, asyncio.TimerHandle] = {}
        self._farewells: set[asyncio.Task[None]] = set()

    async def send(self, mail: bytes, sender: str, recipient: str) -> Outcome:
        """Hand over one mail byte for byte (7 bit, CRLF). What is said for good is final; all else is tried again."""
        if not (sender + recipient).isascii() or not (sender + recipient).isprintable():
            return GivenUp("no relay can be told this address")
        try:
            async with asyncio.timeout(_WAITING_SECONDS):
                await self._free.acquire()
        except TimeoutError:
            return Retry("all connections to the relay are in use")
        try:
            return await self._send(mail, sender, recipient)
        finally:
            self._free.release()

    async def close(self) -> None:
        """Take leave of the relay on all connections that are not in use."""
        for conversation in list(self._kept):
            self._dismiss(conversation)
        if self._farewells:
            await asyncio.wait(self._farewells)

    async def _send(self, mail: bytes, sender: str, recipient: str) -> Outcome:
        kept = self._take_kept()
        outcome = await self._hand_over(kept, mail, sender, recipient, is_kept=True) if kept else None
        if outcome is not None:
            return outcome
        fresh = await self._connect()
        if isinstance(fresh, Retry):
            return fresh
        return await self._hand_over(fresh, mail, sender, recipient) or Retry("the relay hung up")

    async def _hand_over(
        self, conversation: Conversation, mail: bytes, sender: str, recipient: str, *, is_kept: bool = False
    ) -> Outcome | None:
        """What became of the mail; None where the relay is only done with a connection that was kept."""
        try:
            answer = await conversation.hand_over(mail, sender, recipient)
            if is_kept and _is_about_connection(answer):
                self._bid_farewell(conversation)
                return None
            if not answer.is_welcome and answer.code != _CLOSING:
                await conversation.reset()
        except Broken as error:
            conversation.abort()
            if is_kept and not error.has_left:
                return None
            return Retry(f"the relay cannot be used ({error})", is_in_doubt=error.has_left)
        except BaseException:
            conversation.abort()
            raise
        self._keep(conversation)
        return Sent() if answer.is_welcome else _refused(answer)

    # Connections

    async def _connect(self) -> Conversation | Retry:
        client = await self._client()
        try:
            await client.connect()
            await _greet(client)
            if self._settings.security == "starttls":
                if not client.supports_extension("starttls"):
                    # Whoever sits in between may have taken the offer away: what was asked for is not done without.
                    return Retry("the relay offers no STARTTLS")
                await client.starttls()
                await _greet(client)
            if self._settings.user:
                await client.login(self._settings.user, self._settings.password.get_secret_value())
            self._own_name = client.local_hostname
            is_pipelined = client.supports_extension("pipelining")
            # From here on the connection is no longer the client's.
            transport, client.transport = cast("asyncio.Transport", client.transport), None
        except aiosmtplib.SMTPResponseException as error:
            # At the greeting, STARTTLS or the login: the operator's to mend; the mail is well and waits.
            return Retry(f"the relay does not serve us ({error.code})")
        except (aiosmtplib.SMTPException, OSError) as error:
            return Retry(_why_unusable(error))
        finally:
            client.close()
        return Conversation(transport, self._answer_seconds, is_pipelined=is_pipelined)

    async def _client(self) -> aiosmtplib.SMTP:
        relay = self._settings
        if self._trusted is None and relay.security != "none":
            self._trusted = await asyncio.to_thread(ssl.create_default_context)
        return aiosmtplib.SMTP(
            hostname=relay.host,
            port=relay.port,
            local_hostname=self._own_name,
            use_tls=relay.security == "tls",
            start_tls=False,
            tls_context=self._trusted,
            timeout=self._connect_seconds,
        )

    def _take_kept(self) -> Conversation | None:
        """The connection that was used last."""
        while self._kept:
            conversation, timer = self._kept.popitem()
            timer.cancel()
            if conversation.is_sound:
                return conversation
            conversation.abort()
        return None

    def _keep(self, conversation: Conversation) -> None:
        if not conversation.is_sound:
            return self._bid_farewell(conversation)
        timer = asyncio.get_running_loop().call_later(self._idle_seconds, self._dismiss, conversation)
        self._kept[conversation] = timer
        return None

    def _dismiss(self, conversation: Conversation) -> None:
        self._kept.pop(conversation).cancel()
        self._bid_farewell(conversation)

    def _bid_farewell(self, conversation: Conversation) -> None:
        farewell = asyncio.create_task(conversation.leave(min(_QUIT_SECONDS, self._answer_seconds)))
        self._farewells.add(farewell)
        farewell.add_done_callback(self._farewells.discard)


def relay_pace(settings: Relay) -> Pace:
    """How fast the relay of the settings may be used."""
    most = settings.most_per_minute
    return Pace(at_once=settings.most_connections + _WAITING, in_all=Rate(most, 60.0) if most else None)


async def _greet(client: aiosmtplib.SMTP) -> None:
    try:
        await client.ehlo()
    except aiosmtplib.SMTPHeloError:
        await client.helo()


def _why_unusable(error: Exception) -> str:
    cause = error.__cause__ or error
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"the relay's certificate is not valid ({cause.verify_message})"
    return f"the relay cannot be used ({type(error).__name__})"


def _is_about_connection(answer: Answer) -> bool:
    """Whether a refusal may only mean that enough has come over this connection."""
    is_for_now = 400 <= answer.code < 500
    return is_for_now and (answer.step is Step.MAIL or answer.code == _CLOSING) and answer.step is not Step.END


def _refused(answer: Answer) -> Outcome:
    # The relay's own words often repeat the address, so only the codes are kept.
    found = _ENHANCED.match(answer.text)
    enhanced = found.group() if found else ""
    codes = f"{answer.code} {enhanced}".rstrip()
    if 500 <= answer.code < 600 and answer.code != _LOGIN_WANTED:
        # What a bare 550 is about nobody can tell: a relay that no longer serves us says it of every address.
        is_about_recipient = bool(enhanced) and is_about_address(enhanced)
        is_about_recipient &= answer.step is not Step.MAIL
        return GivenUp(f"the relay refused the message for good ({codes})", is_about_recipient)
    return Retry(f"the relay refused the message for now ({codes})")
