"""What people have said an idea is about: labelled examples for the next model, and how staff give such labels."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from nlp.corpus import CORRECTIONS, KINDS_WITHOUT_TOPIC, Example
from nlp.understanding import Kind, Understanding
from services.ideas.admission import Admission
from services.ideas.channels import EMAIL
from services.ideas.chat_tables import CorrectionRow
from services.ideas.conversation import known_idea
from services.ideas.corrections import OF_TOPICS, Field, correct, with_place, with_topic
from services.ideas.errors import NothingToConfirm
from services.ideas.ledger import Event, tell_again
from services.ideas.readings import Source
from services.ideas.store import Store
from services.ideas.tables import ContributionRow, IdeaRow

STAFF = "staff"
# What leads to a person and says nothing of a topic: mail addresses, names of accounts, and numbers as long as a
# telephone's or an account's.
_CONTACT = re.compile(r"[^\s<>\"'(),;:]*@[\w.+-]+|\+?\d(?:[ /().-]{0,2}\d){6,}")


class Teaching:
    """Each method is one transaction and may be repeated; all raise StoreError as `Store` says."""

    def __init__(self, store: Store, admission: Admission) -> None:
        self._store = store
        self._admission = admission

    async def examples(self) -> tuple[Example, ...]:
        """Every idea whose topic a person has named or confirmed, as it is labelled by their last word.

        The text is all that they hold of a person, without addresses and long numbers. Ideas of persons who have been
        forgotten, locked ones and those whose words are gone are left out, and topics that the configuration no longer
        knows.
        """
        async with self._store.reading() as session:
            found = await _examples(session, frozenset(self._admission.catalogue.topics))
        # The same words twice would stand on both sides when a model is measured; the later label counts.
        return tuple({_folded(example): example for example in found}.values())

    async def name_topic(self, reference: str, topic: str, now: datetime) -> Understanding:
        """Staff say which topic an idea is about; its bodies are found anew. Raises IdeaNotFound."""
        async with self._store.writing() as session:
            idea = await known_idea(session, reference)
            after = with_topic(Understanding.from_json(idea.understanding), topic)
            return await self._take(session, idea, Field.TOPIC, after, now)

    async def name_place(self, reference: str, place: Understanding, now: datetime) -> Understanding:
        """Staff say which place an idea means, as the model has read its name. Raises IdeaNotFound."""
        async with self._store.writing() as session:
            idea = await known_idea(session, reference)
            after = with_place(Understanding.from_json(idea.understanding), place)
            return await self._take(session, idea, Field.PLACE, after, now)

    async def confirm(self, reference: str, now: datetime) -> Understanding:
        """Staff say that an idea was understood rightly. Raises IdeaNotFound, and NothingToConfirm without a topic."""
        async with self._store.writing() as session:
            idea = await known_idea(session, reference)
            right = Understanding.from_json(idea.understanding)
            if not right.topics:
                raise NothingToConfirm(
                    f"Bei {reference} ist noch kein Thema erkannt, das Sie bestätigen könnten. Bitte nennen Sie eines: "
                    f"ideenkanal correct {reference} --topic ID"
                )
            await correct(session, idea, Field.CONFIRMED, right, actor=STAFF, now=now)
            return right

    async def _take(
        self, session: AsyncSession, idea: IdeaRow, field: Field, after: Understanding, now: datetime
    ) -> Understanding:
        await correct(session, idea, field, after, actor=STAFF, now=now)
        await self._admission.assigning.assign_anew(session, idea, after, now)
        await tell_again(session, idea, Event.CHANGED, now)
        return after


def is_readable() -> ColumnElement[bool]:
    """Whether a model may read an idea: none that is locked, merged or without words."""
    return and_(IdeaRow.locked_at.is_(None), IdeaRow.merged_into_id.is_(None), IdeaRow.contributions.any())


def readable_ideas() -> Select[IdeaRow]:
    """The ideas that a model may read, with their words, in the order in which they came."""
    return select(IdeaRow).options(selectinload(IdeaRow.contributions)).where(is_readable()).order_by(IdeaRow.id)


def read_of(idea: IdeaRow, said: Sequence[ContributionRow]) -> Source:
    """What the understanding of an idea is made from: in a chat all that was said, of mails the first alone."""
    in_order = sorted(said, key=lambda item: (item.created_at, item.id))
    return Source.whole(in_order[:1] if idea.channel == EMAIL else in_order)


async def _examples(session: AsyncSession, topics: frozenset[str]) -> list[Example]:
    spoken: dict[int, list[CorrectionRow]] = {}
    for row in await session.scalars(select(CorrectionRow).order_by(CorrectionRow.id)):
        spoken.setdefault(row.idea_id, []).append(row)
    corrected = select(CorrectionRow.idea_id)
    ideas = readable_ideas().where(IdeaRow.submitter_id.is_not(None), IdeaRow.id.in_(corrected))
    found = (_example(idea, spoken.get(idea.id, ()), topics) for idea in await session.scalars(ideas))
    return [example for example in found if example is not None]


def _example(idea: IdeaRow, spoken: Iterable[CorrectionRow], known: frozenset[str]) -> Example | None:
    source = read_of(idea, idea.contributions)
    topics = tuple(topic for topic in _last_topics(spoken) if topic in known)
    # A place says nothing of the topic, and "none of these" names no other: a model would learn that there is none.
    if not topics or not Understanding.source(source.subject, source.text).strip():
        return None
    now = Understanding.from_json(idea.understanding)
    return Example(
        id=f"correction-{idea.reference}",
        subject=_CONTACT.sub("•", source.subject),
        text=_CONTACT.sub("•", source.text),
        kind=Kind.IDEA if now.kind in KINDS_WITHOUT_TOPIC else now.kind,
        topics=topics,
        districts=tuple(district.key for district in now.districts),
        source=CORRECTIONS,
    )


def _last_topics(spoken: Iterable[CorrectionRow]) -> Iterator[str]:
    """The topics that a person has named last, or has confirmed; the primary one first."""
    words = [row.after["topics"] for row in spoken if row.field in OF_TOPICS]
    return (topic["id"] for topic in (words[-1] if words else ()))


def _folded(example: Example) -> str:
    return " ".join(f"{example.subject} {example.text}".casefold().split())
