"""The lines that introduce a quotation: "On … wrote:", in whatever language, over up to five lines.

No list of the forms that programs use could be complete. What they have in common is a date, a time, an address, a verb
of writing and a colon, and it takes several of these.
"""

# ruff: noqa: RUF001 - words of other scripts and dashes of all lengths are meant

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from services.intake.email.reply.lines import LONGEST, is_quoted


class Verdict(Enum):
    """What a few lines are."""

    SOMETHING_ELSE = auto()
    IF_QUOTED = auto()  # an attribution, if quoted lines follow
    ATTRIBUTION = auto()


@dataclass(frozen=True, slots=True)
class Attribution:
    """The lines from `start` to before `stop`. Unless it is `sure`, it is one only where quoted lines follow."""

    start: int
    stop: int
    sure: bool


_MOST_LINES = 5
_MOST_WORDS = 32
_COLONS = (":", "：")
_MOST_NAMES = 5
_OF_NAMES = frozenset({"von", "van", "vom", "der", "den", "zu", "zum", "de", "di", "da", "le", "la", "via", "hat"})
_LONGEST_VERB = 24  # with what may follow it
_LATIN_VERBS = (
    "wrote|writes|written|schrieb|schrieben|schreibt|schriebst|geschrieben|a écrit|écrit|écrivait|ha scritto|scritto|"
    "scrive|scriveva|escribió|escribio|escribe|ha escrit|escreveu|schreef|geschreven|skrev|skrifaði|kirjoitti|pisze|"
    "napisał|napisała|napisana|napisał\\(a\\)|napísal|napísala|napísal\\(a\\)|napsal|napsala|napsal\\(a\\)|napsal/a|"
    "napísal/a|írta|ezt írta|a scris|yazdı|yazmış|şunu yazdı|napisao|napisao je|napisao/la|napisala|napisal|kirjutas|"
    "rakstīja|rašė|parašė|đã viết|menulis|γράφει|έγραψε|пишет|написал|написала|написал\\(а\\)|писал|писала|пише|"
    "написав|написала|написа|כתב|כתבה|מאת|كتب|كتبت|كتابة|نوشت|लिखा"
)
_VERB = re.compile(
    rf"(?<!\w)(?:{_LATIN_VERBS})(?!\w)|写道|寫道|作成|のメール|さんは書きました|작성|썼습니다|เขียน", re.IGNORECASE
)
_ENDS_IN_VERB = re.compile(rf"(?:(?<!\w)(?:{_LATIN_VERBS})(?: am)?|写道|寫道|작성)[ ,.;]{{0,3}}$", re.IGNORECASE)
_CITES = re.compile(
    r"(?:zitat von|zitiere|quoting|citando a|citando|citation de|citat från|citat fra|citeren)\s", re.IGNORECASE
)
_BRACKETED = re.compile(r"[<(\[](?:mailto:)?[^<>()\[\]\s@]+@[^<>()\[\]\s@]+[>)\]]")
_ADDRESS = re.compile(r"[^\s<>@,;:\"]+@[^\s<>@,;:\"]+")
_BY_ADDRESS = re.compile(r"\s(?:von|by|from|от|de|da|par|van|af|av|przez|od)\s[^\s<>@]+@[^\s<>@]+:$")
_ENDS_IN_ADDRESS = re.compile(r"@[^\s@]+[>)\]]$")
_TIME = re.compile(r"(?<![\d.:/-])\d{1,2}\s?[:.h]\s?\d{2}(?![.\d])")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_NUMERIC_DATE = re.compile(r"(?<!\d)\d{1,4}\s?[./-]\s?\d{1,2}\s?[./-]\s?\d{2,4}(?!\d)")
_STARTS_WITH_DATE = re.compile(
    r"\W{0,3}(?:(?:19|20)\d\d[-./年]|\d{1,2}[./-]\s?\d{1,2}[./-]\s?\d{2,4}|"
    r"\d{1,2}\.?\s(?:de\s)?[^\W\d]{3,12}\.?,?\s(?:de\s)?(?:19|20)\d\d|[^\W\d]{2,12}\.?,\s.{0,16}\d|"
    r"[^\W\d]{3,12}\.?\s\d{1,2},\s(?:19|20)\d\d)"
)
_STARTS_WITH_ZONE = re.compile(r"\d{4}-\d{2}-\d{2} \d{1,2}:\d{2}(?::\d{2})? (?:GMT|UTC)[+-]\d{1,2}:?\d{2}\s")
_STARTS_WITH_PREPOSITION = re.compile(
    r"(?:on|am|le|el|il|em|op|den|dnia|w dniu|dne|ve dne|dňa|dana|på|pada|vào|pe|la data|στις|στη|na|на|в|у|v|no dia|"
    r"il giorno|el día|kuupäev|þann|ma|ti|ke|to|pe|la|su|在|於|于|בתאריך|في)\s(?=.{0,30}\d)",
    re.IGNORECASE,
)
_STARTS = (_STARTS_WITH_PREPOSITION, _STARTS_WITH_DATE)
_DASHED = re.compile(r"-{2,}\s?(.*\S)\s?-{2,}")
_OWN_WORDS = re.compile(
    r"\b(?:ich|wir|mir|uns|mich|meine?[mnrs]?|unsere?[mnrs]?|sagte|und (?:hat|schrieb)|I|we|me|us|my|our|"
    r"and (?:then )?wrote|schrieb (?:die|der|das|eine?|man|dazu|dass))\b"
)
_NO_NAME = re.compile(r"(?:die|der|das|eine?|er|the|a|he|she|hier|dort|dazu|meine?|unsere?)\b", re.IGNORECASE)
_YOU_WROTE = re.compile(r"\b(?:you wrote|schrieben sie|schriebst du|vous avez écrit|usted escribió)\b", re.IGNORECASE)
_ENDS_SENTENCE = re.compile(r"(?:[!?:]|(?<!\d)\.)\s*$")
_DECORATION = " \t*_|\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2068\u2069"


