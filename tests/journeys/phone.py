"""What a person does with a chat on their phone, and what they see of its messages and of mails there."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.fakes.bot_api import Correspondent, Message
    from tests.fakes.smtp_sink import ReceivedMail

_PATIENCE_SECONDS = 10.0


def words(message: Message) -> str:
    """What a message says, alone or below a file."""
    return message.get("text") or message.get("caption", "")


def labels(message: Message) -> list[str]:
    """What stands on the buttons under a message, row after row."""
    return [
        key["text"] for row in message.get("reply_markup", {"inline_keyboard": []})["inline_keyboard"] for key in row
    ]


async def asks(person: Correspondent, text: str) -> Message:
    """Write a message, and read the answer to it; before that nothing must be unread."""
    await person.says(text)
    return await person.next_message(timeout=_PATIENCE_SECONDS)


async def asks_all(person: Correspondent, texts: Iterable[str]) -> list[Message]:
    """Write several messages at once, and read their answers; each must have one."""
    written = list(texts)
    for text in written:
        await person.says(text)
    return [await person.next_message(timeout=_PATIENCE_SECONDS) for _ in written]


async def begins(person: Correspondent, text: str) -> Message:
    """Write to the bot for the first time, and read the answer that follows the privacy notice."""
    await asks(person, text)
    return await person.next_message(timeout=_PATIENCE_SECONDS)


async def presses(person: Correspondent, message: Message, label: str) -> Message:
    """Press a button, and read the answer to it; the phone no longer shows that it waits."""
    await person.presses(message, label)
    await person.next_notice(timeout=_PATIENCE_SECONDS)
    answer = await person.next_message(timeout=_PATIENCE_SECONDS)
    assert answer["reply_to_message"]["message_id"] == message["message_id"]
    return answer


async def turns(person: Correspondent, message: Message, label: str, reads: str) -> Message:
    """Press a button, and read what then stands in its message's place; the phone no longer shows that it waits."""
    await person.presses(message, label)
    await person.next_notice(timeout=_PATIENCE_SECONDS)
    changed = await person.reads(reads, timeout_s=_PATIENCE_SECONDS)
    assert changed["message_id"] == message["message_id"]
    return changed


def letter(received: ReceivedMail) -> str:
    """What a mail says in plain text."""
    part = received.message.get_body(("plain",))
    assert part is not None
    text: str = part.get_content().replace("\r\n", "\n")
    return text
