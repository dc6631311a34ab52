"""A demonstration that a person can read: twelve messages come in, and what became of them is printed.

    python -m tests.demo

Everything is real but the two servers beside the service: a Bot API and a mail relay of the tests. It ends with exit
code 0 only if everything that is owed has arrived.
"""

from __future__ import annotations

import asyncio
import re
import smtplib
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator, Sequence
from email.message import EmailMessage

from services.ideas.bodies import Body
from services.ideas.catalogue import read_catalogue
from tests.demo_messages import ByMail, Person, chats, mails
from tests.fakes.bot_api import BotApiServer, Citizen
from tests.fakes.smtp_sink import SmtpSink
from tests.mail import mail
from tests.service import ROOT, Service

STAGES = ("pruefung-regionalkonvent", "fachpruefung-imag", "lenkungskreis", "aufgenommen", "umgesetzt")
# Who gets an idea about traffic on its way through the stages.
LATER_BODIES = ("regionalkonvent", "imag", "smil", "lenkungskreis")
REFERENCE = re.compile(r"SWS-\d{4}-\d{4}-\d")
WIDTH = 100
_COMMANDS_AT_ONCE = 4


class Demonstration:
    """One run: the service, the two servers beside it, and what each person and each body got."""

    def __init__(self, service: Service, telegram: BotApiServer, relay: SmtpSink) -> None:
        self._service = service
        self._telegram = telegram
        self._relay = relay
        self._bodies = read_catalogue(ROOT / "config", {}).bodies
        self._missing: list[str] = []
        self._citizens: dict[int, Citizen] = {}

    async def run(self) -> list[str]:
        """Play it, print it, and return what is missing."""
        say("Zwölf Nachrichten kommen an", heading=True)
        await self._send()
        followed = await self._confirmed()
        await self._digests(list(self._bodies))
        say(f"Eine Idee geht ihren Weg: {followed}", heading=True)
        await self._through_all_stages(followed)
        await self._digests(LATER_BODIES)
        self._print_submitters()
        self._print_bodies()
        if self._telegram.violations:
            self._missing.append(f"Bot API: {self._telegram.violations}")
        return self._missing

    async def _send(self) -> None:
        for item in mails():
            await asyncio.to_thread(hand_over, self._service.mail_port, item)
            say(f"E-Mail    {item.person.name}")
        for chat in chats():
            citizen = self._telegram.citizen(chat_id=chat.chat, first_name=chat.person.name, language_code="de")
            self._citizens[chat.chat] = citizen
            await citizen.says(chat.text)
            say(f"Telegram  {chat.person.name}: {chat.text}")

    async def _confirmed(self) -> str:
        """Wait for every confirmation; the reference of the first mail's idea."""
        await self._service.logged("message.read", count=12, timeout_s=60)
        references = []
        for person in (item.person for item in mails() if item.person.is_confirmed):
            confirmation = await self._mail_to(person.address)
            references += REFERENCE.findall(str(confirmation["Subject"])) if confirmation else []
        for chat in chats():
            try:
                references += REFERENCE.findall((await self._citizens[chat.chat].reads("SWS-", timeout_s=20))["text"])
            except TimeoutError:
                self._missing.append(f"confirmation for {chat.person.name}")
        if len(set(references)) != 10:
            self._missing.append(f"ten different reference numbers, found {sorted(set(references))}")
        return str(references[0])

    async def _through_all_stages(self, reference: str) -> None:
        person = mails()[0].person
        await self._answer(person)
        for stage in STAGES:
            note = "Der Verkehrsverbund prüft zwei zusätzliche Fahrten." if stage == STAGES[0] else ""
            code, output = await self._service.command("stage", reference, stage, "--note", note)
            say(output.strip())
            if code or await self._mail_to(person.address) is None:
                self._missing.append(f"update {stage}")
        code, output = await self._service.command("show", reference)
        say(output)

    async def _answer(self, person: Person) -> None:
        """Whoever answers our mail has received it: from then on they hear of each stage."""
        confirmation = self._relay.mails_to(person.address)[0].message
        text = "Gern auch am Samstag."
        say(f"{person.name} antwortet: {text}")
        reply_to = str(confirmation["Reply-To"])
        message = mail(person.address, f"Re: {confirmation['Subject']}", text, recipient=reply_to)
        await asyncio.to_thread(hand_over, self._service.mail_port, ByMail(person, message), reply_to)
        await self._service.logged("message.read", count=13)

    async def _digests(self, bodies: Sequence[str]) -> None:
        at_once = asyncio.Semaphore(_COMMANDS_AT_ONCE)

        async def digest(body: Body) -> None:
            async with at_once:
                code, output = await self._service.command("digest", "--body", body.id, "--send")
            told = "gehen an" in output
            if code or (told and await self._mail_to(body.email[0]) is None):
                self._missing.append(f"digest for {body.id}")

        await asyncio.gather(*(digest(self._bodies[name]) for name in bodies))

    async def _mail_to(self, address: str) -> EmailMessage | None:
        try:
            return (await self._relay.mail_to(address, timeout=20)).message
        except TimeoutError:
            self._missing.append(f"a mail to {address}")
            return None

    def _print_submitters(self) -> None:
        say("Was die Menschen bekommen haben", heading=True)
        for item in mails():
            self._print_mails(item.person.name, item.person.address, expected=item.person.is_confirmed)
        for chat in chats():
            say(f"{chat.person.name} (Telegram)", heading=True)
            for message in self._citizens[chat.chat].messages:
                say(message["text"], indent="  │ ")

    def _print_bodies(self) -> None:
        say("Was die Stellen bekommen haben", heading=True)
        for body in self._bodies.values():
            if self._relay.mails_to(body.email[0]):
                self._print_mails(body.name, body.email[0], expected=True)

    def _print_mails(self, name: str, address: str, *, expected: bool) -> None:
        say(f"{name} <{address}>", heading=True)
        received = self._relay.mails_to(address)
        if not received:
            say("nichts" + (", obwohl etwas geschuldet war" if expected else ", und das ist richtig so"))
        elif not expected:
            self._missing.append(f"nothing should have gone to {address}")
        for each in received:
            say(f"Betreff: {each.message['Subject']}")
            say(plain_text(each.message), indent="  │ ")


