"""What a line of an answer asks for, read from its words: a verb, what it is about, and the reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from services.ideas.deeds import Verdict
from services.ideas.staff_mail.vocabulary import Term, Token, Verb, Vocabulary, longest_at, tokens_of, words_of

# Words in front of a verb that change nothing; "noch" and "nicht" do.
_BEFORE = words_of(
    "bitte gern gerne wird werden wurde ist sind wir ich möchten wollen würden das die der den diese idee ideen beide "
    "alle hier hiermit dann soll sollen geht gehen kann können müssen haben hätten eine von uns bereits schon"
)
# Words that may stand anywhere and change nothing.
_SOFT = words_of("gern gerne leider ebenfalls somit daher")
_AFTER = words_of("bitte danke dank vielen herzlichen schön sehr schonmal vorab gern gerne machen so lg vg mfg")
_AFTER_YES = _AFTER | words_of("senden absenden ausführen alles alle allem allen für zu")
_TO = words_of("an ans am zu zum zur nach bei mit auf in zwischen die das den dem der ist")
_GLUE = frozenset({"und", "sowie"})
_SEPARATOR = re.compile(r"[\s:;,.!\-–—=>]*")  # noqa: RUF001 - people type dashes
_STRONG = re.compile(r"[:;,.\n]|\s[-–—]|=>")  # noqa: RUF001
_LABEL = re.compile(r"(?:mit (?:der )?)?(?:begründung|begruendung|grund|text|notiz|hinweis)\s*[:\-–]\s*", re.IGNORECASE)  # noqa: RUF001
_ADDRESSEE = re.compile(r"\s*(?:bitte\s+)?(?:an|bei|beim)\s[^:\n]{2,60}:", re.IGNORECASE)
_IS = re.compile(r"(?:(?:richtig|korrekt|besser|ist|lautet|wäre|muss sein)\b[\s:]*)+", re.IGNORECASE)
_WRONG = re.compile(r"(?:ist |war )?(?:falsch|unrichtig|stimmt nicht)\b[\s,;:.\-]*", re.IGNORECASE)
# What the verb's other half leaves behind a body: "geben wir an die IMAG weiter: Grund".
_HALF = re.compile(
    r"\s*(?:weiter(?:geben|leiten|reichen|gegeben|geleitet)?|ab(?:geben|gegeben)|übergeben|ist zuständig|zuständig)\b",
    re.IGNORECASE,
)
_TO_ASK = re.compile(r"\s*(?:zu )?stellen\b", re.IGNORECASE)
_MEASURE = re.compile(r"(?:[A-Za-z]{2,5}[-\s]?)?M[-\s]?(\d{1,5})\b", re.IGNORECASE)
_LONGEST_NAME = 80
_LONGEST_BODY = 200  # with the article before it
_MOST_BODIES = 10
_MOST_FINDINGS = 5
# Words between a body and the next one, which say that more of them follow.
_MORE = re.compile(r"\s*(?:,|\+|&|/|und\b|sowie\b|,\s*und\b)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for. Nothing has been compared with an idea yet.

    `target` is a stage's id, a finding's name, a measure's number, or the words that name a topic or a place. `bodies`
    are ids; `unknown` is what was named in place of a body or a stage and is none. `note` is what follows: a reason, a
    question. `is_sure`: nothing but an instruction begins like this.
    """

    verb: Verb
    target: str = ""
    bodies: tuple[str, ...] = ()
    unknown: str = ""
    verdict: Verdict | None = None
    note: str = ""
    is_sure: bool = True


def read_wishes(said: str, vocabulary: Vocabulary) -> tuple[Wish, ...]:
    """What is said of items; () where it cannot be understood. Several findings may stand in one line."""
    tokens = tuple(token for token in tokens_of(said) if token.word not in _SOFT)
    at = next((number for number, token in enumerate(tokens) if token.word not in _BEFORE), len(tokens))
    found = vocabulary.term_at(tokens[at:])
    if found is None:
        return _of_body(said, vocabulary)
    term, size = found
    wish = _READERS[term.verb](term, said[tokens[at + size - 1].end :], vocabulary)
    return _split_findings(wish, vocabulary) if wish is not None else ()


