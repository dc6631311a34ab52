"""What people photograph in the plays, drawn."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageDraw

_SIZE = (640, 400)


def bus_stop() -> bytes:
    """A JPEG of a bus stop in the hills: a sign at a road, and nothing else."""
    image = Image.new("RGB", _SIZE, "#cfdfe8")
    draw = ImageDraw.Draw(image)
    draw.polygon([(0, 230), (180, 140), (380, 220), (520, 160), (640, 210), (640, 400), (0, 400)], fill="#8fa58a")
    draw.polygon([(0, 290), (640, 250), (640, 400), (0, 400)], fill="#6f8a66")
    draw.polygon([(0, 400), (0, 345), (640, 290), (640, 400)], fill="#6d6f73")
    draw.line([(0, 374), (640, 330)], fill="#e8e6df", width=5)
    draw.rectangle((404, 120, 412, 320), fill="#4a4d52")
    draw.ellipse((368, 70, 448, 150), fill="#f2c230", outline="#2f6b3c", width=9)
    draw.text((408, 110), "H", fill="#2f6b3c", font_size=44, anchor="mm")
    draw.rectangle((384, 180, 432, 236), fill="#f6f4ee", outline="#4a4d52", width=3)
    for line in range(4):
        draw.line([(391, 192 + 11 * line), (425, 192 + 11 * line)], fill="#8a8d92", width=3)
    output = BytesIO()
    image.save(output, "JPEG", quality=85)
    return output.getvalue()
