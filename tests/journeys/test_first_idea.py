"""A citizen's first message."""

from __future__ import annotations

import pytest

from tests.journeys.conftest import House

pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)


async def test_one_message_is_enough(house: House) -> None:
    """The first words of a person are answered with the notice, the number, topic and place, and the buttons."""
    erika = house.citizen()
    await erika.says("in zschopau fährt nach 18 uhr kein bus mehr heim, da muss was passieren")

    notice = await erika.next_message(timeout=10)
    card = await erika.next_message()
    reference = await house.reference_of(erika)
    print(notice["text"]); print(card["text"]); print(card["reply_markup"])
    assert 0
