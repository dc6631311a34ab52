"""One conversation with a mail server (RFC 5321): one mail after the other, pipelined where it may be (RFC 2920).

aiosmtplib opens it (TLS and login included), and cannot pipeline: it reads one reply for each command that it writes.
"""

from __future__ import annotations

import asyncio
import re
from collections import deque
from dataclasses import dataclass
from enum import StrEnum

_LONGEST_REPLY = 65_536
_LINE = re.compile(rb"([2-5][0-9][0-9])(?:([ -])(.*))?")


class Step(StrEnum):
    """What a reply answers: a command, or the whole mail after its final dot (END)."""

    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    END = "END"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said to the mail in the end: the first refusal, or that it has it."""

    step: Step
    code: int
    text: str

    @property
    def is_welcome(self) -> bool:
        """Whether the next step may follow."""
        return self.code == 354 if self.step is Step.DATA else 200 <= self.code < 300


class Broken(Exception):  # noqa: N818 - named for what is the case
    """The conversation has ended before its time. Where the mail `has_left`, nobody knows whether the server has it."""

    def __init__(self, reason: str, *, has_left: bool) -> None:
        super().__init__(reason)
        self.has_left = has_left


class Conversation(asyncio.Protocol):
    """Speaks over a connection that is open and greeted, of one mail at a time.

    `answer_seconds` is how long each reply may take.
    """

    def __init__(self, transport: asyncio.Transport, answer_seconds: float, *, is_pipelined: bool) -> None:
        self._transport = transport
        self._is_at_rest = True
        self._answer_seconds = answer_seconds
        self._is_pipelined = is_pipelined
        self._received = b""
        self._text: list[bytes] = []
        self._asked = 0
        self._replies: deque[tuple[int, str]] = deque()
        self._waiting: asyncio.Future[None] | None = None
        transport.set_protocol(self)

    @property
    def is_sound(self) -> bool:
        """Whether the next mail may follow."""
        return self._is_at_rest and not self._transport.is_closing()

    async def hand_over(self, mail: bytes, sender: str, recipient: str) -> Answer:
        """Hand over one mail (7 bit, CRLF) as it is, with ASCII addresses; raises Broken.

        Where it is cancelled, the conversation is of no use any more.
        """
        if not mail.endswith(b"\r\n") or not mail.count(b"\r\n") == mail.count(b"\n") == mail.count(b"\r"):
            # RFC 5321 section 2.3.8: what some servers take for the end of a line could end the mail and begin another.
            raise ValueError("a mail has lines that end in CRLF")
        commands = {
            Step.MAIL: b"MAIL FROM:<%s>\r\n" % sender.encode("ascii"),
            Step.RCPT: b"RCPT TO:<%s>\r\n" % recipient.encode("ascii"),
            Step.DATA: b"DATA\r\n",
        }
        self._is_at_rest = False
        refusal = await (self._announce_at_once(commands) if self._is_pipelined else self._announce(commands))
        if refusal is not None:
            return refusal
        stuffed = mail.replace(b"\r\n.", b"\r\n..") + b".\r\n"
        self._say(b"." + stuffed if mail.startswith(b".") else stuffed)
        answer = await self._answer(Step.END)
        self._is_at_rest = answer.is_welcome
        return answer

    async def reset(self) -> None:
        """After a refusal: begin anew (RSET), which makes the conversation sound where the server agrees."""
        try:
            self._say(b"RSET\r\n")
            self._is_at_rest = (await self._answer(Step.MAIL)).is_welcome
        except Broken:
            self.abort()

    async def leave(self, seconds: float) -> None:
        """Say farewell, and close the connection when it is answered, or after so many seconds."""
        self._is_at_rest = False
        try:
            async with asyncio.timeout(seconds):
                self._say(b"QUIT\r\n")
                await self._answer(Step.MAIL)
        except (Broken, TimeoutError):
            # The server has the mail, or has refused it; a bad farewell changes nothing.
            pass
        finally:
            self.abort()

    def abort(self) -> None:
        """Close the connection at once."""
        self._transport.abort()

    async def _announce(self, commands: dict[Step, bytes]) -> Answer | None:
        """One command after the other; the first refusal."""
        for step, command in commands.items():
            self._say(command)
            answer = await self._answer(step)
            if not answer.is_welcome:
                return answer
        return None

    async def _announce_at_once(self, commands: dict[Step, bytes]) -> Answer | None:
        """All commands in one go; the first refusal."""
        self._say(b"".join(commands.values()), len(commands))
        refusal = None
        try:
            for step in commands:
                answer = await self._answer(step)
                if refusal is None and not answer.is_welcome:
                    refusal = answer
            if refusal is not None and answer.is_welcome:
                # RFC 2920 section 3.1: it waits for a mail to nobody, and gets an empty one.
                self._say(b".\r\n")
                await self._answer(Step.END)
        except Broken:
            if refusal is None:
                raise
        return refusal

    def _say(self, words: bytes, commands: int = 1) -> None:
        self._asked += commands
        self._transport.write(words)

    async def _answer(self, step: Step) -> Answer:
        has_left = step is Step.END
        try:
            async with asyncio.timeout(self._answer_seconds):
                while not self._replies:
                    if self._transport.is_closing():
                        raise Broken("it hung up", has_left=has_left)
                    self._waiting = asyncio.get_running_loop().create_future()
                    await self._waiting
        except TimeoutError as error:
            raise Broken("it does not answer", has_left=has_left) from error
        self._asked -= 1
        return Answer(step, *self._replies.popleft())

    # What asyncio calls

    def data_received(self, data: bytes) -> None:
        """Read replies, as many as are whole."""
        *lines, self._received = (self._received + data).split(b"\n")
        for line in lines:
            found = _LINE.fullmatch(line.rstrip(b"\r"))
            if found is None:
                self.abort()
                return
            self._text.append(found[3] or b"")
            if found[2] != b"-":
                self._replies.append((int(found[1]), b"\n".join(self._text).decode("utf-8", "replace")))
                self._text.clear()
        if len(self._replies) > self._asked or len(self._received) + sum(map(len, self._text)) > _LONGEST_REPLY:
            # What nobody asked for is a farewell, or out of step: no reply to come can be trusted.
            self.abort()
        self._wake()

    def eof_received(self) -> bool:
        """Close on our side too."""
        return False

    def connection_lost(self, _error: Exception | None) -> None:
        """Tell whoever waits."""
        self._wake()

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)
