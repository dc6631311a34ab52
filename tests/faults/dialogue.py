"""A whole dialogue, step by step, and what is left of it in the store and in the chat."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import text

from services.ideas.store import Store
from tests.fakes.bot_api import BotApiServer, Citizen
from tests.faults.lives import Life

DATABASE = "ideenkanal.sqlite3"
_CHAT = 4711
_KILLED = -9
_PHOTO = b"\xff\xd8\xff\xe0 a photo of a bus stop"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that the person does: one update, and so many answers."""

    name: str
    act: Callable[[Citizen], Awaitable[object]]
    answers: int = 1
    has_file: bool = False


def _says(words: str) -> Callable[[Citizen], Awaitable[object]]:
    return lambda person: person.says(words)


def _presses(label: str) -> Callable[[Citizen], Awaitable[object]]:
    """Press a button under the newest message that has it."""

    def press(person: Citizen) -> Awaitable[object]:
        found = next(each for each in reversed(person.messages) if label in _labels(each))
        return person.presses(found, label)

    return press


POINTS = ("after-commit", "before-record", "during-record", "after-record", "before-send", "after-send")
FILE_POINTS = ("before-file", "after-file")
STEPS = (
    Step("idea", _says("In Chemnitz fährt nach 18 Uhr kein Bus mehr."), answers=2),
    Step("photo", lambda person: person.sends_photo(_PHOTO, caption="So ist die Haltestelle."), has_file=True),
    Step("addition", _says("Und im Wald fehlt eine Bank.")),
    Step("place is wrong", _presses("Ort ändern")),
    Step("place is named", _says("Plauen")),
    Step("topic is wrong", _presses("Thema ändern")),
    Step("topic is chosen", _presses("Bildung und Wissenschaft")),
    Step("split", _presses("Neue Idee")),
    Step("merge", _presses("Zusammenlegen")),
    Step("withdrawal is asked", _presses("Zurückziehen")),
    Step("withdrawal is meant", _presses("Ja, zurückziehen")),
    Step("languages are asked", _says("/sprache")),
    Step("language is chosen", _presses("English")),
)

ROUNDS = len(POINTS) + len(FILE_POINTS)


def points_of(number: int) -> tuple[str, ...]:
    """The points of one round: in as many rounds as there are, each step comes to each of its points."""
    own = [(*POINTS, *FILE_POINTS) if step.has_file else POINTS for step in STEPS]
    return tuple(each[(number + position) % len(each)] for position, each in enumerate(own))