def hand_over(port: int, item: ByMail, recipient: str = "ideen@example.org") -> None:
    """Send a mail as its author's program does."""
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
        if isinstance(item.message, bytes):
            client.sendmail(item.person.address, [recipient], item.message)
        else:
            client.send_message(item.message)


def plain_text(message: EmailMessage) -> str:
    """The text part of a mail."""
    part = message.get_body(("plain",))
    return str(part.get_content()).replace("\r\n", "\n") if part else ""


def say(text: str, *, heading: bool = False, indent: str = "") -> None:
    """Print for a person: headings stand out, long lines are wrapped."""
    if heading:
        bold, plain = ("\033[1m", "\033[0m") if sys.stdout.isatty() else ("", "")
        print(f"\n{bold}── {text} {'─' * max(0, WIDTH - len(text) - 4)}{plain}", flush=True)
        return
    for line in text.strip("\n").split("\n"):
        print("\n".join(wrapped(line, indent)), flush=True)


def wrapped(line: str, indent: str) -> Iterator[str]:
    """The line in pieces that fit the width; links stay whole."""
    pieces = textwrap.wrap(line, WIDTH - len(indent), break_long_words=False, break_on_hyphens=False) or [""]
    return (indent + piece for piece in pieces)


async def main() -> int:
    """Run the demonstration in a directory of its own."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as directory:
        async with BotApiServer() as telegram, SmtpSink() as relay:
            settings = {
                "STORAGE_DATA_DIR": directory,
                "WEB_PORT": "0",
                "EMAIL_PORT": "0",
                "RELAY_HOST": "127.0.0.1",
                "RELAY_PORT": str(relay.port),
                "RELAY_SECURITY": "none",
                "AUTHENTICATION_RESOLVER": "off",
                "TELEGRAM_TOKEN": telegram.token,
                "TELEGRAM_BASE_URL": telegram.base_url,
            }
            async with Service(settings) as service:
                missing = await Demonstration(service, telegram, relay).run()
    say("Ergebnis", heading=True)
    for item in missing:
        say(f"fehlt: {item}")
    say("Alles ist angekommen." if not missing else "Es ist nicht alles angekommen.")
    say(f"({time.monotonic() - started:.0f} Sekunden)")
    return 1 if missing else 0


if __name__ == "__main__":
    raise SystemExit(asyncio.run(main()))
