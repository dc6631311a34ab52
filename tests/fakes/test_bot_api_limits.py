"""What the Bot API's documented limits forbid is refused, and noted as a mistake of the client."""

from __future__ import annotations

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, KeyboardButton, MessageEntity, ReplyKeyboardMarkup
from telegram.constants import MessageEntityType
from telegram.error import BadRequest, NetworkError, TelegramError

from tests.fakes.bot_api import BotApiServer, Citizen, shown

_TOO_MUCH = 50 * 1024 * 1024 + 1


def _keyboard(*rows: int, text: str = "Ja") -> InlineKeyboardMarkup:
    """Return rows of so many buttons."""
    return InlineKeyboardMarkup([[InlineKeyboardButton(text, callback_data="ja")] * each for each in rows])


@pytest.mark.parametrize(
    ("markup", "description"),
    [
        (_keyboard(9), "Reply markup is too long"),
        (_keyboard(*[8] * 12, 5), "Reply markup is too long"),
        (_keyboard(1, text=" "), "A button has no text"),
        (InlineKeyboardMarkup([[InlineKeyboardButton("Ja")]]), "Can't parse inline keyboard button"),
        (InlineKeyboardMarkup([[InlineKeyboardButton("Ja", url="ftp://example.org")]]), "Unsupported URL protocol"),
        (ReplyKeyboardMarkup([[KeyboardButton("")]]), "A button has no text"),
    ],
)
async def test_impossible_buttons_are_a_mistake(
    server: BotApiServer, bot: Bot, erika: Citizen, markup: InlineKeyboardMarkup | ReplyKeyboardMarkup, description: str
) -> None:
    """Too many buttons, ones without a text or without an effect are refused and noted."""
    await erika.says("Hallo")
    with pytest.raises(BadRequest, match=f"(?i){description}"):
        await bot.send_message(erika.chat_id, "?", reply_markup=markup)
    assert len(server.violations) == 1


async def test_a_hundred_buttons_are_accepted(server: BotApiServer, bot: Bot, erika: Citizen) -> None:
    """8 buttons a row and 100 in all are allowed."""
    await erika.says("Hallo")
    await bot.send_message(erika.chat_id, "?", reply_markup=_keyboard(*[8] * 12, 4))

    assert (sum(map(len, erika.transcript()[-1].buttons)), server.violations) == (100, [])


async def test_a_place_is_asked_for_in_private_chats_alone(server: BotApiServer, bot: Bot, erika: Citizen) -> None:
    """A button that asks for the location cannot be shown in a group."""
    group = server.group(-4711, "Konvent", member=erika)
    with pytest.raises(BadRequest, match=r"(?i)location can be requested in private chats only"):
        await bot.send_message(
            group.chat_id, "Wo?", reply_markup=ReplyKeyboardMarkup([[KeyboardButton("Hier", request_location=True)]])
        )


@pytest.mark.parametrize("text", ["", "<b>offen", "x" * 4097])
async def test_a_text_that_cannot_be_sent_is_a_mistake(server: BotApiServer, bot: Bot, text: str) -> None:
    """An empty, broken or overlong text is noted, wherever it was to go."""
    with pytest.raises(BadRequest):
        await bot.send_message(4712, text, parse_mode="HTML")
    assert server.violations[0].startswith("sendMessage: Bad Request: ")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("<b", "unclosed start tag at byte offset 0"),
        ("ä <b>x</b", "unclosed end tag at byte offset 7"),
        ("<!-- x -->", 'unsupported start tag "!--" at byte offset 0'),
        ("<a href>x</a>", 'expected equal sign in declaration of an attribute of the tag "a" at byte offset 0'),
        ("<a =x>x</a>", 'empty attribute name in the tag "a" at byte offset 0'),
        ("<a href=x:y>x</a>", "unexpected end of name token at byte offset 8"),
        ("<a href='x", "unclosed start tag at byte offset 0"),
        ("<span>x</span>", 'tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<b><i>x</i>", 'can\'t find end tag corresponding to start tag "b"'),
    ],
)
async def test_broken_markup_is_complained_about_in_telegrams_words(
    bot: Bot, erika: Citizen, text: str, complaint: str
) -> None:
    """Each fault of the markup has the real server's description, with the byte at which the tag begins."""
    await erika.says("Hallo")
    with pytest.raises(BadRequest) as refused:
        await bot.send_message(erika.chat_id, text, parse_mode="HTML")
    assert refused.value.message.lower() == f"can't parse entities: {complaint}"


