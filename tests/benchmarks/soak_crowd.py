"""The people of the soak: they write, add, press what the bot offers, reword, send photos and places, and ask."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tests.benchmarks.soak_server import Place, SoakServer
from tests.fakes.bot_api import AlbumItem, Citizen, Message
from tests.service import ROOT

_TEXTS = ROOT / "nlp" / "corpus" / "phone.jsonl"
_PHOTO = b"\xff\xd8\xff\xe0" + bytes(4000)
_FIRST_CHAT = 100_001
# Nobody is forgotten: what was owed to them would be gone, and could not be counted.
_NEVER_PRESSED = frozenset({"e::yes", "e::all"})
_COMMANDS = (
    *("/start", "/hilfe", "/meine", "/status", "/sprache", "/benachrichtigungen", "/datenschutz", "/auskunft"),
    *("/loeschen", "/verbinden", "/impressum", "/barrierefreiheit"),
)
_TALK = ("Danke!", "Guten Tag", "Vielen Dank und schönen Abend noch", "Hallo")
# What people put into a sentence and no markup language takes for what it is.
_SIGNS = (
    "",
    "",
    "",
    " *wichtig*",
    " _bitte_",
    " [hier](x)",
    " <b>jetzt</b>",
    " 🚌🌲",
    " `a` & b > c!",
    " (A72) #5 -_-",
)
_LARGEST_VISIT = 4


@dataclass(slots=True)
class _Person:
    """Somebody with what they have written of ideas, and one visit at a time."""

    chat: Citizen
    ideas: list[int] = field(default_factory=list)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(frozen=True, slots=True)
class Answered:
    """An update, when it was made, and when its answer arrived, by the event loop's clock."""

    update: int
    made: float
    answered: float


@dataclass(frozen=True, slots=True)
class _Done:
    """Updates that were made together, and the places where their answers may come."""

    updates: Sequence[int]
    places: Mapping[Place, int]


_Deed = Callable[[_Person], Awaitable[_Done]]


