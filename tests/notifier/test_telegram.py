from __future__ import annotations

import random
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from telegram import Bot
from telegram.request import HTTPXRequest

from services.ideas.model import Attachment, Notification
from services.ideas.settings import Telegram
from services.ideas.texts import Texts
from services.notifier.channels.telegram import TelegramDeliverer, sending_bot
from services.notifier.keyboards import Key
from services.notifier.outcome import GivenUp, Moved, Outcome, Retry, Sent
from tests.fakes.bot_api import BotApiServer, Citizen
from tests.fakes.bot_api.text import shown

Owed = Callable[..., Notification]
Tell = Callable[..., Awaitable[Outcome]]
LONG = " ".join(f"Satz {number} steht hier." for number in range(600))
KEYBOARD = ((Key("Ja", "k::yes"), Key("Nein", "k::no")), (Key("Thema ändern", "t:SWS-2026-0042-7:"),))


# One event loop for all, because a client of its own for each test would take longer than the test.
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client() -> AsyncIterator[HTTPXRequest]:
    async with HTTPXRequest(connection_pool_size=4) as client:
        yield client


@pytest_asyncio.fixture(loop_scope="module")
async def server() -> AsyncIterator[BotApiServer]:
    async with BotApiServer() as server:
        yield server


@pytest_asyncio.fixture(loop_scope="module")
async def anna(server: BotApiServer) -> Citizen:
    anna = server.citizen(chat_id=4711, first_name="Anna")
    await anna.says("/start")
    return anna


@pytest.fixture
def bot(server: BotApiServer, client: HTTPXRequest) -> Bot:
    return Bot(server.token, base_url=server.base_url, request=client, get_updates_request=client)


@pytest.fixture
def telegram(bot: Bot, tmp_path: Path) -> TelegramDeliverer:
    """A deliverer whose only message says what the test puts into it."""
    (tmp_path / "de" / "greeting").mkdir(parents=True)
    (tmp_path / "de" / "greeting" / "telegram.txt").write_text("{{ words }}")
    return TelegramDeliverer(bot, Texts(tmp_path))


@pytest.fixture
def tell(telegram: TelegramDeliverer, owed: Owed) -> Tell:
    async def tell(
        words: str = "Guten Tag!", *, chat_id: int = 4711, values: dict[str, Any] | None = None, **parameters: object
    ) -> Outcome:
        given: dict[str, Any] = {"channel": "telegram", "recipient": str(chat_id), "parameters": parameters}
        return await telegram.deliver(owed("greeting", **given), {"words": words, **(values or {})})

    return tell


# What is said


async def test_ten_thousand_texts_arrive_as_they_were_written(tell: Tell, server: BotApiServer, anna: Citizen) -> None:
    """Markup, emoji, directions of writing, marks and invisible signs: nothing is read as markup, nothing is changed.

    Telegram itself drops a few signs from whatever a bot sends.
    """
    texts = _texts(10_000)
    batches = ["\n".join(texts[start : start + 125]) for start in range(0, len(texts), 125)]

    outcomes = [await tell(f"A\n{batch}\nZ") for batch in batches]

    assert set(outcomes) == {Sent()}
    assert [message["text"] for message in anna.messages] == [shown(f"A\n{batch}\nZ") for batch in batches]
    assert [call for call in server.calls if "parse_mode" in call.parameters or not call.is_carried_out] == []
    assert server.violations == []


def _texts(number: int) -> list[str]:
    """Short texts of what has broken programs that write to Telegram; the same ones each time."""
    signs = [
        *"_*[]()~`>#+-=|{}.!<&\\\"'",
        *("**", "__", "```", "[Hier](https://evil.test)", "<b>", "</b>", "<script>", "&lt;", "&#60;", "{{7*7}}", "{%"),
        *("\U0001f6b2", "\U0001f469\u200d\U0001f469\u200d\U0001f467", "\U0001f44d\U0001f3fd", "\U0001f1e9\U0001f1ea"),
        *("\u202e", "\u202d", "\u2066", "\u2069", "\u200e", "\u200f", "\u200b", "\u200c", "\u200d", "\ufeff", "\u00ad"),
        *(
            "a\u0301",
            "e\u0308\u0323",
            "\u0e33",
            "\U0001d518",
            "\u05d0\u05d1",
            "\u0627\u0644",
            "\u4e2d",
            "1\ufe0f\u20e3",
        ),
        *("/start", "@jemand", "#wort", "https://example.org/?a=1&b=2", "SWS-2026-0042-7", "ä", "ß", " ", "\t"),
    ]
    choose = random.Random(4).choices  # noqa: S311 - no secret
    return ["".join(choose(signs, k=8)) for _ in range(number)]