async def test_markup_is_read_as_telegram_reads_it(bot: Bot, erika: Citizen) -> None:
    """References, case, quoted and bare attributes and nesting come out as entities; unknown references stay."""
    await erika.says("Hallo")
    sent = await bot.send_message(
        erika.chat_id,
        "🚲 <B>a<i>b</i></B> &lt;&#228;&#xe4;&auml; &amp &  <a href='https://example.org/?a=1&amp;b'>c</a>"
        "<blockquote expandable>d</blockquote><a href=''>e</a><span class=\"tg-spoiler\">f</span>",
        parse_mode="html",
    )

    assert sent.text == "🚲 ab <ää&auml; & &  cdef"
    assert [(each.type, each.offset, each.length) for each in sent.entities] == [
        ("bold", 3, 2),
        ("italic", 4, 1),
        ("text_link", 21, 1),
        ("expandable_blockquote", 22, 1),
        ("spoiler", 24, 1),
    ]
    assert sent.entities[2].url == "https://example.org/?a=1&b"


async def test_texts_are_cleaned_as_telegram_cleans_them(bot: Bot, erika: Citizen) -> None:
    """Blanks around a text, control characters and direction overrides do not survive; entities move along."""
    await erika.says("Hallo")
    text = " \n\u202eIhre\tIdee\r IK-7 \u200e\u200f!\n "
    bold = MessageEntity(MessageEntityType.BOLD, text.index("IK-7"), 4)
    sent = await bot.send_message(erika.chat_id, text, entities=[bold])

    assert sent.text == "Ihre Idee IK-7 \u200c\u200f!" == shown(text)
    assert sent.parse_entities() == {sent.entities[0]: "IK-7"}


@pytest.mark.parametrize(
    ("entity", "complaint"),
    [
        (MessageEntity("bold", 9, 1), "entity begins after the end of the text"),
        (MessageEntity("bold", 0, 9), "ends after the end of the text"),
        (MessageEntity("bold", 1, 1), "entity begins in a middle of a UTF-16 symbol"),
        (MessageEntity("bold", 0, 1), "ends in a middle of a UTF-16 symbol"),
    ],
)
async def test_entities_outside_the_text_are_a_mistake(
    server: BotApiServer, bot: Bot, erika: Citizen, entity: MessageEntity, complaint: str
) -> None:
    """An entity has to lie in the text and may not cut a character in two."""
    await erika.says("Hallo")
    with pytest.raises(BadRequest, match=f"(?i){complaint}"):
        await bot.send_message(erika.chat_id, "🚲", entities=[entity])
    assert len(server.violations) == 1


async def test_captions_end_at_1024_units(bot: Bot, erika: Citizen) -> None:
    """A caption may have 1,024 UTF-16 units after entities parsing."""
    await erika.says("Hallo")
    await bot.send_document(erika.chat_id, b"x", caption=f"<i>{'🚲' * 512}</i>", parse_mode="HTML")

    with pytest.raises(BadRequest, match="Message caption is too long"):
        await bot.send_document(erika.chat_id, b"x", caption=f"<i>{'🚲' * 512}x</i>", parse_mode="HTML")


async def test_an_upload_over_50_mb_is_refused(server: BotApiServer, bot: Bot, erika: Citizen) -> None:
    """A file of more than 50 MB is answered with 413."""
    await erika.says("Hallo")
    with pytest.raises(NetworkError, match="Request Entity Too Large"):
        await bot.send_document(erika.chat_id, bytes(_TOO_MUCH), write_timeout=20, read_timeout=20)
    assert server.violations == ["sendDocument: an upload of more than 50 MB"]


