"""The sentences people read: Jinja2 templates under `config/texts/<language>/<message>/`, checked at start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, TemplateSyntaxError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import BaseModel, ConfigDict, field_validator

from nlp.understanding import Kind
from services.ideas.errors import Problem
from services.ideas.toml import read_toml


class Part(StrEnum):
    """The files of a message: a mail needs the first three, Telegram the last."""

    SUBJECT = "subject.txt"
    TEXT = "text.txt"
    HTML = "html.html"
    TELEGRAM = "telegram.txt"


MAIL = frozenset({Part.SUBJECT, Part.TEXT, Part.HTML})
CHAT = frozenset({Part.TELEGRAM})
LAYOUT = "layout.html"


@dataclass(frozen=True, slots=True)
class MessageForm:
    """What a message consists of, and the variables that its templates may use."""

    parts: frozenset[Part]
    variables: frozenset[str]


_ALWAYS = frozenset({"region", "email"})
_IDEA = _ALWAYS | {"reference", "topics", "places", "candidates", "bodies", "link", "unsubscribe_link"}
_NOT_KEPT = frozenset({"too_large", "too_many", "largest_file", "most_files"})

MESSAGES: Mapping[str, MessageForm] = {
    "confirmation": MessageForm(MAIL | CHAT, _IDEA | _NOT_KEPT | {"abstained", "confirm_link"}),
    "attachments": MessageForm(MAIL, _ALWAYS | _NOT_KEPT | {"reference", "link", "unsubscribe_link"}),
    "update": MessageForm(MAIL | CHAT, _IDEA | {"stage", "explanation", "note"}),
    "welcome": MessageForm(CHAT, _ALWAYS),
    "help": MessageForm(CHAT, _ALWAYS),
    "status": MessageForm(CHAT, _ALWAYS | {"ideas", "asked"}),
    "digest": MessageForm(MAIL, _ALWAYS | {"body", "ideas", "period", "waiting"}),
}


class Words(BaseModel):
    """Single words of one language, from `words.toml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    whole_region: str
    outside: str
    kinds: Mapping[Kind, str]

    @field_validator("kinds")
    @classmethod
    def _every_kind(cls, kinds: Mapping[Kind, str]) -> Mapping[Kind, str]:
        if missing := set(Kind) - set(kinds):
            raise ValueError(f"expected a word for {', '.join(sorted(missing))}")
        return kinds


class Texts:
    """All templates of all languages. Values are escaped in HTML parts, and citizens' words are never templates."""

    def __init__(self, directory: Path) -> None:
        self._environment = ImmutableSandboxedEnvironment(
            loader=FileSystemLoader(directory),
            autoescape=lambda name: name is not None and name.endswith(".html"),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=False,
        )
        self._words: dict[str, Words] = {}

    @classmethod
    def read(cls, directory: Path, problems: list[Problem]) -> Self:
        """The templates under `directory`; whatever is missing, broken or unknown in them is added to `problems`."""
        texts = cls(directory)
        languages = sorted(path.name for path in directory.iterdir() if path.is_dir()) if directory.is_dir() else []
        if not languages:
            problems.append(Problem(directory.name, "-", "expected one folder for each language"))
        for language in languages:
            words = read_toml(directory / language / "words.toml", f"texts/{language}/words.toml", Words, problems)
            if words:
                texts._words[language] = words
            for message, form in MESSAGES.items():
                for part in sorted(form.parts):
                    texts._check(f"{language}/{message}/{part}", form, problems)
        return texts

    def render(self, language: str, message: str, part: Part, values: Mapping[str, Any]) -> str:
        """One part of a message. Subjects come in one line."""
        text = self._environment.get_template(f"{language}/{message}/{part}").render(values)
        return " ".join(text.split()) if part is Part.SUBJECT else text.strip() + "\n"

    def words(self, language: str) -> Words:
        """The single words of a language."""
        return self._words[language]

    def _check(self, name: str, form: MessageForm, problems: list[Problem]) -> None:
        file = f"texts/{name}"
        try:
            self._environment.get_template(name)
            source = self._environment.loader.get_source(self._environment, name)[0]  # type: ignore[union-attr]
            used = meta.find_undeclared_variables(self._environment.parse(source))
        except TemplateSyntaxError as error:
            problems.append(Problem(file, f"line {error.lineno}", f"expected a Jinja2 template ({error.message})"))
        except UnicodeDecodeError as error:
            problems.append(Problem(file, "-", f"expected a text in UTF-8 ({error.reason} at byte {error.start})"))
        except TemplateError:
            problems.append(Problem(file, "-", "expected this file to exist"))
        else:
            known = ", ".join(sorted(form.variables))
            problems.extend(
                Problem(file, variable, f"expected one of {known}") for variable in sorted(used - form.variables)
            )
