"""Open ideas that another model reads otherwise."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nlp.understanding import DistrictScore, Kind, MunicipalityScore, TopicScore, Understanding
from services.ideas.chat import Wish
from services.ideas.periods import Period
from services.ideas.reclassification import Change, Difference, Fate, OpenIdea
from services.ideas.register import Register
from services.ideas.store import Store
from tests.conftest import NOON, on_sqlite
from tests.ideas.dialogue.talk import Talk
from tests.submissions import ANNA, CATCH_ALL_BODY, CERTAIN, CHEMNITZ, UNCERTAIN, answer, submit

NEW = replace(CERTAIN, model="newer")
ELSEWHERE = replace(
    NEW, districts=(DistrictScore("14523", 0.9),), municipalities=(MunicipalityScore("14523320", "Plauen", 0.9),)
)


@pytest.fixture
def erika(register: Register, store: Store) -> Talk:
    return Talk(register, store)


async def open_ideas(register: Register) -> tuple[OpenIdea, ...]:
    return await register.reclassification.open_ideas(0, 100)


async def taken_over(register: Register, understood: Understanding) -> Change | None:
    (idea,) = await open_ideas(register)
    return await register.reclassification.take_over(idea, understood, NOON)


async def test_a_preview_changes_nothing(register: Register) -> None:
    """What would change is told, and the idea stays as it is."""
    reference = await submit(register, understanding=UNCERTAIN)
    before = await register.idea(reference)
    (idea,) = await open_ideas(register)
    change = await register.reclassification.preview(idea, NEW)

    assert change == Change(reference, UNCERTAIN, NEW, Fate.TAKEN)
    assert await register.idea(reference) == before


async def test_a_new_reading_is_taken_over_and_routed(register: Register, erika: Talk) -> None:
    """The idea bears the new model's name and goes to the bodies that it concerns; nobody else hears of it."""
    reference = await submit(register, understanding=UNCERTAIN)
    owed = len(await erika.owed())
    change = await taken_over(register, NEW)

    assert change is not None
    assert change.differences == (Difference.TOPIC_FOUND, Difference.PLACE)
    idea = await register.idea(reference)
    assert idea.understanding == NEW
    assert [assignment.body for assignment in idea.assignments] == [CHEMNITZ]
    assert len(await erika.owed()) == owed


async def test_a_body_that_was_told_is_told_again(register: Register) -> None:
    """Who has the idea in a digest finds it in the next one, as it is read now."""
    await submit(register, understanding=UNCERTAIN)
    assert await register.write_digest(CATCH_ALL_BODY, Period("first", NOON), NOON) == 1
    for notification in await register.claim_notifications(NOON, NOON - NOON, 10):
        await register.sent(notification, NOON)
    await taken_over(register, NEW)
    assert await register.write_digest(CATCH_ALL_BODY, Period("second", NOON), NOON) == 1


async def test_what_a_person_has_spoken_of_stays(register: Register, erika: Talk) -> None:
    """A corrected idea is only shown, with the correction in both readings."""
    await erika.say("Mehr Busse")
    reference = (await erika.idea()).reference
    await erika.press(Wish.TOPIC, reference, "education")
    before = await register.idea(reference)
    change = await taken_over(register, ELSEWHERE)

    assert change is not None
    assert (change.fate, [topic.id for topic in change.after.topics]) == (Fate.SPOKEN_OF, ["education"])
    assert await register.idea(reference) == before


@on_sqlite
async def test_a_named_place_stays_and_keeps_no_topic_from_being_found(register: Register) -> None:
    """Whoever has named a place has said nothing of the topic: that is taken over, and the place stands."""
    reference = await submit(register, understanding=UNCERTAIN)
    await register.teaching.name_place(reference, ELSEWHERE, NOON)
    change = await taken_over(register, NEW)

    assert change is not None
    assert (change.fate, change.differences) == (Fate.TAKEN, (Difference.TOPIC_FOUND,))
    understanding = (await register.idea(reference)).understanding
    assert [topic.id for topic in understanding.topics] == ["mobility"]
    assert [town.name for town in understanding.municipalities] == ["Plauen"]


async def test_what_a_body_works_on_stays(register: Register) -> None:
    """An idea that staff have moved on is only shown."""
    reference = await submit(register)
    await register.change_stage(reference, "pruefung-regionalkonvent", "", "staff", NOON)
    before = await register.idea(reference)
    change = await taken_over(register, ELSEWHERE)

    assert change is not None
    assert change.fate is Fate.MOVED_ON
    assert await register.idea(reference) == before


@on_sqlite
async def test_an_equal_reading_is_no_change(register: Register) -> None:
    """Other probabilities that lead to the same acts leave the idea with the model that understood it."""
    reference = await submit(register)
    assert await taken_over(register, replace(NEW, topics=(TopicScore("mobility", 0.71),))) is None
    assert (await register.idea(reference)).understanding == CERTAIN


@on_sqlite
@pytest.mark.parametrize(
    ("new", "difference"),
    [
        (replace(NEW, kind=Kind.COMPLAINT), Difference.KIND),
        (replace(NEW, topics=(), abstained=True), Difference.TOPIC_LOST),
        (replace(NEW, topics=(TopicScore("culture", 0.9),)), Difference.TOPIC_CHANGED),
        (replace(NEW, topics=(*NEW.topics, TopicScore("culture", 0.8))), Difference.TOPICS_BESIDE),
        (ELSEWHERE, Difference.PLACE),
        (replace(NEW, municipalities=()), Difference.PLACE),
    ],
)
async def test_differences_have_names(register: Register, new: Understanding, difference: Difference) -> None:
    """Each kind of change is told apart."""
    await submit(register)
    change = await taken_over(register, new)
    assert change is not None
    assert change.differences == (difference,)


@on_sqlite
async def test_words_that_come_meanwhile_are_not_overruled(register: Register, erika: Talk) -> None:
    """A reading of words that are no longer all is dropped."""
    await erika.say("Mehr Busse")
    (idea,) = await open_ideas(register)
    await erika.say("in Plauen")
    before = await erika.idea()
    assert await register.reclassification.take_over(idea, NEW, NOON) is None
    assert await erika.idea() == before


@on_sqlite
async def test_only_open_ideas_with_words_are_read(register: Register, erika: Talk) -> None:
    """What is over, withdrawn or without words is left out, and the number says how many there are."""
    kept = await submit(register, "Bleibt", sender=ANNA)
    over = await submit(register, "Vorbei", sender=ANNA)
    await register.change_stage(over, "nicht-weiterverfolgt", "Gibt es schon.", "staff", NOON)
    await erika.say("Mehr Busse")
    await erika.press(Wish.WITHDRAW, (await erika.idea()).reference, "yes")

    assert [idea.reference for idea in await open_ideas(register)] == [kept]
    assert await register.reclassification.number() == 1


@on_sqlite
async def test_ideas_come_in_pages(register: Register) -> None:
    """Each page begins after the last idea of the one before."""
    sent = [await submit(register, f"Text {number}") for number in range(3)]
    first = await register.reclassification.open_ideas(0, 2)
    rest = await register.reclassification.open_ideas(first[-1].id, 2)
    assert [idea.reference for idea in (*first, *rest)] == sent


@on_sqlite
async def test_of_a_mail_its_answers_are_not_read(register: Register) -> None:
    """What the model read at first is what it reads again."""
    reference = await submit(register, "Mehr Busse", subject="Busse", sender=ANNA)
    await answer(register, reference, "Danke!")
    (idea,) = await open_ideas(register)
    assert (idea.source.subject, idea.source.text) == ("Busse", "Mehr Busse")
