"""Commands, and the words that people type in place of commands and buttons, in every language of the texts."""

from __future__ import annotations

from typing import Any

import pytest

from services.ideas.chat import MORE, NO, YES, Button, ChatMessage, Wish
from services.ideas.readings import Asked, Nothing, Reading, Request, Submission
from services.ideas.reference import reference_number
from services.ideas.words import Command, Label, Talk
from services.intake.telegram.phrases import BUTTONS, WISHES
from tests.intake.updates import CATALOGUE, ERIKA, FIRST, answering, message, read, said

REFERENCE = reference_number("SWS", 2026, 42)
MISTYPED = f"{REFERENCE[:-1]}{(int(REFERENCE[-1]) + 1) % 10}"
CODE = "7QK2-M3XA-9TWD"
WORDS = {language: CATALOGUE.texts.words(language) for language in CATALOGUE.texts.languages}
TEMPLATES = {
    Command.START: "welcome",
    Command.HELP: "help",
    Command.MINE: "status",
    Command.STATUS: "status",
    Command.PRIVACY: "privacy",
    Command.IMPRINT: "imprint",
    Command.ACCESSIBILITY: "accessibility",
}


def answer_to(command: Command, words: str = "") -> Reading:
    """What a command without argument asks for."""
    if command in WISHES:
        return Asked(ERIKA, Button(WISHES[command]), FIRST, words=words)
    return Request(ERIKA, TEMPLATES[command])


def asked(wish: Wish, argument: str = "", words: str = "") -> Asked:
    return Asked(ERIKA, Button(wish, argument=argument), FIRST, words=words)


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("command", Command)
def test_a_command_is_known_in_every_language(language: str, command: Command) -> None:
    """Its name with a slash, with the bot's name behind it, in capitals, and what may be typed without a slash."""
    form = WORDS[language].commands[command]
    for text in (f"/{form.name}", f"/{form.name}@ideenkanal_bot", f"/{form.name.upper()}"):
        assert read(message=said(text)) == answer_to(command)
    for phrase in form.typed:
        assert read(message=said(phrase)) == answer_to(command, phrase)


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("label", Label)
def test_what_a_button_says_can_be_typed(language: str, label: Label) -> None:
    """The label and the words beside it ask for what the button asks for; where they do not fit they stay words."""
    for phrase in (WORDS[language].buttons[label], *WORDS[language].typed.get(label, ())):
        assert read(message=said(phrase)) == Asked(ERIKA, BUTTONS[label], FIRST, words=phrase)


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("topic", CATALOGUE.topics)
def test_a_topic_can_be_typed(language: str, topic: str) -> None:
    """A topic's label chooses it."""
    for label in {CATALOGUE.topics[topic].label, WORDS[language].topics.get(topic, CATALOGUE.topics[topic].label)}:
        assert read(message=said(label)) == asked(Wish.TOPIC, topic, label)


@pytest.mark.parametrize("text", ["stimmt", "STIMMT!", " Stimmt. ", "stimmt 👍", "„Stimmt“"])
def test_words_are_compared_without_what_stands_around_them(text: str) -> None:
    """Case, punctuation, emoji and blanks change nothing."""
    assert read(message=said(text)) == asked(Wish.CONFIRM, words=text.strip())


@pytest.mark.parametrize("text", ["Thema ändern", "thema aendern", "THEMA ÄNDERN", "Thema a\u0308ndern"])
def test_umlauts_may_be_typed_in_every_way(text: str) -> None:
    """With ä, with ae, in capitals, and as two code points."""
    assert read(message=said(text)) == asked(Wish.TOPIC, words=text)


@pytest.mark.parametrize("text", ["Das stimmt nicht", "Mein Thema ändern sich oft", "Sprache ist der Schlüssel"])
def test_words_that_only_hold_a_phrase_are_an_idea(text: str) -> None:
    """Only a whole message is taken for a button or a command."""
    assert read(message=said(text)) == Submission(ERIKA, "", text, chat=FIRST)


@pytest.mark.parametrize(
    ("text", "argument"),
    [
        ("/status", ""),
        (f"/status {REFERENCE}", REFERENCE),
        (f"/status {REFERENCE.lower()}", REFERENCE),
        (f"/STATUS nummer {REFERENCE}.", REFERENCE),
        (f"/status@ideenkanal_bot  {REFERENCE} ", REFERENCE),
        ("/status Radweg", "Radweg"),
        (f"/status {MISTYPED}", MISTYPED),
        ("/status " + "x" * 200, "x" * 40),
        ("Status", ""),
        (f"status {REFERENCE}", REFERENCE),
        (f"Stand: {REFERENCE.lower()}", REFERENCE),
        (REFERENCE, REFERENCE),
        (REFERENCE.replace("-", " ").lower(), REFERENCE),
        (f"{REFERENCE}?", REFERENCE),
        (MISTYPED, MISTYPED),
        (f"Stand {MISTYPED.lower()}", MISTYPED),
    ],
)
def test_a_status_is_asked_of_one_idea_or_of_all(text: str, argument: str) -> None:
    """A number is known however it is written, alone as well; what is none is handed on in few characters."""
    assert read(message=said(text)) == Request(ERIKA, "status", {"asked": argument} if argument else {})


