"""What typed words mean in place of a button or a command, in every language at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from services.ideas.catalogue import Topic
from services.ideas.chat import EVERYTHING, MORE, NO, YES, Button, Wish
from services.ideas.joining import code_in
from services.ideas.reference import parse_reference
from services.ideas.texts import Texts
from services.ideas.words import Command, Label, Talk, Words
from services.intake.telegram.plain import plain

BUTTONS: Mapping[Label, Button] = {
    Label.CONFIRM: Button(Wish.CONFIRM),
    Label.TOPIC: Button(Wish.TOPIC),
    Label.PLACE: Button(Wish.PLACE),
    Label.ADD: Button(Wish.ADD),
    Label.ANSWER: Button(Wish.ADD),
    Label.WITHDRAW: Button(Wish.WITHDRAW),
    Label.SPLIT: Button(Wish.SPLIT),
    Label.MERGE: Button(Wish.MERGE),
    Label.MORE_TOPICS: Button(Wish.TOPIC, argument=MORE),
    Label.NO_TOPIC: Button(Wish.TOPIC, argument=NO),
    Label.YES_WITHDRAW: Button(Wish.WITHDRAW, argument=YES),
    Label.KEEP: Button(Wish.KEEP),
    Label.UPDATES_ON: Button(Wish.UPDATES, argument=YES),
    Label.UPDATES_OFF: Button(Wish.UPDATES, argument=NO),
    Label.ERASE_ME: Button(Wish.ERASE, argument=YES),
    Label.ERASE_ALL: Button(Wish.ERASE, argument=EVERYTHING),
    Label.CANCEL: Button(Wish.KEEP),
}
WISHES: Mapping[Command, Wish] = {
    Command.LANGUAGE: Wish.LANGUAGE,
    Command.UPDATES: Wish.UPDATES,
    Command.EXPORT: Wish.EXPORT,
    Command.ERASE: Wish.ERASE,
    Command.JOIN: Wish.JOIN,
}
# A reference number among plain words, right or mistyped.
_REFERENCE = re.compile(r"[a-z]{2,5} ?\d{4} ?\d{4,7} ?\d")
_ANNOUNCED = re.compile(r"(?P<words>[^:.!\n\u2013-]{1,40})[:.!\n\u2013-]\s*\w")
# Whoever types more than this says something.
_MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class Called:
    """A command with what was said behind it: a reference number, a language's tag, a code, a choice, or ""."""

    command: Command
    argument: str = ""


Meaning = Called | Button


class Phrases:
    """The phrases of all languages, the region's own first: in each, commands win over buttons.

    Whatever is none of them is what somebody says.
    """

    def __init__(self, texts: Texts, topics: Mapping[str, Topic]) -> None:
        languages = {language: texts.words(language) for language in texts.languages}
        self._languages = {
            plain(name): language for language, words in languages.items() for name in (words.name, *words.called)
        }
        self._commands: dict[str, Command] = {}
        self._meanings: dict[str, Meaning] = {}
        self._talk: dict[tuple[str, ...], Talk] = {}
        for words in languages.values():
            self._learn(words)
        for phrase, language in self._languages.items():
            self._meanings.setdefault(phrase, Called(Command.LANGUAGE, language))
        self._topics = tuple(_topics(languages.values(), topics))
        for phrase, topic in self._topics:
            self._meanings.setdefault(phrase, Button(Wish.TOPIC, argument=topic))
        self._longest_talk = max(map(len, self._talk), default=0)

    def command(self, name: str) -> Command | None:
        """The command of this name, without its slash, or of a phrase that is typed for it."""
        return self._commands.get(plain(name))

    def meaning(self, text: str) -> Meaning | None:
        """What a whole message asks for: a button, a command, or a command with its argument."""
        words = plain(text)
        if reference := _reference(text):
            return Called(Command.STATUS, reference)
        if known := self._meanings.get(words):
            return known
        if self.talk(text) is None and (code := code_in(text)):
            return Called(Command.JOIN, code)
        return self._with_argument(words.split()[: _MOST_WORDS + 1]) or self._topic(words)

    def argument(self, command: Command, said: str) -> str:
        """What is said behind a command, if it is something that goes with it."""
        match command:
            case Command.STATUS:
                return _reference(said)
            case Command.JOIN:
                return code_in(said) or ""
            case Command.LANGUAGE:
                return self._languages.get(plain(said), "")
        # "Aus" alone says nothing, "Benachrichtigungen aus" does.
        names = [name for name, called in self._commands.items() if called is command] if said else []
        phrases = (plain(said), *(f"{name} {plain(said)}" for name in names))
        found = (self._meanings.get(phrase) for phrase in phrases)
        chosen = (each for each in found if isinstance(each, Button) and each.wish is WISHES.get(command))
        return next((button.argument for button in chosen), "")

    def talk(self, text: str) -> Talk | None:
        """Whether a message consists of nothing but greetings and thanks; thanks count for more."""
        words, found = tuple(plain(text).split()), set[Talk]()
        while words:
            lengths = range(min(self._longest_talk, len(words)), 0, -1)
            length = next((length for length in lengths if words[:length] in self._talk), None)
            if length is None:
                return None
            found.add(self._talk[words[:length]])
            words = words[length:]
        return Talk.THANKS if Talk.THANKS in found else next(iter(found), None)

    def announces_idea(self, text: str) -> bool:
        """Whether a message begins by saying that it is a new idea: "Neue Idee: mehr Bäume"."""
        match = _ANNOUNCED.match(text)
        return match is not None and self._meanings.get(plain(match["words"])) == BUTTONS[Label.SPLIT]

    def _learn(self, words: Words) -> None:
        for command, form in words.commands.items():
            self._commands.setdefault(plain(form.name), command)
            for phrase in map(plain, form.typed):
                self._commands.setdefault(phrase, command)
                self._meanings.setdefault(phrase, Called(command))
        for label, button in BUTTONS.items():
            for phrase in (words.buttons[label], *words.typed.get(label, ())):
                self._meanings.setdefault(plain(phrase), button)
        for kind, phrases in words.talk.items():
            for phrase in phrases:
                self._talk.setdefault(tuple(plain(phrase).split()), kind)

    def _topic(self, words: str) -> Button | None:
        """The one topic whose label has all of these words, such as "Gesundheit und Pflege" or "Verkehr"."""
        wanted = set(words.split())
        found = {topic for label, topic in self._topics if wanted and wanted <= set(label.split())}
        return Button(Wish.TOPIC, argument=found.pop()) if len(found) == 1 else None

    def _with_argument(self, words: list[str]) -> Meaning | None:
        for length in range(1, len(words) if len(words) <= _MOST_WORDS else 0):
            command = self._commands.get(" ".join(words[:length]))
            if command is not None and (argument := self.argument(command, " ".join(words[length:]))):
                return Called(command, argument)
        return None


def _reference(text: str) -> str:
    """The reference number that a text is, also a mistyped one; "" for everything else."""
    words = plain(text)
    return (parse_reference(words) or "-".join(words.upper().split())) if _REFERENCE.fullmatch(words) else ""


def _topics(languages: Iterable[Words], topics: Mapping[str, Topic]) -> Iterator[tuple[str, str]]:
    for words in languages:
        for topic in topics.values():
            yield plain(topic.label), topic.id
            if topic.id in words.topics:
                yield plain(words.topics[topic.id]), topic.id
