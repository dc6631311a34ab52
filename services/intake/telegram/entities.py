"""Marked stretches of a text (Bot API, MessageEntity): where they stand, and the links behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_UNIT_BYTES = 2
_LINKS = ("http://", "https://")

Entity = Mapping[str, Any]


def stretch(text: str, entity: Entity) -> str:
    """The marked part of a text; offset and length count UTF-16 code units."""
    start = max(entity.get("offset", 0), 0) * _UNIT_BYTES
    end = start + max(entity.get("length", 0), 0) * _UNIT_BYTES
    return _decoded(_encoded(text)[start:end])


def with_links(text: str, entities: Sequence[Entity]) -> str:
    """The text with the address of each link behind the words that it is hidden under."""
    links = [entity for entity in entities if entity.get("type") == "text_link" and _is_link(entity)]
    encoded = _encoded(text)
    for link in sorted(links, key=_end, reverse=True):
        if stretch(text, link).strip() != link["url"]:
            encoded = encoded[: _end(link)] + _encoded(f" ({link['url']})") + encoded[_end(link) :]
    return _decoded(encoded)


def _is_link(entity: Entity) -> bool:
    return str(entity.get("url", "")).lower().startswith(_LINKS)


def _end(entity: Entity) -> int:
    end: int = entity.get("offset", 0) + entity.get("length", 0)
    return max(end, 0) * _UNIT_BYTES


def _encoded(text: str) -> bytes:
    return text.encode("utf-16-le", "surrogatepass")


def _decoded(units: bytes) -> str:
    return units.decode("utf-16-le", "surrogatepass")
