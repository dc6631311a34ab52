from __future__ import annotations

from pathlib import Path

from tests.html import Page
from tests.pictures.mails import DRAWINGS

FOLDER = Path(__file__).parents[2] / "docs" / "mails"


def test_every_picture_of_mail_is_shown() -> None:
    """The page with the pictures shows each that is drawn, and no other."""
    page = Page((FOLDER / "README.md").read_text(encoding="utf-8"))
    assert page.targets == [f"{name}.png" for name in DRAWINGS]


def test_pictures_of_mail_are_small() -> None:
    """No picture makes the repository heavy."""
    assert [name for name in DRAWINGS if (FOLDER / f"{name}.png").stat().st_size > 150_000] == []