async def test_links_show_no_preview(tell: Tell, anna: Citizen) -> None:
    """Telegram is told not to fetch the person's private page for a preview."""
    await tell("https://ideen.example.org/idee/k7Qm2Zr8vX1")

    assert (await anna.next_message())["link_preview_options"] == {"is_disabled": True}


async def test_a_message_answers_the_one_that_it_is_about(tell: Tell, anna: Citizen) -> None:
    """An answer stands in the chat as a reply to what the person said."""
    await anna.says("Ein Radweg!")
    said = 2
    await tell(answers=said)

    assert (await anna.next_message())["reply_to_message"]["message_id"] == said


async def test_an_answer_to_a_message_that_is_gone_is_sent_all_the_same(tell: Tell, anna: Citizen) -> None:
    """Where the person has deleted their message, the answer stands for itself."""
    assert await tell(answers=999) == Sent()
    assert "reply_to_message" not in await anna.next_message()


async def test_buttons_stand_in_their_rows(tell: Tell, anna: Citizen) -> None:
    """Each button has its label and its data, row by row."""
    await tell(values={"keyboard": KEYBOARD})
    rows = (await anna.next_message())["reply_markup"]["inline_keyboard"]

    assert [[(key["text"], key["callback_data"]) for key in row] for row in rows] == [
        [("Ja", "k::yes"), ("Nein", "k::no")],
        [("Thema ändern", "t:SWS-2026-0042-7:")],
    ]


# Long messages


async def test_a_long_message_comes_in_pieces(tell: Tell, server: BotApiServer, anna: Citizen) -> None:
    """Several messages in order hold all of its words; the first is the reply, the last has the buttons."""
    await anna.says("Und?")
    assert await tell(LONG, values={"keyboard": KEYBOARD}, answers=2) == Sent()

    texts = [message["text"] for message in anna.messages]
    assert len(texts) > 1
    assert " ".join(texts) == LONG
    assert ["reply_to_message" in message for message in anna.messages] == [True, *[False] * (len(texts) - 1)]
    assert ["reply_markup" in message for message in anna.messages] == [*[False] * (len(texts) - 1), True]
    assert server.violations == []


async def test_pieces_that_have_left_are_not_repeated(tell: Tell, server: BotApiServer, anna: Citizen) -> None:
    """When a later piece fails, the next attempt goes on with that piece."""
    server.hang_next("sendMessage").release()  # the first piece leaves
    server.answer_next("sendMessage", status=502, description="Bad Gateway")

    assert isinstance(await tell(LONG), Retry)
    assert await tell(LONG) == Sent()

    texts = [message["text"] for message in anna.messages]
    assert len(texts) == len(set(texts)) == len(server.calls_of("sendMessage")) - 1
    assert " ".join(texts) == LONG


async def test_a_message_that_reads_differently_by_now_is_sent_whole(
    tell: Tell, server: BotApiServer, anna: Citizen
) -> None:
    """After a change of its words a half-sent message begins again, so that no half of each is read as one."""
    server.hang_next("sendMessage").release()
    server.answer_next("sendMessage", status=502, description="Bad Gateway")
    await tell(LONG)

    assert await tell("Doch ganz anders.") == Sent()
    assert anna.messages[-1]["text"] == "Doch ganz anders."


# In place of an earlier message


async def test_a_pressed_button_is_answered_and_its_message_changed(
    tell: Tell, server: BotApiServer, anna: Citizen, bot: Bot
) -> None:
    """The sign of waiting goes first, and then the message under which the button stood reads differently."""
    await tell("Stimmt das?", values={"keyboard": KEYBOARD})
    question = await anna.next_message()
    await anna.presses(question, "Ja")
    (query,) = [update.callback_query.id for update in await bot.get_updates() if update.callback_query]

    assert await tell("Schön.", edit=question["message_id"], query=query) == Sent()

    await anna.next_notice()
    assert [message["text"] for message in anna.messages] == ["Schön."]
    assert "reply_markup" not in anna.messages[0]
    assert [call.method for call in server.calls][-2:] == ["answerCallbackQuery", "editMessageText"]


