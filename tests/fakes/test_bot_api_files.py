from __future__ import annotations

import pytest
from telegram import (
    Bot,
)
from telegram.error import BadRequest

from tests.fakes.bot_api import BotApiServer, Citizen


async def test_a_sent_document_can_be_fetched(bot: Bot, erika: Citizen) -> None:
    """A citizen's document comes with name, type and size, and its bytes can be downloaded."""
    await erika.sends_document(b"%PDF-1.7", "Plan.pdf", "application/pdf", caption="Mein Plan")
    (update,) = await bot.get_updates()
    assert update.message is not None
    assert update.message.document is not None

    content = await (await update.message.document.get_file()).download_as_bytearray()

    assert (update.message.caption, update.message.document.file_name) == ("Mein Plan", "Plan.pdf")
    assert bytes(content) == b"%PDF-1.7"


async def test_a_file_over_20_mb_cannot_be_fetched(bot: Bot, erika: Citizen) -> None:
    """GetFile refuses a file of more than 20 MB."""
    await erika.sends_document(b"x", "Film.mp4", "video/mp4", file_size=20 * 1024 * 1024 + 1)
    (update,) = await bot.get_updates()
    assert update.message is not None
    assert update.message.document is not None

    with pytest.raises(BadRequest, match="File is too big"):
        await update.message.document.get_file()


async def test_a_photo_comes_in_several_sizes(bot: Bot, erika: Citizen) -> None:
    """A photo is offered in growing sizes up to 1,280 pixels."""
    await erika.sends_photo(b"\xff\xd8\xff", width=1600, height=1200)
    (update,) = await bot.get_updates()
    assert update.message is not None

    assert [(each.width, each.height) for each in update.message.photo] == [
        (90, 68),
        (320, 240),
        (800, 600),
        (1280, 960),
    ]


async def test_the_bot_sends_a_document(server: BotApiServer, bot: Bot, erika: Citizen) -> None:
    """An upload by multipart reaches the citizen under its name."""
    await erika.says("Hallo")
    await bot.send_document(
        erika.chat_id, b"Reihe;Spalte", filename="Ideen.csv", caption="Alle <i>Ideen</i>", parse_mode="HTML"
    )

    received = await erika.next_message()

    assert (received["document"]["file_name"], received["document"]["file_size"]) == ("Ideen.csv", 12)
    assert (received["caption"], server.violations) == ("Alle Ideen", [])
