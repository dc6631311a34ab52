"""How long the sentences of a template are, told from its source, for a language that promises short ones."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from jinja2 import nodes

# A piece of text, and the line in which it begins.
_Piece = tuple[int, str]

# What stands for a value that is known only when a message is sent: it counts as one word.
_VALUE = "…"
# Two texts that never stand in one sentence.
_APART = "\f"
_WORD = re.compile(r"…|[\w/-]*\w")
_ADDRESS = re.compile(r"https?://\S+|\S+@\S+")
# Not the end of a sentence: "z. B.", "Nr. 5", "am 3. Dezember".
_ABBREVIATED = r"(?<!\b\w)(?<!\b\d\d)(?<!\bNr)(?<!\bDr)(?<!\bbzw)(?<!\bca)(?<!\bStr)"
_END = re.compile(rf"{_ABBREVIATED}\.(?=\s|$)|[!?:](?=\s|$)|[\n{_APART}]")
_BLOCK = re.compile(r"</?(?:p|h[1-6]|li|ul|ol|td|th|tr|table|div|section|blockquote|dt|dd)\b[^>]*>|<br>")
_TAG = re.compile(r"<[^>]*>")
# What tags become, so that all letters stay where they were.
_NOTHING = "\0"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, heading or item: the line in which it begins, and how many words it has (addresses are none)."""

    line: int
    text: str
    words: int


def long_sentences(template: nodes.Template, longest: int, *, is_html: bool) -> list[Sentence]:
    """The sentences of a template with more than so many words, in the order of lines.

    Each is read twice: with what is written where conditions hold, and with what is written where they do not.
    """
    found = {
        sentence
        for holds in (True, False)
        for text in _texts([template], holds=holds)
        for sentence in _too_long(text, longest, is_html=is_html)
    }
    return sorted(found, key=lambda sentence: (sentence.line, sentence.text))


def long_sentences_of(text: str, longest: int) -> list[Sentence]:
    """The sentences of a plain text with more than so many words."""
    return list(_too_long([(1, text)], longest, is_html=False))


def _texts(branch: Iterable[nodes.Node], *, holds: bool) -> Iterator[list[_Piece]]:
    """What a template writes, and beside it what the branches write that it does not take."""
    waiting = [branch]
    while waiting:
        aside: list[Iterable[nodes.Node]] = []
        yield [piece for node in waiting.pop() for piece in _written(node, aside, holds=holds)]
        waiting += aside


def _written(node: nodes.Node, aside: list[Iterable[nodes.Node]], *, holds: bool) -> Iterator[_Piece]:
    inside: Iterable[nodes.Node] = node.iter_child_nodes()
    match node:
        case nodes.Expr():
            return
        case nodes.Output():
            for part in node.nodes:
                yield part.lineno, part.data if isinstance(part, nodes.TemplateData) else _said(part)
            return
        case nodes.If():
            inside, other = (node.body, node.else_) if holds else (node.else_, node.body)
            aside += [other, *(each.body for each in node.elif_)]
        case nodes.Block() | nodes.Macro():
            aside.append(node.body)
            return
        case nodes.CallBlock():
            yield node.lineno, f"{_APART}{_said(node.call)}{_APART}"
            inside = node.body
    for child in inside:
        yield from _written(child, aside, holds=holds)


def _said(expression: nodes.Expr) -> str:
    """The longest that an expression can say by itself."""
    match expression:
        case nodes.Const(value=str() as text):
            return text
        case nodes.CondExpr(expr1=one, expr2=nodes.Expr() as other) | nodes.Or(left=one, right=other):
            return max(_said(one), _said(other), key=lambda text: len(_WORD.findall(text)))
        case nodes.Concat(nodes=parts):
            return "".join(map(_said, parts))
        case nodes.Filter(node=nodes.Expr() as inner) | nodes.CondExpr(expr1=inner):
            return _said(inner)
        case nodes.Call(args=parts) | nodes.List(items=parts) | nodes.Tuple(items=parts):
            return "".join(f"{_APART}{_said(part)}{_APART}" for part in parts)
    return _VALUE


def _too_long(pieces: Sequence[_Piece], longest: int, *, is_html: bool) -> Iterator[Sentence]:
    text = _ADDRESS.sub(_blank(" "), "".join(piece for _, piece in pieces))
    if is_html:
        text = text.replace("\n", " ")
        text = _TAG.sub(_blank(_NOTHING), _BLOCK.sub(_blank(_APART), text))
    begin = 0
    for end in (*(found.end() for found in _END.finditer(text)), len(text)):
        sentence = text[begin:end].replace(_NOTHING, "")
        words = len(_WORD.findall(sentence))
        if words > longest:
            first = next(at for at in range(begin, end) if not text[at].isspace() and text[at] != _NOTHING)
            yield Sentence(_line(pieces, first), " ".join(sentence.split()), words)
        begin = end


def _blank(letter: str) -> Callable[[re.Match[str]], str]:
    return lambda found: letter * len(found[0])


def _line(pieces: Sequence[_Piece], at: int) -> int:
    for line, piece in pieces:
        if at < len(piece):
            return line + piece.count("\n", 0, at)
        at -= len(piece)
    raise IndexError(at)
