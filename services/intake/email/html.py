"""HTML to the words that a person sees of it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

_MOST_CHARACTERS = 2_000_000
# The parser looks through all open elements at each end tag that fits none.
_DEEPEST = 1_000
_PIECE_BYTES = 16_384

_MARKUP = re.compile(r"<[a-zA-Z/!?]")
_TAG = re.compile(r"<[^<>]*>")
_UNSEEN = frozenset({"script", "style", "title", "template", "iframe", "object", "svg", "xml"})
_PARAGRAPHS = frozenset(
    {"blockquote", "dl", "fieldset", "ol", "p", "pre", "table", "ul"} | {f"h{n}" for n in range(1, 7)}
)
_LINES = frozenset(
    {"address", "article", "aside", "body", "center", "dd", "div", "dt", "figcaption", "figure", "footer", "form"}
    | {"header", "hr", "li", "main", "nav", "option", "section", "tr"}
)
_SPACE = " \t\r\n\f\xa0"
_SPACES = re.compile(f"[{_SPACE}]+")
# Soft hyphens and characters without width: newsletters pad their hidden first line with them, and they cut words.
_WIDTHLESS = re.compile("[\xad\u034f\u200b\u200c\u2060\ufeff]")
_HIDING = re.compile(r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*hidden|max-height\s*:\s*0(?:px)?\s*(?:;|!|$))")
_FONT_SIZE = re.compile(r"(?:^|[;\s])font-size\s*:\s*([\d.]+)")


def text_of_html(source: str) -> str:
    """The visible text of HTML source, laid out in lines; "" where nothing is visible.

    Links are their words. At most 2,000,000 characters are read.
    """
    source = source[:_MOST_CHARACTERS].replace("\x00", "")
    if not _MARKUP.search(source):
        return _WIDTHLESS.sub("", html.unescape(source)).strip()
    # As events, because a tree ends at a depth of 256, and so would the text of a mail that was often replied to.
    parser = etree.HTMLParser(target=_Layout(), encoding="utf-8", huge_tree=True)
    try:
        for piece in _pieces(source.encode("utf-8", "replace")):
            parser.feed(piece)
        return str(parser.close())
    except _TooDeepError:
        return html.unescape(" ".join(_TAG.sub(" ", source).split()))


def _pieces(content: bytes) -> Iterator[bytes]:
    # Only between pieces can the parser be stopped.
    return (content[start : start + _PIECE_BYTES] for start in range(0, len(content), _PIECE_BYTES))


class _TooDeepError(Exception):
    """More elements lie in one another than any mail program writes."""


@dataclass(frozen=True, slots=True)
class _Element:
    tag: str = ""
    hidden: bool = False  # with all that is in it
    tiny: bool = False  # of font size 0, unless what is in it has another
    apart: int = 0  # line ends around it


class _Layout:
    """What the parser tells of elements and characters, put down as lines. The names are those that lxml calls."""

    def __init__(self) -> None:
        self._open = [_Element()]
        self._numbers: list[int] = []  # per open list: the number of its last item, or -1 for bullets
        self._preformatted = 0
        self._pieces: list[str] = []
        self._blanks = ""  # what separates the last piece from the next one, if no line ends do
        self._line_ends = 0
        self._marked = False  # the last piece is the mark of a list's item

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if len(self._open) > _DEEPEST:
            raise _TooDeepError
        element = self._element(tag, attributes)
        self._open.append(element)
        self._preformatted += tag == "pre"
        if not self._marked:
            self._separate(element)
        if tag in {"ol", "ul"}:
            self._numbers.append(0 if tag == "ol" else -1)
        elif tag == "li" and not element.hidden:
            self._mark_item()

    def end(self, tag: str) -> None:
        element = self._open.pop()
        self._preformatted -= tag == "pre"
        if tag in {"ol", "ul"}:
            self._numbers.pop()
        self._separate(element)

    def data(self, text: str) -> None:
        element, text = self._open[-1], _WIDTHLESS.sub("", text)
        if element.hidden or element.tiny or not text:
            return
        if self._preformatted:
            self._put(text.replace("\xa0", " "))
            return
        if text[0] in _SPACE:
            self._blanks = self._blanks or " "
        if words := _SPACES.sub(" ", text).strip(" "):
            self._put(words)
            self._blanks = " " if text[-1] in _SPACE else ""

    def close(self) -> str:
        lines = (line.rstrip() for line in "".join(self._pieces).splitlines())
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()

    def _element(self, tag: str, attributes: Mapping[str, str]) -> _Element:
        around, style = self._open[-1], attributes.get("style", "").lower()
        hides = tag in _UNSEEN or "hidden" in attributes or (bool(style) and bool(_HIDING.search(style)))
        size = _FONT_SIZE.search(style) if style else None
        tiny = not size[1].strip("0.") if size else around.tiny
        apart = 1 if tag in _LINES else 2 if tag in _PARAGRAPHS else 0
        # Outlook sets each line as a paragraph without a margin; a list in a list follows its line.
        if attributes.get("class", "").startswith("Mso") or (self._numbers and tag in {"ol", "ul"}):
            apart = min(apart, 1)
        return _Element(tag, around.hidden or hides, tiny, apart)

    def _separate(self, element: _Element) -> None:
        if element.tag == "br":
            self._line_ends += self._open[-1] is element
        elif element.tag in {"td", "th"}:
            self._blanks = "  "
        self._line_ends = max(self._line_ends, element.apart)

    def _mark_item(self) -> None:
        mark = "-"
        if self._numbers and self._numbers[-1] >= 0:
            self._numbers[-1] += 1
            mark = f"{self._numbers[-1]}."
        self._put(mark)
        self._blanks, self._marked = " ", True

    def _put(self, text: str) -> None:
        if self._pieces:
            self._pieces.append("\n" * self._line_ends or self._blanks)
        self._pieces.append(text)
        self._blanks, self._line_ends, self._marked = "", 0, False
