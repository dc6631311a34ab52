"""What people have said an idea is about, as labelled examples."""

from __future__ import annotations

from dataclasses import asdict, replace

import pytest
from sqlalchemy import select

from nlp.corpus import Example
from nlp.understanding import Kind
from services.ideas.chat import NO, Wish
from services.ideas.corrections import corrected
from services.ideas.errors import IdeaNotFound, NothingToConfirm
from services.ideas.register import Register
from services.ideas.store import Store
from services.ideas.tables import IdeaRow
from tests.conftest import NOON, on_sqlite
from tests.ideas.dialogue.talk import PLAUEN, Talk
from tests.submissions import ANNA, BEN, CERTAIN, CHEMNITZ, CLARA, UNCERTAIN, answer, submit


@pytest.fixture
def erika(register: Register, store: Store) -> Talk:
    return Talk(register, store)


_PLAIN = "Seit 2019 fehlen 25.000 Euro auf der B 174, 09111 Chemnitz"


async def only(register: Register) -> Example:
    (example,) = await register.teaching.examples()
    return example


async def test_a_citizens_correction_is_an_example_at_once(register: Register, erika: Talk) -> None:
    """The text is labelled with the topic that was chosen and the place that stands with the idea."""
    await erika.say("Mehr Busse in Plauen")
    reference = (await erika.idea()).reference
    assert await register.teaching.examples() == ()

    await erika.press(Wish.TOPIC, reference, "education")
    assert await only(register) == Example(
        f"correction-{reference}",
        "",
        "Mehr Busse in Plauen",
        Kind.IDEA,
        ("education",),
        ("14523",),
        source="corrections",
    )


async def test_a_correction_by_staff_is_an_example_at_once(register: Register) -> None:
    """Staff name a topic: the idea goes to the topic's bodies, and its text is labelled."""
    reference = await submit(register, "Ein Garten für alle", sender=ANNA, understanding=UNCERTAIN, subject="Garten")
    await register.teaching.name_topic(reference, "environment", NOON)

    idea = await register.idea(reference)
    assert ([topic.id for topic in idea.understanding.topics], idea.understanding.abstained) == (["environment"], False)
    example = await only(register)
    assert (example.subject, example.text, example.topics) == ("Garten", "Ein Garten für alle", ("environment",))


async def test_staff_name_a_place(register: Register) -> None:
    """The idea goes to the place's bodies; a place alone says nothing of the topic, and so teaches none."""
    reference = await submit(register, understanding=replace(CERTAIN, districts=(), municipalities=()))
    place = replace(CERTAIN, districts=CERTAIN.districts, municipalities=CERTAIN.municipalities)
    await register.teaching.name_place(reference, place, NOON)

    idea = await register.idea(reference)
    assert CHEMNITZ in [assignment.body for assignment in idea.assignments]
    assert await register.teaching.examples() == ()


@pytest.mark.parametrize("by_staff", [True, False])
async def test_what_was_confirmed_is_labelled_as_the_model_said(
    register: Register, erika: Talk, *, by_staff: bool
) -> None:
    """Whoever says that all is right agrees with the model's topics."""
    await erika.say("Mehr Busse in Plauen")
    reference = (await erika.idea()).reference
    if by_staff:
        await register.teaching.confirm(reference, NOON)
    else:
        await erika.press(Wish.CONFIRM, reference)
    assert (await only(register)).topics == ("mobility",)


@on_sqlite
async def test_the_last_word_counts(register: Register, erika: Talk) -> None:
    """Of several topics that were named the last one, and after a confirmation what was confirmed."""
    await erika.say("Mehr Busse in Plauen")
    reference = (await erika.idea()).reference
    for topic in ("education", "health"):
        await erika.press(Wish.TOPIC, reference, topic)
    assert (await only(register)).topics == ("health",)

    await erika.press(Wish.CONFIRM, reference)
    await register.teaching.name_topic(reference, "culture", NOON)
    assert (await only(register)).topics == ("culture",)


@on_sqlite
async def test_none_of_the_topics_is_no_example(register: Register, erika: Talk) -> None:
    """Who says that no topic fits has named none; a model would learn that an idea has no topic."""
    await erika.say("Mehr Busse")
    reference = (await erika.idea()).reference
    await erika.press(Wish.TOPIC, reference, "education")
    await erika.press(Wish.TOPIC, reference, NO)
    assert await register.teaching.examples() == ()


@on_sqlite
async def test_a_corrected_place_is_in_the_label(register: Register, erika: Talk) -> None:
    """The place that a person has named stands beside the topic."""
    await erika.say("Mehr Busse in Chemnitz")
    reference = (await erika.idea()).reference
    await erika.press(Wish.PLACE, reference)
    await erika.say("plauen")
    await erika.press(Wish.CONFIRM, reference)
    assert (await only(register)).districts == (PLAUEN.ags[:5],)


@on_sqlite
async def test_a_talk_is_learned_as_it_is_read(register: Register, erika: Talk) -> None:
    """In a chat all that was said of an idea is one text, in the order in which it was said."""
    await erika.say("Mehr Busse")
    await erika.say("in Plauen")
    await erika.press(Wish.CONFIRM, (await erika.idea()).reference)
    assert (await only(register)).text == "Mehr Busse\nin Plauen"


@on_sqlite
async def test_an_answer_to_a_mail_is_not_learned(register: Register) -> None:
    """What is written later in a mail's thread was not what the model had read."""
    reference = await submit(register, "Mehr Busse", sender=ANNA)
    await answer(register, reference, "Danke für die schnelle Antwort!")
    await register.teaching.confirm(reference, NOON)
    assert (await only(register)).text == "Mehr Busse"


