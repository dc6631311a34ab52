"""Groups: how the bot comes and goes, what it hears there, and what becomes of its messages."""

from __future__ import annotations

import pytest
from telegram import Bot
from telegram.error import BadRequest, ChatMigrated, Forbidden

from tests.fakes.bot_api import BotApiServer, Citizen, Group


@pytest.fixture
def group(server: BotApiServer, erika: Citizen) -> Group:
    return server.group(-4711, "Regionalkonvent", member=erika)


async def test_joining_comes_as_a_membership_and_a_service_message(
    server: BotApiServer, bot: Bot, erika: Citizen
) -> None:
    """A bot that is added learns it twice; before that the group does not exist for it."""
    group = server.group(-4711, "Regionalkonvent", member=erika, with_bot=False)
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(group.chat_id, "Hallo")
    await group.adds_bot()
    membership, service = await bot.get_updates()
    assert membership.my_chat_member is not None
    assert service.message is not None

    assert membership.my_chat_member.new_chat_member.status == "member"
    assert [each.id for each in service.message.new_chat_members] == [bot.id]
    assert (await bot.send_message(group.chat_id, "Guten Tag")).chat.title == "Regionalkonvent"


async def test_a_group_can_be_founded_with_the_bot(server: BotApiServer, bot: Bot, erika: Citizen) -> None:
    """A bot that is a member from the start gets group_chat_created."""
    await server.group(-4711, "Konvent", member=erika, with_bot=False).is_founded_with_bot()
    (_, service) = await bot.get_updates()
    assert service.message is not None

    assert service.message.group_chat_created


@pytest.mark.parametrize(("chat_id", "kind"), [(-4711, "group"), (-1_001_234_567_890, "supergroup")])
async def test_a_removed_bot_is_told_and_refused(
    server: BotApiServer, bot: Bot, erika: Citizen, chat_id: int, kind: str
) -> None:
    """Removal comes as a membership and a service message; the refusal then names the kind of chat."""
    await server.group(chat_id, "Konvent", member=erika).removes_bot()
    membership, service = await bot.get_updates()
    assert membership.my_chat_member is not None
    assert service.message is not None

    assert membership.my_chat_member.new_chat_member.status == "kicked"
    assert service.message.left_chat_member is not None
    with pytest.raises(Forbidden, match=f"bot was kicked from the {kind} chat"):
        await bot.send_message(chat_id, "Hallo")


async def test_the_bot_can_leave(bot: Bot, group: Group, erika: Citizen) -> None:
    """After leaveChat the bot is no member any more; a private chat cannot be left."""
    await bot.leave_chat(group.chat_id)

    with pytest.raises(Forbidden, match="bot is not a member of the group chat"):
        await bot.send_message(group.chat_id, "Hallo")
    await erika.says("Hallo")
    with pytest.raises(BadRequest, match="can't be changed in private chats"):
        await bot.leave_chat(erika.chat_id)


@pytest.mark.parametrize(
    ("text", "arrives"),
    [
        ("Schönes Wetter", False),
        ("/status@ideenkanal_test_bot IK-7", True),
        ("Bitte /status@Ideenkanal_Test_Bot", True),
        ("/status", True),
        ("/status@anderer_bot", False),
        ("@ideenkanal_test_bot was gibt es?", False),
    ],
)
async def test_in_privacy_mode_the_bot_hears_what_is_meant_for_it(
    server: BotApiServer, group: Group, text: str, *, arrives: bool
) -> None:
    """Commands reach a bot in privacy mode unless they name another; talk and plain mentions do not."""
    update_id = await group.says(text)

    assert (update_id != 0, len(server.pending_updates)) == (arrives, arrives)


async def test_an_answer_to_the_bot_reaches_it(bot: Bot, group: Group) -> None:
    """A reply to a message of the bot arrives; one to somebody else does not, nor does its edit."""
    await bot.send_message(group.chat_id, "Neue Ideen")
    await group.says("Welche?", reply_to=await group.next_message())
    await group.says("Egal", reply_to=group.written[0])
    await group.edits(group.written[1]["message_id"], "Ganz egal")

    assert [each.effective_message.text for each in await bot.get_updates() if each.effective_message] == ["Welche?"]


async def test_a_bot_without_privacy_mode_hears_everything(server: BotApiServer, bot: Bot, group: Group) -> None:
    """A bot that may read all gets every message, and getMe says that it may."""
    server.reads_all_groups = True
    await group.says("Schönes Wetter")
    await group.sends_photo(b"\xff\xd8\xff")

    assert len(await bot.get_updates()) == 2
    assert (await bot.get_me()).can_read_all_group_messages


async def test_another_member_writes_in_the_same_group(server: BotApiServer, bot: Bot, group: Group) -> None:
    """Two members are two senders in one chat."""
    max_ = server.citizen(4712, "Max")
    await group.says("/hilfe")
    await group.as_member(max_).says("/status")
    senders = [each.effective_user for each in await bot.get_updates()]

    assert [each.first_name for each in senders if each] == ["Erika", "Max"]
    assert [each.name for each in group.transcript()] == ["Erika", "Max"]


async def test_a_member_who_never_wrote_in_private_cannot_be_written_to(bot: Bot, group: Group, erika: Citizen) -> None:
    """Whom the bot knows only from a group it may not write to first."""
    await group.says("/hilfe")

    with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
        await bot.send_message(erika.chat_id, "Hallo")


async def test_an_upgraded_group_tells_its_new_id(bot: Bot, group: Group) -> None:
    """The upgrade comes as two service messages, and the old id answers with the new one."""
    new = await group.becomes_supergroup(-1_001_234_567_890)
    to, from_ = [each.message for each in await bot.get_updates()]
    assert to is not None
    assert from_ is not None

    assert (to.chat.id, to.migrate_to_chat_id) == (group.chat_id, new.chat_id)
    assert (from_.chat.id, from_.migrate_from_chat_id) == (new.chat_id, group.chat_id)
    with pytest.raises(ChatMigrated) as refused:
        await bot.send_message(group.chat_id, "Hallo")
    assert (await bot.send_message(refused.value.new_chat_id, "Hallo")).chat.type == "supergroup"


async def test_an_upgrade_may_be_news_to_the_bot(server: BotApiServer, group: Group) -> None:
    """A test can lose the service messages, so that only the refused call tells."""
    await group.becomes_supergroup(-1_001_234_567_890, is_bot_told=False)

    assert server.pending_updates == ()


async def test_a_chat_can_be_looked_at(server: BotApiServer, bot: Bot, group: Group, erika: Citizen) -> None:
    """GetChat tells what a chat is, also after a block, but of no chat that the bot never had."""
    await erika.says("Hallo")
    await erika.blocks_bot()

    assert ((await bot.get_chat(group.chat_id)).title, (await bot.get_chat(4711)).first_name) == (
        "Regionalkonvent",
        "Erika",
    )
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.get_chat(4712)
    assert server.violations == []


async def test_the_bot_takes_back_only_its_own_words(bot: Bot, group: Group) -> None:
    """In a group the bot deletes what it said, and nothing else."""
    await group.says("/hilfe")
    sent = await bot.send_message(group.chat_id, "Versehen")
    await sent.delete()

    with pytest.raises(BadRequest, match="Message can't be deleted"):
        await bot.delete_message(group.chat_id, group.written[0]["message_id"])
