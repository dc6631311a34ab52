"""The test server against the published interface of the Bot API, a JSON file that lies beside the repository."""

from __future__ import annotations

import json
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict

import aiohttp
import pytest

from tests.fakes.bot_api import AlbumItem, BotApiServer, Citizen, attachments, buttons, wire
from tests.fakes.bot_api.requests import METHODS

_INTERFACE = Path(__file__).parents[2].parent / "shared" / "telegram" / "api.json"
_OBJECTS = [
    each
    for module in (wire, attachments, buttons)
    for each in vars(module).values()
    if is_typeddict(each) and each.__module__ == module.__name__
]
_PLAIN = {int: "Integer", str: "String", bool: "Boolean", float: "Float", wire.Upload: "InputFile"}
_Json = dict[str, Any]


@pytest.fixture(scope="module")
def interface() -> _Json:
    if not _INTERFACE.exists():
        pytest.skip("the published interface does not lie beside the repository")
    found: _Json = json.loads(_INTERFACE.read_text())
    return found


def _documented_names(hint: Any) -> set[str]:
    """Name a type as the documentation does; a union has several names."""
    if get_origin(hint) in (Union, UnionType):
        return {name for each in get_args(hint) for name in _documented_names(each)}
    if get_origin(hint) is list:
        return {f"Array of {name}" for name in _documented_names(get_args(hint)[0])}
    if get_origin(hint) is Literal:
        return {"String"}
    return {_PLAIN.get(hint, getattr(hint, "__name__", ""))}


def _fields(interface: _Json, name: str) -> dict[str, _Json]:
    """Return the fields of a documented type by name; those of all its forms where it has several."""
    documented = interface["types"][name]
    forms = documented.get("subtypes") or [name]
    return {each["name"]: each for form in forms for each in interface["types"][form].get("fields", [])}


def _expanded(interface: _Json, names: list[str]) -> set[str]:
    """Return type names with those of their forms: MaybeInaccessibleMessage is a Message, too."""
    forms = {form for name in names for form in interface["types"].get(name, {}).get("subtypes", [])}
    return set(names) | forms


@pytest.mark.parametrize("method", METHODS)
def test_parameters_are_those_of_the_documentation(interface: _Json, method: str) -> None:
    """Every parameter of a method is documented with the same type, and none that is required is left out."""
    documented = {each["name"]: each for each in interface["methods"][method].get("fields", [])}
    known: Any = METHODS[method]
    types = {name: _documented_names(hint) for name, hint in get_type_hints(known).items()}

    assert types == {name: set(documented[name]["types"]) for name in types}
    assert known.__required_keys__ == {name for name, each in documented.items() if each["required"]}


@pytest.mark.parametrize("known", _OBJECTS, ids=lambda known: known.__name__)
def test_objects_are_those_of_the_documentation(interface: _Json, known: Any) -> None:
    """Every field of an object is documented with the same type, and none that is required is left out."""
    documented = _fields(interface, known.__name__)
    for name, hint in get_type_hints(known).items():
        assert _documented_names(hint) <= _expanded(interface, documented[name]["types"]), name

    if not interface["types"][known.__name__].get("subtypes"):
        assert known.__required_keys__ == {name for name, each in documented.items() if each["required"]}


def _problems(interface: _Json, value: Any, names: list[str], where: str) -> list[str]:
    """Return what of a produced value the documentation does not know or misses; [] if one of the types fits."""
    found = [_problems_as(interface, value, name, where) for name in sorted(_expanded(interface, names))]
    return min(found, key=len)


def _problems_as(interface: _Json, value: Any, name: str, where: str) -> list[str]:
    plain = {"Integer": int, "String": str, "Boolean": bool, "True": bool, "Float": float}
    if name in plain:
        return [] if type(value) is plain[name] else [f"{where}: {value!r} is no {name}"]
    if name.startswith("Array of "):
        item = [name.removeprefix("Array of ")]
        return [
            each for index, one in enumerate(value) for each in _problems(interface, one, item, f"{where}[{index}]")
        ]
    fields = _fields(interface, name)
    if not isinstance(value, dict) or not fields:
        return [f"{where}: no {name}"]
    found = [f"{where}.{each}: not a field of {name}" for each in value.keys() - fields.keys()]
    found += [f"{where}.{each}: missing" for each, field in fields.items() if field["required"] and each not in value]
    for each in value.keys() & fields.keys():
        found += _problems(interface, value[each], fields[each]["types"], f"{where}.{each}")
    return found


class _Client:
    """Calls methods by JSON and holds each answer against the documented return type."""

    def __init__(self, interface: _Json, server: BotApiServer, session: aiohttp.ClientSession) -> None:
        self.problems: list[str] = []
        self.called: set[str] = set()
        self._interface = interface
        self._server = server
        self._session = session

    async def call(self, method: str, **parameters: Any) -> Any:
        address = f"{self._server.base_url}{self._server.token}/{method}"
        async with self._session.post(address, json=parameters) as answer:
            body = await answer.json()
        assert body["ok"], body
        self.called.add(method)
        self.problems += _problems(
            self._interface, body["result"], self._interface["methods"][method]["returns"], method
        )
        return body["result"]


