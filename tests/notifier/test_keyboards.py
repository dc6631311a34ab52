from __future__ import annotations

from itertools import chain

import pytest

from nlp.gazetteer import load_gazetteer
from services.ideas.catalogue import Catalogue
from services.ideas.chat import EVERYTHING, MORE, NO, YES, Button, Wish
from services.ideas.question import Option, Question, QuestionKind
from services.ideas.words import Label
from services.notifier.keyboards import Key, Keyboard, Keyboards

REFERENCE, OTHER = "SWS-2026-0042-7", "SWS-2026-0041-0"
# The longest that a region can make of it, in a year with a million ideas.
LONGEST = "ABCDE-2026-1234567-8"


@pytest.fixture
def keyboards(catalogue: Catalogue) -> Keyboards:
    return Keyboards(catalogue, "de")


def keys(keyboard: Keyboard) -> list[Key]:
    return list(chain.from_iterable(keyboard))


def labels(keyboard: Keyboard) -> list[list[str]]:
    return [[key.label for key in row] for row in keyboard]


def pressed(keyboard: Keyboard) -> list[Button | None]:
    """What each button asks for, as the reader of updates understands it."""
    return [Button.decode(key.data) for key in keys(keyboard)]


def test_a_card_can_be_confirmed_corrected_extended_and_withdrawn(keyboards: Keyboards) -> None:
    """Everything that can be said of an idea stands under it."""
    card = keyboards.card(REFERENCE, None)

    assert labels(card) == [["Stimmt", "Thema ändern", "Ort ändern"], ["Ergänzen", "Zurückziehen"]]
    assert pressed(card) == [
        Button(wish, REFERENCE) for wish in (Wish.CONFIRM, Wish.TOPIC, Wish.PLACE, Wish.ADD, Wish.WITHDRAW)
    ]


@pytest.mark.parametrize(("kind", "wish"), [(QuestionKind.PLACE, Wish.PLACE), (QuestionKind.TOPIC, Wish.TOPIC)])
def test_the_answers_to_a_question_come_first(keyboards: Keyboards, kind: QuestionKind, wish: Wish) -> None:
    """Each answer has a row of its own above everything else."""
    asked = Question(kind, (Option("14521010", "Hier"), Option("14524020", "Dort")))
    card = keyboards.card(REFERENCE, asked)

    assert labels(card)[:2] == [["Hier"], ["Dort"]]
    assert pressed(card)[:2] == [Button(wish, REFERENCE, "14521010"), Button(wish, REFERENCE, "14524020")]


def test_messages_can_be_split_and_ideas_merged(keyboards: Keyboards) -> None:
    """The buttons name the message that becomes an idea, and the idea that this one becomes a part of."""
    assert pressed(keyboards.split(REFERENCE, "17")) == [Button(Wish.SPLIT, REFERENCE, "17")]
    assert pressed(keyboards.merge(REFERENCE, OTHER)) == [Button(Wish.MERGE, REFERENCE, OTHER)]


def test_likely_topics_leave_room_for_others(keyboards: Keyboards) -> None:
    """Below the topics that the model holds for likely stand all the others, and none."""
    topics = keyboards.topics(REFERENCE, ["mobility", "energy"], is_all=False)

    assert labels(topics) == [["Mobilität und Verkehr"], ["Energie und Klimaschutz"], ["Andere Themen", "Keins davon"]]
    assert pressed(topics)[-2:] == [Button(Wish.TOPIC, REFERENCE, MORE), Button(Wish.TOPIC, REFERENCE, NO)]


def test_all_topics_are_all_there_are(keyboards: Keyboards, catalogue: Catalogue) -> None:
    """With all topics there are no others to ask for."""
    topics = keyboards.topics(REFERENCE, catalogue.topics, is_all=True)

    assert pressed(topics) == [Button(Wish.TOPIC, REFERENCE, topic) for topic in (*catalogue.topics, NO)]


