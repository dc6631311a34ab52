"""The sentences people read: Jinja2 templates under `config/texts/<language>/<message>/`, checked at start."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from textwrap import shorten
from typing import Any, Self

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, TemplateSyntaxError, meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from services.ideas.errors import Problem
from services.ideas.messages import MESSAGES, Part
from services.ideas.sentences import Sentence, long_sentences, long_sentences_of
from services.ideas.stylesheet import Stylesheet
from services.ideas.toml import read_toml
from services.ideas.words import Words

# The language of the region, in which staff read, and in which topics.toml and stages.toml are written.
OWN_LANGUAGE = "de"
# What the HTML of all mail is written into, and what it is made of.
LAYOUT, PARTS = "layout.html", "parts.html"
# Behind the name of a text file whose words stand in HTML.
_ESCAPED = "@html"
# What every message knows, and so the layout of all mail does.
_ALWAYS = frozenset.intersection(*(form.variables for form in MESSAGES.values()))


class Texts:
    """All templates of all languages. Values are escaped in HTML parts, and citizens' words are never templates."""

    def __init__(self, directory: Path) -> None:
        layout = directory / LAYOUT
        self._stylesheet = Stylesheet(layout.read_text(encoding="utf-8") if layout.is_file() else "")
        self._environment = _Environment(
            loader=_StyledLoader(directory, self._stylesheet),
            autoescape=lambda name: name is not None and name.endswith((".html", _ESCAPED)),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=False,
            # What is checked at start is what is sent, and no file is looked at for each mail.
            auto_reload=False,
        )
        self._words: dict[str, Words] = {}
        self._macros: dict[str, frozenset[str] | None] = {}

    @classmethod
    def read(cls, directory: Path, problems: list[Problem]) -> Self:
        """The templates under `directory`; whatever is missing, broken, unknown or too long is added to `problems`."""
        texts = cls(directory)
        languages = sorted(path.name for path in directory.iterdir() if path.is_dir()) if directory.is_dir() else []
        if not languages:
            problems.append(Problem(directory.name, "-", "expected one folder for each language"))
        shared = {LAYOUT: _ALWAYS, PARTS: frozenset[str]()} if languages else {}
        for name, variables in shared.items():
            problems.extend(texts._problems(name, variables))
        problems.extend(
            Problem(f"texts/{LAYOUT}", selector, "expected a tag, a .class or a tag.class as selector")
            for selector in texts._stylesheet.unusable
        )
        for language in languages:
            problems.extend(texts._problems_of_language(directory, language))
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

    def _problems_of_language(self, directory: Path, language: str) -> list[Problem]:
        problems: list[Problem] = []
        file = f"texts/{language}/words.toml"
        words = read_toml(directory / language / "words.toml", file, Words, problems)
        if words:
            self._words[language] = words
            problems.extend(_too_long_words(file, words))
        longest = words.longest_sentence if words else None
        for piece in sorted((directory / language).glob("*.txt")):
            problems.extend(self._problems(f"{language}/{piece.name}", frozenset(), longest))
        for message, form in MESSAGES.items():
            for part in sorted(form.parts) if language == OWN_LANGUAGE or not form.is_for_staff else ():
                problems.extend(self._problems(f"{language}/{message}/{part}", form.variables, longest))
        return problems

    def _problems(self, name: str, variables: frozenset[str], longest: int | None = None) -> Iterator[Problem]:
        file = f"texts/{name}"
        try:
            # Looking for variables visits the whole template: compiling it besides would find nothing more.
            source = self._source(name)
            template = self._environment.parse(source)
            used = meta.find_undeclared_variables(template)
        except TemplateSyntaxError as error:
            yield Problem(file, f"line {error.lineno}", f"expected a Jinja2 template ({error.message})")
        except UnicodeDecodeError as error:
            yield Problem(file, "-", f"expected a text in UTF-8 ({error.reason} at byte {error.start})")
        except TemplateError:
            yield Problem(file, "-", "expected this file to exist")
        else:
            known = f"one of {', '.join(sorted(variables))}" if variables else "no variable"
            for variable in sorted(used - variables):
                yield Problem(file, variable, f"expected {known}")
            if " import " in source or " include " in source:  # looking for them takes as long as reading the template
                yield from self._missing(file, template)
            if longest:
                for sentence in long_sentences(template, longest, is_html=name.endswith(".html")):
                    yield Problem(file, f"line {sentence.line}", _too_long(sentence, longest))

    def _missing(self, file: str, template: nodes.Template) -> Iterator[Problem]:
        """What a template takes from another that is not there."""
        taken = [(each.lineno, each.template.as_const(), set[str]()) for each in template.find_all(nodes.Include)]
        for each in template.find_all(nodes.FromImport):
            names = {name if isinstance(name, str) else name[0] for name in each.names}
            taken.append((each.lineno, each.template.as_const(), names))
        for line, source, names in taken:
            macros = self._macros_of(source)
            if macros is None:
                yield Problem(file, f"line {line}", f"expected a template that exists, found {source}")
            else:
                for name in sorted(names - macros):
                    known = ", ".join(sorted(macros))
                    yield Problem(file, f"line {line}", f"expected one of {known} from {source}, found {name}")

    def _macros_of(self, name: str) -> frozenset[str] | None:
        """The macros in a template; None where it does not exist or cannot be read."""
        if name not in self._macros:
            try:
                macros = self._environment.parse(self._source(name)).find_all(nodes.Macro)
                self._macros[name] = frozenset(macro.name for macro in macros)
            except (TemplateError, UnicodeDecodeError):
                self._macros[name] = None
        return self._macros[name]

    def _source(self, name: str) -> str:
        return self._environment.loader.get_source(self._environment, name)[0]  # type: ignore[union-attr]


