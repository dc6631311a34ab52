from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from nlp.understanding import OUTSIDE, Candidate, DistrictScore, Understanding
from services.ideas.chat import Button, Wish
from services.ideas.deeds import Accept, Ask, Deed, Doer, Find, Move, Verdict
from services.ideas.messages import Part
from services.ideas.model import Notification
from services.ideas.register import Register
from services.ideas.store import Store
from services.notifier.content import values_of
from services.notifier.values import KEYBOARD
from tests import shipped
from tests.conftest import CONFIG, NOON, SECRET, on_sqlite
from tests.submissions import ANNA, BEN, CERTAIN, CHEMNITZ, UNCERTAIN, submit

pytestmark = on_sqlite

AUERBACH = (
    Candidate("14521040", "Auerbach (Erzgebirgskreis)", "14521"),
    Candidate("14523010", "Auerbach (Vogtlandkreis)", "14523"),
)
AMBIGUOUS = replace(CERTAIN, districts=(), municipalities=(), candidates=AUERBACH)


async def told(register: Register, template: str, reference: str, **parameters: Any) -> dict[str, Any]:
    """The values of a message to a chat."""
    language, at = parameters.pop("language", "de"), parameters.pop("at", NOON)
    given = {"reference": reference, **parameters}
    owed = Notification(1, "key", "telegram", BEN.address, language, template, given, at, at, 1)
    return dict(await values_of(register, owed))


def wishes(values: dict[str, Any]) -> list[tuple[Wish, str]]:
    """What the buttons of a message ask for, with their arguments."""
    decoded = (Button.decode(key.data) for row in values[KEYBOARD] for key in row)
    return [(button.wish, button.argument) for button in decoded if button]


async def test_a_place_that_is_not_clear_is_asked_for(register: Register) -> None:
    """A card names the places that may be meant, and has a button for each."""
    values = await told(register, "confirmation", await submit(register, understanding=AMBIGUOUS))

    assert (values["question"], values["options"]) == ("place", [place.name for place in AUERBACH])
    assert wishes(values)[:2] == [(Wish.PLACE, place.ags) for place in AUERBACH]


async def test_a_topic_between_two_is_asked_for_in_the_readers_language(register: Register) -> None:
    """The two likely topics are offered in the words of the person's language."""
    values = await told(register, "added", await submit(register, understanding=UNCERTAIN), language="en")
    words = register.catalogue.texts.words("en")

    assert (values["question"], values["options"]) == ("topic", [words.topics["mobility"], words.topics["culture"]])


@pytest.mark.parametrize(
    ("template", "understanding"),
    [("confirmed", AMBIGUOUS), ("confirmed", UNCERTAIN), ("corrected", UNCERTAIN)],
)
async def test_who_has_just_said_what_is_meant_is_asked_nothing(
    register: Register, template: str, understanding: Understanding
) -> None:
    """An answer to a correction or confirmation holds no further question."""
    values = await told(register, template, await submit(register, understanding=understanding))

    assert (values["question"], values["options"]) == ("", [])


async def test_who_names_a_place_that_is_several_is_asked_which(register: Register) -> None:
    """A correction that is not clear by itself is asked about."""
    assert (await told(register, "corrected", await submit(register, understanding=AMBIGUOUS)))["question"] == "place"


async def test_who_has_said_before_what_is_meant_is_asked_nothing(register: Register) -> None:
    """Where the core says that it is settled, a longer idea is not asked about again."""
    reference = await submit(register, understanding=AMBIGUOUS)

    assert (await told(register, "added", reference, settled=True))["question"] == ""


async def test_mail_asks_nothing_and_has_no_buttons(register: Register) -> None:
    """A mail has no buttons to answer with."""
    await submit(register, sender=ANNA, understanding=AMBIGUOUS)
    (owed,) = await register.claim_notifications(NOON, timedelta(days=1), 1)
    values = await values_of(register, owed)

    assert (values["question"], values[KEYBOARD]) == ("", ())


