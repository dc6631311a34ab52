"""Plays three conversations against the real program, and draws them into docs/chats.

    python -m tests.pictures

It needs Chromium on PATH, and the font in which the pictures are set (Debian: chromium, fonts-liberation).
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from pathlib import Path

from services.cli.logs import configure_logging
from services.ideas.catalogue import Catalogue, read_catalogue
from tests.fakes.bot_api import BotApiServer
from tests.house import open_house
from tests.pictures import screenshot
from tests.pictures.clock import Clock
from tests.pictures.page import WIDTH, page, readme, transcript
from tests.pictures.picture import Chat
from tests.pictures.plays import START, first_idea, in_english, which_place

_ROOT = Path(__file__).parents[2]
_FOLDER = _ROOT / "docs" / "chats"
_SETTINGS = {
    "WORK_POLL_SECONDS": "0.2",
    "AUTHENTICATION_RESOLVER": "off",
    "WEB_PUBLIC_URL": "https://ideen.example.org",
    # Known to everyone, and the same each time, so that the links in the pictures are.
    "SECURITY_SECRET_KEY": "what the links in the pictures are made from",
}


async def played() -> list[Chat]:
    """The conversations, played in one installation that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:

        def make_catalogue(**settings: str) -> Catalogue:
            own = {"STORAGE_DATA_DIR": folder, **_SETTINGS, **settings}
            return read_catalogue(_ROOT / "config", {f"IDEENKANAL_{name}": value for name, value in own.items()})

        async with BotApiServer() as telegram, open_house(make_catalogue, telegram) as house:
            with Clock(START, telegram) as clock:
                return [await play(house, clock) for play in (first_idea, which_place, in_english)]


def write(chat: Chat) -> None:
    """Draw the pictures of a conversation, and write it down as text."""
    (_FOLDER / f"{chat.file}.txt").write_text(transcript(chat), encoding="utf-8")
    for number, picture in enumerate(chat.pictures, start=1):
        file = _FOLDER / f"{chat.file}-{number}.png"
        screenshot.draw(page(picture), file, screenshot.Look(WIDTH))
        sys.stdout.write(f"{file.relative_to(_ROOT)}: {file.stat().st_size // 1000} kB\n")


def main() -> int:
    """Play, draw, and show it all on one page."""
    if not screenshot.is_possible():
        sys.stderr.write("chromium is not on PATH (Debian: apt-get install chromium fonts-liberation)\n")
        return 2
    os.environ["PTB_TIMEDELTA"] = "true"  # else python-telegram-bot warns of what it will change
    with Path(os.devnull).open("w") as nowhere:
        configure_logging(nowhere)
        chats = asyncio.run(played())
    _FOLDER.mkdir(exist_ok=True)
    for chat in chats:
        write(chat)
    (_FOLDER / "README.md").write_text(readme(chats), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
