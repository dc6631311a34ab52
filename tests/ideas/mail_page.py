"""A mail's HTML as a strict reader takes it: what it shows in which colours, its outline, links and sizes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from html.parser import HTMLParser

_VOID = {"br", "hr", "img", "meta"}
_MEDIA = re.compile(r"@media \(([^)]*)\)\s*\{((?:[^{}]*\{[^{}]*\})*)")
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
Attributes = Mapping[str, str]
Look = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Shown:
    """A stretch of text, its colour and the one behind it (as #rrggbb), and how large it is."""

    text: str
    colour: str
    background: str
    pixels: int

    @property
    def contrast(self) -> float:
        """The contrast of both, 1 to 21 (WCAG 2.2, contrast ratio)."""
        lighter, darker = sorted((_luminance(self.colour), _luminance(self.background)), reverse=True)
        return (lighter + 0.05) / (darker + 0.05)


_UNTOUCHED = Shown("", "#000000", "#ffffff", 16)


class MailPage(HTMLParser):
    """What stands in a mail; in dark mode where `is_dark`. Tags have to be closed in turn."""

    def __init__(self, html: str, *, is_dark: bool = False) -> None:
        super().__init__()
        self.tags: list[tuple[str, Attributes]] = []
        self.shown: list[Shown] = []
        self.headings: list[int] = []
        self.links: list[tuple[str, str]] = []
        self._rules = _dark_rules(html) if is_dark else {}
        self._open: list[tuple[str, Shown, bool]] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag, and how what is inside it looks."""
        found = {name: value or "" for name, value in attrs}
        self.tags.append((tag, found))
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "a":
            self.links.append((found.get("href", ""), ""))
        if tag in _VOID:
            return
        look = {**declarations(found.get("style", "")), **self._in_dark(tag, found.get("class", "").split())}
        _, around, is_hidden = self._open[-1] if self._open else ("", _UNTOUCHED, False)
        inside = Shown(
            "",
            look.get("color", around.colour),
            look.get("background-color", around.background),
            int(look.get("font-size", f"{around.pixels}px").removesuffix("px")),
        )
        self._open.append((tag, inside, is_hidden or tag == "head" or look.get("display") == "none"))

    def handle_endtag(self, tag: str) -> None:
        """Close the tag that was opened last, and no other."""
        assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        """Note text that can be seen."""
        if not data.strip():
            return
        _, around, is_hidden = self._open[-1]
        if not is_hidden:
            self.shown.append(replace(around, text=data.strip()))
        if any(tag == "a" for tag, _, _ in self._open):
            target, text = self.links[-1]
            self.links[-1] = (target, text + data)

    def _in_dark(self, tag: str, classes: list[str]) -> Look:
        """What the rules for dark mode say of a tag: those of a class win over those of a tag."""
        look: dict[str, str] = {}
        for selector in (tag, *(f".{each}" for each in classes)):
            look |= self._rules.get(selector, {})
        return look


def declarations(text: str) -> Look:
    """CSS declarations by property, without "!important"."""
    pairs = (each.partition(":") for each in text.split(";") if ":" in each)
    return {name.strip(): value.replace("!important", "").strip() for name, _, value in pairs}


def rules(sheet: str) -> Iterator[tuple[str, Look]]:
    """The rules of a style sheet, one for each selector."""
    for found in _RULE.finditer(sheet):
        for selector in found[1].split(","):
            yield selector.strip(), declarations(found[2])


def _dark_rules(html: str) -> Mapping[str, Look]:
    merged: dict[str, Look] = {}
    for condition, sheet in _MEDIA.findall(html):
        if "dark" in condition:
            for selector, look in rules(sheet):
                merged[selector] = {**merged.get(selector, {}), **look}
    return merged


def _luminance(colour: str) -> float:
    """The relative luminance of #rgb or #rrggbb (WCAG 2.2)."""
    digits = colour.removeprefix("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
