"""An HTML part as a reader's program takes it: tags, where they lead, and words."""

from __future__ import annotations

from html.parser import HTMLParser


class Page(HTMLParser):
    """`tags` that stand in a page, `targets` of its links, images and forms, and its `words`."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.targets: list[str] = []
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag and where it leads."""
        self.tags.add(tag)
        self.targets += [value or "" for name, value in attrs if name in {"href", "src", "action"}]

    def handle_data(self, data: str) -> None:
        """Note words."""
        self.words += data