async def test_an_empty_file_is_a_mistake(server: BotApiServer, bot: Bot, erika: Citizen) -> None:
    """A file without a byte cannot be sent."""
    await erika.says("Hallo")
    with pytest.raises(BadRequest, match="File must be non-empty"):
        await bot.send_document(erika.chat_id, b"")
    assert len(server.violations) == 1


@pytest.mark.parametrize(
    ("commands", "description"),
    [
        ([(f"befehl{number}", "x") for number in range(101)], "BOT_COMMANDS_TOO_MUCH"),
        ([("x" * 33, "x")], "BOT_COMMAND_INVALID"),
        ([("löschen", "x")], "BOT_COMMAND_INVALID"),
        ([("start", "x" * 257)], "BOT_COMMAND_DESCRIPTION_INVALID"),
    ],
)
async def test_impossible_commands_are_a_mistake(
    server: BotApiServer, bot: Bot, commands: list[tuple[str, str]], description: str
) -> None:
    """Number, names and descriptions of commands are checked."""
    with pytest.raises(BadRequest, match=f"(?i){description}"):
        await bot.set_my_commands(commands)
    assert len(server.violations) == 1


async def test_a_language_code_has_two_letters(server: BotApiServer, bot: Bot) -> None:
    """Commands are kept by ISO 639-1 codes alone, so there are none for Leichte Sprache."""
    with pytest.raises(BadRequest, match="Invalid language code specified"):
        await bot.set_my_commands([("start", "x")], language_code="de-x-leicht")
    assert len(server.violations) == 1


async def test_the_bot_describes_itself(server: BotApiServer, bot: Bot) -> None:
    """Name, description and short description are kept by language, up to their documented lengths."""
    await bot.set_my_name("Ideenkanal")
    await bot.set_my_description("x" * 512, language_code="de")
    await bot.set_my_short_description("y" * 120)

    about = [server.about("name"), server.about("description", "de"), server.about("short_description")]
    assert about == ["Ideenkanal", "x" * 512, "y" * 120]
    for too_long in (
        bot.set_my_name("x" * 65),
        bot.set_my_description("x" * 513),
        bot.set_my_short_description("x" * 121),
    ):
        with pytest.raises(BadRequest, match="is too long"):
            await too_long


async def test_commands_can_be_read_and_taken_back(server: BotApiServer, bot: Bot) -> None:
    """Commands of a scope and language are read back exactly, and gone after deleteMyCommands."""
    await bot.set_my_commands([("start", "Beginnen")], language_code="de")
    kept = [[each.command for each in await bot.get_my_commands(language_code=code)] for code in ("de", "en")]
    await bot.delete_my_commands(language_code="de")

    assert (kept, await bot.get_my_commands(language_code="de"), server.violations) == ([["start"], []], (), [])


async def test_a_notice_has_200_characters(bot: Bot) -> None:
    """The answer to a pressed button is at most 200 characters long."""
    with pytest.raises(BadRequest, match=r"(?i)message_too_long"):
        await bot.answer_callback_query("1", "x" * 201)


async def test_a_file_has_no_text_to_edit(server: BotApiServer, bot: Bot, erika: Citizen) -> None:
    """EditMessageText is for messages of text."""
    await erika.says("Hallo")
    sent = await bot.send_document(erika.chat_id, b"x")
    with pytest.raises(BadRequest, match="There is no text in the message to edit"):
        await sent.edit_text("Fertig")
    assert len(server.violations) == 1


async def test_a_mistake_is_told_from_bad_luck(server: BotApiServer, bot: Bot, erika: Citizen) -> None:
    """Refusals that a correct client runs into are not noted: no such chat, nothing modified, nothing to answer."""
    await erika.says("Hallo")
    sent = await bot.send_message(erika.chat_id, "Danke")
    for attempt in (
        bot.send_message(4712, "Hallo"),
        sent.edit_text("Danke"),
        bot.answer_callback_query("1"),
        bot.edit_message_text("x", erika.chat_id, 999),
    ):
        with pytest.raises(TelegramError):
            await attempt
    assert server.violations == []
