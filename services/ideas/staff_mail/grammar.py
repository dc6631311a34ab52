"""The answer of a body to its digest, read line by line: what is asked for which items, and what is not understood."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from services.ideas.staff_mail.items import Item, Named, is_list, items_in, named_at_start
from services.ideas.staff_mail.vocabulary import Verb, Vocabulary, plain, tokens_of
from services.ideas.staff_mail.wishes import Wish, read_wishes

# A mail program breaks lines near here; whoever ends one earlier means it.
_WRAPPED_FROM = 58
# Ten pages. It is read beside the event loop's other work, so that it must not take long.
_LONGEST = 20_000
_LONGEST_LINE = 2_000
_MOST_IN_LINE = 20
_CLOSING = re.compile(
    r"(?:(?:(?:vielen )?danke?,? (?:und )?)?(?:mit )?(?:freundliche|beste|viele|liebe|herzliche|schöne|sonnige)[nmrs]? "
    r"(?:grü(?:ß|ss)en?|gru(?:ß|ss))|mfg|vg|lg|hochachtungsvoll|i\. ?a\.|i\. ?v\.|im auftrag|gez\.|"
    r"gesendet (?:von|mit)|von meinem|sent from)(?:\b|(?<=\.)).*|-- ?|__+",
    re.IGNORECASE,
)
# What authorities put below their mail, in a line that is too short for `services.intake.email.reply` to tell it from
# what a person has to say. One that speaks of sending may be just that.
_FOOTER = re.compile(
    r"(?!.*\b(?:bitte|nicht|senden|schicken|person)\b)(?:(?:wichtiger |rechtlicher )?hinweise?\s*:?\s+)?"
    r"(?:(?:diese|die|der inhalt dieser|this)\s+(?:e-?mail|mail|nachricht|message)\b.{0,80}"
    r"(?:vertraulich|rechtlich geschützt|adressat|empfänger|confidential|recipient)|"
    r"(?:kein )?(?:elektronischer )?zugang für elektronisch (?:signierte|verschlüsselte)).*",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"(?:sehr geehrte|guten (?:tag|morgen|abend)|hallo|liebe[rs]?|moin|servus|werte|glück ?auf)\b[^.:]*[,!.]?|"
    r"(?:danke|vielen dank|besten dank)\b.{0,30}",
    re.IGNORECASE,
)
# How our own mails name an item: "2. Title" above "SWS-2026-0042-9 · Idee · …", or "2 · SWS-2026-0042-9 · …".
_ITEM = re.compile(r"\s*(?:(?P<number>[1-9]\d{0,3}) · )?[A-Z]{2,5}-\d{4}-\d{4,7}-\d · ")
_TITLE = re.compile(r"\s*[1-9]\d{0,3}\.? ")
# A heading of the digest in a quote of the first level; citizens' words are quotes within it.
_QUOTED = re.compile(r"\s*>(?: ?(?P<number>[1-9]\d{0,3})\. )?")
# What follows a number that counts something, or tells a day or a time.
_MEASURED = re.compile(
    r"(?:%|€|°|prozent|euro|cent|km|m|cm|qm|ha|kw|mw|tage?n?|wochen?|monate?n?|jahre?n?|stunden?|minuten?|uhr|personen|"
    r"leute|menschen|bürger\w*|meter|kilometer|grad|mal|mio|mrd|millionen?|tausend|etage|stock|og|eg|haltestellen?|"
    r"januar|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember)\b|[%€°]",
    re.IGNORECASE,
)
_DIVIDED = re.compile(r"\s*(?:[;,.]|\bund\b)\s+(?=(?:und |bitte |zu |bei |nr\.? ?|nummer |#)*[1-9])", re.IGNORECASE)
_NO_NOTE = frozenset({Verb.ACCEPT, Verb.UNDO, Verb.YES, Verb.NO})
# Over several paragraphs staff write only what a person is to read.
_OF_PARAGRAPHS = frozenset({Verb.ASK, Verb.DECLINE})


@dataclass(frozen=True, slots=True)
class Instruction:
    """What is asked for some items, as `text` says it; without a wish it was not understood.

    `items` are numbers of the digest and reference numbers; none where a yes or a no is for all that was asked.
    """

    text: str
    items: tuple[Item, ...]
    wish: Wish | None


@dataclass(frozen=True, slots=True)
class StaffAnswer:
    """All instructions in their order, and sentences that belong to none of them."""

    instructions: tuple[Instruction, ...]
    beside: tuple[str, ...]


@dataclass(slots=True)
class _Draft:
    """An instruction whose last line may still come."""

    items: tuple[Item, ...]
    said: str
    lines: list[str]
    is_open: bool = True
    is_broken: bool = False


@dataclass(slots=True)
class _Reading:
    vocabulary: Vocabulary
    drafts: list[_Draft] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)
    is_closed: bool = False  # below the closing words
    quoted: set[int] = field(default_factory=set)  # what the lines quote that stand just above
    is_in_quote: bool = False

    @property
    def open(self) -> _Draft | None:
        return self.drafts[-1] if self.drafts and self.drafts[-1].is_open else None

    def close(self) -> None:
        if self.drafts:
            self.drafts[-1].is_open = False


def read_answer(text: str, vocabulary: Vocabulary) -> StaffAnswer:
    """What a mail asks for. What stands in quotes, greetings and signatures asks for nothing."""
    reading = _Reading(vocabulary)
    for line in _without_items(plain(text[:_LONGEST]).splitlines()):
        _read_line(reading, line.strip()[:_LONGEST_LINE])
    reading.beside += [rest] if (rest := text[_LONGEST:].strip()) else []
    instructions = [each for draft in reading.drafts for each in _finished(draft, vocabulary)]
    return StaffAnswer(tuple(instructions), tuple(reading.beside))


def _without_items(lines: Sequence[str]) -> list[str]:
    """The lines without items of our own mails that are quoted without marks: their titles are citizens' words."""
    kept: list[str] = []
    for line in lines:
        item = _ITEM.match(line)
        if item is None:
            kept.append(line)
        elif not item["number"]:
            above = next((at for at in range(len(kept) - 1, -1, -1) if kept[at].strip()), None)
            if above is not None and _TITLE.match(kept[above]):
                del kept[above:]
    return kept


