from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ideas.catalogue import Catalogue
from services.ideas.model import Notification
from services.ideas.settings import Telegram
from services.notifier.channels.telegram import TelegramDeliverer, sending_bot, split
from services.notifier.outcome import GivenUp, Outcome, Retry, Sent
from tests.fakes.bot_api import BotApiServer, Citizen
from tests.notifier.samples import UPDATE

Owed = Callable[..., Notification]
Tell = Callable[..., Awaitable[Outcome]]
LIMIT = 4096
LONG = " ".join(f"Satz {number} steht hier." for number in range(600))


@pytest.fixture
async def server() -> AsyncIterator[BotApiServer]:
    async with BotApiServer() as server:
        yield server


@pytest.fixture
async def anna(server: BotApiServer) -> Citizen:
    anna = server.citizen(chat_id=4711, first_name="Anna")
    await anna.says("/start")
    return anna


@pytest.fixture
async def telegram(server: BotApiServer, catalogue: Catalogue) -> AsyncIterator[TelegramDeliverer]:
    bot = sending_bot(Telegram.model_validate({"token": server.token, "base_url": server.base_url}))
    async with bot.request:
        yield TelegramDeliverer(bot, catalogue.texts)


@pytest.fixture
def tell(telegram: TelegramDeliverer, owed: Owed) -> Tell:
    async def tell(note: str = "Für später vorgemerkt.", chat_id: int = 4711, **other: object) -> Outcome:
        notification = owed(channel="telegram", recipient=str(chat_id), **other)
        return await telegram.deliver(notification, {**UPDATE, "note": note})

    return tell


@pytest.mark.parametrize(
    "note",
    ["_*[]()~>#+-=|{}.!<&`", "{{7*7}} {% raw %}", "<b>fett</b> <script>alert(1)</script>", "[Hier](https://evil.test)"],
)
async def test_markup_is_not_read(tell: Tell, server: BotApiServer, anna: Citizen, note: str) -> None:
    """What looks like markup arrives as it was written, because nothing asks Telegram to read it."""
    assert await tell(note) == Sent()

    assert note in (await anna.next_message())["text"]
    assert "parse_mode" not in server.calls_of("sendMessage")[0].parameters
    assert server.violations == []


async def test_links_show_no_preview(tell: Tell, anna: Citizen) -> None:
    """Telegram is told not to fetch the person's private page for a preview."""
    await tell()

    assert (await anna.next_message())["link_preview_options"] == {"is_disabled": True}


async def test_a_long_message_comes_in_pieces(tell: Tell, server: BotApiServer, anna: Citizen) -> None:
    """A message over 4,096 units comes in several, in order, and together they hold all of its words."""
    assert await tell(LONG) == Sent()

    texts = [message["text"] for message in anna.messages]
    assert len(texts) > 1
    assert f"„{LONG}“" in " ".join(texts)
    assert server.violations == []


async def test_pieces_that_have_left_are_not_repeated(tell: Tell, server: BotApiServer, anna: Citizen) -> None:
    """When a later piece fails, the next attempt goes on with that piece."""
    server.hang_next("sendMessage").release()  # the first piece leaves
    server.answer_next("sendMessage", status=502, description="Bad Gateway")

    assert isinstance(await tell(LONG), Retry)
    assert await tell(LONG, attempt=2) == Sent()

    texts = [message["text"] for message in anna.messages]
    assert len(texts) == len(set(texts)) == len(server.calls_of("sendMessage")) - 1
    assert f"„{LONG}“" in " ".join(texts)


async def test_a_message_that_reads_differently_by_now_is_sent_whole(
    tell: Tell, server: BotApiServer, anna: Citizen
) -> None:
    """After a change of its words a half-sent message begins again, so that no half of each is read as one."""
    server.hang_next("sendMessage").release()
    server.answer_next("sendMessage", status=502, description="Bad Gateway")
    await tell(LONG)

    assert await tell("Doch ganz anders.", attempt=2) == Sent()
    assert "Doch ganz anders." in anna.messages[-1]["text"]


@pytest.mark.parametrize("seconds", [1, 37, 3600])
@pytest.mark.parametrize("as_timedelta", ["true", "false"])
@pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")
async def test_too_many_requests_are_obeyed_exactly(
    tell: Tell, server: BotApiServer, monkeypatch: pytest.MonkeyPatch, seconds: int, as_timedelta: str
) -> None:
    """429 means another try after exactly the time that Telegram names, in whichever type the library gives it."""
    monkeypatch.setenv("PTB_TIMEDELTA", as_timedelta)
    server.answer_next("sendMessage", parameters={"retry_after": seconds})

    assert await tell() == Retry("too many requests", timedelta(seconds=seconds))
    assert [call.is_carried_out for call in server.calls] == [False]


async def test_who_has_blocked_the_bot_is_left_alone(tell: Tell, server: BotApiServer, anna: Citizen) -> None:
    """403 gives the message up after one call."""
    await anna.blocks_bot()

    assert isinstance(await tell(), GivenUp)
    assert len(server.calls_of("sendMessage")) == 1


async def test_a_chat_that_does_not_exist_is_given_up(tell: Tell) -> None:
    """A chat that Telegram does not know is not tried again."""
    assert isinstance(await tell(chat_id=99), GivenUp)


@pytest.mark.parametrize("status", [500, 502, 504])
async def test_a_fault_of_telegram_is_tried_again(tell: Tell, server: BotApiServer, anna: Citizen, status: int) -> None:
    """5xx means another try, which is delivered."""
    server.answer_next("sendMessage", status=status, description="Internal Server Error")

    assert isinstance(await tell(), Retry)
    assert await tell(attempt=2) == Sent()
    assert len(anna.messages) == 1


async def test_a_rejected_token_is_tried_again(tell: Tell, server: BotApiServer, anna: Citizen) -> None:
    """401 is the operator's to mend: the message waits."""
    server.answer_next("sendMessage", status=401, description="Unauthorized")

    assert isinstance(await tell(), Retry)
    assert anna.messages == ()


async def test_a_lost_answer_is_tried_again(tell: Tell, server: BotApiServer, anna: Citizen) -> None:
    """Where the connection ends without an answer nobody knows, so one more copy is sent."""
    server.lose_next_answer("sendMessage")

    assert isinstance(await tell(), Retry)
    assert await tell(attempt=2) == Sent()
    assert len(anna.messages) == 2


@given(st.text(st.sampled_from("ab \n\t🚲ä\u2028"), max_size=9000) | st.text(max_size=300).map(lambda text: text * 40))
def test_pieces_fit_and_lose_only_blanks(text: str) -> None:
    """Every piece holds something and at most 4,096 UTF-16 units, and only white space is lost between them."""
    pieces = split(text)

    assert all(len(piece.encode("utf-16-le")) // 2 <= LIMIT for piece in pieces)
    assert all(piece.strip() for piece in pieces) or not text.strip()
    assert "".join("".join(pieces).split()) == "".join(text.split())


def test_a_cut_falls_between_lines_where_it_can() -> None:
    """A text of many lines is cut at the end of a line."""
    lines = [f"Zeile {number} " + "x" * 50 for number in range(200)]

    assert [line for piece in split("\n".join(lines)) for line in piece.split("\n")] == lines


def test_a_character_of_two_units_is_not_cut_in_half() -> None:
    """A text of emoji without a blank is cut between whole emoji."""
    pieces = split("a" + "🚲" * 5000)

    assert "".join(pieces) == "a" + "🚲" * 5000
