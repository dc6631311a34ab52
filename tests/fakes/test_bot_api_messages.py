from __future__ import annotations

import pytest
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    LinkPreviewOptions,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    ReplyParameters,
)
from telegram.error import BadRequest, Forbidden

from tests.fakes.bot_api import BotApiServer, Citizen


async def test_the_bot_answers_a_citizen(server: BotApiServer, bot: Bot, erika: Citizen) -> None:
    """A sent message reaches the citizen with its text, entities and buttons, and nothing in it is a violation."""
    await erika.says("/start")
    buttons = InlineKeyboardMarkup([[InlineKeyboardButton("Ja", callback_data="ja")]])
    sent = await bot.send_message(
        erika.chat_id,
        "Guten <b>Tag</b> &amp; <a href='https://example.org'>mehr</a>",
        parse_mode="HTML",
        reply_markup=buttons,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
    )
    received = await erika.next_message()

    assert (received["text"], received["message_id"]) == ("Guten Tag & mehr", sent.message_id)
    assert [(each["type"], each["offset"], each["length"]) for each in received["entities"]] == [
        ("bold", 6, 3),
        ("text_link", 12, 4),
    ]
    assert received["reply_markup"]["inline_keyboard"][0][0]["text"] == "Ja"
    assert server.violations == []


async def test_a_citizen_who_never_wrote_cannot_be_written_to(bot: Bot, erika: Citizen) -> None:
    """A chat that has not written to the bot does not exist for it."""
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(erika.chat_id, "Hallo")


async def test_a_blocked_bot_is_forbidden_until_the_citizen_writes_again(bot: Bot, erika: Citizen) -> None:
    """After a block the bot is refused with 403; the next message of the citizen ends that."""
    await erika.says("Hallo")
    await erika.blocks_bot()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(erika.chat_id, "Hallo")

    await erika.says("/start")

    assert (await bot.send_message(erika.chat_id, "Hallo")).text == "Hallo"


@pytest.mark.parametrize(
    ("text", "parse_mode", "description"),
    [
        ("", None, "Message text is empty"),
        ("<b> </b>", "HTML", "Text must be non-empty"),
        (" \n\u200b", None, "Text must be non-empty"),
        ("x" * 4097, None, "Message is too long"),
        ("🚲" * 2049, None, "Message is too long"),
        ("<b>offen", "HTML", "Can't parse entities: can't find end tag"),
        ("<i>schief</b>", "HTML", "Can't parse entities: unmatched end tag at byte offset 9"),
        ("zu</b>", "HTML", "Can't parse entities: unexpected end tag"),
        ("ein <div>", "HTML", 'Can\'t parse entities: unsupported start tag "div" at byte offset 4'),
        ("1 < 2", "HTML", "Can't parse entities"),
        ("*fett*", "Fett", "Unsupported parse_mode"),
    ],
)
async def test_text_that_telegram_refuses_is_refused(
    bot: Bot, erika: Citizen, text: str, parse_mode: str | None, description: str
) -> None:
    """Empty, overlong and badly marked texts get the real server's 400."""
    await erika.says("Hallo")
    with pytest.raises(BadRequest) as refused:
        await bot.send_message(erika.chat_id, text, parse_mode=parse_mode)
    assert refused.value.message.lower().startswith(description.lower())


async def test_the_longest_text_is_accepted(bot: Bot, erika: Citizen) -> None:
    """4,096 UTF-16 units after entities parsing are allowed."""
    await erika.says("Hallo")

    sent = await bot.send_message(erika.chat_id, f"<b>{'🚲' * 2048}</b>", parse_mode="HTML")

    assert sent.text == "🚲" * 2048


@pytest.mark.parametrize(("data", "accepted"), [("ü" * 32, True), ("ü" * 32 + "x", False)])
async def test_callback_data_is_measured_in_bytes(bot: Bot, erika: Citizen, data: str, *, accepted: bool) -> None:
    """Callback data may have 64 bytes, not characters."""
    await erika.says("Hallo")
    sending = bot.send_message(
        erika.chat_id, "?", reply_markup=InlineKeyboardMarkup([[InlineKeyboardButton("Ja", callback_data=data)]])
    )

    if accepted:
        assert (await sending).reply_markup is not None
    else:
        with pytest.raises(BadRequest, match=r"(?i)button_data_invalid"):
            await sending