@pytest.mark.parametrize("text", ["/status", "Status"])
def test_a_status_that_replies_to_an_answer_is_about_its_idea(text: str) -> None:
    """Whoever replies to the bot need not type the number."""
    reading = read(message=said(text, **answering(f"Ihre Idee {REFERENCE} ist da.")))
    assert reading == Request(ERIKA, "status", {"asked": REFERENCE})


def test_typed_words_that_reply_to_an_answer_are_about_its_idea() -> None:
    """A reply says which idea is meant, as the button under that message would."""
    reading = read(message=said("Stimmt", **answering(f"Ihre Idee {REFERENCE} ist da.")))
    chat = ChatMessage(1, FIRST.sent_at, answers=9, answers_about=REFERENCE)
    assert reading == Asked(ERIKA, Button(Wish.CONFIRM, REFERENCE), chat, words="Stimmt")


@pytest.mark.parametrize("language", WORDS)
def test_a_language_is_chosen_by_what_it_is_called(language: str) -> None:
    """By its name and by what others call it, alone, typed behind "sprache", or behind the command."""
    for name in (WORDS[language].name, *WORDS[language].called):
        assert read(message=said(name)) == asked(Wish.LANGUAGE, language, name)
        assert read(message=said(f"Sprache {name}")) == asked(Wish.LANGUAGE, language, f"Sprache {name}")
        assert read(message=said(f"/sprache {name}")) == asked(Wish.LANGUAGE, language)


def test_a_language_that_there_is_not_is_asked_for() -> None:
    """The bot answers with those that there are."""
    assert read(message=said("/sprache klingonisch")) == asked(Wish.LANGUAGE)


@pytest.mark.parametrize(
    ("choice", "argument"),
    [
        (WORDS["de"].buttons[Label.UPDATES_ON], YES),
        (WORDS["de"].buttons[Label.UPDATES_OFF], NO),
        ("an", YES),
        ("aus", NO),
    ],
)
def test_updates_are_switched_behind_the_command(choice: str, argument: str) -> None:
    """By the words of the button, and by what makes a phrase with the command's name."""
    assert read(message=said(f"/benachrichtigungen {choice}")) == asked(Wish.UPDATES, argument)


@pytest.mark.parametrize("text", [CODE, CODE.lower(), f"/verbinden {CODE}", f" {CODE}\n"])
def test_a_code_joins(text: str) -> None:
    """A code of another channel, alone or behind the command, however it is written."""
    words = "" if text.startswith("/") else text.strip()
    assert read(message=said(text)) == asked(Wish.JOIN, CODE.replace("-", ""), words)


def test_a_code_may_be_forwarded() -> None:
    """Somebody who forwards their code to the bot has sent it."""
    reading = read(message=said(CODE, forward_origin={"type": "user", "date": 1}))
    assert reading == asked(Wish.JOIN, CODE.replace("-", ""), CODE)


def test_a_mistyped_code_behind_the_command_is_still_one() -> None:
    """It is refused as a wrong code, rather than answered with a new one."""
    assert read(message=said("/verbinden 7QK2-M3X")) == asked(Wish.JOIN, "7QK2-M3X")


@pytest.mark.parametrize(
    ("text", "topic"),
    [("Verkehr!", "mobility"), ("Gesundheit & Pflege", "health"), ("sport und kultur", "culture"), ("Research", "")],
)
def test_a_part_of_a_topic_is_enough(text: str, topic: str) -> None:
    """Words that stand in one label alone choose its topic; others are somebody's words."""
    assert read(message=said(text)) == (
        asked(Wish.TOPIC, topic, text) if topic else Submission(ERIKA, "", text, chat=FIRST)
    )


def test_words_of_several_topics_choose_none() -> None:
    """What stands in more than one label says nothing."""
    assert read(message=said("und")) == Submission(ERIKA, "", "und", chat=FIRST)


@pytest.mark.parametrize(
    ("text", "is_new"),
    [
        ("Neue Idee: mehr Bäume", True),
        ("Das ist eine neue Idee. In Plauen fehlen Bäume", True),
        ("New idea - more trees", True),
        ("Eine neue Idee für Plauen: mehr Bäume", False),
        ("Mehr Bäume. Neue Idee: mehr Bänke", False),
    ],
)
def test_a_message_may_say_that_it_is_a_new_idea(text: str, *, is_new: bool) -> None:
    """Whoever begins with the words of that button says so, and all of the words are kept."""
    assert read(message=said(text)) == Submission(ERIKA, "", text, chat=FIRST, is_new=is_new)