def _of_body(said: str, vocabulary: Vocabulary) -> tuple[Wish, ...]:
    """A body's name alone says that it should have the item: "2 IMAG: Landesstraße"."""
    wish = _to_bodies(Term(Verb.PASS), said, vocabulary)
    return (replace(wish, is_sure=False),) if wish.bodies else ()


def _bare(term: Term, rest: str, _: Vocabulary) -> Wish | None:
    """A verb that needs nothing: what follows is a note, if something divides it from the verb."""
    note = _note(rest)
    if _is_filler(note):
        return Wish(term.verb)
    return Wish(term.verb, note=note) if _STRONG.match(rest.lstrip(" ")) or rest.lstrip().startswith("(") else None


def _only(term: Term, rest: str, _: Vocabulary) -> Wish | None:
    """A verb beside which nothing else may be said."""
    return Wish(term.verb) if _is_filler(rest, _AFTER_YES) else None


def _taken_back(term: Term, rest: str, vocabulary: Vocabulary) -> Wish | None:
    has_denial = any(token.word in {"nicht", "nichts", "kein", "keine"} for token in tokens_of(rest))
    return Wish(term.verb) if not has_denial or _bare(term, rest, vocabulary) else None


def _with_note(term: Term, rest: str, _: Vocabulary) -> Wish:
    return Wish(term.verb, note=_note(rest), is_sure=bool(_STRONG.match(rest.lstrip(" "))) or not rest.strip())


def _question(term: Term, rest: str, vocabulary: Vocabulary) -> Wish:
    rest = _TO_ASK.sub("", rest, count=1)
    addressee = _ADDRESSEE.match(rest)
    return _with_note(term, rest[addressee.end() - 1 :] if addressee else rest, vocabulary)


def _to_bodies(term: Term, rest: str, vocabulary: Vocabulary) -> Wish:
    bodies: list[str] = []
    place = 0
    while len(bodies) < _MOST_BODIES and (found := _body_at(rest[place:], vocabulary)):
        body, size = found
        bodies.append(body)
        place += size
        more = _MORE.match(rest, place)
        if more is None or _body_at(rest[more.end() :], vocabulary) is None:
            break
        place = more.end()
    half = _HALF.match(rest, place)
    place = half.end() if half and bodies else place
    if not bodies:
        named, _, reason = _SEPARATOR.sub("", rest, count=1).partition(":")
        return Wish(term.verb, unknown=_name(named), note=_note(reason), is_sure=False)
    is_shared = term.verb is Verb.SPLIT and bool(re.match(r"\s*mit\b", rest, re.IGNORECASE))
    target = "shared" if is_shared else ""
    return Wish(term.verb, target=target, bodies=tuple(dict.fromkeys(bodies)), note=_note(rest[place:]))


def _body_at(text: str, vocabulary: Vocabulary) -> tuple[str, int] | None:
    """The body that a text begins with, and where its name ends."""
    tokens = tokens_of(text[:_LONGEST_BODY])
    start = next((number for number, token in enumerate(tokens) if token.word not in _TO), len(tokens))
    for at in dict.fromkeys((0, start)):
        found = longest_at(vocabulary.bodies, tokens[at:])
        if found is not None:
            body, size = found
            return body, tokens[at + size - 1].end
    return None


def _stage(term: Term, rest: str, vocabulary: Vocabulary) -> Wish:
    if term.target:
        return replace(_with_note(term, rest, vocabulary), target=term.target)
    tokens = tokens_of(rest)
    start = next((at for at, token in enumerate(tokens) if token.word not in {"auf", "ist", "jetzt", "nun"}), 0)
    found = longest_at(vocabulary.stages, tokens[start:])
    if found is None:
        named = _SEPARATOR.sub("", rest, count=1).partition(":")[0]
        return Wish(Verb.STAGE, unknown=_name(named), is_sure=bool(re.match(r"\s*:", rest)))
    stage, size = found
    return Wish(Verb.STAGE, target=stage, note=_note(rest[tokens[start + size - 1].end :]))


