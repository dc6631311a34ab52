"""Images as they may be shown to people: turned upright, and without what the camera knew of the place."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from itertools import islice
from typing import Any

from PIL import Image, ImageOps, ImageSequence

_FORMATS = {"image/gif": "GIF", "image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
SHOWN_TYPES = frozenset(_FORMATS)

_MOST_PIXELS = 64_000_000  # a telephone takes 50 million; decoded, each pixel has three or four bytes
_MOST_PIXELS_OF_ALL_FRAMES = 64_000_000
_MOST_FRAMES = 500
_QUALITY = 90
_MILLISECONDS = 100  # a frame's time where the animation does not say it
_BROKEN = (
    *(OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, AttributeError, ArithmeticError),
    *(RuntimeError, MemoryError, struct.error, Image.DecompressionBombError, Warning),
)


def without_metadata(content: bytes, media_type: str) -> bytes | None:
    """The picture alone, encoded anew in its own format; None where it is none that can be shown.

    EXIF, GPS, XMP, comments, colour profiles, text and all that stands behind the picture go; its orientation is
    applied first. What has more than 64 million pixels is not decoded, and an animation ends before it has them in all.
    """
    picture_format = _FORMATS.get(media_type)
    if picture_format is None:
        return None
    try:
        with Image.open(io.BytesIO(content), formats=[picture_format]) as image:
            pixels = image.width * image.height
            if not 0 < pixels <= _MOST_PIXELS:
                return None
            most_frames = 1 if picture_format == "JPEG" else min(_MOST_FRAMES, _MOST_PIXELS_OF_ALL_FRAMES // pixels)
            return _encoded(list(islice(_frames(image), most_frames)), picture_format)
    except _BROKEN:  # so many ways does the library have to say that an image is broken
        return None


def _frames(image: Image.Image) -> Iterator[Image.Image]:
    for frame in ImageSequence.Iterator(image):
        milliseconds = frame.info.get("duration") or _MILLISECONDS
        upright = ImageOps.exif_transpose(frame)
        kept: dict[str | tuple[int, int], Any] = {"duration": milliseconds}
        if "transparency" in upright.info:
            kept["transparency"] = upright.info["transparency"]
        upright.info = kept
        yield upright


def _encoded(frames: list[Image.Image], picture_format: str) -> bytes:
    first, *others = frames
    options: dict[str, Any] = {}
    if picture_format == "JPEG":
        first = first if first.mode in {"L", "RGB"} else first.convert("RGB")
    if picture_format in {"JPEG", "WEBP"}:
        options["quality"] = _QUALITY
    if others:
        durations = [frame.info["duration"] for frame in frames]
        options |= {"save_all": True, "append_images": others, "duration": durations, "loop": 0}
    written = io.BytesIO()
    first.save(written, picture_format, **options)
    return written.getvalue()
