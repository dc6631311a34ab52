"""A person with a telephone: they write, tap and wait for the answer, and every moment can be photographed."""

from __future__ import annotations

from datetime import timedelta
from itertools import takewhile

from tests.fakes.bot_api import Citizen, Entry, Message
from tests.pictures.clock import Clock
from tests.pictures.picture import Language, Picture

# Reading an answer, thinking, typing: what passes before a person does something.
_A_MOMENT = timedelta(seconds=25)
_ANSWER_SECONDS = 20


class Phone:
    """What one person does in their chat with the bot; a moment passes before each deed."""

    def __init__(self, citizen: Citizen, clock: Clock, language: Language = "de") -> None:
        self._citizen = citizen
        self._clock = clock
        self._language: Language = language
        self._photos: dict[int, bytes] = {}
        self._pictures: list[Picture] = []
        self._heard = 0

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """The pictures that were taken so far."""
        return tuple(self._pictures)

    async def says(self, text: str, *, answers: int = 1) -> Message:
        """Write, and wait for so many messages of the bot; the last of them."""
        self._clock.go_on(_A_MOMENT)
        await self._citizen.says(text)
        return await self.hears(answers)

    async def sends_photo(self, content: bytes, caption: str) -> Message:
        """Send a photo (JPEG), and wait for the answer."""
        self._clock.go_on(_A_MOMENT)
        await self._citizen.sends_photo(content, caption=caption)
        self._photos[self._citizen.written[-1]["message_id"]] = content
        return await self.hears()

    async def sends_voice(self, content: bytes) -> Message:
        """Speak a voice note (Ogg), and wait for the answer."""
        self._clock.go_on(_A_MOMENT)
        await self._citizen.sends_voice(content)
        return await self.hears()

    async def shares_location(self, latitude: float, longitude: float) -> Message:
        """Share a place (degrees, WGS 84), and wait for the answer."""
        self._clock.go_on(_A_MOMENT)
        await self._citizen.shares_location(latitude, longitude)
        return await self.hears()

    async def taps(self, message: Message, label: str, *, reads: str) -> Message:
        """Press a button, and wait until a message of the bot, a new one or the same, says `reads`."""
        self._clock.go_on(_A_MOMENT)
        await self._citizen.presses(message, label)
        answer = await self._citizen.reads(reads, timeout_s=_ANSWER_SECONDS)
        self._heard = len(self._citizen.messages)
        return answer

    async def hears(self, count: int = 1) -> Message:
        """Wait for so many new messages of the bot; the last of them."""
        self._heard += count
        messages = await self._citizen.received(self._heard, timeout_s=_ANSWER_SECONDS)
        return messages[self._heard - 1]

    def is_photographed(self, said: str, *, next_tap: str = "") -> None:
        """Take a picture of the chat, from the first message on that the picture before does not show as it is now."""
        before: tuple[Entry, ...] = self._pictures[-1].entries if self._pictures else ()
        entries = tuple(self._citizen.transcript())
        known = takewhile(lambda pair: pair[0] == pair[1], zip(entries, before, strict=False))
        start = sum(1 for _ in known)
        self._pictures.append(Picture(said, self._language, entries, start, dict(self._photos), next_tap))
