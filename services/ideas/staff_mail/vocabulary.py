"""The words that staff use in answers: verbs as people type them, and the names that the configuration gives."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Self, TypeVar

from services.ideas.catalogue import Catalogue
from services.ideas.deeds import Verdict
from services.ideas.spelling import folded
from services.ideas.staff_mail.typing_errors import resembles

Phrase = tuple[str, ...]
_T = TypeVar("_T")
_LONGEST_PHRASE = 16  # words; no body has a longer name
_WORD = re.compile(r"[^\W_]+")
# Words that say something else although they look like typing errors of ours.
_OTHER_WORDS = frozenset({"abnehmen", "abgenommen", "abnahme", "anlehnen", "anlehnung", "angelehnt", "zunahme"})


class Verb(StrEnum):
    """What can be asked for in a line."""

    ACCEPT = "accept"
    DECLINE = "decline"
    PASS = "pass"  # noqa: S105 - an idea is passed on
    SPLIT = "split"
    GIVE_BACK = "give-back"
    ASK = "ask"
    FIND = "find"
    TOPIC = "topic"
    PLACE = "place"
    STAGE = "stage"
    MEASURE = "measure"
    UNDO = "undo"
    YES = "yes"
    NO = "no"


_VERBS: Mapping[Verb, str] = {
    Verb.ACCEPT: """annehmen | angenommen | annahme | nehmen an | nehmen wir an | nehme ich an | nehme an
        angenommen werden | akzeptieren | akzeptiert | zustimmen | zustimmung | zugestimmt | stimmen zu
        stimmen wir zu | befürworten | befürwortet | einverstanden""",
    Verb.DECLINE: """ablehnen | abgelehnt | ablehnung | lehnen ab | lehnen wir ab | lehne ich ab | lehne ab
        nicht annehmen | nicht angenommen | nehmen wir nicht an | nicht weiterverfolgen | nicht weiter verfolgen
        nicht weiterverfolgt | nicht weiter verfolgt | verfolgen wir nicht weiter | zurückweisen | zurückgewiesen
        nicht umgesetzt werden | nicht umsetzen""",
    Verb.PASS: """weiter | weitergeben | weitergegeben | weitergabe | weiterleiten | weitergeleitet | weiterleitung
        weiterreichen | abgeben | abgegeben | abgabe | übergeben | an | zuständig ist | zuständig
        geben an | geben wir an | leiten an | leiten wir an | gehört | gehört zu""",
    Verb.SPLIT: "teilen | aufteilen | aufgeteilt | splitten | geteilt",
    Verb.GIVE_BACK: """nicht unser zuständigkeitsbereich | nicht in unserer zuständigkeit | betrifft uns nicht
        liegt nicht in unserer zuständigkeit | fällt nicht in unsere zuständigkeit | reichen wir zurück
        nicht zuständig | unzuständig | keine zuständigkeit | nicht unsere zuständigkeit
        sind nicht zuständig | sind wir nicht zuständig | bin nicht zuständig | sind hier nicht zuständig
        nicht unser thema | nicht unser bereich | falsche stelle | zurück | zurückgeben | zurückgegeben
        geben wir zurück | geben zurück""",
    Verb.ASK: """rückfrage | rückfragen | nachfrage | nachfragen | nachgefragt | frage | fragen""",
    Verb.TOPIC: "thema | themen | richtiges thema | falsches thema",
    Verb.PLACE: "ort | richtiger ort | falscher ort",
    Verb.STAGE: "stand | neuer stand | stufe | status | neuer status",
    Verb.MEASURE: "maßnahme | zu maßnahme | zur maßnahme | gehört zu maßnahme | gehört zur maßnahme",
    Verb.UNDO: """rückgängig | rückgängig machen | zurücknehmen | zurückgenommen | nehmen wir zurück | nehme ich zurück
        widerrufen | storno | stornieren | storniert""",
    Verb.YES: "ja | bestätigen | bestätigt | bestätigung | jawohl | freigegeben | freigabe | freigabe erteilt",
    Verb.NO: "nein | verwerfen | verworfen | nicht senden | nicht ausführen | abbrechen",
}
_VERDICTS: Mapping[Verdict, str] = {
    Verdict.YES: "ja | gegeben | positiv | bejaht | ist gegeben | vorhanden",
    Verdict.NO: "nein | nicht gegeben | negativ | verneint | ist nicht gegeben | nicht vorhanden",
    Verdict.PARTLY: """teilweise | teils | zum teil | bedingt | eingeschränkt | ist teilweise gegeben
        teilweise gegeben | unter bedingungen | unter vorbehalt""",
}


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a text, folded, and where it stands."""

    word: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Term:
    """What a phrase stands for: a verb, and where it names something at once, what (a stage's id, a finding's name)."""

    verb: Verb
    target: str = ""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All phrases of one installation, each as its folded words."""

    terms: Mapping[Phrase, Term]
    stages: Mapping[Phrase, str]
    bodies: Mapping[Phrase, str]
    verdicts: Mapping[Phrase, Verdict]

    @classmethod
    def of(cls, catalogue: Catalogue) -> Self:
        """The verbs, with a region's stages, findings and bodies."""
        lifecycle = catalogue.lifecycle
        stages = {_phrase(name): stage.id for stage in lifecycle.stages.values() for name in (stage.id, stage.label)}
        findings = {name for stage in lifecycle.stages.values() for name in stage.findings}
        terms = {phrase: Term(Verb.STAGE, stage) for phrase, stage in stages.items()}
        terms |= {_phrase(name): Term(Verb.FIND, name) for name in findings}
        terms |= {phrase: Term(verb) for verb, phrases in _VERBS.items() for phrase in _phrases(phrases)}
        names = [(name, body.id) for body in catalogue.bodies.values() for name in (body.id, body.name, *body.called)]
        return cls(
            terms=terms,
            stages=stages,
            bodies={_phrase(name): body for name, body in names},
            verdicts={phrase: verdict for verdict, phrases in _VERDICTS.items() for phrase in _phrases(phrases)},
        )

    def term_at(self, tokens: Sequence[Token]) -> tuple[Term, int] | None:
        """The verb that a text begins with, and of how many words; typing errors are forgiven where they are clear."""
        exact = longest_at(self.terms, tokens)
        if exact is not None:
            return exact
        alike = [(term, len(phrase)) for phrase, term in self.terms.items() if _resembles(phrase, tokens)]
        most = max((size for _, size in alike), default=0)
        found = {term for term, size in alike if size == most}
        return (found.pop(), most) if len(found) == 1 else None


