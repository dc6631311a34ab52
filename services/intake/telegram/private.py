"""What a message in a private chat is: an idea, a wish, a question to the program, small talk, or nothing to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from services.ideas.chat import Button
from services.ideas.readings import Edit, Nothing, Reading, Request, Submission
from services.ideas.words import Command, Talk
from services.intake.telegram.carried import carried_by
from services.intake.telegram.commands import answer_to, command_in, is_said_behind, wished
from services.intake.telegram.phrases import Called, Phrases
from services.intake.telegram.plain import has_words
from services.intake.telegram.said import Said
from services.intake.telegram.service_messages import SERVICE

_TALK: Mapping[Talk, str] = {Talk.GREETING: "greeting", Talk.THANKS: "thanks"}
_NO_WORDS = "no_words"
_LONGEST_PHRASE = 200


def read_private(said: Said, phrases: Phrases, most_file_bytes: int) -> Reading:
    """What somebody says in a private chat. Whatever else a message is, its words and files are never passed over."""
    if said.content.get("from", {}).get("is_bot"):
        return Nothing("a bot wrote it")
    awaited, refused = carried_by(said.content, most_file_bytes)
    if awaited or refused or said.point:
        return replace(_own_words(said, phrases), refused=refused, point=said.point, awaited=awaited)
    if has_words(said.text):
        return _forwarded(said, phrases) if "forward_origin" in said.content else _written(said, phrases)
    is_service = not said.words and not SERVICE.isdisjoint(said.content)
    return Nothing("a service message") if is_service else Request(said.sender, _NO_WORDS)


def read_edit(said: Said, phrases: Phrases) -> Reading:
    """How a message reads now. A place that moves by itself is nothing new (Bot API, live_period)."""
    if "location" in said.content:
        return Nothing("a live location")
    # What stands below a picture is words, whatever it reads.
    reading = _written(said, phrases) if "text" in said.content else _idea(said, said.text)
    if not isinstance(reading, Submission):
        return Edit(said.sender, said.chat, said.text, is_phrase=True)
    return Edit(said.sender, said.chat, reading.text if has_words(reading.text) else "")


def _written(said: Said, phrases: Phrases) -> Reading:
    if command := command_in(said.words, phrases):
        called, behind = command
        if called is not None and not is_said_behind(called, behind):
            return answer_to(called, said)
        # "/idee In Plauen fehlt ein Radweg": whoever writes more than a command has said something.
        return _idea(said, behind) if has_words(behind) else Request(said.sender, "help")
    asked = _asked(said, phrases) if len(said.words) <= _LONGEST_PHRASE else None
    return asked or _own_words(said, phrases)


def _asked(said: Said, phrases: Phrases) -> Reading | None:
    """What a message asks for whose words are a phrase as a whole."""
    match phrases.meaning(said.words):
        case Called() as called:
            return answer_to(called, said, said.words)
        case Button() as button:
            return wished(button, said, said.words)
    talk = phrases.talk(said.words)
    return Request(said.sender, _TALK[talk]) if talk else None


def _forwarded(said: Said, phrases: Phrases) -> Reading:
    # What somebody else has written asks nothing of the program, but a code may come this way.
    match phrases.meaning(said.words):
        case Called(Command.JOIN, str(code)) as called if code:
            return answer_to(called, said, said.words)
    return _idea(said, said.text)


def _own_words(said: Said, phrases: Phrases) -> Submission:
    return replace(_idea(said, said.text), is_new=phrases.announces_idea(said.words))


def _idea(said: Said, text: str) -> Submission:
    return Submission(said.sender, "", text, chat=said.chat)
