"""What is done with an idea that was merged meanwhile is done with the one in which it lives on."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.ideas.chat import Wish
from services.ideas.deeds import Ask, Bundle, Doer
from services.ideas.register import Register
from services.ideas.store import Store
from services.ideas.tables import IdeaRow
from services.ideas.work_tables import ActRow
from tests.conftest import NOON, on_sqlite
from tests.ideas.dialogue.talk import Talk
from tests.ideas.locks import comes_to_wait
from tests.ideas.samples import BEN, CHEMNITZ, admit
from tests.ideas.staff_mail.post import Post

on_postgresql = pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)


async def merge(session: AsyncSession) -> None:
    """The second idea lives on in the first one."""
    await session.execute(select(IdeaRow.id).order_by(IdeaRow.id).with_for_update())
    await session.execute(update(IdeaRow).where(IdeaRow.id == 2).values(merged_into_id=1))


async def acts(store: Store) -> list[tuple[int, str]]:
    async with store.reading() as session:
        rows = (await session.scalars(select(ActRow).order_by(ActRow.id))).all()
    return [(row.idea_id, row.kind) for row in rows]


@on_postgresql
async def test_a_deed_that_waited_for_the_merging_finds_the_whole_idea(register: Register, store: Store) -> None:
    """Nobody would ever see what was done with the other one."""
    _, second = [await admit(register, number, BEN) for number in ("1", "2")]
    async with store.writing() as session:
        await merge(session)
        asks = asyncio.create_task(register.work.act(second, Ask("Wo?"), Doer("x", CHEMNITZ), NOON))
        assert await comes_to_wait(asks, store)
    await asks

    assert await acts(store) == [(1, "ask")]


@on_postgresql
async def test_a_measure_that_waited_for_the_merging_carries_an_idea_once(register: Register, store: Store) -> None:
    """Both of them belong to it."""
    number = (await register.measures.create("Radweg", NOON)).reference
    for each in ("1", "2"):
        await register.work.act(await admit(register, each, BEN), Bundle(number), Doer("x"), NOON)
    async with store.writing() as session:
        await merge(session)
        moves = asyncio.create_task(register.measures.move(number, "aufgenommen", "", Doer("x"), NOON))
        assert await comes_to_wait(moves, store)
    await moves

    assert [act for act in await acts(store) if act[1] == "carry"] == [(1, "carry")]


@on_sqlite
async def test_what_staff_asked_about_an_idea_is_asked_about_the_whole(register: Register, store: Store) -> None:
    """Its submitter makes one of two before the question has left: it is told, and staff see it."""
    talk = Talk(register, store)
    await talk.say("Mehr Busse in Chemnitz")
    number = await talk.say("Mehr Wald in Plauen")
    whole = (await talk.idea()).reference
    await talk.press(Wish.SPLIT, whole, str(number))
    other = (await talk.ideas())[-1].reference
    act = (await register.work.act(other, Ask("Wo?"), Doer("x"), talk.at)).act
    await talk.press(Wish.MERGE, other, whole)

    told = await register.news(other, [act])
    assert told is not None
    assert [each.text for each in told.inquiries] == ["Wo?"]
    assert [each.kind for each in (await register.dossier(whole)).acts] == ["ask"]


@on_sqlite
async def test_a_yes_to_what_was_merged_since_is_for_the_whole_idea(register: Register, store: Store) -> None:
    """The receipt that asked for it still names the other one."""
    for number in ("1", "2"):
        await admit(register, number, BEN)
    post = Post(register, store)
    receipt = await post.answer("2 Rückfrage: Welche Haltestelle?", await post.digest())
    async with store.writing() as session:
        await merge(session)
    await post.answer("Ja", receipt, after=2)

    assert await acts(store) == [(1, "ask")]
