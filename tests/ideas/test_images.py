"""Images as they are shown: the picture stays, what the camera knew goes."""

from __future__ import annotations

import io
import struct
import time
import zlib

import pytest
from PIL import Image, PngImagePlugin

from services.ideas.images import SHOWN_TYPES, without_metadata

ORIENTATION, MAKER, GPS = 0x0112, 0x010F, 0x8825
RED, BLUE = (250, 10, 10), (10, 10, 250)


def camera_notes(orientation: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[MAKER] = "Kamera-Muster"
    exif[GPS] = {1: "N", 2: (50.0, 29.0, 42.0), 3: "E", 4: (12.0, 8.0, 15.0)}
    return exif


def picture() -> Image.Image:
    """A wide picture, red on the left and blue on the right."""
    image = Image.new("RGB", (64, 32), BLUE)
    image.paste(RED, (0, 0, 32, 32))
    return image


def saved(image: Image.Image, picture_format: str, **options: object) -> bytes:
    written = io.BytesIO()
    image.save(written, picture_format, **options)
    return written.getvalue()


def opened(content: bytes | None) -> Image.Image:
    assert content is not None
    return Image.open(io.BytesIO(content))


def is_reddish(image: Image.Image, place: tuple[int, int]) -> bool:
    pixel = image.convert("RGB").getpixel(place)
    assert isinstance(pixel, tuple)
    return pixel[0] > 150 > pixel[2]


@pytest.mark.parametrize("picture_format", ["JPEG", "PNG", "WEBP"])
def test_what_the_camera_knew_is_gone(picture_format: str) -> None:
    """Neither place nor maker is left of a photo, wherever its format keeps them."""
    content = saved(picture(), picture_format, exif=camera_notes())
    assert opened(content).getexif()[MAKER] == "Kamera-Muster"

    shown = without_metadata(content, f"image/{picture_format.lower()}")
    image = opened(shown)
    assert (dict(image.getexif()), "exif" in image.info) == ({}, False)
    assert b"Kamera-Muster" not in (shown or b"")


def test_a_photo_stands_upright() -> None:
    """The orientation that a camera only noted is applied: the red left half comes to the top."""
    image = opened(without_metadata(saved(picture(), "JPEG", exif=camera_notes(orientation=6)), "image/jpeg"))
    assert image.size == (32, 64)
    assert (is_reddish(image, (16, 8)), is_reddish(image, (16, 56))) == (True, False)


def test_texts_in_a_png_are_gone() -> None:
    """Text chunks of every kind are no part of the picture."""
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", "Erika Muster")
    notes.add_itxt("XML:com.adobe.xmp", "<x>Erika Muster</x>")
    notes.add_text("Comment", "Erika Muster", zip=True)
    shown = without_metadata(saved(picture(), "PNG", pnginfo=notes), "image/png") or b""
    assert opened(shown).size == (64, 32)
    assert not {b"tEXt", b"iTXt", b"zTXt"} & {shown[at : at + 4] for at in range(len(shown))}


@pytest.mark.parametrize(("picture_format", "media_type"), [("JPEG", "image/jpeg"), ("GIF", "image/gif")])
def test_comments_are_gone(picture_format: str, media_type: str) -> None:
    """A comment inside the file goes with the rest."""
    shown = without_metadata(saved(picture(), picture_format, comment=b"Erika Muster"), media_type)
    assert b"Erika" not in (shown or b"Erika")


@pytest.mark.parametrize("picture_format", ["JPEG", "PNG"])
def test_what_stands_behind_the_picture_is_gone(picture_format: str) -> None:
    """A file that is a picture and something else as well keeps the picture only."""
    content = saved(picture(), picture_format) + b"<script>alert(1)</script>"
    assert b"script" not in (without_metadata(content, f"image/{picture_format.lower()}") or b"script")


def test_an_animation_keeps_moving() -> None:
    """All frames of an animated GIF stay, each with its time."""
    blue = Image.new("RGB", (64, 32), BLUE)
    content = saved(picture(), "GIF", save_all=True, append_images=[blue], duration=[100, 300], comment=b"Erika")
    image = opened(without_metadata(content, "image/gif"))
    assert getattr(image, "n_frames", 1) == 2
    assert is_reddish(image, (8, 8))
    image.seek(1)
    assert (is_reddish(image, (8, 8)), image.info["duration"]) == (False, 300)


def test_transparency_stays() -> None:
    """What was transparent in a PNG is so afterwards."""
    image = opened(without_metadata(saved(Image.new("RGBA", (4, 4), (0, 0, 0, 0)), "PNG"), "image/png"))
    assert image.convert("RGBA").getpixel((0, 0)) == (0, 0, 0, 0)


def test_a_printers_photo_is_shown_in_screen_colours() -> None:
    """A CMYK photo becomes one that every browser shows."""
    assert opened(without_metadata(saved(Image.new("CMYK", (8, 8)), "JPEG"), "image/jpeg")).mode == "RGB"


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says to be as large as this."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(1_000_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(10_000, 10_000), (100_000, 100_000), (2**31 - 1, 2**31 - 1)])
def test_a_bomb_is_not_opened(size: tuple[int, int]) -> None:
    """A small file that would fill the memory is refused at once."""
    began = time.monotonic()
    assert without_metadata(bomb(*size), "image/png") is None
    assert time.monotonic() - began < 1


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"", "image/png"),
        (b"no picture", "image/jpeg"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
        (b"<html>", "image/png"),
        (b"%PDF-1.7", "application/pdf"),
        (saved(picture(), "PNG"), "image/jpeg"),
        (saved(picture(), "PNG"), "image/tiff"),
        (saved(picture(), "JPEG")[:300], "image/jpeg"),
    ],
)
def test_what_is_no_picture_of_its_type_is_not_shown(content: bytes, media_type: str) -> None:
    """Other files, broken pictures and pictures under a false type have nothing to show."""
    assert without_metadata(content, media_type) is None


@pytest.mark.parametrize("picture_format", ["GIF", "JPEG", "PNG", "WEBP"])
def test_a_damaged_picture_never_raises(picture_format: str) -> None:
    """Whatever byte of a picture is wrong, the answer is a picture or None."""
    content = bytearray(
        saved(picture(), picture_format, **({} if picture_format == "GIF" else {"exif": camera_notes()}))
    )
    for place in range(0, len(content), 3):
        damaged = bytes(content[:place]) + b"\xff" + bytes(content[place + 1 :])
        assert without_metadata(damaged, f"image/{picture_format.lower()}") != b""


def test_only_pixels_in_a_browsers_formats_are_shown() -> None:
    """Formats that a browser runs or does not know are not among those shown."""
    assert {"image/gif", "image/jpeg", "image/png", "image/webp"} == SHOWN_TYPES
