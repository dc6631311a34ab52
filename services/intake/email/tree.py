"""RFC 2046: the tree of a message's parts, from raw bytes, in one pass over the delimiter lines.

The library's parser asks each open part about each line and recurses into each, so that small mails keep it busy for
minutes; and it forgets the bytes of an attached message. What is built here is a tree of its `Message` all the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.message import Message

from services.intake.email.fields import fields_of
from services.intake.email.headers import header, parameter

# What goes beyond these is no person's mail. It stays content of the last part that was begun.
_MOST_HEADER_BYTES = 1_000_000  # of the mail and all of its parts
_MOST_PARTS = 500
_DEEPEST = 100
_FIRST_LINES = 4_096

_DELIMITER = re.compile(rb"^--([^\r\n]*)\r?\n?", re.MULTILINE)
_BETWEEN_BLOCKS = re.compile(rb"\n(?:\r?\n)+")
_UNENCODED = frozenset({"", "7bit", "8bit", "binary"})


class Mail(Message):
    """A message or a part of one. `inside` is what lies below its header, still in its transfer encoding."""

    inside: memoryview = memoryview(b"")

    def get_content_type(self) -> str:
        """The media type; what follows it without a semicolon is left out."""
        return super().get_content_type().partition(" ")[0]


def tree_of(raw: bytes) -> Mail:
    """The tree of a message, whatever its bytes.

    A part of a type message/… has the attached message as its only part, and a delivery report (RFC 3464) one for
    each of its blocks. A multipart without a delimiter is a leaf.
    """
    raw = raw.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    if b"\n" not in raw[:_FIRST_LINES]:
        raw = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")  # from an old Macintosh
    return _Growth(raw).tree()


@dataclass(frozen=True, slots=True)
class _Open:
    part: Mail
    start: int
    boundary: bytes


class _Growth:
    """The parts that are open at a place in the bytes, from the whole message to the innermost."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._view = memoryview(raw)
        self._open: list[_Open] = []
        self._levels: dict[bytes, list[int]] = {}  # per boundary, the levels of `_open` where it delimits
        self._parts = 0
        self._header_room = _MOST_HEADER_BYTES

    def tree(self) -> Mail:
        top = Mail()
        place = self._begin(top, 0)
        for line in _DELIMITER.finditer(self._raw, place):
            boundary, is_last = self._delimited(line[1])
            # What began inside the last part's header was read with it.
            if line.start() < place or boundary not in self._levels or (self._is_full() and not is_last):
                continue
            level = self._levels[boundary][-1]
            self._close(level if is_last else level + 1, self._before_line_end(line.start()))
            if not is_last:
                place = self._begin(_child(self._open[-1].part), line.end())
        self._close(0, len(self._raw))
        return top

    def _begin(self, part: Mail, start: int) -> int:
        """Open a part and the messages that it attaches; where the innermost one's content begins."""
        while True:
            stop = min(start + self._header_room, len(self._raw))
            fields = fields_of(self._raw, start, stop, self._is_delimiter)
            self._header_room -= fields.body_start - start
            for name, value in fields.items:
                part.set_raw(name, value)
            self._parts += 1
            start, is_deepest = fields.body_start, len(self._open) >= _DEEPEST or self._is_full()
            boundary = b"" if is_deepest else _boundary(part)
            if boundary:
                self._levels.setdefault(boundary, []).append(len(self._open))
            self._open.append(_Open(part, start, boundary))
            if is_deepest or not _attaches(part):
                return start
            part = _child(part)

    def _close(self, level: int, end: int) -> None:
        while len(self._open) > level:
            closed = self._open.pop()
            if closed.boundary and not self._levels[closed.boundary][:-1]:
                del self._levels[closed.boundary]
            elif closed.boundary:
                self._levels[closed.boundary].pop()
            closed.part.inside = self._view[closed.start : max(closed.start, end)]
            _fill(closed.part)

    def _is_full(self) -> bool:
        return self._parts >= _MOST_PARTS or self._header_room <= 0

    def _before_line_end(self, end: int) -> int:
        # The line end before a delimiter belongs to it.
        if self._raw[end - 2 : end] == b"\r\n":
            return end - 2
        return end - 1 if self._raw[end - 1 : end] == b"\n" else end

    def _is_delimiter(self, line: bytes) -> bool:
        return line.startswith(b"--") and self._delimited(line[2:])[0] in self._levels

    def _delimited(self, name: bytes) -> tuple[bytes, bool]:
        """The boundary that a delimiter line may name, and whether it is the last one."""
        name = name.rstrip()
        is_last = name not in self._levels and name.endswith(b"--")
        return (name[:-2], True) if is_last else (name, False)


def _boundary(part: Mail) -> bytes:
    """The boundary of a multipart, b"" where it has none."""
    if part.get_content_maintype() != "multipart":
        return b""
    return parameter(part, "content-type", "boundary").encode("utf-8", "replace").rstrip()


def _attaches(part: Mail) -> bool:
    is_message = part.get_content_maintype() == "message" and part.get_content_type() != "message/delivery-status"
    return is_message and header(part, "content-transfer-encoding").lower() in _UNENCODED


def _child(parent: Mail) -> Mail:
    child = Mail()
    if parent.get_content_type() == "multipart/digest":
        child.set_default_type("message/rfc822")
    if not parent.is_multipart():
        parent.set_payload([])
    parent.attach(child)
    return child


def _fill(part: Mail) -> None:
    if part.is_multipart():
        return
    content = bytes(part.inside)
    # As Latin-1, because of surrogates the library would make text in the declared charset, and fail where that lies.
    part.set_payload(content.decode("latin-1"))
    if part.get_content_type() == "message/delivery-status":
        for block in _BETWEEN_BLOCKS.split(content.strip(), _MOST_PARTS):
            child = _child(part)
            child.set_payload("")
            for name, value in fields_of(block, 0, len(block), lambda _: False).items:
                child.set_raw(name, value)