@on_sqlite
async def test_what_looked_like_spam_and_has_a_topic_is_an_idea(register: Register) -> None:
    """A person who names a topic says that it is no advertising."""
    reference = await submit(register, understanding=replace(UNCERTAIN, kind=Kind.SPAM, abstained=False))
    await register.teaching.name_topic(reference, "business", NOON)
    assert (await only(register)).kind is Kind.IDEA


@on_sqlite
@pytest.mark.parametrize("kind", [Kind.SPAM, Kind.OTHER, Kind.COMPLAINT])
async def test_a_topic_makes_an_idea_of_what_looked_like_none(register: Register, store: Store, kind: Kind) -> None:
    """Other kinds stay, nothing more is owed to whoever wrote it, and the next reading of the idea says the same."""
    read = replace(UNCERTAIN, kind=kind)
    reference = await submit(register, understanding=read)
    before = await register.deliveries(reference)
    await register.teaching.name_topic(reference, "business", NOON)
    expected = Kind.COMPLAINT if kind is Kind.COMPLAINT else Kind.IDEA
    idea = await register.idea(reference)
    assert idea.understanding.kind is expected
    assert await register.deliveries(reference) == before
    async with store.writing() as session:
        row = await session.scalar(select(IdeaRow).where(IdeaRow.reference == reference))
        assert row is not None
        assert (await corrected(session, row, read)).kind is expected


@on_sqlite
async def test_what_has_no_topic_is_not_confirmed(register: Register) -> None:
    """There is nothing to agree with: staff are asked to name the topic, and the idea is as it was."""
    reference = await submit(register, understanding=UNCERTAIN)
    with pytest.raises(NothingToConfirm, match=f"ideenkanal correct {reference} --topic"):
        await register.teaching.confirm(reference, NOON)
    assert [idea.reference for idea in await register.triage.waiting()] == [reference]


@on_sqlite
async def test_the_same_words_are_one_example(register: Register) -> None:
    """Words that were sent twice are learned once, with the later label."""
    first = await submit(register, "Mehr  Busse", sender=BEN)
    second = await submit(register, "mehr busse", sender=CLARA)
    await register.teaching.name_topic(second, "education", NOON)
    await register.teaching.name_topic(first, "mobility", NOON)
    assert (await only(register)).topics == ("education",)


@on_sqlite
async def test_a_topic_that_has_left_the_configuration_is_no_label(register: Register) -> None:
    """An example may only have topics that a model can learn."""
    reference = await submit(register)
    await register.teaching.name_topic(reference, "formerly", NOON)
    assert await register.teaching.examples() == ()


@pytest.mark.parametrize("everything", [False, True], ids=["person", "words"])
async def test_whoever_is_forgotten_teaches_nothing_any_more(
    register: Register, erika: Talk, *, everything: bool
) -> None:
    """After an erasure no text of the person is learned from, whether their ideas stay, are locked or are gone."""
    await erika.say("Mehr Busse in Plauen")
    await erika.press(Wish.CONFIRM, (await erika.idea()).reference)
    sender = erika.sender
    assert await register.personal_data.erase(sender.channel, sender.address, NOON, everything=everything)
    assert await register.teaching.examples() == ()


@on_sqlite
async def test_an_example_holds_nothing_of_a_person_but_the_text(register: Register) -> None:
    """Neither address nor channel nor time stands in it."""
    reference = await submit(register, "Mehr Busse", sender=ANNA)
    await register.teaching.confirm(reference, NOON)
    assert "anna" not in repr(asdict(await only(register))).lower()
    assert "email" not in repr(asdict(await only(register)))


@on_sqlite
@pytest.mark.parametrize(
    ("said", "learned"),
    [
        ("Schreibt an anna.b+x@example.org!", "Schreibt an •!"),
        ("Ruft an: +49 371 555-01234, bitte", "Ruft an: •, bitte"),
        ("Ruft an (0371/5550123)", "Ruft an (•)"),
        ("Ich bin @annachen auf Insta", "Ich bin • auf Insta"),
        ("IBAN DE02120300000000202051", "IBAN DE•"),
        (
            "Seit 2019 fehlen 25.000 Euro auf der B 174, 09111 Chemnitz",
            "Seit 2019 fehlen 25.000 Euro auf der B 174, 09111 Chemnitz",
        ),
    ],
)
async def test_addresses_and_long_numbers_are_not_learned(register: Register, said: str, learned: str) -> None:
    """What leads to a person is taken out of the words; years, prices, roads and postcodes stay."""
    await register.teaching.confirm(await submit(register, said), NOON)
    assert (await only(register)).text == learned


@on_sqlite
async def test_staff_correct_no_idea_that_does_not_exist(register: Register) -> None:
    """An unknown number is said to be unknown."""
    for correction in (
        register.teaching.confirm("SWS-2026-00001-1", NOON),
        register.teaching.name_topic("SWS-2026-00001-1", "culture", NOON),
    ):
        with pytest.raises(IdeaNotFound, match="SWS-2026-00001-1"):
            await correction


@on_sqlite
async def test_the_citizen_hears_nothing_of_what_staff_correct(register: Register, erika: Talk) -> None:
    """Nothing more is owed to the person after a correction by staff."""
    await erika.say("Mehr Busse in Plauen")
    before = len(await erika.owed())
    await register.teaching.name_topic((await erika.idea()).reference, "culture", NOON)
    assert len(await erika.owed()) == before