def _read_line(reading: _Reading, line: str) -> None:
    draft = reading.open
    if quote := _QUOTED.match(line):
        _quote(reading, quote)
        return
    reading.is_in_quote = False
    if not line:
        if draft is not None:
            _end_paragraph(reading, draft)
    elif _CLOSING.fullmatch(line) or _FOOTER.fullmatch(line):
        reading.close()
        reading.is_closed = True
    elif drafts := list(_begun(reading, line)):
        reading.close()
        reading.drafts += drafts
        reading.quoted = set()
    elif draft is not None:
        _continue(reading, draft, line)
    elif not reading.is_closed and not _GREETING.fullmatch(line) and _says_something(line, reading.vocabulary):
        reading.beside.append(line)


def _quote(reading: _Reading, quote: re.Match[str]) -> None:
    """Note which items of the digest a quote shows: many write their answer below each."""
    reading.close()
    if not reading.is_in_quote:
        reading.quoted = set()
    reading.is_in_quote = True
    if quote["number"]:
        reading.quoted.add(int(quote["number"]))


def _begun(reading: _Reading, line: str) -> Iterator[_Draft]:
    """The instructions that begin in a line; none where it goes on with what stood before."""
    draft = reading.open
    is_wrapped = draft is not None and len(draft.lines[-1]) >= _WRAPPED_FROM
    for part in _parts(line, reading.vocabulary):
        named = named_at_start(part)
        wishes = read_wishes(named.said, reading.vocabulary) if named else ()
        if named is None:
            if draft is None and not reading.is_closed and (found := _unnumbered(part, reading)) is not None:
                yield found
        elif wishes:
            if wishes[0].is_sure or not (is_wrapped or reading.is_closed):
                yield _Draft(named.items, named.said, [part])
        elif not (is_wrapped or reading.is_closed or _counts(named)):
            yield _Draft(named.items, named.said, [part])


def _counts(named: Named) -> bool:
    """Whether a number is only one in a text."""
    return named.is_glued or bool(_MEASURED.match(named.said))


