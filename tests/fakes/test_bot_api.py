from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import aiohttp
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
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter

from tests.fakes.bot_api import BotApiServer, Citizen

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_LONG_POLL_S = 30


@pytest.fixture
async def server() -> AsyncIterator[BotApiServer]:
    async with BotApiServer() as running:
        yield running


@pytest.fixture
async def bot(server: BotApiServer) -> AsyncIterator[Bot]:
    async with Bot(server.token, base_url=server.base_url, base_file_url=server.base_file_url) as ready:
        yield ready


@pytest.fixture
def erika(server: BotApiServer) -> Citizen:
    return server.citizen(chat_id=4711, first_name="Erika", language_code="de")


async def test_the_bot_learns_who_it_is(server: BotApiServer, bot: Bot) -> None:
    """GetMe tells the library a bot with an id and a user name, and calls of a correct client are no violations."""
    assert (bot.bot.is_bot, bot.username, server.violations) == (True, server.bot["username"], [])


async def test_a_wrong_token_is_refused(server: BotApiServer) -> None:
    """A wrong token is answered with 401 and noted as a violation."""
    with pytest.raises(InvalidToken):
        await Bot("1:wrong", base_url=server.base_url).get_me()
    assert server.violations == ["wrong token"]


async def test_a_command_arrives_with_its_entity(bot: Bot, erika: Citizen) -> None:
    """A written command comes as an update with sender, chat, date in seconds and a bot_command entity."""
    update_id = await erika.says("/start Bürger")
    (update,) = await bot.get_updates()

    assert update.message is not None
    assert update.message.from_user is not None
    facts = (update.update_id, update.message.from_user.language_code, update.message.chat.id)
    assert facts == (update_id, "de", 4711)
    assert update.message.parse_entities() == {update.message.entities[0]: "/start"}


async def test_entities_count_utf16_units(bot: Bot, erika: Citizen) -> None:
    """A character outside the BMP counts twice in the offset of what follows."""
    await erika.says("🚲 /idee")
    (update,) = await bot.get_updates()

    assert update.message is not None
    assert (update.message.entities[0].offset, update.message.entities[0].length) == (3, 5)


async def test_updates_come_again_until_confirmed(bot: Bot, erika: Citizen) -> None:
    """An update is handed out again until an offset beyond it confirms it."""
    first, second = await erika.says("eins"), await erika.says("zwei")

    seen = [[each.update_id for each in await bot.get_updates(offset=offset)] for offset in (None, first, first + 1)]

    assert seen == [[first, second], [first, second], [second]]


async def test_a_negative_offset_forgets_all_but_the_last(server: BotApiServer, bot: Bot, erika: Citizen) -> None:
    """A negative offset returns that many of the last updates and forgets those before."""
    _, last = await erika.says("eins"), await erika.says("zwei")

    assert [each.update_id for each in await bot.get_updates(offset=-1)] == [last]
    assert server.pending_updates == (last,)


async def test_the_limit_holds(bot: Bot, erika: Citizen) -> None:
    """No more updates are handed out than the limit allows."""
    ids = [await erika.says(f"Nummer {number}") for number in range(3)]

    assert [each.update_id for each in await bot.get_updates(limit=2)] == ids[:2]


async def test_a_long_poll_ends_with_the_first_update(server: BotApiServer, bot: Bot, erika: Citizen) -> None:
    """A long poll is answered as soon as something is written."""
    poll = asyncio.create_task(bot.get_updates(timeout=_LONG_POLL_S))
    await server.called("getUpdates")
    update_id = await erika.says("Guten Tag")

    async with asyncio.timeout(5):
        assert [each.update_id for each in await poll] == [update_id]


async def test_kinds_that_are_not_allowed_do_not_come(bot: Bot, erika: Citizen) -> None:
    """After allowed_updates, other kinds of updates are not queued."""
    await bot.get_updates(allowed_updates=["message"])
    said = await erika.says("Hallo")
    await erika.blocks_bot()

    assert [each.update_id for each in await bot.get_updates()] == [said]


async def test_a_second_poller_ends_the_first(server: BotApiServer, bot: Bot) -> None:
    """A second getUpdates ends the waiting one with 409 and the description of the real server."""
    first = asyncio.create_task(bot.get_updates(timeout=_LONG_POLL_S))
    await server.called("getUpdates")
    await bot.get_updates()

    with pytest.raises(Conflict, match="terminated by other getUpdates request; make sure that only one bot"):
        await first


async def test_polling_is_refused_beside_a_webhook(bot: Bot) -> None:
    """With a webhook set, getUpdates is answered with 409."""
    await bot.set_webhook("http://127.0.0.1:1/hook")

    with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active"):
        await bot.get_updates()


async def test_setting_a_webhook_ends_a_waiting_poll(server: BotApiServer, bot: Bot) -> None:
    """SetWebhook ends a waiting getUpdates with 409."""
    poll = asyncio.create_task(bot.get_updates(timeout=_LONG_POLL_S))
    await server.called("getUpdates")
    await bot.set_webhook("http://127.0.0.1:1/hook")

    with pytest.raises(Conflict, match="terminated by setWebhook request"):
        await poll