def _too_long_words(file: str, words: Words) -> Iterator[Problem]:
    """Problems of the sentences that stand in words.toml itself."""
    texts = {"description": words.description, "short_description": words.short_description}
    texts |= {f"commands.{command}.description": each.description for command, each in words.commands.items()}
    texts |= {f"stages.{stage}.explanation": each.explanation for stage, each in words.stages.items()}
    texts |= {f"stages.{stage}.outlook": each.outlook for stage, each in words.stages.items()}
    longest = words.longest_sentence
    if longest is None:
        return
    for key, text in texts.items():
        for sentence in long_sentences_of(text, longest):
            yield Problem(file, key, _too_long(sentence, longest))


def _too_long(sentence: Sentence, longest: int) -> str:
    beginning = shorten(sentence.text, 60, placeholder=" …")
    return f"expected {longest} words in a sentence at most, found {sentence.words}: {beginning}"


class _Environment(ImmutableSandboxedEnvironment):
    """Where plain text and HTML take words from one file, these are escaped in HTML.

    Jinja2 escapes what a macro writes by the name of the file in which the macro stands, and holds it for HTML where an
    HTML template calls it: so HTML takes the file by another name.
    """

    def join_path(self, template: str, parent: str) -> str:
        is_text_in_html = template.endswith(".txt") and parent.endswith((".html", _ESCAPED))
        return f"{template}{_ESCAPED}" if is_text_in_html else template


class _StyledLoader(FileSystemLoader):
    """Templates from files; those of mail come with the look that `layout.html` gives their tags."""

    def __init__(self, directory: Path, stylesheet: Stylesheet) -> None:
        super().__init__(directory)
        self._stylesheet = stylesheet

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        source, file, is_current = super().get_source(environment, template.removesuffix(_ESCAPED))
        is_of_mail = template in {LAYOUT, PARTS} or template.endswith(f"/{Part.HTML}")
        return self._stylesheet.apply(source) if is_of_mail else source, file, is_current