async def _erika_does_everything(erika: Citizen) -> None:
    await erika.says("/start https://example.org erika@example.org @max_m #Radweg")
    await erika.sends_document(b"%PDF", "Plan.pdf", "application/pdf", caption="Plan")
    await erika.sends_photo(b"\xff\xd8", caption="/idee")
    await erika.sends_album([AlbumItem("photo", b"\xff\xd8"), AlbumItem("video", b"\0", "Hier")])
    await erika.sends_album([AlbumItem("document", b"%PDF"), AlbumItem("document", b"%PDF")])
    await erika.sends_voice(b"OggS")
    await erika.sends_audio(b"ID3")
    await erika.sends_video_note(b"\0")
    await erika.sends_sticker()
    await erika.shares_location(51.5, 14.6)
    await erika.shares_live_location(51.5, 14.6)
    await erika.moves(erika.written[-1]["message_id"], 51.6, 14.7)
    await erika.shares_venue(51.5, 14.6, "Rathaus", "Markt 1")
    await erika.shares_contact("+4935710000", "Max", last_name="Muster", user_id=4712)
    await erika.throws_dice()
    await erika.sends_poll("Wann?", ["heute", "morgen"])
    await erika.forwards("Von mir", {"type": "user", "date": 1, "sender_user": erika.user})
    await erika.forwards("Von wem", {"type": "hidden_user", "date": 1, "sender_user_name": "Max M."})
    channel: wire.Chat = {"id": -1_001_000_000_001, "type": "channel", "title": "Amtsblatt"}
    await erika.forwards("Vom Amt", {"type": "channel", "date": 1, "chat": channel, "message_id": 7})
    await erika.edits(1, "Guten Tag")
    await erika.edits(2, "Neuer Plan")
    await erika.blocks_bot()
    await erika.unblocks_bot()


async def _everything_happens(server: BotApiServer, client: _Client) -> list[Any]:
    """Make every kind of update, call every method, and return the updates."""
    erika = server.citizen(4711, "Erika", last_name="Muster", username="erika_m")
    await client.call("getMe")
    await _erika_does_everything(erika)
    group = server.group(-100_123, "Konvent", member=erika, with_bot=False)
    await group.adds_bot()
    await group.says("/start")
    upgraded = await group.becomes_supergroup(-1_001_000_000_002)
    founded = server.group(-100_124, "Amt", member=erika, with_bot=False)
    await founded.is_founded_with_bot()
    await founded.removes_bot()
    await client.call("getChat", chat_id=upgraded.chat_id)
    await client.call("leaveChat", chat_id=upgraded.chat_id)
    sent = await client.call(
        "sendMessage",
        chat_id=4711,
        text="<b>Guten Tag</b> /start",
        parse_mode="HTML",
        reply_markup={"inline_keyboard": [[{"text": "Ja", "callback_data": "ja"}]]},
        protect_content=True,
        link_preview_options={"is_disabled": True},
    )
    await erika.presses(erika.messages[0], "Ja")
    await erika.says("Antwort", reply_to=erika.messages[0])
    updates: list[Any] = await client.call("getUpdates")
    query = next(each["callback_query"]["id"] for each in updates if "callback_query" in each)
    document = next(each["message"]["document"]["file_id"] for each in updates if "document" in each.get("message", {}))
    target = {"chat_id": 4711, "message_id": sent["message_id"]}
    await client.call("answerCallbackQuery", callback_query_id=query, text="Danke", show_alert=True)
    await client.call("editMessageReplyMarkup", **target)
    await client.call("editMessageText", **target, text="Fertig")
    await client.call("sendDocument", chat_id=4711, document=document, reply_parameters={"message_id": 1})
    await client.call("deleteMessage", **target)
    await client.call("getFile", file_id=document)
    await client.call("sendChatAction", chat_id=4711, action="typing")
    await _the_bot_describes_itself(client)
    await client.call("setWebhook", url="http://127.0.0.1:1/", allowed_updates=["message"], drop_pending_updates=True)
    await client.call("getWebhookInfo")
    await client.call("deleteWebhook")
    return updates


async def _the_bot_describes_itself(client: _Client) -> None:
    scope = {"type": "chat", "chat_id": 4711}
    await client.call("setMyCommands", commands=[{"command": "start", "description": "Beginnen"}], scope=scope)
    await client.call("getMyCommands", scope=scope)
    await client.call("deleteMyCommands", scope=scope)
    await client.call("setMyName", name="Ideenkanal")
    await client.call("setMyDescription", description="Ideen", language_code="de")
    await client.call("getMyDescription", language_code="de")
    await client.call("setMyShortDescription", short_description="Ideen")
    await client.call("getMyShortDescription")


async def test_all_that_is_produced_is_as_documented(interface: _Json) -> None:
    """Every update and every answer has documented fields only, of the documented types, and all required ones."""
    async with BotApiServer() as server, aiohttp.ClientSession() as session:
        client = _Client(interface, server, session)
        updates = await _everything_happens(server, client)

    carried = {name for update in updates for name in update.get("message", {})}
    assert client.problems == []
    assert client.called == METHODS.keys()
    assert {name for update in updates for name in update} == wire.Update.__annotations__.keys()
    # edit_date comes with edited_message; the others are for what the bot sends.
    expected = {"edit_date", "has_protected_content", "link_preview_options", "reply_markup"}
    assert wire.Message.__annotations__.keys() - carried == expected
