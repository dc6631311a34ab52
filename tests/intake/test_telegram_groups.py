"""Groups of staff: the bot explains itself and is quiet unless it is addressed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from services.ideas.readings import GroupMigrated, GroupRequest, Nothing
from services.intake.telegram.minimise import minimised
from tests.intake.updates import BOT, GROUP, PERSON, message, read, said

HELP = GroupRequest("telegram", "-100123", "group_help")
WELCOME = GroupRequest("telegram", "-100123", "group_welcome")


def mention(text: str, name: str) -> dict[str, Any]:
    """What a message has that mentions somebody."""
    start = len(text[: text.index(name)].encode("utf-16-le")) // 2
    return {"text": text, "entities": [{"type": "mention", "offset": start, "length": len(name)}]}


ADDRESSED = [
    said("/hilfe", GROUP),
    said("/status@ideenkanal_test_bot SWS", GROUP),
    message(GROUP, **mention("🌳 Frag @Ideenkanal_Test_Bot", "@Ideenkanal_Test_Bot")),
    message(GROUP, text="Danke", reply_to_message={"message_id": 3, "chat": GROUP, "from": BOT, "text": "Ihre Ideen"}),
]
OVERHEARD = [
    said("Mehr Bäume", GROUP),
    said("Wo liegt /etc", GROUP),
    message(GROUP, **mention("Frag @max", "@max")),
    message(GROUP, text="Ja", reply_to_message={"message_id": 3, "chat": GROUP, "from": PERSON, "text": "Nein"}),
    message(GROUP, caption="Hier", photo=[{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]),
    message(GROUP, location={"latitude": 50.5, "longitude": 12.0}),
]


def change(before: dict[str, Any], after: dict[str, Any], chat: dict[str, Any] | None = None) -> dict[str, Any]:
    """The bot's membership changes (Bot API, ChatMemberUpdated)."""
    return {
        "chat": chat or GROUP,
        "from": PERSON,
        "date": 1,
        "old_chat_member": {**before, "user": BOT},
        "new_chat_member": {**after, "user": BOT},
    }


@pytest.mark.parametrize("content", ADDRESSED, ids=["command", "with a name", "mention", "reply"])
def test_who_speaks_to_the_bot_is_told_what_it_does_here(content: dict[str, Any]) -> None:
    """A command, a mention and a reply address it."""
    assert read(message=content) == HELP


@pytest.mark.parametrize("content", OVERHEARD)
def test_what_people_say_to_one_another_is_nothing(content: dict[str, Any]) -> None:
    """It is no idea, and is not answered."""
    assert isinstance(read(message=content), Nothing)


@pytest.mark.parametrize("content", OVERHEARD)
def test_what_people_say_to_one_another_is_not_kept(content: dict[str, Any]) -> None:
    """Neither words nor pictures nor places nor who sent them reach the store."""
    kept = minimised({"update_id": 1, "message": content})["message"]
    assert kept.keys() <= {"message_id", "date", "chat", "reply_to_message"}
    assert "Nein" not in json.dumps(kept)


def test_an_edited_message_is_not_answered_again() -> None:
    """Whoever mends a question has had their answer."""
    assert isinstance(read(edited_message=ADDRESSED[0]), Nothing)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"status": "left"}, {"status": "member"}),
        ({"status": "kicked"}, {"status": "administrator"}),
        ({"status": "left"}, {"status": "restricted", "is_member": True}),
    ],
    ids=["added", "as administrator", "restricted"],
)
def test_where_the_bot_comes_in_it_explains_itself(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Whoever adds it, and in whatever role."""
    assert read(my_chat_member=change(before, after)) == WELCOME


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"status": "member"}, {"status": "left"}),
        ({"status": "member"}, {"status": "kicked"}),
        ({"status": "member"}, {"status": "administrator"}),
        ({"status": "member"}, {"status": "restricted", "is_member": True}),
        ({"status": "left"}, {"status": "restricted", "is_member": False}),
    ],
    ids=["left", "removed", "promoted", "restricted", "kept out"],
)
def test_other_changes_need_no_explanation(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Nobody is told anything where the bot leaves or gets another role."""
    assert isinstance(read(my_chat_member=change(before, after)), Nothing)


def test_a_channel_gets_no_explanation() -> None:
    """The bot has nothing to say there."""
    channel = {"id": -100999, "type": "channel", "title": "Kanal"}
    assert isinstance(read(my_chat_member=change({"status": "left"}, {"status": "administrator"}, channel)), Nothing)


def test_both_chats_of_a_move_tell_of_it() -> None:
    """The group says where it goes, the supergroup where it came from; both are the same move."""
    group = {"id": -500, "type": "group", "title": "Gruppe"}
    moved = GroupMigrated("-500", "-100123")
    assert read(message=message(group, migrate_to_chat_id=-100123)) == moved
    assert read(message=message(GROUP, migrate_from_chat_id=-500)) == moved


def test_a_new_group_is_greeted_once() -> None:
    """Its creation comes as a message beside the change of membership, and is passed over."""
    assert isinstance(read(message=message(GROUP, group_chat_created=True)), Nothing)
