"""The single words of one language: labels, commands, buttons, and what people type in their place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from nlp.understanding import Kind


class Command(StrEnum):
    """What can be asked of the program by a command of a chat."""

    START = "start"
    HELP = "help"
    MINE = "mine"
    STATUS = "status"
    LANGUAGE = "language"
    UPDATES = "updates"
    PRIVACY = "privacy"
    EXPORT = "export"
    ERASE = "erase"
    JOIN = "join"
    IMPRINT = "imprint"
    ACCESSIBILITY = "accessibility"


class Label(StrEnum):
    """What stands on a button."""

    CONFIRM = "confirm"
    TOPIC = "topic"
    PLACE = "place"
    ADD = "add"
    ANSWER = "answer"
    WITHDRAW = "withdraw"
    SPLIT = "split"
    MERGE = "merge"
    MORE_TOPICS = "more_topics"
    NO_TOPIC = "no_topic"
    YES_WITHDRAW = "yes_withdraw"
    KEEP = "keep"
    UPDATES_ON = "updates_on"
    UPDATES_OFF = "updates_off"
    ERASE_ME = "erase_me"
    ERASE_ALL = "erase_all"
    CANCEL = "cancel"


class Talk(StrEnum):
    """Words that ask for nothing and are no idea."""

    GREETING = "greeting"
    THANKS = "thanks"


class CommandWords(BaseModel):
    """A command as the menu shows it (Bot API, BotCommand), and what may be typed without the slash."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern="^[a-z0-9_]{1,32}$")]
    description: Annotated[str, Field(min_length=1, max_length=256)]
    typed: tuple[str, ...] = ()


class StageWords(BaseModel):
    """A stage in a language other than the one of stages.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: Annotated[str, Field(min_length=1)]
    explanation: Annotated[str, Field(min_length=1)]
    outlook: str = ""


class UntilWords(BaseModel):
    """How it is said by when something should be done, after "until": a day, or the end of a month.

    `day` has {day}, {month} and {year} in it, and `month` the last two; `months` are the names of the twelve.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    day: Annotated[str, Field(pattern=r"\{day\}")]
    month: Annotated[str, Field(pattern=r"\{month\}")]
    months: Annotated[tuple[str, ...], Field(min_length=12, max_length=12)]

    @field_validator("day", "month")
    @classmethod
    def _can_be_said(cls, form: str) -> str:
        try:
            form.format(day=1, month="", year=2000)
        except (LookupError, ValueError) as error:
            raise ValueError("expected nothing in braces but {day}, {month} and {year}") from error
        return form

    def said(self, day: date, *, to_the_day: bool) -> str:
        """A day in these words, or only the end of its month."""
        form = self.day if to_the_day else self.month
        return form.format(day=day.day, month=self.months[day.month - 1], year=day.year)


_EVERY: Mapping[str, type[StrEnum]] = {"kinds": Kind, "commands": Command, "buttons": Label, "talk": Talk}


class Words(BaseModel):
    """Single words of one language, from `words.toml`.

    `called` is what the language is called beside its name, in any language; `offer` is how a mail in another language
    says that this one can be had. `description` is what a bot says of itself
    in an empty chat, and `short_description` on its profile (Bot API, setMyDescription, setMyShortDescription).
    `typed` are words that stand for a button beside its label; `talk` are greetings and thanks. `topics` and `stages`
    are the labels where they differ from those of topics.toml and stages.toml. `date` is how a day is written, in the
    signs of Python's strftime, and `until` says by when something should be done. `longest_sentence` is how many words
    a sentence has at most, where a language promises short ones.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(min_length=1)]
    date: Annotated[str, Field(pattern="%")] = "%d.%m.%Y"
    longest_sentence: Annotated[int, Field(ge=1)] | None = None
    called: tuple[str, ...] = ()
    offer: Annotated[str, Field(min_length=1)]
    description: Annotated[str, Field(min_length=1, max_length=512)]
    short_description: Annotated[str, Field(min_length=1, max_length=120)]
    whole_region: str
    outside: str
    until: UntilWords
    kinds: Mapping[Kind, str]
    commands: Mapping[Command, CommandWords]
    buttons: Mapping[Label, Annotated[str, Field(min_length=1, max_length=60)]]
    typed: Mapping[Label, tuple[str, ...]] = {}
    talk: Mapping[Talk, tuple[str, ...]]
    topics: Mapping[str, str] = {}
    stages: Mapping[str, StageWords] = {}

    @field_validator("kinds", "commands", "buttons", "talk")
    @classmethod
    def _complete(cls, words: Mapping[StrEnum, object], info: ValidationInfo) -> Mapping[StrEnum, object]:
        if missing := set(_EVERY[info.field_name or ""]) - set(words):
            raise ValueError(f"expected a word for {', '.join(sorted(missing))}")
        return words

    @model_validator(mode="after")
    def _commands_differ(self) -> Words:
        names = [command.name for command in self.commands.values()]
        if repeated := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"commands: expected each name once, found {', '.join(repeated)} twice")
        return self