def _finding(term: Term, rest: str, vocabulary: Vocabulary) -> Wish:
    tokens = tokens_of(rest)
    found = longest_at(vocabulary.verdicts, tokens)
    if found is None:
        return Wish(Verb.FIND, term.target, note=_note(rest), is_sure=bool(re.match(r"\s*:", rest)))
    verdict, size = found
    return Wish(Verb.FIND, term.target, verdict=verdict, note=_note(rest[tokens[size - 1].end :]))


def _named(term: Term, rest: str, _: Vocabulary) -> Wish:
    named = _WRONG.sub("", _SEPARATOR.sub("", rest, count=1), count=1)
    named = _IS.sub("", named, count=1).strip(" .!\n\"'„“”")
    return Wish(term.verb, target=_name(named), is_sure=bool(re.match(r"\s*[:=]", rest)))


def _measure(term: Term, rest: str, _: Vocabulary) -> Wish:
    found = _MEASURE.search(rest)
    return Wish(term.verb, target=found[1] if found else "", is_sure=found is not None)


_READERS: Mapping[Verb, Callable[[Term, str, Vocabulary], Wish | None]] = {
    Verb.ACCEPT: _bare,
    Verb.DECLINE: _with_note,
    Verb.PASS: _to_bodies,
    Verb.SPLIT: _to_bodies,
    Verb.GIVE_BACK: _with_note,
    Verb.ASK: _question,
    Verb.FIND: _finding,
    Verb.TOPIC: _named,
    Verb.PLACE: _named,
    Verb.STAGE: _stage,
    Verb.MEASURE: _measure,
    Verb.UNDO: _taken_back,
    Verb.YES: _only,
    Verb.NO: _only,
}


def _split_findings(wish: Wish, vocabulary: Vocabulary, most: int = _MOST_FINDINGS) -> tuple[Wish, ...]:
    """Findings that stand one after the other: "Umsetzbarkeit ja, Finanzierbarkeit nein: kein Geld"."""
    if wish.verb is not Verb.FIND or most == 1:
        return (wish,)
    tokens = tokens_of(wish.note)
    for number, token in enumerate(tokens):
        term = longest_at(vocabulary.terms, tokens[number:])
        if term is None or term[0].verb is not Verb.FIND or not _begins(tokens, number, wish.note):
            continue
        after = wish.note[tokens[number + term[1] - 1].end :]
        following = _finding(term[0], after, vocabulary)
        if following.verdict is not None:
            before = wish.note[: token.start].rstrip(" ,;.\n")
            note = re.sub(r"(?:^|[\s,;])und$", "", before).rstrip(" ,;.\n")
            return (replace(wish, note=note), *_split_findings(following, vocabulary, most - 1))
    return (wish,)


def _begins(tokens: tuple[Token, ...], number: int, text: str) -> bool:
    """Whether a word stands where a clause begins."""
    if number == 0:
        return True
    between = text[tokens[number - 1].end : tokens[number].start]
    return bool(re.search(r"[,;.\n]", between)) or tokens[number - 1].word in _GLUE


def _name(typed: str) -> str:
    """What somebody typed as a name, in one line and not too long to be quoted."""
    return " ".join(typed.split())[:_LONGEST_NAME]


def _note(rest: str) -> str:
    """What was said beyond the verb, without what divides it from that, and without a label such as "Grund:"."""
    note = _LABEL.sub("", _SEPARATOR.sub("", rest, count=1), count=1).strip()
    if note.startswith("(") and note.endswith(")"):
        note = note[1:-1].strip()
    return "" if _is_filler(note) else note


def _is_filler(text: str, fillers: frozenset[str] = _AFTER) -> bool:
    return all(token.word in fillers for token in tokens_of(text))
