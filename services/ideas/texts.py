"""The sentences people read: Jinja2 templates under `config/texts/<language>/<message>/`, checked at start."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Self

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, TemplateSyntaxError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

from services.ideas.errors import Problem
from services.ideas.messages import MESSAGES, MessageForm, Part
from services.ideas.stylesheet import Stylesheet
from services.ideas.toml import read_toml
from services.ideas.words import Words

# The language of the region, in which staff read, and in which topics.toml and stages.toml are written.
OWN_LANGUAGE = "de"
# What the HTML of all mail is written into, and what it is made of.
LAYOUT, PARTS = "layout.html", "parts.html"


class Texts:
    """All templates of all languages. Values are escaped in HTML parts, and citizens' words are never templates."""

    def __init__(self, directory: Path) -> None:
        self._environment = ImmutableSandboxedEnvironment(
            loader=_StyledLoader(directory),
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
                for part in sorted(form.parts) if language == OWN_LANGUAGE or not form.is_for_staff else ():
                    texts._check(f"{language}/{message}/{part}", form, problems)
        return texts

    def render(self, language: str, message: str, part: Part, values: Mapping[str, Any]) -> str:
        """One part of a message. Subjects come in one line."""
        text = self._environment.get_template(f"{language}/{message}/{part}").render(values)
        return " ".join(text.split()) if part is Part.SUBJECT else text.strip() + "\n"

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that there are, the region's own first."""
        return (OWN_LANGUAGE, *sorted(set(self._words) - {OWN_LANGUAGE}))

    def words(self, language: str) -> Words:
        """The single words of a language; of the region's own where it is none of ours."""
        return self._words.get(language) or self._words[OWN_LANGUAGE]

    def _check(self, name: str, form: MessageForm, problems: list[Problem]) -> None:
        file = f"texts/{name}"
        try:
            # Looking for variables visits the whole template: compiling it besides would find nothing more.
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


class _StyledLoader(FileSystemLoader):
    """Templates from files; those of mail come with the look that `layout.html` gives their tags."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        layout = directory / LAYOUT
        self._stylesheet = Stylesheet(layout.read_text(encoding="utf-8") if layout.is_file() else "")

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        source, file, is_current = super().get_source(environment, template)
        is_of_mail = template in {LAYOUT, PARTS} or template.endswith(f"/{Part.HTML}")
        return self._stylesheet.apply(source) if is_of_mail else source, file, is_current