class Crowd:
    """`at_once` people at a time visit the bot, and each waits for the answer before they go on.

    `made` counts the updates so far; `unanswered` are those that were not answered within `patience` seconds.
    """

    def __init__(
        self, server: SoakServer, *, chats: int, updates: int, at_once: int, seed: int, patience: float
    ) -> None:
        self.made: list[int] = []
        self.answered: list[Answered] = []
        self.unanswered: list[int] = []
        self._server = server
        self._updates = updates
        self._at_once = at_once
        self._patience = patience
        self._random = random.Random(seed)  # noqa: S311 - chance, not secrecy
        self._people = [_Person(server.citizen(_FIRST_CHAT + number, "Erika")) for number in range(chats)]
        self._texts = list(_ideas())
        self._marks: dict[int, asyncio.Event] = {}
        self._deeds: dict[_Deed, int] = {
            self._write: 34,
            self._write_in_pieces: 6,
            self._press: 32,
            self._reword: 6,
            self._send_photo: 5,
            self._send_album: 1,
            self._share_place: 5,
            self._speak: 1,
            self._command: 7,
            self._chat: 3,
        }

    async def run(self, progress: Callable[[str], None]) -> None:
        """Let everybody come and go until all updates are made and answered."""
        visits = self._visits()
        await asyncio.gather(*(self._visit_on(visits, progress) for _ in range(self._at_once)))

    async def reached(self, updates: int) -> None:
        """Return once so many updates are made."""
        await self._marks.setdefault(updates, asyncio.Event()).wait()

    def _visits(self) -> Iterator[_Person]:
        """Who comes next: everybody once in each round, in another order each time."""
        while len(self.made) < self._updates:
            for person in self._random.sample(self._people, len(self._people)):
                if len(self.made) >= self._updates:
                    return
                yield person

    async def _visit_on(self, visits: Iterator[_Person], progress: Callable[[str], None]) -> None:
        for person in visits:
            async with person.lock:
                for _ in range(self._random.randint(1, _LARGEST_VISIT)):
                    if len(self.made) >= self._updates:
                        return
                    await self._act(person)
                    progress(f"{len(self.made)} of {self._updates} updates, {len(self.answered)} answers")

    async def _act(self, person: _Person) -> None:
        (deed,) = self._random.choices(list(self._deeds), list(self._deeds.values()))
        began = asyncio.get_running_loop().time()
        done = await deed(person)
        answers = {self._server.answer_at(place): update for place, update in done.places.items()}
        self._count(done.updates)
        ended, _ = await asyncio.wait(answers, timeout=self._patience, return_when=asyncio.FIRST_COMPLETED)
        # What was written in pieces may be answered as a whole.
        self.answered += [Answered(answers[answer], began, answer.result()) for answer in ended]
        if not ended:
            self.unanswered.extend(done.updates)

    def _count(self, updates: Sequence[int]) -> None:
        self.made.extend(updates)
        for mark in [mark for mark in self._marks if mark <= len(self.made)]:
            self._marks.pop(mark).set()

    def _text(self) -> str:
        return self._random.choice(self._texts) + self._random.choice(_SIGNS)

    async def _write(self, person: _Person) -> _Done:
        return self._written(person, [await person.chat.says(self._text())], are_ideas=True)

    async def _write_in_pieces(self, person: _Person) -> _Done:
        pieces = [self._text() for _ in range(self._random.randint(2, 3))]
        return self._written(person, [await person.chat.says(piece) for piece in pieces], are_ideas=True)

    async def _press(self, person: _Person) -> _Done:
        offers = [(message, label) for message in person.chat.messages[-3:] for label in _labels(message)]
        if not offers:
            return await self._write(person)
        message, label = self._random.choice(offers)
        update = await person.chat.presses(message, label)
        chat, number = person.chat.chat_id, message["message_id"]
        return _Done([update], {Place(chat, "edit", number): update, Place(chat, "reply", number): update})

    async def _reword(self, person: _Person) -> _Done:
        if not person.ideas:
            return await self._write(person)
        number = self._random.choice(person.ideas[-3:])
        # No wording is like the one before.
        update = await person.chat.edits(number, f"{self._text()} ({len(self.made)})")
        return _Done([update], {Place(person.chat.chat_id, "reply", number): update})

    async def _send_photo(self, person: _Person) -> _Done:
        caption = self._text() if self._random.random() < 0.5 else ""
        return self._written(person, [await person.chat.sends_photo(_PHOTO, caption=caption)])

    async def _send_album(self, person: _Person) -> _Done:
        items = [AlbumItem("photo", _PHOTO, caption="" if number else self._text()) for number in range(3)]
        return self._written(person, await person.chat.sends_album(items))

    async def _share_place(self, person: _Person) -> _Done:
        # The region, and a little of what lies around it (WGS 84).
        north, east = self._random.uniform(50.2, 51.2), self._random.uniform(12.0, 13.7)
        return self._written(person, [await person.chat.shares_location(north, east)])

    async def _speak(self, person: _Person) -> _Done:
        return self._written(person, [await person.chat.sends_voice(b"OggS" + bytes(2000))])

    async def _command(self, person: _Person) -> _Done:
        return self._asked(person, await person.chat.says(self._random.choice(_COMMANDS)))

    async def _chat(self, person: _Person) -> _Done:
        if self._random.random() < 0.3:
            return self._asked(person, await person.chat.sends_sticker())
        return self._asked(person, await person.chat.says(self._random.choice(_TALK)))

    def _written(self, person: _Person, updates: Sequence[int], *, are_ideas: bool = False) -> _Done:
        """What was just written, each message answered by a reply to it."""
        numbers = [message["message_id"] for message in person.chat.written[-len(updates) :]]
        if are_ideas:
            person.ideas += numbers
        chat = person.chat.chat_id
        return _Done(
            updates, {Place(chat, "reply", number): each for number, each in zip(numbers, updates, strict=True)}
        )

    def _asked(self, person: _Person, update: int) -> _Done:
        """What is answered as a talk goes, mostly without a reply to the very message."""
        chat, number = person.chat.chat_id, person.chat.written[-1]["message_id"]
        return _Done([update], {Place(chat, "plain"): update, Place(chat, "reply", number): update})


def _ideas() -> Iterator[str]:
    """What people have typed on a phone: no greetings, and nothing that could be taken for a command."""
    for line in _TEXTS.read_text(encoding="utf-8").splitlines():
        said = json.loads(line)
        if said["kind"] == "idea":
            yield said["text"]


def _labels(message: Message) -> Iterator[str]:
    if "reply_markup" in message:
        for row in message["reply_markup"]["inline_keyboard"]:
            yield from (button["text"] for button in row if button.get("callback_data") not in _NEVER_PRESSED)