def _unnumbered(part: str, reading: _Reading) -> _Draft | None:
    """A verb without items before it: "annehmen: 2, 4", "Ja", one below what it is about, or one without items."""
    vocabulary = reading.vocabulary
    if (listed := _listed(part, vocabulary)) is not None:
        return listed
    wishes = read_wishes(part, vocabulary)
    if not wishes:
        # A yes or a no with more beside it is none, and its writer has to hear that.
        is_torn = any(token.word in {"ja", "nein"} for token in tokens_of(part)[:1])
        return _Draft((), part, [part]) if is_torn else None
    if wishes[0].is_sure and len(reading.quoted) == 1 and wishes[0].verb not in {Verb.YES, Verb.NO}:
        return _Draft(tuple(reading.quoted), part, [part])
    is_short = wishes[0].is_sure and (wishes[0].verb in _NO_NOTE or ":" in part)
    return _Draft((), part, [part]) if is_short and wishes[0].verb is not Verb.PLACE else None


def _listed(part: str, vocabulary: Vocabulary) -> _Draft | None:
    tokens = tokens_of(part)
    for number, token in enumerate(tokens):
        rest = part[token.end :].lstrip(" :,")
        if is_list(rest):
            wishes = read_wishes(part[: token.end], vocabulary)
            if wishes and wishes[0].verb in _NO_NOTE:
                return _Draft(items_in(rest), part[: token.end], [part])
        if number > 5:
            break
    return None


def _parts(line: str, vocabulary: Vocabulary) -> Iterator[str]:
    """The line, or its parts where several instructions stand in it: "2 annehmen, 3 ablehnen: zu teuer"."""
    begin = 0
    for divide in islice(_DIVIDED.finditer(line), _MOST_IN_LINE):
        first = _wishes_of(line[begin : divide.start()], vocabulary)
        second = _wishes_of(line[divide.end() :], vocabulary)
        if not (first and second and second[0].is_sure):
            continue
        if (first[0].verb in _NO_NOTE and not first[0].note) or ";" in divide.group():
            yield line[begin : divide.start()]
            begin = divide.end()
    yield line[begin:]


def _wishes_of(part: str, vocabulary: Vocabulary) -> tuple[Wish, ...]:
    named = named_at_start(part)
    return read_wishes(named.said, vocabulary) if named else ()


def _continue(reading: _Reading, draft: _Draft, line: str) -> None:
    if _GREETING.fullmatch(line) and not _is_letter(reading, draft):
        reading.close()
        return
    # What was broken by a mail program is one line; what its writer ended early stays so.
    glue = " " if len(draft.lines[-1]) >= _WRAPPED_FROM else "\n"
    draft.said += ("\n\n" if draft.is_broken else glue) + line
    draft.lines.append(line)
    draft.is_broken = False


def _end_paragraph(reading: _Reading, draft: _Draft) -> None:
    # "2 zurück:" is often followed by a blank line and then by the reason.
    waits = _is_letter(reading, draft) or draft.said.rstrip().endswith(":")
    draft.is_open, draft.is_broken = waits, waits


def _is_letter(reading: _Reading, draft: _Draft) -> bool:
    wishes = read_wishes(draft.said, reading.vocabulary)
    return bool(wishes) and wishes[0].verb in _OF_PARAGRAPHS


def _finished(draft: _Draft, vocabulary: Vocabulary) -> Iterator[Instruction]:
    text = " ".join(" ".join(draft.lines).split())
    wishes = read_wishes(draft.said, vocabulary)
    if not draft.items and wishes and wishes[0].verb not in {Verb.YES, Verb.NO}:
        wishes = ()
    for wish in wishes:
        yield Instruction(text, draft.items, wish)
    if not wishes:
        yield Instruction(text, draft.items, None)


def _says_something(line: str, vocabulary: Vocabulary) -> bool:
    """Whether a line is a sentence or names something that could be done, and is no name, address or heading."""
    words = re.findall(r"[^\W\d_]+", line)
    if (len(words) >= 3 and line.endswith((".", "!", "?"))) or len(words) >= 8:
        return True
    return any((token.word,) in vocabulary.terms and len(token.word) > 4 for token in tokens_of(line))