# All that a dialogue leaves behind, but for times and the numbers that repeated messages shift.
_STORED: Mapping[str, str] = {
    "messages": "SELECT external_id, state, outcome FROM inbound_message ORDER BY id",
    "submitters": "SELECT channel, address, language, privacy_notice FROM submitter",
    "ideas": "SELECT idea.reference, idea.stage, idea.model, idea.understanding, other.reference FROM idea"
    " LEFT JOIN idea AS other ON other.id = idea.merged_into_id ORDER BY idea.id",
    "contributions": "SELECT reference, text, subject, external_id FROM contribution"
    " JOIN idea ON idea.id = idea_id JOIN inbound_message ON inbound_message.id = inbound_id ORDER BY contribution.id",
    "files": "SELECT text, filename, sha256 FROM attachment"
    " JOIN contribution ON contribution.id = contribution_id ORDER BY attachment.id",
    "awaited": "SELECT state FROM awaited_file",
    "corrections": "SELECT reference, field, before, after, actor FROM correction"
    " JOIN idea ON idea.id = idea_id ORDER BY correction.id",
    "stages": "SELECT reference, stage_change.stage, actor FROM stage_change"
    " JOIN idea ON idea.id = idea_id ORDER BY stage_change.id",
    "bodies": "SELECT reference, body, rule FROM assignment JOIN idea ON idea.id = idea_id ORDER BY reference, body",
    "questions": "SELECT expects FROM dialogue",
    "answers": "SELECT key, template, state FROM notification ORDER BY id",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as it reads in the chat, whatever its number."""

    who: str
    kind: str
    text: str
    buttons: tuple[tuple[str, ...], ...]
    answers: str
    is_edited: bool


@dataclass(frozen=True, slots=True)
class Remains:
    """What the store holds after a dialogue, all that the bot has said, and what the chat shows in the end.

    What was said twice in a row is there once; `most_copies` is how many more there are of one message.
    """

    stored: Mapping[str, Sequence[tuple[object, ...]]]
    said: Sequence[tuple[str, tuple[str, ...]]]
    chat: Sequence[Shown]
    most_copies: int


def settings_of(folder: Path, telegram: BotApiServer) -> dict[str, str]:
    """The settings of an installation in a folder; in two of them a dialogue reads alike, links and all."""
    return {
        "STORAGE_DATA_DIR": str(folder),
        "STORAGE_DATABASE_URL": f"sqlite+aiosqlite:///{folder}/{DATABASE}",
        "SECURITY_SECRET_KEY": "a secret that only the tests know",
        "EMAIL_PORT": "0",
        "WEB_PORT": "0",
        "AUTHENTICATION_RESOLVER": "off",
        "TELEGRAM_TOKEN": telegram.token,
        "TELEGRAM_BASE_URL": telegram.base_url,
        "TELEGRAM_BASE_FILE_URL": telegram.base_file_url,
        "WORK_POLL_SECONDS": "0.2",
    }


async def undisturbed(settings: Mapping[str, str], telegram: BotApiServer) -> Remains:
    """Play the dialogue in one life."""
    person = telegram.citizen(_CHAT, "Erika")
    answers = 0
    async with Life(settings) as life:
        for step in STEPS:
            await step.act(person)
            answers += step.answers
            await life.logged("notification.sent", count=answers)
        await life.logged("file.kept")
    return await _remains(settings, telegram, person)


async def killed(settings: Mapping[str, str], telegram: BotApiServer, points: Sequence[str]) -> Remains:
    """Play the dialogue in as many lives as it has steps, and one more: in each step the program dies at its point."""
    person = telegram.citizen(_CHAT, "Erika")
    for done, (step, point) in enumerate(zip(STEPS, points, strict=True)):
        left = await _left(settings, done)
        async with Life(settings, point, is_armed=False) as life:
            await left.done_by(life, telegram)
            await life.arm()
            await step.act(person)
            assert await life.ended() == _KILLED, f"{step.name} does not come to {point}"
    left = await _left(settings, len(STEPS))
    async with Life(settings) as life:
        await left.done_by(life, telegram)
    return await _remains(settings, telegram, person)


@dataclass(frozen=True, slots=True)
class _Left:
    """What a life has to catch up on before the dialogue goes on."""

    answers: int
    files: int

    async def done_by(self, life: Life, telegram: BotApiServer) -> None:
        await life.logged("notification.sent", count=self.answers)
        await life.logged("file.kept", count=self.files)
        await telegram.all_confirmed(timeout_s=30)


async def _left(settings: Mapping[str, str], done: int) -> _Left:
    """What so many steps have left undone."""
    if not done:
        return _Left(0, 0)
    counted = {
        "read": "SELECT count(*) FROM inbound_message WHERE state = 'read'",
        "unsent": "SELECT count(*) FROM notification WHERE state IN ('due', 'sending')",
        "awaited": "SELECT count(*) FROM awaited_file",
    }
    async with Store(settings["STORAGE_DATABASE_URL"]) as store, store.reading() as session:
        counts = {name: (await session.execute(text(query))).scalar_one() for name, query in counted.items()}
    if counts["read"] == done:
        return _Left(counts["unsent"], counts["awaited"])
    last = STEPS[done - 1]
    return _Left(last.answers, int(last.has_file))


async def _remains(settings: Mapping[str, str], telegram: BotApiServer, person: Citizen) -> Remains:
    async with Store(settings["STORAGE_DATABASE_URL"]) as store, store.reading() as session:
        stored = {name: [tuple(row) for row in await session.execute(text(query))] for name, query in _STORED.items()}
    put = [
        (call.parameters["text"], tuple(_labels(call.parameters)))
        for call in telegram.calls
        if call.method in {"sendMessage", "editMessageText"} and call.is_carried_out
    ]
    said = [each for each, before in zip(put, [None, *put], strict=False) if each != before]
    runs = _runs(telegram, person)
    copies = {number for run in runs for number in run[:-1]}
    entries = person.transcript()
    texts = {entry.message_id: entry.text for entry in entries}
    chat = [
        Shown(entry.who, entry.kind, entry.text, entry.buttons, texts.get(entry.reply_to or 0, ""), entry.is_edited)
        for entry in entries
        if entry.message_id not in copies
    ]
    return Remains(stored, said, chat, max(map(len, runs)) - 1)


def _runs(telegram: BotApiServer, person: Citizen) -> list[list[int]]:
    """The numbers of the bot's messages, those together that left one after the other with the same content."""
    sent = [call.parameters for call in telegram.calls_of("sendMessage") if call.is_carried_out]
    runs: list[list[int]] = []
    for number, (parameters, message) in enumerate(zip(sent, person.messages, strict=True)):
        if number and parameters == sent[number - 1]:
            runs[-1].append(message["message_id"])
        else:
            runs.append([message["message_id"]])
    return runs


def _labels(message: Mapping[str, Any]) -> list[str]:
    """What stands on the buttons of a message, as it was sent or as it is shown."""
    markup = message.get("reply_markup") or {"inline_keyboard": []}
    return [button["text"] for row in markup["inline_keyboard"] for button in row]
