"""Corrections: a person's better labels for an idea, kept beside the model's and put above them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from nlp.corpus import KINDS_WITHOUT_TOPIC
from nlp.understanding import DistrictScore, Kind, MunicipalityScore, TopicScore, Understanding
from services.ideas.chat_tables import CorrectionRow
from services.ideas.fingerprints import outdate
from services.ideas.tables import IdeaRow


class Field(StrEnum):
    """What a correction is about; `CONFIRMED`: all of it was right."""

    TOPIC = "topic"
    PLACE = "place"
    CONFIRMED = "confirmed"


# By these a person has said what an idea is about.
OF_TOPICS = frozenset({Field.TOPIC, Field.CONFIRMED})
# The part of an understanding's JSON object that each field covers.
_PARTS: Mapping[Field, tuple[str, ...]] = {
    Field.TOPIC: ("topics", "suggestions"),
    Field.PLACE: ("districts", "municipalities", "candidates"),
    Field.CONFIRMED: ("topics", "districts", "municipalities"),
}


def with_topic(understanding: Understanding, topic: str) -> Understanding:
    """The understanding with this topic instead; without any where `topic` is "": then a person decides.

    Nothing else is suggested any more: the person has seen it. What has a topic is no small talk and no advertising.
    """
    topics = (TopicScore(topic, 1.0),) if topic else ()
    kind = _kind(understanding.kind, has_topic=bool(topics))
    return replace(understanding, kind=kind, topics=topics, suggestions=topics, abstained=not topics)


def with_place(understanding: Understanding, place: Understanding) -> Understanding:
    """The understanding with the places of another one instead."""
    return replace(
        understanding,
        districts=tuple(DistrictScore(district.key, 1.0) for district in place.districts),
        municipalities=tuple(MunicipalityScore(town.ags, town.name, 1.0) for town in place.municipalities),
        candidates=place.candidates,
    )


async def correct(  # noqa: PLR0913 - what is corrected, how, by whom, and when
    session: AsyncSession, idea: IdeaRow, field: Field, after: Understanding, *, actor: str, now: datetime
) -> None:
    """Keep a correction and make it the idea's understanding."""
    before = Understanding.from_json(idea.understanding)
    session.add(
        CorrectionRow(
            idea_id=idea.id, field=field, before=_part(before, field), after=_part(after, field), actor=actor, at=now
        )
    )
    idea.understanding = after.to_json()
    await outdate(session, idea)


async def corrected(session: AsyncSession, idea: IdeaRow, understanding: Understanding) -> Understanding:
    """A new reading of an idea with what a person has corrected before; the last word on each field counts."""
    rows = await session.scalars(
        select(CorrectionRow)
        .where(CorrectionRow.idea_id == idea.id, CorrectionRow.field != Field.CONFIRMED)
        .order_by(CorrectionRow.id)
    )
    return _above(understanding, ((Field(row.field), row.after) for row in rows))


async def has_spoken(session: AsyncSession, idea: IdeaRow, of: Collection[Field] = tuple(Field)) -> bool:
    """Whether a person has corrected or confirmed anything of an idea, or one of these fields."""
    found = select(CorrectionRow.id).where(CorrectionRow.idea_id == idea.id, CorrectionRow.field.in_(of)).limit(1)
    return await session.scalar(found) is not None


def _above(understanding: Understanding, corrections: Iterable[tuple[Field, Mapping[str, Any]]]) -> Understanding:
    read = understanding.to_json()
    for field, after in corrections:
        read |= after
        if field is Field.TOPIC:
            read["abstained"] = not after["topics"]
            read["kind"] = _kind(Kind(read["kind"]), has_topic=bool(after["topics"]))
    return Understanding.from_json(read)


def _kind(kind: Kind, *, has_topic: bool) -> Kind:
    return Kind.IDEA if has_topic and kind in KINDS_WITHOUT_TOPIC else kind


def _part(understanding: Understanding, field: Field) -> dict[str, Any]:
    read = understanding.to_json()
    return {name: read[name] for name in _PARTS[field]}
