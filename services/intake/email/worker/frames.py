"""The language between a worker and its parent: a JSON value whose bytes travel beside it.

A frame is the length of the JSON text and the number of blobs (two times 32 bit), the length of each blob (64 bit),
then the text and the blobs. Nothing in it is executed, unlike with pickle: the child has read hostile bytes.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from typing import Any

PREAMBLE = struct.Struct("!II")
LENGTH = struct.Struct("!Q")
_BLOB = "\0blob"


class Nonsense(ValueError):  # noqa: N818 - what it is, in the program's words
    """Bytes that are no frame, or a longer one than was asked for."""


def encode(value: Any) -> list[bytes]:
    """A value of JSON's types and bytes as the pieces of a frame; a lone surrogate in a text becomes "?"."""
    blobs: list[bytes] = []

    def beside(item: object) -> Mapping[str, int]:
        if not isinstance(item, bytes):
            raise TypeError(f"no value of a frame: {type(item).__name__}")
        blobs.append(item)
        return {_BLOB: len(blobs) - 1}

    text = json.dumps(value, ensure_ascii=False, default=beside).encode("utf-8", "replace")
    lengths = b"".join(LENGTH.pack(len(blob)) for blob in blobs)
    return [PREAMBLE.pack(len(text), len(blobs)) + lengths, text, *blobs]


def sizes(preamble: bytes, longest: int) -> tuple[int, int]:
    """The length of the text and of the table of blobs, in bytes; raises Nonsense where they exceed `longest`."""
    text, blobs = PREAMBLE.unpack(preamble)
    table = blobs * LENGTH.size
    if text + table > longest:
        raise Nonsense("longer than expected")
    return text, table


def lengths(table: bytes, longest: int) -> list[int]:
    """The length of each blob; raises Nonsense where they exceed `longest` together."""
    found = [length for (length,) in LENGTH.iter_unpack(table)]
    if sum(found) > longest:
        raise Nonsense("longer than expected")
    return found


def decode(text: bytes, blobs: Sequence[bytes]) -> Any:
    """The value of a frame; raises Nonsense where it is none."""

    def in_place(item: dict[str, Any]) -> Any:
        return blobs[item[_BLOB]] if _BLOB in item else item

    try:
        return json.loads(text, object_hook=in_place)
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise Nonsense("no value") from error