async def test_a_reply_keyboard_stays_until_removed(bot: Bot, erika: Citizen) -> None:
    """A reply keyboard stands until a message removes it, and is no part of the message."""
    await erika.says("Hallo")
    keyboard = ReplyKeyboardMarkup([[KeyboardButton("Standort", request_location=True)]])
    sent = await bot.send_message(erika.chat_id, "Wo?", reply_markup=keyboard)
    shown = erika.keyboard
    await bot.send_message(erika.chat_id, "Danke", reply_markup=ReplyKeyboardRemove())

    assert shown is not None
    assert (shown["keyboard"][0][0]["text"], sent.reply_markup, erika.keyboard) == ("Standort", None, None)


async def test_a_pressed_button_is_answered_once(bot: Bot, erika: Citizen) -> None:
    """A press comes as a callback query; its answer reaches the citizen, and a second answer is refused."""
    await erika.says("Hallo")
    buttons = InlineKeyboardMarkup([[InlineKeyboardButton("Ja", callback_data="ja:1")]])
    await bot.send_message(erika.chat_id, "Stimmt das?", reply_markup=buttons)
    await erika.presses(await erika.next_message(), "Ja")
    query = (await bot.get_updates())[-1].callback_query
    assert query is not None

    await query.answer("Danke")

    assert (query.data, (await erika.next_notice()).text) == ("ja:1", "Danke")
    with pytest.raises(BadRequest, match="Query is too old"):
        await query.answer("Danke")


async def test_an_edited_message_reads_anew(bot: Bot, erika: Citizen) -> None:
    """An edit replaces text and buttons, and the same edit again is refused as not modified."""
    await erika.says("Hallo")
    sent = await bot.send_message(erika.chat_id, "Einen Moment")
    await bot.edit_message_text("Fertig", erika.chat_id, sent.message_id)

    assert [each["text"] for each in erika.messages] == ["Fertig"]
    with pytest.raises(BadRequest, match="Message is not modified"):
        await bot.edit_message_text("Fertig", erika.chat_id, sent.message_id)


async def test_a_message_of_a_person_cannot_be_edited(bot: Bot, erika: Citizen) -> None:
    """The bot edits its own messages only."""
    await erika.says("Hallo")
    (update,) = await bot.get_updates()
    assert update.message is not None

    with pytest.raises(BadRequest, match="Message can't be edited"):
        await bot.edit_message_text("Tschüs", erika.chat_id, update.message.message_id)


async def test_a_deleted_message_is_gone(bot: Bot, erika: Citizen) -> None:
    """A deleted message is gone for the citizen, and cannot be deleted again."""
    await erika.says("Hallo")
    sent = await bot.send_message(erika.chat_id, "Versehen")
    await sent.delete()

    assert erika.messages == ()
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await sent.delete()


async def test_a_reply_names_its_message(bot: Bot, erika: Citizen) -> None:
    """A reply carries the message that it answers; one to an unknown message is refused."""
    await erika.says("Hallo")
    first = await bot.send_message(erika.chat_id, "Worum geht es?")
    await bot.send_message(erika.chat_id, "Ja", reply_parameters=ReplyParameters(first.message_id))

    assert erika.messages[-1]["reply_to_message"]["text"] == "Worum geht es?"
    with pytest.raises(BadRequest, match="Message to be replied not found"):
        await bot.send_message(erika.chat_id, "Ja", reply_parameters=ReplyParameters(999_999))


async def test_a_group_is_open_until_it_removes_the_bot(server: BotApiServer, bot: Bot, erika: Citizen) -> None:
    """A group may be written to at once, and not any more after it removed the bot."""
    group = server.group(-100_123, "Regionalkonvent", member=erika)
    await bot.send_message(group.chat_id, "Neue Ideen")
    assert (await group.next_message())["text"] == "Neue Ideen"

    await group.removes_bot()

    with pytest.raises(Forbidden, match="bot was kicked"):
        await bot.send_message(group.chat_id, "Neue Ideen")


async def test_typing_is_seen(bot: Bot, erika: Citizen) -> None:
    """A chat action is seen in the chat; an unknown one is refused."""
    await erika.says("Hallo")
    await bot.send_chat_action(erika.chat_id, "typing")

    assert erika.actions == ("typing",)
    with pytest.raises(BadRequest, match="Wrong parameter action"):
        await bot.send_chat_action(erika.chat_id, "singing")
