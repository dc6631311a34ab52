"""What a person asks the program itself, by a command or in words: as a request, or as a wish."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from services.ideas.chat import Button
from services.ideas.readings import Asked, Reading, Request
from services.ideas.words import Command
from services.intake.telegram.phrases import WISHES, Called, Phrases
from services.intake.telegram.references import references_in
from services.intake.telegram.said import Said

# With umlauts, which Telegram itself takes for the command's end.
_FORM = re.compile(r"/(?P<name>\w{1,64})(?:@\w+)?(?:\s+(?P<said>.*))?", re.DOTALL)
_TEMPLATES: Mapping[Command, str] = {
    Command.START: "welcome",
    Command.HELP: "help",
    Command.MINE: "status",
    Command.STATUS: "status",
    Command.PRIVACY: "privacy",
    Command.IMPRINT: "imprint",
    Command.ACCESSIBILITY: "accessibility",
}
_LONGEST_ARGUMENT = 40
# What a deep link or a mistyped number brings along is shorter.
_FEWEST_WORDS = 4
_ABOUT_PERSONS = frozenset(WISHES.values())


def command_in(words: str, phrases: Phrases) -> tuple[Called | None, str] | None:
    """The command with which words begin, and what is written behind it; None where they begin with none.

    Of an unknown command only what stands behind it is left. Behind a known one that takes an argument, whatever stands
    there is the argument, so that a mistyped number or code is answered as one.
    """
    match = _FORM.fullmatch(words)
    if match is None:
        return None
    said = (match["said"] or "").strip()
    command = phrases.command(match["name"])
    if command is None:
        return None, said
    argument = phrases.argument(command, said)
    if not argument and command is Command.STATUS:
        argument = next(iter(references_in(said)), said)
    if not argument and command is Command.JOIN:
        argument = said
    return Called(command, argument[:_LONGEST_ARGUMENT].rstrip()), said


def is_said_behind(called: Called, said: str) -> bool:
    """Whether what stands behind a command that only shows something is no argument, but somebody's idea."""
    is_reference = called.command is Command.STATUS and references_in(said)
    return called.command in _TEMPLATES and not is_reference and len(said.split()) >= _FEWEST_WORDS


def answer_to(called: Called, said: Said, words: str = "") -> Reading:
    """What a command asks for. `words` are those that were typed in place of a command."""
    if wish := WISHES.get(called.command):
        return wished(Button(wish, argument=called.argument), said, words)
    asked = (called.argument or said.chat.answers_about) if called.command is Command.STATUS else ""
    return Request(said.sender, _TEMPLATES[called.command], {"asked": asked} if asked else {})


def wished(button: Button, said: Said, words: str) -> Asked:
    """A wish in words; what it is about says the bot's message that it replies to."""
    if button.wish not in _ABOUT_PERSONS:
        button = replace(button, reference=said.chat.answers_about)
    return Asked(said.sender, button, said.chat, words=words)