def tokens_of(text: str) -> tuple[Token, ...]:
    """The words of a text, which has to be in Unicode's form NFC."""
    return tuple(Token(folded(match.group()), *match.span()) for match in _WORD.finditer(text))


def words_of(text: str) -> frozenset[str]:
    """The words of a text, folded."""
    return frozenset(folded(text).split())


def plain(text: str) -> str:
    """A text in the form in which it can be compared: Apple's programs take umlauts apart."""
    return unicodedata.normalize("NFC", text).replace("\N{NO-BREAK SPACE}", " ")


def longest_at(phrases: Mapping[Phrase, _T], tokens: Sequence[Token]) -> tuple[_T, int] | None:
    """What the longest phrase stands for that a text begins with, and of how many words it is."""
    words = tuple(token.word for token in tokens[:_LONGEST_PHRASE])
    sizes = range(len(words), 0, -1)
    return next(((phrases[words[:size]], size) for size in sizes if words[:size] in phrases), None)


def _resembles(phrase: Phrase, tokens: Sequence[Token]) -> bool:
    typed = [token.word for token in tokens[: len(phrase)]]
    if len(typed) < len(phrase) or _OTHER_WORDS.intersection(typed):
        return False
    return all(resembles(one, word) for one, word in zip(typed, phrase, strict=True))


def _phrases(table: str) -> Iterable[Phrase]:
    return (_phrase(phrase) for line in table.splitlines() for phrase in line.split("|") if phrase.strip())


def _phrase(text: str) -> Phrase:
    return tuple(folded(text).split())