async def test_a_redelivered_update_comes_though_it_was_confirmed(
    server: BotApiServer, bot: Bot, erika: Citizen
) -> None:
    """A scripted redelivery hands the same update out again that often, whatever the offset."""
    update_id = await erika.says("Radweg")
    await bot.get_updates()
    await bot.get_updates(offset=update_id + 1)

    await server.redeliver(update_id, times=2)

    seen = [[each.update_id for each in await bot.get_updates(offset=update_id + 1)] for _ in range(3)]
    assert seen == [[update_id], [update_id], []]


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
        ("<b> </b>", "HTML", "Message text is empty"),
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
        with pytest.raises(BadRequest, match="(?i)button_data_invalid"):
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


async def test_a_group_is_open_until_it_removes_the_bot(server: BotApiServer, bot: Bot, erika: Citizen) -> None:
    """A group may be written to at once, and not any more after it removed the bot."""
    group = server.group(-100_123, "Regionalkonvent", member=erika)
    await bot.send_message(group.chat_id, "Neue Ideen")
    assert (await group.next_message())["text"] == "Neue Ideen"

    await group.removes_bot()

    with pytest.raises(Forbidden, match="bot was kicked"):
        await bot.send_message(group.chat_id, "Neue Ideen")


async def test_commands_are_kept_by_language(server: BotApiServer, bot: Bot) -> None:
    """Commands set for a language can be read there, and an ill-formed one is refused."""
    await bot.set_my_commands([("start", "Beginnen")], language_code="de")

    assert (server.commands("de"), server.commands()) == ([{"command": "start", "description": "Beginnen"}], [])
    with pytest.raises(BadRequest, match="(?i)bot_command_invalid"):
        await bot.set_my_commands([("Start!", "Beginnen")])


async def test_typing_is_seen(bot: Bot, erika: Citizen) -> None:
    """A chat action is seen in the chat; an unknown one is refused."""
    await erika.says("Hallo")
    await bot.send_chat_action(erika.chat_id, "typing")

    assert erika.actions == ("typing",)
    with pytest.raises(BadRequest, match="Wrong parameter action"):
        await bot.send_chat_action(erika.chat_id, "singing")


async def test_a_scripted_refusal_comes_once_and_does_nothing(server: BotApiServer, bot: Bot, erika: Citizen) -> None:
    """A scripted 429 carries retry_after, nothing is sent, and the next call succeeds."""
    await erika.says("Hallo")
    server.answer_next("sendMessage", 1, 429, "Too Many Requests: retry after 5", {"retry_after": 5})

    with pytest.raises(RetryAfter):
        await bot.send_message(erika.chat_id, "eins")
    await bot.send_message(erika.chat_id, "zwei")

    assert [each["text"] for each in erika.messages] == ["zwei"]
    assert [each.answered for each in server.calls_of("sendMessage")] == [False, True]


async def test_a_held_call_goes_on_when_released(server: BotApiServer, bot: Bot, erika: Citizen) -> None:
    """A held call does nothing until it is released, and is then carried out."""
    await erika.says("Hallo")
    hang = server.hang_next("sendMessage")
    sending = asyncio.create_task(bot.send_message(erika.chat_id, "eins"))
    await hang.reached()
    before = erika.messages
    hang.release()

    assert (before, (await sending).text) == ((), "eins")


async def test_a_lost_answer_leaves_the_message_sent(server: BotApiServer, bot: Bot, erika: Citizen) -> None:
    """When an answer is lost, the client sees a network error though the message was sent."""
    await erika.says("Hallo")
    server.lose_next_answer("sendMessage")

    with pytest.raises(NetworkError):
        await bot.send_message(erika.chat_id, "eins")

    assert [each["text"] for each in erika.messages] == ["eins"]


@pytest.mark.parametrize(
    ("method", "parameters", "status", "violation"),
    [
        ("sendMessage", {"chat_id": 4711, "text": "x", "disable_web_page_preview": True}, 400, "not a field"),
        ("sendMessage", {"chat_id": 4711, "text": 5}, 400, "int instead of str"),
        ("sendMessage", {"chat_id": 4711}, 400, "missing"),
        ("getUpdates", {"timeout": "bald"}, 400, "str instead of int"),
        ("setMyCommands", {"commands": [{"command": "start"}]}, 400, "commands[0].description: missing"),
        ("sendTelegram", {}, 404, "unknown method"),
    ],
)
async def test_what_no_correct_client_sends_is_noted(
    server: BotApiServer, method: str, parameters: dict[str, object], status: int, violation: str
) -> None:
    """Unknown methods, unknown parameters and wrong types are refused and noted as violations."""
    address = f"{server.base_url}{server.token}/{method}"
    async with aiohttp.ClientSession() as session, session.post(address, json=parameters) as answer:
        body = await answer.json()

    assert (answer.status, body["ok"], body["error_code"]) == (status, False, status)
    assert violation in server.violations[0]


async def test_parameters_may_stand_in_the_query(server: BotApiServer, erika: Citizen) -> None:
    """A GET with parameters in the query does the same as a POST, in any case of the method's name."""
    await erika.says("Hallo")
    address = f"{server.base_url}{server.token}/SENDMESSAGE"
    async with (
        aiohttp.ClientSession() as session,
        session.get(address, params={"chat_id": 4711, "text": "1"}) as answer,
    ):
        assert (await answer.json())["result"]["text"] == "1"