@pytest.mark.parametrize(
    ("text", "argument"), [("Andere Themen", MORE), ("Keins davon", NO)], ids=["all topics", "none of them"]
)
def test_answers_to_which_topic_can_be_typed(text: str, argument: str) -> None:
    """The two that are no topics."""
    assert read(message=said(text)) == asked(Wish.TOPIC, argument, text)


@pytest.mark.parametrize("text", ["/start plakat-plauen", "/help bitte"])
def test_words_behind_a_command_that_takes_none_are_ignored(text: str) -> None:
    """A deep link's payload, for one."""
    assert read(message=said(text)) == answer_to(Command.START if "start" in text else Command.HELP)


def test_a_command_with_an_umlaut_is_known() -> None:
    """Telegram has none in commands, but people type it."""
    assert read(message=said("/löschen")) == asked(Wish.ERASE)


@pytest.mark.parametrize("text", ["/unbekannt", "/startup", "/unbekannt 👍"])
def test_an_unknown_command_is_answered_with_help(text: str) -> None:
    """Whoever types a command wants to know what there is."""
    assert read(message=said(text)) == Request(ERIKA, "help")


@pytest.mark.parametrize("command", ["start", "hilfe", "meine", "status", "datenschutz"])
def test_an_idea_behind_a_command_that_only_shows_is_an_idea(command: str) -> None:
    """Whoever writes a sentence behind "/start" or "/status" has said something; a word or a number is none."""
    idea = read(message=said(f"/{command} Bitte mehr Bänke am Schlossteich"))
    assert isinstance(idea, Submission)
    assert idea.text == "Bitte mehr Bänke am Schlossteich"
    assert isinstance(read(message=said(f"/{command} SWS 2026 0042")), Request)


def test_words_behind_an_unknown_command_are_an_idea() -> None:
    """Whoever writes "/idee …" has said something: the words count, the command does not."""
    reading = read(message=said("/idee In Plauen fehlt\nein Radweg"))
    assert reading == Submission(ERIKA, "", "In Plauen fehlt\nein Radweg", chat=FIRST)


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize(("talk", "template"), [(Talk.GREETING, "greeting"), (Talk.THANKS, "thanks")])
def test_small_talk_is_answered_in_kind(language: str, talk: Talk, template: str) -> None:
    """Each greeting and each word of thanks, in every language, is no idea."""
    for phrase in WORDS[language].talk[talk]:
        assert read(message=said(phrase)) == Request(ERIKA, template)


@pytest.mark.parametrize(
    ("text", "template"),
    [
        ("Hallo, guten Tag!", "greeting"),
        ("Guten Tag 👋", "greeting"),
        ("hallo hallo hallo", "greeting"),
        ("Danke!! :)", "thanks"),
        ("Hallo Plauen", None),
        ("Hallo! Vielen Dank, danke", "thanks"),
        ("Glück auf", "greeting"),
        ("Glueck auf", "greeting"),
    ],
)
def test_small_talk_may_be_put_together(text: str, template: str | None) -> None:
    """Several at once are still small talk; any other word makes an idea of it."""
    reading = read(message=said(text))
    assert reading == (Request(ERIKA, template) if template else Submission(ERIKA, "", text, chat=FIRST))


@pytest.mark.parametrize("content", [{"caption": "Stimmt"}, {"caption": "/hilfe"}, {"caption": "Hallo"}])
def test_words_below_a_picture_ask_for_nothing(content: dict[str, Any]) -> None:
    """A picture is an idea whatever stands below it."""
    photo = [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]
    assert isinstance(read(message=message(photo=photo, **content)), Submission)


def test_no_phrase_means_two_things() -> None:
    """Within all languages, what is typed for a command or button is typed for no other, and is no small talk."""
    meanings: dict[str, set[str]] = {}
    for words in WORDS.values():
        for command, form in words.commands.items():
            for phrase in form.typed:
                meanings.setdefault(phrase.casefold(), set()).add(str(answer_to(command)))
        for label, button in BUTTONS.items():
            for phrase in (words.buttons[label], *words.typed.get(label, ())):
                meanings.setdefault(phrase.casefold(), set()).add(str(button))
        for talk, phrases in words.talk.items():
            for phrase in phrases:
                meanings.setdefault(phrase.casefold(), set()).add(talk)
    assert not [phrase for phrase, meant in meanings.items() if len(meant) > 1]
    assert not isinstance(read(message=said(next(iter(meanings)))), Nothing)
