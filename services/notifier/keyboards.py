"""The buttons under messages: what stands on each in the reader's language, and what pressing it asks for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from services.ideas.catalogue import Catalogue
from services.ideas.chat import EVERYTHING, MORE, NO, YES, Button, Wish
from services.ideas.description import topic_label
from services.ideas.question import Question, QuestionKind
from services.ideas.words import Label

# All buttons of a row are equally wide, and so many characters fit beside one another on a phone.
_ROW_CHARACTERS = 36


@dataclass(frozen=True, slots=True)
class Key:
    """One button: its label, and its data (Bot API, callback_data)."""

    label: str
    data: str


Keyboard = tuple[tuple[Key, ...], ...]


@dataclass(frozen=True, slots=True)
class Keyboards:
    """The keyboards of one language."""

    catalogue: Catalogue
    language: str

    def card(self, reference: str, asked: Question | None, *, can_be_right: bool = True) -> Keyboard:
        """What can be said about an idea: first the answers to the question, if one is asked."""
        understood = self.understood(reference, can_be_right=can_be_right)
        return (*self.answers(reference, asked), *understood, *self.own(reference))

    def answers(self, reference: str, asked: Question | None) -> Keyboard:
        """The answers to a question about an idea, each in a row of its own."""
        wish = Wish.PLACE if asked and asked.kind is QuestionKind.PLACE else Wish.TOPIC
        options = asked.options if asked else ()
        return tuple((Key(option.label, Button(wish, reference, option.id).encode()),) for option in options)

    def understood(self, reference: str, *, can_be_right: bool = False) -> Keyboard:
        """What can be said about how an idea was understood."""
        right = (self._key(Label.CONFIRM, Wish.CONFIRM, reference),) if can_be_right else ()
        wrong = (self._key(Label.TOPIC, Wish.TOPIC, reference), self._key(Label.PLACE, Wish.PLACE, reference))
        return _rows((*right, *wrong))

    def own(self, reference: str) -> Keyboard:
        """What else a person can do with their idea."""
        add, withdraw = self._key(Label.ADD, Wish.ADD, reference), self._key(Label.WITHDRAW, Wish.WITHDRAW, reference)
        return _rows((add, withdraw))

    def answer(self, reference: str) -> Keyboard:
        """The way to answer what a body asks about an idea."""
        return ((self._key(Label.ANSWER, Wish.ADD, reference),),)

    def split(self, reference: str, number: str) -> Keyboard:
        """A message that was added can be an idea of its own instead; `number` is its number in the chat."""
        return ((self._key(Label.SPLIT, Wish.SPLIT, reference, number),),)

    def merge(self, reference: str, other: str) -> Keyboard:
        """An idea can become a part of the person's other one."""
        return ((self._key(Label.MERGE, Wish.MERGE, reference, other),),)

    def topics(self, reference: str, offered: Iterable[str], *, is_all: bool) -> Keyboard:
        """The topics (ids) that are offered; `is_all`: there are no others."""
        labelled = ((topic_label(self.catalogue, topic, self.language), topic) for topic in offered)
        keys = [Key(label, Button(Wish.TOPIC, reference, topic).encode()) for label, topic in labelled]
        more = self._key(Label.MORE_TOPICS, Wish.TOPIC, reference, MORE)
        none = self._key(Label.NO_TOPIC, Wish.TOPIC, reference, NO)
        return (*_rows(keys), *_rows([none] if is_all else [more, none]))

    def withdrawal(self, reference: str) -> Keyboard:
        """Whether an idea is really to be withdrawn."""
        yes = self._key(Label.YES_WITHDRAW, Wish.WITHDRAW, reference, YES)
        return _rows([yes, self._key(Label.KEEP, Wish.KEEP, reference)])

    def languages(self) -> Keyboard:
        """Every language by its own name."""
        texts = self.catalogue.texts
        keys = (Key(texts.words(tag).name, Button(Wish.LANGUAGE, argument=tag).encode()) for tag in texts.languages)
        return _rows(keys)

    def updates(self, *, is_on: bool) -> Keyboard:
        """The switch to the other state."""
        off = self._key(Label.UPDATES_OFF, Wish.UPDATES, argument=NO)
        return ((off if is_on else self._key(Label.UPDATES_ON, Wish.UPDATES, argument=YES),),)

    def erasure(self, *, has_ideas: bool) -> Keyboard:
        """What is to be erased; each answer in a row of its own, because this cannot be undone."""
        everything = (self._key(Label.ERASE_ALL, Wish.ERASE, argument=EVERYTHING),)
        return (
            (self._key(Label.ERASE_ME, Wish.ERASE, argument=YES),),
            *((everything,) if has_ideas else ()),
            (self._key(Label.CANCEL, Wish.KEEP),),
        )

    def _key(self, label: Label, wish: Wish, reference: str = "", argument: str = "") -> Key:
        words = self.catalogue.texts.words(self.language)
        return Key(words.buttons[label], Button(wish, reference, argument).encode())


def _rows(keys: Iterable[Key]) -> Keyboard:
    rows: list[tuple[Key, ...]] = []
    for key in keys:
        together = (*rows[-1], key) if rows else (key,)
        if rows and len(together) * max(len(each.label) for each in together) <= _ROW_CHARACTERS:
            rows[-1] = together
        else:
            rows.append((key,))
    return tuple(rows)
