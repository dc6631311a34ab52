"""A talk with the register as a chat has it: what is said is read, understood by a stand-in, and recorded."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import select

from nlp.understanding import Candidate, DistrictScore, Evidence, MunicipalityScore, Point, TopicScore, Understanding
from services.ideas.chat import AwaitedFile, Button, ChatMessage, Wish
from services.ideas.model import Idea, InboundMessage, LoggedMessage, Sender
from services.ideas.readings import Asked, Edit, NotUnderstood, Presence, Pressed, Reading, Request, Source, Submission
from services.ideas.register import Register
from services.ideas.store import Store
from services.ideas.tables import NotificationRow
from tests.conftest import NOON
from tests.submissions import UNCERTAIN

MINUTE = timedelta(minutes=1)
CHEMNITZ, PLAUEN = MunicipalityScore("14511000", "Chemnitz", 0.95), MunicipalityScore("14523320", "Plauen", 0.95)
LICHTENBERGS = (
    Candidate("14522330", "Lichtenberg/Erzgeb.", "14522"),
    Candidate("14522110", "Lichtenberg (Brand-Erbisdorf)", "14522"),
    Candidate("14524110", "Lichtenberg (Hartenstein)", "14524"),
)
VENUSBERG = Candidate("14521150", "Venusberg (Drebach)", "14521")
_NAMES = {
    "lichtenberg": LICHTENBERGS,
    "venusberg": (VENUSBERG,),
    "neustadt": (
        Candidate("14523260", "Neustadt/Vogtl.", "14523"),
        Candidate("14523320", "Neustadt (Plauen)", "14523"),
    ),
}
_TOPICS = {"bus": "mobility", "schule": "education", "wald": "environment"}
_DISTRICTS = {"mittelsachsen": "14522", "kreis zwickau": "14524"}
_PLACES = {"chemnitz": CHEMNITZ, "plauen": PLAUEN}


def understand(source: Source) -> Understanding:
    """Finds the topics and places of a few words, and any point in Plauen."""
    words = source.text.lower()
    topics = tuple(TopicScore(topic, 0.9) for word, topic in _TOPICS.items() if word in words)
    towns = tuple(town for word, town in _PLACES.items() if word in words)
    towns += (PLAUEN,) if source.points and PLAUEN not in towns else ()
    districts = {town.ags[:5]: DistrictScore(town.ags[:5], 0.95) for town in towns}
    named = {name: key for name, key in _DISTRICTS.items() if name in words}
    districts |= {key: DistrictScore(key, 0.95) for key in named.values()}
    return replace(
        UNCERTAIN,
        topics=topics,
        abstained=not topics,
        districts=tuple(districts.values()),
        municipalities=towns,
        evidence=tuple(
            Evidence(words.index(name), words.index(name) + len(name), "place")
            for name in (*named, *_PLACES)
            if name in words
        ),
        candidates=() if districts else next((several for name, several in _NAMES.items() if name in words), ()),
    )


@dataclass
class Talk:
    """One person's chat; `at` is what the clock shows when they write next."""

    register: Register
    store: Store
    sender: Sender = field(default_factory=lambda: Sender("telegram", "4711", verified=True))
    at: datetime = NOON
    understood: list[Source] = field(default_factory=list)
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    async def say(
        self,
        text: str = "",
        *,
        point: Point | None = None,
        answers: int | None = None,
        about: str = "",
        album: str = "",
        files: Sequence[str] = (),
        after: timedelta = timedelta(seconds=10),
    ) -> int:
        """Write a message, some time after the last one; its number in the chat."""
        self.at += after
        number = next(self.numbers)
        chat = ChatMessage(number, self.at, answers, about, album)
        awaited = tuple(AwaitedFile(f"id of {name}", name, "image/jpeg") for name in files)
        await self.record(Submission(self.sender, "", text, point=point, chat=chat, awaited=awaited))
        return number

    async def edit(self, number: int, text: str, *, is_phrase: bool = False) -> None:
        """Reword a message."""
        self.at += MINUTE
        await self.record(Edit(self.sender, ChatMessage(number, self.at), text, is_phrase))

    async def press(self, wish: Wish, reference: str = "", argument: str = "") -> None:
        """Press a button."""
        self.at += timedelta(seconds=5)
        await self.record(Asked(self.sender, Button(wish, reference, argument), pressed=Pressed(900, "query")))

    async def type(self, wish: Wish, words: str, argument: str = "") -> None:
        """Type the words of a button."""
        self.at += timedelta(seconds=5)
        chat = ChatMessage(next(self.numbers), self.at)
        await self.record(Asked(self.sender, Button(wish, argument=argument), chat, words=words))

    async def request(self, template: str) -> None:
        """Give a command that only asks for an answer."""
        await self.record(Request(self.sender, template))

    async def block(self, *, is_present: bool = False) -> None:
        """Block the bot, or let it back in."""
        await self.record(Presence(self.sender, is_present))

    async def record(self, reading: Reading) -> str | None:
        """Record a reading as the reader does: whatever the register has to know is understood."""
        external_id = f"{self.sender.address}-{next(self.numbers)}-{len(self.understood)}"
        message = InboundMessage(self.sender.channel, external_id, {}, b"", self.at, f"telegram:{self.sender.address}")
        (receipt,) = await self.register.log([message])
        understood: dict[Source, Understanding] = {}
        while True:
            try:
                return await self.register.record(LoggedMessage(receipt.id, message, 1), reading, None, understood)
            except NotUnderstood as question:
                if question.source in understood:
                    raise
                understood[question.source] = understand(question.source)
                self.understood.append(question.source)

    async def ideas(self) -> tuple[Idea, ...]:
        """This person's ideas, oldest first."""
        return (await self.register.ideas_of(self.sender.channel, self.sender.address, 100))[::-1]

    async def idea(self) -> Idea:
        """This person's only idea."""
        (idea,) = await self.ideas()
        return idea

    async def owed(self) -> list[NotificationRow]:
        """All that was written to anybody, oldest first."""
        async with self.store.reading() as session:
            return list(await session.scalars(select(NotificationRow).order_by(NotificationRow.id)))

    async def answers(self) -> list[str]:
        """The templates of all answers, oldest first, without the privacy notice."""
        return [row.template for row in await self.owed() if row.template != "notice"]

    async def sent(self) -> None:
        """Everything that is owed has left."""
        for notification in await self.register.claim_notifications(self.at, MINUTE, 100):
            await self.register.sent(notification, self.at)
        if await self.register.claim_notifications(self.at, timedelta(0), 1):
            await self.sent()
