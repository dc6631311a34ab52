"""Pages of HTML as PNG files: drawn by Chromium, cut where the chat ends, and made small."""

from __future__ import annotations

import html
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageChops

PROGRAM = "chromium"
# Higher than any picture: what is below the chat is cut off.
_HEIGHT = 6000
_NARROWEST = 500
_MARGIN = 12
_COLOURS = 128


@dataclass(frozen=True, slots=True)
class Look:
    """How a page is seen: its width in CSS pixels, how many pixels of the picture each is, light or dark.

    `height` is how many CSS pixels are seen from its beginning; None is all.
    """

    width: int
    scale: float = 2
    height: int | None = None
    is_dark: bool = False


def is_possible() -> bool:
    """Whether Chromium is on PATH."""
    return shutil.which(PROGRAM) is not None


# Chromium has no windows under 500 pixels: the page stands in a frame of its width, which grows as long as the page is.
_FRAME = """<!DOCTYPE html>
<html style="color-scheme: light dark"><body style="margin: 0">
<iframe srcdoc="{page}" style="border: 0; display: block; height: 10px; width: {width}px"></iframe>
<script>
onload = () => {{
  const frame = document.querySelector("iframe"), inside = frame.contentDocument;
  frame.style.height = inside.documentElement.scrollHeight + "px";
  document.body.style.background = getComputedStyle(inside.body).backgroundColor;
}};
</script>
</body></html>"""


def draw(page: str, file: Path, look: Look) -> None:
    """Write a page as a PNG; CalledProcessError where Chromium fails."""
    with tempfile.TemporaryDirectory() as folder:
        source, shot = Path(folder, "page.html"), Path(folder, "page.png")
        source.write_text(_FRAME.format(page=html.escape(page), width=look.width), encoding="utf-8")
        subprocess.run(  # noqa: S603  our own page
            [
                PROGRAM,
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--hide-scrollbars",
                f"--user-data-dir={folder}/profile",
                f"--force-device-scale-factor={look.scale}",
                f"--window-size={max(look.width, _NARROWEST)},{_HEIGHT}",
                f"--blink-settings=preferredColorScheme={0 if look.is_dark else 1}",
                f"--screenshot={shot}",
                source.as_uri(),
            ],
            check=True,
            capture_output=True,
            timeout=60,
        )
        with Image.open(shot) as image:
            _cut(image.convert("RGB"), look).quantize(_COLOURS).save(file, optimize=True)


def _cut(image: Image.Image, look: Look) -> Image.Image:
    background = Image.new("RGB", image.size, image.getpixel((2, image.height - 1)))
    drawn = ImageChops.difference(image, background).getbbox()
    bottom = drawn[3] + round(_MARGIN * look.scale) if drawn else image.height
    bottom = min(bottom, round((look.height or _HEIGHT) * look.scale), image.height)
    return image.crop((0, 0, round(look.width * look.scale), bottom))