async def test_what_was_added_can_be_an_idea_of_its_own(register: Register) -> None:
    """The last button makes a new idea of the message that was added; what else can be said stands further above."""
    values = await told(register, "added", await submit(register), split="17")

    assert wishes(values) == [(Wish.TOPIC, ""), (Wish.PLACE, ""), (Wish.SPLIT, "17")]


async def test_an_idea_that_follows_another_can_be_merged(register: Register) -> None:
    """The last button makes it a part of the person's other idea, if there is one."""
    other, reference = await submit(register), await submit(register)
    alone = await told(register, "confirmation", other)
    values = await told(register, "confirmation", reference, merge=other)

    assert wishes(values)[-1] == (Wish.MERGE, other)
    assert Wish.MERGE not in {wish for wish, _ in wishes(alone)}


async def test_what_was_confirmed_can_still_be_extended(register: Register) -> None:
    """A confirmed idea can still be added to and withdrawn."""
    values = await told(register, "confirmed", await submit(register))

    assert wishes(values) == [(Wish.ADD, ""), (Wish.WITHDRAW, "")]


@pytest.mark.parametrize(("understanding", "is_there"), [(CERTAIN, True), (UNCERTAIN, False), (AMBIGUOUS, False)])
async def test_what_is_open_cannot_be_right(
    register: Register, understanding: Understanding, *, is_there: bool
) -> None:
    """The button "Stimmt" stands only where something is said, and nothing is asked."""
    values = await told(register, "confirmation", await submit(register, understanding=understanding))

    assert ((Wish.CONFIRM, "") in wishes(values)) is is_there


async def test_what_is_over_has_no_buttons(register: Register) -> None:
    """Nothing can be changed about an idea that no stage follows."""
    reference = await submit(register)
    await register.change_stage(reference, "umgesetzt", "", "staff", NOON)

    assert (await told(register, "edited", reference))[KEYBOARD] == ()


async def test_likely_topics_are_offered_without_the_present_one(register: Register) -> None:
    """Who wants another topic is not offered the same."""
    values = await told(register, "ask_topic", await submit(register))

    assert values["options"] == ["Kultur, Tourismus und Sport", "Digitalisierung"]


@pytest.mark.parametrize(("understanding", "every"), [(CERTAIN, True), (Understanding.nothing(), False)])
async def test_all_topics_are_offered_where_none_is_likely(
    register: Register, understanding: Understanding, *, every: bool
) -> None:
    """On request, and where no model has read the idea, the person chooses among all."""
    values = await told(register, "ask_topic", await submit(register, understanding=understanding), every=every)

    assert values["options"] == [topic.label for topic in register.catalogue.topics.values()]


async def test_a_card_says_what_is_missing(register: Register) -> None:
    """Whether an idea lies outside, has words, and has files is told."""
    outside = replace(CERTAIN, districts=(DistrictScore(OUTSIDE, 0.9),), municipalities=())
    reference = await submit(register, "", attachments=["Foto.jpg"], understanding=outside)
    values = await told(register, "confirmation", reference)

    assert (values["is_outside"], values["has_words"], values["has_files"]) == (True, False, True)


async def test_a_chat_is_told_its_own_limits(register: Register) -> None:
    """How large a file may be is another figure in a chat than by mail."""
    values = await told(register, "added", await submit(register), too_large=1)

    assert (values["too_large"], values["too_many"], values["largest_file"]) == (1, 0, "20 MB")


async def test_news_in_a_chat_name_no_more_than_they_must(register: Register) -> None:
    """What goes through a foreign provider unasked holds no topic, no place, no body, no note and no measure."""
    reference = await submit(register)
    await register.change_stage(reference, "nicht-weiterverfolgt", "Es fehlt Geld.", "staff", NOON)
    await register.change_stage(reference, "pruefung-regionalkonvent", "Doch.", "staff", NOON)
    values = await told(register, "update", reference, acts=[1, 2])
    text = register.catalogue.texts.render("de", "update", Part.TELEGRAM, values)

    hidden = ("topics", "places", "candidates", "bodies", "notes", "askers", "measure")
    assert [name for name in hidden if values[name]] == []
    assert (reference in text, values["stage"] in text, "Es fehlt Geld" in text) == (True, True, False)
    assert "schreibt Ihnen dazu" in text
    assert "voraussichtlich bis Ende Mai 2027" in text


