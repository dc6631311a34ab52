"""The lines that introduce a quotation: "On … wrote:", in whatever language, over up to five lines.

No list of the forms that programs use could be complete. What they have in common is a date, a time, an address, a verb
of writing and a colon, and it takes several of these.
"""

# ruff: noqa: RUF001 - words of other scripts and dashes of all lengths are meant

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.intake.email.reply.lines import LONGEST, is_quoted


@dataclass(frozen=True, slots=True)
class Attribution:
    """The lines from `start` to before `stop`. Unless it is `sure`, it is one only where quoted lines follow."""

    start: int
    stop: int
    sure: bool


_MOST_LINES = 5
_LONGEST_VERB = 24  # with what may follow it
_LATIN_VERBS = (
    "wrote|writes|written|schrieb|schrieben|schreibt|schriebst|geschrieben|a écrit|écrit|écrivait|ha scritto|scritto|"
    "scrive|scriveva|escribió|escribio|escribe|ha escrit|escreveu|schreef|geschreven|skrev|skrifaði|kirjoitti|pisze|"
    "napisał|napisała|napisana|napisał\\(a\\)|napísal|napísala|napísal\\(a\\)|napsal|napsala|"
    "napsal\\(a\\)|napsal/a|napísal/a|"
    "írta|ezt írta|a scris|yazdı|yazmış|şunu yazdı|napisao|napisao je|napisao/la|napisala|napisal|"
    "kirjutas|rakstīja|rašė|parašė|"
    "đã viết|menulis|γράφει|έγραψε|пишет|написал|написала|написал\\(а\\)|писал|писала|пише|написав|написала|написа|"
    "כתב|כתבה|كتب|كتبت"
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
_ENDS_IN_ADDRESS = re.compile(r"@[^\s@]+[>)\]]$")
_TIME = re.compile(r"(?<![\d.:/-])\d{1,2}\s?[:.h]\s?\d{2}(?![.\d])")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_NUMERIC_DATE = re.compile(r"(?<!\d)\d{1,4}\s?[./-]\s?\d{1,2}\s?[./-]\s?\d{2,4}(?!\d)")
_STARTS_WITH_DATE = re.compile(
    r"\W{0,3}(?:(?:19|20)\d\d[-./年]|\d{1,2}[./-]\s?\d{1,2}[./-]\s?\d{2,4}|\d{1,2}\.?\s(?:de\s)?[^\W\d]{3,12}\.?,?\s"
    r"(?:de\s)?(?:19|20)\d\d|[^\W\d]{2,12}\.?,\s.{0,16}\d)"
)
_STARTS_WITH_ZONE = re.compile(r"\d{4}-\d{2}-\d{2} \d{1,2}:\d{2}(?::\d{2})? (?:GMT|UTC)[+-]\d{1,2}:?\d{2}\s")
_STARTS_WITH_PREPOSITION = re.compile(
    r"(?:on|am|le|el|il|em|op|den|d\.|dnia|w dniu|dne|dňa|på|pada|vào|pe|la data|στις|στη|на|в|у|dana|dana|v|ve dne|in|"
    r"a|no dia|em|il giorno|på|kl\.|to|ma|ti|ke|pe|la|su|data|da|el día|dia|在|於|于|בתאריך|في)\s",
    re.IGNORECASE,
)
_DASHED = re.compile(r"-{2,}\s?(.*\S)\s?-{2,}")
_OWN_WORDS = re.compile(
    r"\b(?:ich|wir|mir|uns|mich|meine?[mnrs]?|unsere?[mnrs]?|sagte|und (?:hat|schrieb)|I|we|me|us|my|"
    r"our|and (?:then )?wrote)\b"
)
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
    if line.endswith((":", "：", ">", ")", "]", "&gt;")) or _STARTS_WITH_ZONE.match(line):
        return True
    return bool(_VERB.search(line)) if line.endswith("--") else bool(_ENDS_IN_VERB.search(line[-_LONGEST_VERB:]))


def _goes_on(lines: Sequence[str], at: int) -> bool:
    """Whether the next line may belong to it: one without a colon ends before an empty line or the quote."""
    following = lines[at + 1].strip() if at + 1 < len(lines) else ""
    closed = lines[at].rstrip(_DECORATION).endswith((":", "："))
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
        verdict = _is_sure(text)
        if verdict is not None:
            found = Attribution(at, last + 1, verdict)
            if verdict and _begins(line):
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


def _is_sure(text: str) -> bool | None:
    """Whether text is an attribution for sure, or may be one; None if it is none."""
    if text.count("<") != text.count(">"):
        return None
    if _STARTS_WITH_ZONE.match(text) and len(text.split()) <= 9:
        return True
    dashed = _DASHED.fullmatch(text)
    text = dashed[1] if dashed else text
    if dashed or text.endswith((":", "：")) or _ENDS_IN_VERB.search(text[-_LONGEST_VERB:]):
        return _is_sure_of_end(text)
    if _STARTS_WITH_DATE.match(text) and _ENDS_IN_ADDRESS.search(text) and len(text.split()) <= 12:
        return False
    return None


def _is_sure_of_end(text: str) -> bool | None:
    dated = bool(_YEAR.search(text) or _NUMERIC_DATE.search(text))
    timed, bracketed = bool(_TIME.search(text)), bool(_BRACKETED.search(text))
    if _VERB.search(text) or _CITES.match(text):
        return _is_sure_with_verb(text, dated=dated, timed=timed, bracketed=bracketed)
    if not text.endswith((":", "：")):
        return None
    return _is_sure_without_verb(text, dated=dated, timed=timed, bracketed=bracketed)


def _is_sure_with_verb(text: str, *, dated: bool, timed: bool, bracketed: bool) -> bool | None:
    words = len(text.split())
    numbered = any(character.isdigit() for character in text)
    if words > 40:
        return None
    if dated and _YOU_WROTE.search(text):
        return words <= 10
    sure = (dated and timed) or (bracketed and numbered) or (numbered and timed and _begins(text))
    if sure and text.endswith((":", "：")):
        return not _OWN_WORDS.search(_BRACKETED.sub("", text)) and words <= 30
    if sure:
        return words <= 20 and not _OWN_WORDS.search(text)
    return False if dated or bracketed or words <= 6 or _ADDRESS.search(text) or _CITES.match(text) else None


def _is_sure_without_verb(text: str, *, dated: bool, timed: bool, bracketed: bool) -> bool | None:
    if len(text.split()) > 16 or not (dated or timed):
        return None
    addressed = bracketed or (timed and bool(_ADDRESS.search(text)))
    if dated and addressed:
        return bool(_STARTS_WITH_DATE.match(text)) or (timed and bracketed)
    return False if dated and timed else None
