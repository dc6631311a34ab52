"""What people do in a private chat, as python-telegram-bot reads it from the test server."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    MessageOriginChannel,
    MessageOriginHiddenUser,
    MessageOriginUser,
)
from telegram.error import BadRequest, Forbidden

from tests.fakes.bot_api import AlbumItem, BotApiServer, Citizen
from tests.fakes.bot_api.wire import Chat

_JPEG = b"\xff\xd8\xff"


@pytest.mark.parametrize(
    ("act", "content", "fact"),
    [
        (lambda erika: erika.sends_voice(b"OggS", duration=7), "voice", ("duration", 7)),
        (lambda erika: erika.sends_audio(b"ID3"), "audio", ("file_name", "Lied.mp3")),
        (lambda erika: erika.sends_video(b"\0", file_size=9), "video", ("file_size", 9)),
        (lambda erika: erika.sends_video_note(b"\0"), "video_note", ("file_size", 1)),
        (lambda erika: erika.sends_sticker("🚲"), "sticker", ("emoji", "🚲")),
        (lambda erika: erika.shares_location(51.5, 14.6), "location", ("latitude", 51.5)),
        (lambda erika: erika.shares_venue(51.5, 14.6, "Rathaus", "Markt 1"), "venue", ("title", "Rathaus")),
        (lambda erika: erika.shares_contact("+4935710000", "Max"), "contact", ("phone_number", "+4935710000")),
        (lambda erika: erika.throws_dice(value=6), "dice", ("value", 6)),
        (lambda erika: erika.sends_poll("Wann?", ["heute", "morgen"]), "poll", ("question", "Wann?")),
    ],
)
async def test_the_library_reads_what_is_sent(
    bot: Bot, erika: Citizen, act: Callable[[Citizen], Awaitable[int]], content: str, fact: tuple[str, object]
) -> None:
    """Each kind of message arrives as what it is, with its main fact."""
    await act(erika)
    (update,) = await bot.get_updates()
    assert update.message is not None

    assert fact in update.message.to_dict()[content].items()


async def test_a_venue_is_a_location_as_well(bot: Bot, erika: Citizen) -> None:
    """The message of a venue has its point a second time as a location."""
    await erika.shares_venue(51.5, 14.6, "Rathaus", "Markt 1")
    (update,) = await bot.get_updates()
    assert update.message is not None

    assert update.message.venue is not None
    assert update.message.venue.location == update.message.location


async def test_every_update_names_its_sender(server: BotApiServer, bot: Bot) -> None:
    """An update carries all that Telegram tells of a person, so that a test can show what of it is kept."""
    await server.citizen(4712, "Max", last_name="Muster", username="max_m", language_code="hsb").says("Hallo")
    (update,) = await bot.get_updates()
    sender, chat = update.effective_user, update.effective_chat
    assert sender is not None
    assert chat is not None

    assert (sender.full_name, sender.username, sender.language_code) == ("Max Muster", "max_m", "hsb")
    assert (chat.full_name, chat.username) == ("Max Muster", "max_m")


async def test_an_album_is_one_update_per_file(bot: Bot, erika: Citizen) -> None:
    """An album comes as messages with one media_group_id; the caption stands at the file that it was written to."""
    ids = await erika.sends_album(
        [AlbumItem("photo", _JPEG), AlbumItem("video", b"\0", "Hier"), AlbumItem("photo", _JPEG)]
    )
    updates = await bot.get_updates()
    messages = [each.message for each in updates if each.message]

    assert tuple(each.update_id for each in updates) == ids
    assert len({each.media_group_id for each in messages}) == 1
    assert [each.caption for each in messages] == [None, "Hier", None]


@pytest.mark.parametrize(
    "items", [[AlbumItem("photo", _JPEG)], [AlbumItem("photo", _JPEG), AlbumItem("document", b"x")]]
)
async def test_an_album_that_no_person_can_send_is_an_error(erika: Citizen, items: list[AlbumItem]) -> None:
    """A test cannot send an album of one file, or of photos and documents."""
    with pytest.raises(ValueError, match="no person"):
        await erika.sends_album(items)


@pytest.mark.parametrize("text", ["", " ", "🚲" * 2049])
async def test_a_text_that_no_person_can_send_is_an_error(erika: Citizen, text: str) -> None:
    """A test cannot say nothing, nor more than one message holds."""
    with pytest.raises(ValueError, match="no person"):
        await erika.says(text)


async def test_a_forwarded_text_tells_where_it_comes_from(bot: Bot, erika: Citizen) -> None:
    """Forwarded text names its author: a person, only a name, or a channel."""
    await erika.forwards("eins", {"type": "user", "date": 5, "sender_user": erika.user})
    await erika.forwards("zwei", {"type": "hidden_user", "date": 5, "sender_user_name": "Max M."})
    channel: Chat = {"id": -1_001_234_567_890, "type": "channel", "title": "Amtsblatt"}
    await erika.forwards("drei", {"type": "channel", "date": 5, "chat": channel, "message_id": 7})
    origins = [each.message.forward_origin for each in await bot.get_updates() if each.message]

    assert isinstance(origins[0], MessageOriginUser)
    assert isinstance(origins[1], MessageOriginHiddenUser)
    assert isinstance(origins[2], MessageOriginChannel)
    assert (origins[1].sender_user_name, origins[2].chat.title) == ("Max M.", "Amtsblatt")


async def test_a_reply_may_answer_either_side(bot: Bot, erika: Citizen) -> None:
    """A person can reply to an own message and to one of the bot; the quoted message quotes nothing further."""
    await erika.says("eins")
    await erika.says("zwei", reply_to=erika.written[0])
    await bot.send_message(erika.chat_id, "Danke")
    await erika.sends_photo(_JPEG, caption="drei", reply_to=await erika.next_message())
    await erika.says("vier", reply_to=erika.written[1])
    replied = [each.message.reply_to_message for each in await bot.get_updates() if each.message]

    assert [each.text if each else None for each in replied] == [None, "eins", "Danke", "zwei"]
    assert replied[3] is not None
    assert replied[3].reply_to_message is None


async def test_text_and_captions_can_be_reworded(bot: Bot, erika: Citizen) -> None:
    """An edit comes as edited_message with the same id, its new wording, new entities and an edit date."""
    await erika.says("eins")
    await erika.sends_photo(_JPEG, caption="zwei")
    for each, wording in zip(erika.written, ["/eins", "#zwei"], strict=True):
        await erika.edits(each["message_id"], wording)
    edited = [each.edited_message for each in await bot.get_updates() if each.edited_message]

    assert [each.message_id for each in edited] == [each["message_id"] for each in erika.written]
    assert (edited[0].text, edited[1].caption) == ("/eins", "#zwei")
    assert (edited[0].entities[0].type, edited[1].caption_entities[0].type) == ("bot_command", "hashtag")
    assert all(each.edit_date for each in edited)


async def test_a_live_location_moves_by_edits(bot: Bot, erika: Citizen) -> None:
    """A live location is a message with a period; each step is an edit of it."""
    await erika.shares_live_location(51.5, 14.6)
    await erika.moves(erika.written[0]["message_id"], 51.6, 14.7)
    sent, moved = [each.effective_message for each in await bot.get_updates()]
    assert sent is not None
    assert moved is not None
    assert sent.location is not None
    assert moved.location is not None

    assert (sent.location.latitude, moved.location.latitude) == (51.5, 51.6)
    assert moved.location.live_period == sent.location.live_period


async def test_whoever_writes_again_has_unblocked_the_bot(bot: Bot, erika: Citizen) -> None:
    """Before the next message of a person who had blocked the bot comes the update that it is a member again."""
    await erika.says("Hallo")
    await erika.blocks_bot()
    await erika.says("/start")
    updates = await bot.get_updates()

    kinds = [
        (each.my_chat_member.old_chat_member.status, each.my_chat_member.new_chat_member.status)
        if each.my_chat_member
        else "message"
        for each in updates
    ]
    assert kinds == ["message", ("member", "kicked"), ("kicked", "member"), "message"]


async def test_nobody_can_be_written_to_who_left_telegram(bot: Bot, erika: Citizen) -> None:
    """A person who deleted the account is refused with 403, and writes no more."""
    await erika.says("Hallo")
    erika.deletes_account()

    with pytest.raises(Forbidden, match="user is deactivated"):
        await bot.send_message(erika.chat_id, "Hallo")
    with pytest.raises(LookupError):
        await erika.says("Hallo")


async def test_a_message_that_was_taken_away_cannot_be_edited(bot: Bot, erika: Citizen) -> None:
    """When a person deletes a message of the bot, editing and deleting it fail as not found, and that is no mistake."""
    await erika.says("Hallo")
    sent = await bot.send_message(erika.chat_id, "Danke")
    await erika.deletes(sent.message_id)

    with pytest.raises(BadRequest, match="Message to edit not found"):
        await sent.edit_text("Bitte")
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await sent.delete()


async def test_a_press_can_be_too_old(server: BotApiServer, bot: Bot, erika: Citizen) -> None:
    """A press that waited too long is refused as such, and that is no mistake of the bot."""
    await erika.says("Hallo")
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Ja", callback_data="ja")]])
    await bot.send_message(erika.chat_id, "Stimmt das?", reply_markup=keyboard)
    await erika.presses(erika.messages[0], "Ja")
    server.forget_presses()
    query = (await bot.get_updates())[-1].callback_query
    assert query is not None

    with pytest.raises(BadRequest, match="Query is too old"):
        await query.answer()
    assert server.violations == []


async def test_a_press_carries_the_message_as_it_reads_now(bot: Bot, erika: Citizen) -> None:
    """Who presses a button while the message is being edited presses what was there; the query shows the new form."""
    await erika.says("Hallo")
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Ja", callback_data="ja")]])
    sent = await bot.send_message(erika.chat_id, "Stimmt das?", reply_markup=keyboard)
    seen = await erika.next_message()
    await sent.edit_text("Erledigt")
    await erika.presses(seen, "Ja")
    query = (await bot.get_updates())[-1].callback_query
    assert query is not None
    assert query.message is not None

    assert (query.data, query.message.to_dict()["text"]) == ("ja", "Erledigt")


async def test_the_transcript_reads_as_the_chat_does(bot: Bot, erika: Citizen) -> None:
    """A transcript has every message in order and in its present wording, with buttons, file and edited mark."""
    await erika.says("Mehr Bäume")
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Ja", callback_data="ja")]])
    sent = await bot.send_message(erika.chat_id, "Einen Moment", reply_markup=keyboard)
    await bot.send_message(erika.chat_id, "gleich weg")
    await erika.edits(1, "Viel mehr Bäume")
    await sent.edit_text("<b>Danke</b>", parse_mode="HTML", reply_markup=keyboard)
    await erika.deletes(erika.messages[1]["message_id"])
    await bot.send_document(erika.chat_id, b"a;b", filename="Ideen.csv", caption="Alles")

    assert [(each.who, each.text, each.buttons, each.file_name, each.is_edited) for each in erika.transcript()] == [
        ("person", "Viel mehr Bäume", (), "", True),
        ("bot", "Danke", (("Ja",),), "", True),
        ("bot", "Alles", (), "Ideen.csv", False),
    ]


async def test_other_buttons_alone_do_not_mark_a_message_as_edited(bot: Bot, erika: Citizen) -> None:
    """Buttons can be taken away from under a message, which people do not see as an edit."""
    await erika.says("Hallo")
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Ja", callback_data="ja")]])
    sent = await bot.send_message(erika.chat_id, "Stimmt das?", reply_markup=keyboard)
    await sent.edit_reply_markup(None)
    (_, entry) = erika.transcript()

    assert (entry.buttons, entry.is_edited) == ((), False)
    with pytest.raises(BadRequest, match="Message is not modified"):
        await sent.edit_reply_markup(None)


async def test_a_test_waits_for_messages_and_wordings(bot: Bot, erika: Citizen) -> None:
    """A test can wait until so many messages were sent, and until one reads as it should."""
    await erika.says("Hallo")
    sent = await bot.send_message(erika.chat_id, "Einen Moment")
    await sent.edit_text("Ihre Idee hat die Nummer 7")

    assert len(await erika.received(1)) == 1
    assert (await erika.reads("Nummer 7"))["message_id"] == sent.message_id
    with pytest.raises(TimeoutError, match="2 messages"):
        await erika.received(2, timeout_s=0.01)
