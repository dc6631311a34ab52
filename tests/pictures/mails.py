"""Lets people write to the real program, and draws the mail that comes of it into docs/mails.

    python -m tests.pictures.mails

It needs Chromium on PATH, and the font in which the pictures are set (Debian: chromium, fonts-liberation).
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

from services.cli.logs import configure_logging
from services.ideas.catalogue import Catalogue, read_catalogue
from services.ideas.deeds import Accept, Ask, Doer
from services.ideas.periods import Period
from tests.fakes.bot_api import BotApiServer
from tests.house import House, open_house
from tests.mail import mail, send
from tests.pictures import screenshot
from tests.pictures.clock import Clock
from tests.pictures.letters import EARLIER, LATER, Letter
from tests.pictures.screenshot import Look

_ROOT = Path(__file__).parents[2]
_FOLDER = _ROOT / "docs" / "mails"
_START = datetime(2026, 11, 16, 7, 12, tzinfo=UTC)
_BODY = "landratsamt-zwickau"
_SETTINGS = {
    "WORK_POLL_SECONDS": "0.2",
    "AUTHENTICATION_RESOLVER": "off",
    "WEB_PUBLIC_URL": "https://ideen.example.org",
    "SECURITY_SECRET_KEY": "what the links in the pictures are made from",
}
_DESKTOP, _PHONE, _NARROW = 800, 390, 320
# Sharp enough, and small files: a long digest is shown whole on the desktop alone, and there in less detail.
_SHARP, _PLAIN = 1.5, 1.0
_BEGINNING = 2400


# Each picture by its name: which mail, and how it is seen.
DRAWINGS: Mapping[str, tuple[str, Look]] = {
    "confirmation-desktop": ("confirmation", Look(_DESKTOP, _SHARP)),
    "confirmation-phone": ("confirmation", Look(_PHONE, _SHARP)),
    "confirmation-phone-dark": ("confirmation", Look(_PHONE, _SHARP, is_dark=True)),
    "update-desktop": ("update", Look(_DESKTOP, _SHARP)),
    "update-phone": ("update", Look(_PHONE, _SHARP)),
    "update-phone-dark": ("update", Look(_PHONE, _SHARP, is_dark=True)),
    "digest-desktop": ("digest", Look(_DESKTOP, _PLAIN)),
    "digest-desktop-dark": ("digest", Look(_DESKTOP, _PLAIN, is_dark=True)),
    "digest-phone": ("digest", Look(_PHONE, _SHARP, _BEGINNING)),
    "digest-phone-dark": ("digest", Look(_PHONE, _SHARP, _BEGINNING, is_dark=True)),
    "digest-narrow": ("digest", Look(_NARROW, _SHARP, _BEGINNING)),
}


async def written() -> Mapping[str, str]:
    """The HTML of each mail by its name, from one installation that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:

        def make_catalogue(**settings: str) -> Catalogue:
            own = {"STORAGE_DATA_DIR": folder, **_SETTINGS, **settings}
            return read_catalogue(_ROOT / "config", {f"IDEENKANAL_{name}": value for name, value in own.items()})

        async with BotApiServer() as telegram, open_house(make_catalogue, telegram) as house:
            with Clock(_START, telegram) as clock:
                return await _Weeks(house, clock).pass_by()


class _Weeks:
    """Two weeks of an installation: people write, a body works, and each gets mail."""

    def __init__(self, house: House, clock: Clock) -> None:
        self._house = house
        self._clock = clock

    async def pass_by(self) -> Mapping[str, str]:
        """What happens, in order; the mails that are to be drawn."""
        confirmations = await self._write(EARLIER)
        by_bus, by_bike, at_the_doctors, _ = EARLIER
        await self._answer(by_bus, confirmations[by_bus], "Gern auch am Samstag.")
        await self._answer(at_the_doctors, confirmations[at_the_doctors], "Viele ältere Leute haben kein Auto.")
        await self._digest()
        bus, doctors = (_reference(confirmations[letter]) for letter in (by_bus, at_the_doctors))
        self._clock.go_on(timedelta(days=2))
        doer = Doer("Amt für Nahverkehr", _BODY)
        work = self._house.register.work
        await work.act(bus, Accept("Wir haben den Verkehrsverbund um Fahrgastzahlen gebeten."), doer, self._clock.now)
        await work.act(doctors, Ask("Wissen Sie, wann genau die Praxis schließt?"), doer, self._clock.now)
        self._clock.go_on(timedelta(minutes=11))
        update = await self._mail_to(by_bus)
        self._clock.go_on(timedelta(days=5))
        await self._write(LATER)
        await self._answer(by_bike, confirmations[by_bike], "Der Verein Radfreunde Meerane würde beim Schotter helfen.")
        drawn = {"confirmation": confirmations[by_bus], "update": update, "digest": await self._digest()}
        return {name: _html(message) for name, message in drawn.items()}

    async def _write(self, letters: Sequence[Letter]) -> Mapping[Letter, EmailMessage]:
        """Hand letters over one after the other; their confirmations."""
        confirmations = {}
        for letter in letters:
            self._clock.go_on(timedelta(hours=3))
            await send(self._house.mail_port, mail(f"{letter.name} <{letter.address}>", letter.subject, letter.text))
            confirmations[letter] = await self._mail_to(letter)
        return confirmations

    async def _answer(self, letter: Letter, answered: EmailMessage, text: str) -> None:
        """Answer a mail, which confirms the address and adds to the idea."""
        self._clock.go_on(timedelta(hours=1))
        reply = mail(letter.address, f"Re: {answered['Subject']}", text, recipient=str(answered["Reply-To"]))
        await send(self._house.mail_port, reply)
        await self._is_read()

    async def _is_read(self) -> None:
        """Wait until all that came in is read."""
        while set((await self._house.register.counts())["messages"]) != {"read"}:  # noqa: ASYNC110 - by another program
            await asyncio.sleep(0.05)

    async def _digest(self) -> EmailMessage:
        """The digest of the morning after; its period has a name that the calendar's have not."""
        now = self._clock.now = (self._clock.now + timedelta(days=1)).replace(hour=6, minute=0)
        await self._house.register.write_digest(_BODY, Period(f"picture {now:%Y-%m-%d}", now), now)
        address = self._house.catalogue.bodies[_BODY].email[0]
        return (await self._house.relay.mail_to(address, timeout=20)).message

    async def _mail_to(self, letter: Letter) -> EmailMessage:
        return (await self._house.relay.mail_to(letter.address, timeout=20)).message


def _reference(confirmation: EmailMessage) -> str:
    return str(confirmation["Subject"]).rpartition(" ")[2].strip("()")


def _html(message: EmailMessage) -> str:
    part = message.get_body(("html",))
    if part is None:
        raise ValueError("expected a mail with an HTML part")
    return str(part.get_content())


def main() -> int:
    """Write, work, and draw."""
    if not screenshot.is_possible():
        sys.stderr.write("chromium is not on PATH (Debian: apt-get install chromium fonts-liberation)\n")
        return 2
    os.environ["PTB_TIMEDELTA"] = "true"  # else python-telegram-bot warns of what it will change
    with Path(os.devnull).open("w") as nowhere:
        configure_logging(nowhere)
        mails = asyncio.run(written())
    _FOLDER.mkdir(exist_ok=True)
    for name, (drawn, look) in DRAWINGS.items():
        file = _FOLDER / f"{name}.png"
        screenshot.draw(mails[drawn], file, look)
        sys.stdout.write(f"{file.relative_to(_ROOT)}: {file.stat().st_size // 1000} kB\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
