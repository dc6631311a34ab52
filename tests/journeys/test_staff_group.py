"""The people of a body have their digest and alerts in a Telegram group."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.ideas.catalogue import Catalogue, read_catalogue
from services.ideas.periods import Period
from tests.conftest import CONFIG
from tests.fakes.bot_api import Group
from tests.house import House
from tests.journeys.phone import asks, begins, words

pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)

_BODY, _NAME = "landratsamt-erzgebirgskreis", "Landratsamt Erzgebirgskreis"
_GROUP, _SUPERGROUP = -4001, -1001234567890


@pytest.fixture
def make_catalogue(tmp_path: Path) -> Callable[..., Catalogue]:
    """The shipped configuration, in which one body has a group."""
    config = tmp_path / "config"
    shutil.copytree(CONFIG, config)
    bodies, body = config / "bodies.toml", f'id = "{_BODY}"\n'
    group = f"telegram = {{ group = {_GROUP}, alerts = true }}\n"
    bodies.write_text(bodies.read_text().replace(body, body + group))

    def make(**settings: str) -> Catalogue:
        own = {"STORAGE_DATA_DIR": str(tmp_path), "WORK_POLL_SECONDS": "0.2", "AUTHENTICATION_RESOLVER": "off"}
        return read_catalogue(config, {f"IDEENKANAL_{name}": value for name, value in (own | settings).items()})

    return make


@pytest.fixture
def staff(house: House) -> Group:
    """A group without the bot, in which somebody of the body writes."""
    return house.telegram.group(_GROUP, "Ideen im Erzgebirge", member=house.citizen(9, "Frau Amt"), with_bot=False)


async def test_a_group_is_told_what_concerns_its_body_without_a_citizens_words(house: House, staff: Group) -> None:
    """Alerts at once and the digest in its time, with number, topic and place; also after Telegram moves the group."""
    await staff.adds_bot()
    assert f"Diese Gruppe gehört zu: {_NAME}." in words(await staff.next_message())
    erika = house.citizen()
    card = await begins(erika, "In Zschopau fährt nach 18 Uhr kein Bus mehr heim, nicht mal zum Kanarienvogelverein.")
    reference = await house.reference_of(erika)
    await staff.reads(f"Neue Idee: {reference}\nFür: {_NAME}\nThema: Mobilität und Verkehr\nOrt: Zschopau")
    await erika.says("Am Wochenende fährt zum Kanarienvogelverein auch nichts.", reply_to=card)
    await staff.reads(f"Ergänzt: {reference}")
    await house.register.write_digest(_BODY, Period("first", datetime.now(UTC)), datetime.now(UTC))
    assert reference in words(await staff.reads(f"{_NAME}: 1 neue Idee"))

    moved = await staff.becomes_supergroup(_SUPERGROUP, is_bot_told=False)
    ben = house.citizen(4712, "Ben")
    await begins(ben, "In Zschopau fährt auch nachts kein Bus.")
    other = await house.reference_of(ben)
    await moved.reads(f"Neue Idee: {other}")
    await house.register.write_digest(_BODY, Period("second", datetime.now(UTC)), datetime.now(UTC))
    assert other in words(await moved.reads(f"{_NAME}: 1 neue Idee"))
    said = [words(message) for group in (staff, moved) for message in group.messages]
    assert not [text for text in said if "Kanarienvogel" in text or "nachts" in text]


async def test_in_a_group_the_bot_explains_itself_and_is_quiet_otherwise(house: House, staff: Group) -> None:
    """A strange group learns its number; only who speaks to the bot is answered; and it comes back as it went."""
    house.telegram.reads_all_groups = True
    strange = house.telegram.group(-4002, "Skatrunde", member=house.citizen(10, "Horst"), with_bot=False)
    await strange.adds_bot()
    assert "\n\n-4002\n\n" in words(await strange.next_message())
    await strange.says("In Zschopau fehlt ein Skatverein.")
    await strange.sends_photo(b"\xff\xd8\xff\xe0", caption="Unser Ausflug")
    assert "Nummer dieser Gruppe: -4002\nSie gehört noch zu keiner Stelle." in words(await asks(strange, "/hilfe"))
    assert len(strange.messages) == 2

    await staff.adds_bot()
    await staff.next_message()
    await staff.removes_bot()
    await begins(erika := house.citizen(), "In Zschopau fährt nach 18 Uhr kein Bus mehr heim.")
    await house.telegram.called("sendMessage", times=6)  # the last one is the refused alert
    await staff.adds_bot()
    assert f"Diese Gruppe gehört zu: {_NAME}." in words(await staff.next_message())
    await erika.says("Und am Wochenende erst recht nicht.")
    await staff.reads(f"Ergänzt: {await house.reference_of(erika)}")
