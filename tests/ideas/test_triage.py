"""The order in which ideas without a topic are shown to people."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nlp.understanding import Kind, TopicScore, Understanding
from services.ideas.register import Register
from services.ideas.triage import Untaught, by_worth
from tests.conftest import NOON, on_sqlite
from tests.submissions import ANNA, CERTAIN, UNCERTAIN, answer, submit


def waiting(reference: str, **suggestions: float) -> Untaught:
    return Untaught(reference, "", tuple(TopicScore(topic, value) for topic, value in suggestions.items()))


def order(*ideas: Untaught, **examples: int) -> list[str]:
    return [idea.reference for idea in by_worth(ideas, examples)]


async def references(register: Register) -> list[str]:
    return [idea.reference for idea in await register.triage.waiting()]


async def test_only_what_nobody_was_certain_about_waits(register: Register) -> None:
    """An idea with a topic does not wait, nor does spam, whose topic nobody needs."""
    unsure = await submit(register, "Irgendwas muss sich ändern", understanding=UNCERTAIN)
    await submit(register, understanding=CERTAIN)
    await submit(register, understanding=replace(UNCERTAIN, kind=Kind.SPAM, abstained=False))
    assert await references(register) == [unsure]


@on_sqlite
async def test_an_idea_whose_place_was_named_still_waits_for_its_topic(register: Register) -> None:
    """A place says nothing of the topic."""
    reference = await submit(register, "Irgendwas muss sich ändern", understanding=UNCERTAIN)
    await register.teaching.name_place(reference, CERTAIN, NOON)
    assert await references(register) == [reference]


async def test_what_a_person_has_spoken_of_waits_no_more(register: Register) -> None:
    """A topic that was named settles it, and so does a step that staff have taken."""
    named, moved, left = [await submit(register, f"Text {number}", understanding=UNCERTAIN) for number in range(3)]
    await register.teaching.name_topic(named, "culture", NOON)
    await register.change_stage(moved, "pruefung-regionalkonvent", "", "staff", NOON)
    assert await references(register) == [left]


@on_sqlite
async def test_a_waiting_idea_shows_its_words_and_what_was_likely(register: Register) -> None:
    """Subject and text of a mail in one line, without later answers, and the suggestions of the model."""
    reference = await submit(register, "Bitte\nbald", subject="Ein Wunsch", sender=ANNA, understanding=UNCERTAIN)
    await answer(register, reference, "Danke")
    assert await register.triage.waiting() == (Untaught(reference, "Ein Wunsch Bitte bald", UNCERTAIN.suggestions),)


@on_sqlite
async def test_an_idea_that_no_model_has_read_waits_as_well(register: Register) -> None:
    """It has no suggestions, and a person can say what it is about."""
    reference = await submit(register, understanding=Understanding.nothing())
    assert await references(register) == [reference]


def test_the_undecided_come_first() -> None:
    """A small margin between the two best suggestions teaches more than a large one."""
    assert order(waiting("far", a=0.5, b=0.1), waiting("near", c=0.3, d=0.29)) == ["near", "far"]


def test_what_many_wait_for_comes_first() -> None:
    """One answer to many like questions teaches more, whichever of the two topics led."""
    alone = waiting("alone", a=0.30, b=0.25)
    many = [waiting("m1", c=0.30, d=0.25), waiting("m2", d=0.30, c=0.25), waiting("m3", c=0.30, d=0.25)]
    assert order(alone, *many) == ["m1", "m2", "m3", "alone"]


def test_topics_with_few_examples_come_first() -> None:
    """A topic of which little is known gains more by one example."""
    known, new = waiting("known", a=0.30, b=0.25), waiting("new", c=0.30, d=0.25)
    assert order(known, new, a=300, b=300, c=300, d=30) == ["new", "known"]


@pytest.mark.parametrize("suggestions", [{}, {"a": 0.2}])
def test_an_idea_with_fewer_than_two_suggestions_has_its_place(suggestions: dict[str, float]) -> None:
    """It is sorted like any other."""
    assert sorted(order(waiting("few", **suggestions), waiting("two", a=0.3, b=0.2), a=1, b=2)) == ["few", "two"]


def test_equal_ideas_stand_in_the_order_of_their_numbers() -> None:
    """The list looks the same each time."""
    assert order(waiting("2", a=0.3, b=0.2), waiting("1", b=0.3, a=0.2)) == ["1", "2"]
