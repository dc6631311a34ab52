"""Pages of HTML as PNG files: drawn by Chromium, cut where the chat ends, and made small."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from PIL import Image, ImageChops

PROGRAM = "chromium"
_SCALE = 2
# Higher than any picture: what is below the chat is cut off.
_HEIGHT = 6000
_MARGIN = 12
_COLOURS = 128


def is_possible() -> bool:
    """Whether Chromium is on PATH."""
    return shutil.which(PROGRAM) is not None


def draw(page: str, file: Path, width: int) -> None:
    """Write a page of so many CSS pixels width as a PNG; CalledProcessError where Chromium fails."""
    with tempfile.TemporaryDirectory() as folder:
        source, shot = Path(folder, "page.html"), Path(folder, "page.png")
        source.write_text(page, encoding="utf-8")
        subprocess.run(  # noqa: S603  our own page
            [
                PROGRAM,
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--hide-scrollbars",
                f"--user-data-dir={folder}/profile",
                f"--force-device-scale-factor={_SCALE}",
                f"--window-size={width},{_HEIGHT}",
                f"--screenshot={shot}",
                source.as_uri(),
            ],
            check=True,
            capture_output=True,
            timeout=60,
        )
        with Image.open(shot) as image:
            _cut(image.convert("RGB"), width).quantize(_COLOURS).save(file, optimize=True)


def _cut(image: Image.Image, width: int) -> Image.Image:
    background = Image.new("RGB", image.size, image.getpixel((2, image.height - 1)))
    drawn = ImageChops.difference(image, background).getbbox()
    bottom = drawn[3] + _MARGIN * _SCALE if drawn else image.height
    return image.crop((0, 0, width * _SCALE, min(bottom, image.height)))