async def test_a_question_is_asked_in_the_chat_with_a_way_to_answer(register: Register) -> None:
    """It is needed for the answer, and a button makes the next message one."""
    reference = await submit(register)
    await register.work.act(reference, Ask("Welche Straße?\nUnd wo?"), Doer("j.weber", CHEMNITZ), NOON)
    values = await told(register, "update", reference, acts=[1])
    text = register.catalogue.texts.render("de", "update", Part.TELEGRAM, values)

    assert f"Eine Frage zu {reference}\n\n> Welche Straße?\n> Und wo?\n" in text
    assert "Stand:" not in text
    assert wishes(values) == [(Wish.ADD, "")]


async def test_an_update_says_who_has_it_what_comes_next_and_until_when(register: Register) -> None:
    """By mail, the body that leads the stage first; a near end is a day, a far one is a month."""
    reference = await submit(register, sender=replace(ANNA, verified=True), understanding=UNCERTAIN)
    near = await mailed(register, reference, Ask("Welche Straße?"))
    far = await mailed(register, reference, Accept("Gern."), Accept(), Find("Umsetzbarkeit", Verdict.YES))

    assert (near["bodies"], near["until"]) == (["Regionalkonvent Südwestsachsen"], "zum 7. Dezember 2026")
    assert (near["is_moved"], near["askers"], near["inquiries"]) == (False, [], ["Welche Straße?"])
    assert (far["is_moved"], far["notes"], far["until"]) == (True, ["Gern."], "Ende Februar 2027")
    assert far["bodies"][0] == register.catalogue.bodies["imag"].name
    assert far["outlook"] == "Danach entscheidet der Lenkungskreis."


async def test_the_end_of_a_way_has_no_next_step(register: Register) -> None:
    """Nobody has the idea any more, and nothing is promised."""
    reference = await submit(register, sender=replace(ANNA, verified=True))
    values = await mailed(register, reference, Move("nicht-weiterverfolgt", "Zu teuer."))

    assert (values["is_over"], values["bodies"], values["until"], values["outlook"]) == (True, [], "", "")
    assert "zu Ende" in register.catalogue.texts.render("de", "update", Part.TEXT, values)


async def test_a_chat_sees_nothing_that_staff_can_still_take_back(store: Store) -> None:
    """Neither on a card about the idea, nor where the person asks how it stands."""
    register = Register(store, shipped.catalogue(CONFIG, {"IDEENKANAL_WORK_UNDO_MINUTES": "10"}), SECRET)
    reference = await submit(register)
    await register.work.act(reference, Accept(), Doer("j.weber", CHEMNITZ), NOON + timedelta(minutes=1))

    for minutes, stage, body in ((0, "bei der", "Stadt"), (10, "bei der", "Stadt"), (11, "in Prüfung", "Regional")):
        at = NOON + timedelta(minutes=minutes)
        card = await told(register, "added", reference, at=at)
        (listed,) = (await told(register, "status", reference, at=at))["ideas"]
        assert (listed["stage"].startswith(stage), card["bodies"][0].startswith(body)) == (True, True)


async def mailed(register: Register, reference: str, *deeds: Deed) -> dict[str, Any]:
    """What a mail says of these deeds together."""
    acts = [(await register.work.act(reference, deed, Doer("j.weber"), NOON)).act for deed in deeds]
    given = {"reference": reference, "acts": acts}
    owed = Notification(1, "key", "email", ANNA.address, "de", "update", given, NOON, NOON, 1)
    return dict(await values_of(register, owed))


async def test_a_stage_is_told_in_the_readers_language(register: Register) -> None:
    """Label and explanation come from the words of the language."""
    reference = await submit(register)
    await register.change_stage(reference, "nicht-weiterverfolgt", "Es fehlt Geld.", "staff", NOON)
    values = await told(register, "update", reference, acts=[1], language="en")
    words = register.catalogue.texts.words("en").stages["nicht-weiterverfolgt"]

    assert (values["stage"], values["explanation"]) == (words.label, words.explanation)