async def test_a_press_that_is_too_old_hinders_nothing(tell: Tell, anna: Citizen) -> None:
    """Telegram takes no answer to a press for long; what was asked for is said all the same."""
    assert await tell("Schön.", query="4711") == Sent()
    assert [message["text"] for message in anna.messages] == ["Schön."]


async def test_a_message_that_reads_so_already_counts_as_sent(tell: Tell, server: BotApiServer, anna: Citizen) -> None:
    """A repeated edit changes nothing, which is what was wanted."""
    await tell("Guten Tag!")

    assert await tell("Guten Tag!", edit=(await anna.next_message())["message_id"]) == Sent()
    assert len(anna.messages) == 1
    assert len(server.calls_of("editMessageText")) == 1


async def test_a_message_that_is_gone_is_written_anew(tell: Tell, anna: Citizen) -> None:
    """Where the message to be changed is no longer there, or was never the bot's, a new one comes."""
    await anna.says("Von mir.")

    assert [await tell("Schön.", edit=number) for number in (999, 2)] == [Sent(), Sent()]
    assert [message["text"] for message in anna.messages] == ["Schön.", "Schön."]


async def test_an_edit_that_grows_too_long_goes_on_in_new_messages(tell: Tell, anna: Citizen) -> None:
    """The earlier message holds the first piece, and the buttons stand under the last one."""
    await tell("Kurz.")
    await tell(LONG, edit=anna.messages[0]["message_id"], values={"keyboard": KEYBOARD})

    assert " ".join(message["text"] for message in anna.messages) == LONG
    assert ["reply_markup" in message for message in anna.messages][-2:] == [False, True]


# Files


async def test_a_file_comes_with_its_caption(tell: Tell, server: BotApiServer, anna: Citizen) -> None:
    """A document arrives under its name, with the text below it."""
    document = Attachment("auskunft.zip", "application/zip", b"PK")
    assert await tell("Das ist alles.", values={"document": document}) == Sent()
    message = await anna.next_message()

    assert (message["document"]["file_name"], message["caption"]) == ("auskunft.zip", "Das ist alles.")
    assert server.violations == []


async def test_a_caption_that_is_too_long_goes_on_in_messages(tell: Tell, server: BotApiServer, anna: Citizen) -> None:
    """A caption holds 1,024 units; the rest follows, and no word is lost."""
    document = Attachment("auskunft.zip", "application/zip", b"PK")
    await tell(LONG, values={"document": document})
    first, *others = anna.messages

    assert " ".join([first["caption"], *(message["text"] for message in others)]) == LONG
    assert server.violations == []


# Faults


@pytest.mark.parametrize("seconds", [1, 3600])
@pytest.mark.parametrize(
    ("method", "parameters"),
    [("sendMessage", {}), ("editMessageText", {"edit": 1}), ("answerCallbackQuery", {"query": "1"})],
)
@pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")
async def test_too_many_requests_are_obeyed_exactly(
    tell: Tell, server: BotApiServer, anna: Citizen, *, seconds: int, method: str, parameters: dict[str, Any]
) -> None:
    """429 means another try after exactly the time that Telegram names, and no other call meanwhile."""
    server.answer_next(method, parameters={"retry_after": seconds})

    assert await tell(**parameters) == Retry("too many requests", timedelta(seconds=seconds))
    assert [call.method for call in server.calls] == [method]
    assert anna.messages == ()


@pytest.mark.parametrize("as_timedelta", ["true", "false"])
@pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")
async def test_the_time_to_wait_is_read_in_both_types(
    tell: Tell, server: BotApiServer, monkeypatch: pytest.MonkeyPatch, as_timedelta: str
) -> None:
    """The library gives seconds or a timedelta."""
    monkeypatch.setenv("PTB_TIMEDELTA", as_timedelta)
    server.answer_next("sendMessage", parameters={"retry_after": 37})

    assert await tell() == Retry("too many requests", timedelta(seconds=37))