def attributions(lines: Sequence[str]) -> Iterator[Attribution]:
    """The attributions among lines that are not quoted themselves, in their order."""
    after_last = 0
    for at, line in enumerate(lines):
        if at >= after_last and _may_end(line) and not is_quoted(line) and not _goes_on(lines, at):
            found = _ending_at(lines, at, after_last)
            if found:
                after_last = found.stop
                yield found


def _may_end(line: str) -> bool:
    line = line.rstrip(_DECORATION)
    if not line or len(line) > LONGEST:
        return False
    if line.endswith((*_COLONS, ">", ")", "]", "&gt;")) or _STARTS_WITH_ZONE.match(line):
        return True
    return bool(_VERB.search(line)) if line.endswith("--") else bool(_ENDS_IN_VERB.search(line[-_LONGEST_VERB:]))


def _goes_on(lines: Sequence[str], at: int) -> bool:
    """Whether the next line may belong to it: one without a colon ends before an empty line or the quote."""
    following = lines[at + 1].strip() if at + 1 < len(lines) else ""
    closed = lines[at].rstrip(_DECORATION).endswith(_COLONS)
    return not closed and bool(following) and not following.startswith((">", "|"))


def _ending_at(lines: Sequence[str], last: int, first: int) -> Attribution | None:
    """The shortest run of lines that ends here and is an attribution, and what belongs to it above."""
    found: Attribution | None = None
    text = ""
    for at in range(last, max(first, last + 1 - _MOST_LINES) - 1, -1):
        line = _plain(lines[at])
        if not line or is_quoted(lines[at]) or len(line) + len(text) > LONGEST or (found and not _belongs(line, text)):
            break
        text = f"{line} {text}".rstrip()
        verdict = _verdict(text)
        if verdict is not Verdict.SOMETHING_ELSE:
            found = Attribution(at, last + 1, sure=verdict is Verdict.ATTRIBUTION)
            if found.sure and _begins(line):
                break
    return found


def _plain(line: str) -> str:
    return line.replace("&lt;", "<").replace("&gt;", ">").strip(_DECORATION)