def test_a_withdrawal_can_be_taken_back(keyboards: Keyboards) -> None:
    """One button withdraws, the other keeps the idea."""
    assert pressed(keyboards.withdrawal(REFERENCE)) == [
        Button(Wish.WITHDRAW, REFERENCE, YES),
        Button(Wish.KEEP, REFERENCE),
    ]


def test_each_language_is_offered_by_its_own_name(keyboards: Keyboards, catalogue: Catalogue) -> None:
    """Who reads no German finds their language all the same."""
    offered = keys(keyboards.languages())

    assert [key.label for key in offered] == [catalogue.texts.words(tag).name for tag in catalogue.texts.languages]
    assert {Button.decode(key.data) for key in offered} == {
        Button(Wish.LANGUAGE, argument=tag) for tag in catalogue.texts.languages
    }


@pytest.mark.parametrize(("is_on", "argument"), [(True, NO), (False, YES)])
def test_a_switch_leads_to_the_other_state(keyboards: Keyboards, *, is_on: bool, argument: str) -> None:
    """Whoever gets messages can turn them off, and the other way round."""
    assert pressed(keyboards.updates(is_on=is_on)) == [Button(Wish.UPDATES, argument=argument)]


def test_erasing_offers_a_way_back(keyboards: Keyboards) -> None:
    """Only me, my ideas too, or nothing: each in a row of its own."""
    erasure = keyboards.erasure(has_ideas=True)

    assert {len(row) for row in erasure} == {1}
    assert pressed(erasure) == [
        Button(Wish.ERASE, argument=YES),
        Button(Wish.ERASE, argument=EVERYTHING),
        Button(Wish.KEEP),
    ]


def test_who_has_no_ideas_is_not_asked_about_them(keyboards: Keyboards) -> None:
    """Without ideas there is nothing else to erase."""
    assert pressed(keyboards.erasure(has_ideas=False)) == [Button(Wish.ERASE, argument=YES), Button(Wish.KEEP)]


@pytest.mark.parametrize("language", ["de", "de-simple", "en"])
def test_buttons_speak_the_language_of_their_reader(catalogue: Catalogue, language: str) -> None:
    """Labels of buttons and topics are the language's own."""
    own = Keyboards(catalogue, language)
    words = catalogue.texts.words(language)
    topic = words.topics.get("mobility", catalogue.topics["mobility"].label)

    assert keys(own.card(REFERENCE, None))[0].label == words.buttons[Label.CONFIRM]
    assert keys(own.topics(REFERENCE, ["mobility"], is_all=False))[0].label == topic


@pytest.mark.parametrize("language", ["de", "de-simple", "en"])
def test_every_keyboard_is_one_that_telegram_takes(catalogue: Catalogue, language: str) -> None:
    """At most 100 buttons with at most 64 bytes of data, for all topics and all municipalities."""
    own = Keyboards(catalogue, language)
    towns = load_gazetteer(catalogue.directory / "places").municipalities
    places = [Question(QuestionKind.PLACE, (Option(town.ags, town.name),)) for town in towns]
    boards = [
        *(own.card(LONGEST, asked) for asked in places),
        own.topics(LONGEST, catalogue.topics, is_all=True),
        own.merge(LONGEST, LONGEST),
        own.split(LONGEST, "9" * 12),
        own.withdrawal(LONGEST),
        own.languages(),
        own.erasure(has_ideas=True),
    ]

    assert max(len(keys(board)) for board in boards) <= 100
    assert max(len(key.data.encode()) for board in boards for key in keys(board)) <= 64
    assert all(key.label for board in boards for key in keys(board))


def test_a_row_is_no_wider_than_a_phone(catalogue: Catalogue) -> None:
    """All buttons of a row are as wide as the widest: long labels stand alone."""
    boards = [Keyboards(catalogue, tag).topics(REFERENCE, catalogue.topics, is_all=True) for tag in ("de", "en")]

    assert all(
        len(row) == 1 or len(row) * max(len(key.label) for key in row) <= 36 for board in boards for row in board
    )