async def test_who_has_blocked_the_bot_is_left_alone(tell: Tell, server: BotApiServer, anna: Citizen) -> None:
    """403 gives the message up after one call, and nothing more goes to that chat."""
    await anna.blocks_bot()
    outcome = await tell()

    assert isinstance(outcome, GivenUp)
    assert outcome.undeliverable
    assert len(server.calls_of("sendMessage")) == 1


@pytest.mark.parametrize(
    "description",
    [
        "Forbidden: user is deactivated",
        "Forbidden: bot can't initiate conversation with a user",
        "Forbidden: bot was kicked from the supergroup chat",
    ],
)
async def test_whoever_is_gone_is_left_alone(tell: Tell, server: BotApiServer, description: str) -> None:
    """Every kind of 403 stops the chat."""
    server.answer_next("sendMessage", status=403, description=description)
    outcome = await tell()

    assert isinstance(outcome, GivenUp)
    assert outcome.undeliverable


async def test_a_chat_that_does_not_exist_is_given_up(tell: Tell) -> None:
    """A chat that Telegram does not know is not tried again."""
    outcome = await tell(chat_id=99)

    assert isinstance(outcome, GivenUp)
    assert outcome.undeliverable


async def test_a_refused_message_stops_no_other(tell: Tell, server: BotApiServer) -> None:
    """What is wrong with one message says nothing of the chat."""
    server.answer_next("sendMessage", status=400, description="Bad Request: BUTTON_DATA_INVALID")

    assert await tell() == GivenUp("Telegram refused the message: Button_data_invalid")


async def test_a_group_that_has_moved_is_followed(tell: Tell, server: BotApiServer, anna: Citizen) -> None:
    """The answer of the old group names the new one."""
    group = server.group(-4711, "Bauamt", member=anna)
    await group.becomes_supergroup(-1_004_711_000_000)

    assert await tell(chat_id=-4711) == Moved("-1004711000000")


@pytest.mark.parametrize("status", [500, 502, 504, 401, 404])
async def test_a_fault_of_telegram_is_tried_again(tell: Tell, server: BotApiServer, anna: Citizen, status: int) -> None:
    """5xx means another try, which is delivered; so does a rejected token, which is the operator's to mend."""
    server.answer_next("sendMessage", status=status, description="Internal Server Error")

    assert isinstance(await tell(), Retry)
    assert await tell() == Sent()
    assert len(anna.messages) == 1


@pytest.mark.parametrize("status", [400, 403, 502])
async def test_a_page_of_a_proxy_says_nothing_of_the_chat(
    tell: Tell, server: BotApiServer, anna: Citizen, status: int
) -> None:
    """What a proxy on the way refuses is tried again and arrives, and what its page says is kept out of the reason."""
    server.page_next("sendMessage", status=status, reason="Forbidden")
    outcome = await tell()

    assert isinstance(outcome, Retry)
    assert re.fullmatch(r"Telegram cannot be used at the moment \(\w+\)", outcome.reason)
    assert await tell() == Sent()
    assert len(anna.messages) == 1


async def test_a_lost_answer_is_tried_again(tell: Tell, server: BotApiServer, anna: Citizen) -> None:
    """Where the connection ends without an answer nobody knows, so one more copy is sent."""
    server.lose_next_answer("sendMessage")

    assert isinstance(await tell(), Retry)
    assert await tell() == Sent()
    assert len(anna.messages) == 2


async def test_no_reason_holds_the_token(tell: Tell, server: BotApiServer, owed: Owed, tmp_path: Path) -> None:
    """Reasons are kept and logged: neither a refusal that repeats the URL nor a broken connection brings it in."""
    server.answer_next("sendMessage", status=400, description=f"Bad Request: no /bot{server.token}/sendMessage here")
    refused = await tell()
    nowhere = sending_bot(Telegram.model_validate({"token": server.token, "base_url": "http://127.0.0.1:1/bot"}))
    async with nowhere.request:
        unreachable = await TelegramDeliverer(nowhere, Texts(tmp_path)).deliver(
            owed("greeting", recipient="4711"), {"words": "Guten Tag!"}
        )

    assert isinstance(refused, GivenUp)
    assert isinstance(unreachable, Retry)
    assert server.token.lower() not in f"{refused} {unreachable}".lower()