def _begins(line: str) -> bool:
    dated = _YEAR.search(line) or _NUMERIC_DATE.search(line)
    return bool(_STARTS_WITH_PREPOSITION.match(line) and dated)


def _belongs(line: str, text: str) -> bool:
    """Whether the line above an attribution is its beginning: half an address, an address or a date."""
    if text.count("<") < text.count(">") or (_BRACKETED.search(line) and not _ENDS_SENTENCE.search(line)):
        return True
    if _STARTS_WITH_DATE.match(text) or (_ENDS_SENTENCE.search(line) and not _begins(line)):
        return False
    prepared = _STARTS_WITH_PREPOSITION.match(line) and any(character.isdigit() for character in line)
    return bool(prepared or any(sign.search(line) for sign in (_YEAR, _NUMERIC_DATE, _TIME)))


def _verdict(text: str) -> Verdict:
    if text.count("<") != text.count(">"):
        return Verdict.SOMETHING_ELSE
    if _STARTS_WITH_ZONE.match(text) and len(text.split()) <= 9:
        return Verdict.ATTRIBUTION
    dashed = _DASHED.fullmatch(text)
    text = dashed[1] if dashed else text
    if dashed or text.endswith(_COLONS) or _ENDS_IN_VERB.search(text[-_LONGEST_VERB:]):
        signs = _signs(text)
        if _VERB.search(text) or _CITES.match(text):
            return _verdict_with_verb(text, signs)
        return _verdict_without_verb(text, signs) if text.endswith(_COLONS) else Verdict.SOMETHING_ELSE
    return _verdict_without_colon(text) if _ENDS_IN_ADDRESS.search(text) else Verdict.SOMETHING_ELSE


def _verdict_without_colon(text: str) -> Verdict:
    if _VERB.search(text) and any(form.match(text) for form in _STARTS):
        return _verdict_with_verb(text, _signs(text))
    short = len(text.split()) <= _MOST_WORDS // 2
    return Verdict.IF_QUOTED if short and _STARTS_WITH_DATE.match(text) else Verdict.SOMETHING_ELSE


@dataclass(frozen=True, slots=True)
class _Signs:
    words: int
    dated: bool
    timed: bool
    addressed: bool  # with an address in brackets


def _signs(text: str) -> _Signs:
    dated = bool(_YEAR.search(text) or _NUMERIC_DATE.search(text))
    return _Signs(len(text.split()), dated, bool(_TIME.search(text)), bool(_BRACKETED.search(text)))


def _verdict_with_verb(text: str, signs: _Signs) -> Verdict:
    if signs.words > _MOST_WORDS:
        return Verdict.SOMETHING_ELSE
    if signs.dated and signs.words <= 10 and _YOU_WROTE.search(text):
        return Verdict.ATTRIBUTION
    named = signs.addressed or any(form.match(text) for form in _STARTS) or _is_name(text)
    told = (signs.dated and signs.timed) or (signs.addressed and any(map(str.isdigit, text)))
    if named and told and not _OWN_WORDS.search(_BRACKETED.sub("", text)):
        return Verdict.ATTRIBUTION
    if signs.dated or signs.addressed or _ADDRESS.search(text) or _CITES.match(text):
        return Verdict.IF_QUOTED
    return Verdict.IF_QUOTED if _is_name(text) and not _NO_NAME.match(text) else Verdict.SOMETHING_ELSE


def _is_name(text: str) -> bool:
    """Whether nothing but a name stands before the verb."""
    verb = _VERB.search(text)
    words = text[: verb.start()].split() if verb else []
    return 0 < len(words) <= _MOST_NAMES and all(not word[0].islower() or word in _OF_NAMES for word in words)


def _verdict_without_verb(text: str, signs: _Signs) -> Verdict:
    if signs.words > _MOST_WORDS // 2:
        return Verdict.SOMETHING_ELSE
    by_address = signs.addressed or (signs.timed and _BY_ADDRESS.search(text))
    if signs.dated and by_address and _STARTS_WITH_DATE.match(text):
        return Verdict.ATTRIBUTION
    return Verdict.IF_QUOTED if signs.dated and by_address else Verdict.SOMETHING_ELSE
