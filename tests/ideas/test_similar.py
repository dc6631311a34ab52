"""Which earlier ideas are shown as similar."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import func, select, update

from nlp.similar import Word, fingerprint
from nlp.understanding import MunicipalityScore, Understanding
from services.ideas.errors import StoreUnavailable
from services.ideas.fingerprints import FingerprintRow
from services.ideas.readings import Source
from services.ideas.register import Register
from services.ideas.similar import Unmarked, named
from services.ideas.store import Store
from services.ideas.tables import IdeaRow
from services.intake.fingerprints import Fingerprinter
from tests.conftest import NOON, on_sqlite
from tests.submissions import BEN, CERTAIN, CLARA, submit

TOPICS = ("mobility", "culture", "digital")
PLAUEN = replace(CERTAIN, districts=(), municipalities=(MunicipalityScore("14523320", "Plauen", 0.9),))


class Marks:
    """Makes fingerprints in which all words speak for the same; `broken` texts raise."""

    def __init__(self, broken: str = "") -> None:
        self.fingerprint_method: str | None = "test-1"
        self.broken = broken

    async def fingerprint(self, source: Source, understanding: Understanding) -> bytes:
        """Every word counts the same."""
        if self.broken and self.broken in source.text:
            raise ValueError("not this one")
        meaning = np.array([1, 0, 0], dtype=np.float32)
        words = [Word(word.lower(), 5.0, meaning) for word in source.text.split()]
        return fingerprint(words, TOPICS, source.text, understanding)


async def mark(register: Register, marks: Marks | None = None) -> None:
    """Make all fingerprints that are missing."""
    fingerprinter = Fingerprinter(register.similar, marks or Marks(), asyncio.Event())
    while await fingerprinter.catch_up():
        pass


async def similar(register: Register, reference: str) -> list[str]:
    found = await register.similar.of([reference])
    return [idea.reference for idea in found.get(reference, ())]


async def count(store: Store) -> int:
    async with store.reading() as session:
        return await session.scalar(select(func.count()).select_from(FingerprintRow)) or 0


async def test_an_earlier_idea_with_the_same_wish_is_similar(register: Register) -> None:
    """For the later one; the earlier one could not know."""
    first = await submit(register, "Nachtbus Wochenende Disko")
    other = await submit(register, "Klavier Dachboden Spende", understanding=PLAUEN)
    last = await submit(register, "Nachtbus Wochenende Disko bitte", sender=CLARA)
    await mark(register)
    assert await similar(register, last) == [first]
    assert await similar(register, first) == []
    assert await similar(register, other) == []


async def test_the_ideas_of_a_digest_are_asked_for_together(register: Register) -> None:
    """Each has its own, those without are left empty."""
    first = await submit(register, "Nachtbus Wochenende Disko")
    alone = await submit(register, "Klavier Dachboden Spende", understanding=PLAUEN)
    last = await submit(register, "Nachtbus Wochenende Disko")
    await mark(register)
    assert await register.similar.of([alone, last, "SWS-2026-9999-9"]) == {
        alone: (),
        last: (await register.idea(first),),
    }
    assert await register.similar.of([]) == {}


@on_sqlite
async def test_at_most_three_are_similar(register: Register) -> None:
    """The likeliest of all, whichever part of the store they are in."""
    exact = [await submit(register, "Nachtbus Wochenende Disko") for _ in range(5)]
    await mark(register)
    assert len(await similar(register, exact[-1])) == 3


@on_sqlite
async def test_an_idea_has_no_similar_ones_before_it_has_a_fingerprint(register: Register) -> None:
    """It is made soon after the idea came, and nobody waits for it."""
    await submit(register, "Nachtbus Wochenende Disko")
    last = await submit(register, "Nachtbus Wochenende Disko")
    assert register.similar.unmarked_waiting.is_set()
    assert await similar(register, last) == []


async def test_what_is_understood_otherwise_gets_another_fingerprint(register: Register, store: Store) -> None:
    """A corrected topic counts from then on."""
    reference = await submit(register, "Nachtbus Wochenende Disko")
    await mark(register)
    await register.teaching.name_topic(reference, "culture", NOON)
    assert await count(store) == 0
    (missing,) = await register.similar.unmarked("test-1", 10)
    assert missing.understanding.topics[0].id == "culture"
    await mark(register)
    assert await count(store) == 1


@on_sqlite
async def test_a_fingerprint_of_what_has_changed_meanwhile_is_not_kept(register: Register, store: Store) -> None:
    """The idea was corrected while it was made."""
    reference = await submit(register, "Nachtbus Wochenende Disko")
    (missing,) = await register.similar.unmarked("test-1", 10)
    await register.teaching.name_topic(reference, "culture", NOON)
    await register.similar.mark(missing, "test-1", b"old")
    assert await count(store) == 0


async def test_a_fingerprint_of_another_method_is_made_anew(register: Register, store: Store) -> None:
    """And is compared with nothing until then."""
    await submit(register, "Nachtbus Wochenende Disko")
    last = await submit(register, "Nachtbus Wochenende Disko")
    await mark(register)
    newer = Marks()
    newer.fingerprint_method = "test-2"
    (latest, *_) = await register.similar.unmarked("test-2", 1)
    await register.similar.mark(latest, "test-2", await newer.fingerprint(latest.source, latest.understanding))
    assert await similar(register, last) == []
    await mark(register, newer)
    assert len(await similar(register, last)) == 1
    assert await count(store) == 2


async def test_a_forgotten_person_leaves_no_fingerprint(register: Register, store: Store) -> None:
    """It would say what their words were."""
    await submit(register, "Nachtbus Wochenende Disko", sender=BEN)
    await mark(register)
    await register.personal_data.erase(BEN.channel, BEN.address, NOON, everything=True)
    await mark(register)
    assert await count(store) == 0


@on_sqlite
async def test_an_idea_that_no_model_has_read_has_no_fingerprint(register: Register) -> None:
    """There is nothing to make one from."""
    await submit(register, understanding=Understanding.nothing())
    assert await register.similar.unmarked("test-1", 10) == ()


@on_sqlite
async def test_a_withdrawn_idea_is_similar_to_none(register: Register, store: Store) -> None:
    """Nothing comes of it any more."""
    first = await submit(register, "Nachtbus Wochenende Disko")
    last = await submit(register, "Nachtbus Wochenende Disko")
    await mark(register)
    withdrawn = update(IdeaRow).where(IdeaRow.reference == first)
    async with store.writing() as session:
        await session.execute(withdrawn.values(stage=register.catalogue.lifecycle.withdrawn))
    assert await similar(register, last) == []


@on_sqlite
async def test_an_idea_that_no_fingerprint_can_be_made_of_holds_up_no_other(register: Register, store: Store) -> None:
    """It is left without."""
    await submit(register, "Nachtbus Wochenende Disko")
    await submit(register, "kaputt kaputt")
    await mark(register, Marks(broken="kaputt"))
    assert await count(store) == 1


@on_sqlite
async def test_without_a_model_no_fingerprint_is_made(register: Register, store: Store) -> None:
    """Nor with one that makes none."""
    await submit(register)
    marks = Marks()
    marks.fingerprint_method = None
    await mark(register, marks)
    assert await count(store) == 0


@on_sqlite
async def test_the_maker_of_fingerprints_outlives_a_store_that_is_gone(
    register: Register, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It tries again when it can, and makes what is missing."""
    await submit(register)
    stop, there, asked = asyncio.Event(), register.similar.unmarked, 0

    async def gone_once(method: str, limit: int) -> Sequence[Unmarked]:
        nonlocal asked
        asked += 1
        if asked == 1:
            raise StoreUnavailable("gone")
        found = await there(method, limit)
        if not found:
            stop.set()
            register.similar.unmarked_waiting.set()
        return found

    monkeypatch.setattr("services.intake.fingerprints._PAUSE", 0.0)
    monkeypatch.setattr(register.similar, "unmarked", gone_once)
    await asyncio.wait_for(Fingerprinter(register.similar, Marks(), stop).run(), 10)
    assert (asked, await count(store)) == (3, 1)


@on_sqlite
async def test_staff_read_number_and_place(register: Register) -> None:
    """The number alone where no place is known."""
    placed = await submit(register, understanding=PLAUEN)
    nowhere = await submit(register, understanding=replace(PLAUEN, municipalities=()))
    ideas = [await register.idea(placed), await register.idea(nowhere)]
    assert named(register.catalogue, ideas) == [f"{placed} (Plauen)", nowhere]
