"""A person sends several photos at once, and files that are too large."""

from __future__ import annotations

import asyncio

import pytest

from tests.fakes.bot_api import AlbumItem
from tests.house import House
from tests.journeys.phone import asks, begins, labels, words

pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)

_PHOTOS = [b"\xff\xd8\xff\xe0 one", b"\xff\xd8\xff\xe0 two", b"\xff\xd8\xff\xe0 three"]
_PATH = "In Glauchau ist der Radweg an der Mulde voller Schlaglöcher"
_TOO_LARGE = "Eine Datei war zu groß: Möglich sind höchstens 20 MB."
_25_MEGABYTES = 25_000_000


async def files(house: House, reference: str, number: int) -> list[bytes]:
    """What staff save of an idea's files, once so many have been fetched."""
    async with asyncio.timeout(5):
        while len(found := await house.register.attachments(reference)) < number:
            pass
    return [file.content for file in found]


async def test_an_album_is_one_message(house: House) -> None:
    """Three photos, the second with words: one answer that says it all, and staff get every photo."""
    erika = house.citizen()
    await begins(erika, "Danke")
    hold = house.telegram.hang_next("sendMessage")
    await erika.says("Hallo")
    await house.telegram.called("sendMessage", 3)
    one, two, three = _PHOTOS
    await erika.sends_album([AlbumItem("photo", one), AlbumItem("photo", two, _PATH), AlbumItem("photo", three)])
    await house.telegram.called("getFile", 3)  # by then all three have been read
    hold.release()
    await erika.next_message()

    card = words(await erika.next_message())
    assert "Ort: Glauchau" in card
    assert "Was Sie angehängt haben, ist dabei." in card
    assert words(await asks(erika, "Danke")).startswith("Sehr gern!")
    reference = await house.reference_of(erika)
    assert sorted(await files(house, reference, 3)) == sorted(_PHOTOS)
    (said,) = (await house.register.idea(reference)).contributions
    assert (said.text, len(said.attachments)) == (_PATH, 3)


async def test_an_album_without_words_is_asked_for_some(house: House) -> None:
    """The sentence that follows belongs to the photos."""
    erika = house.citizen()
    await erika.sends_album([AlbumItem("photo", photo) for photo in _PHOTOS])
    await erika.next_message()
    card = await erika.next_message()
    assert "Was soll sich ändern? Schreiben Sie es bitte in einem Satz dazu." in words(card)
    assert "Stimmt" not in labels(card)

    assert "Ort: Glauchau" in words(await asks(erika, _PATH))
    photos, sentence = (await house.register.idea(await house.reference_of(erika))).contributions
    assert (len(photos.attachments) + len(photos.awaited), sentence.text) == (3, _PATH)


async def test_a_file_that_is_too_large_is_told_with_another_way(house: House) -> None:
    """With the first message and with a later one: the words are kept, and a smaller file is taken."""
    erika, bernd = house.citizen(), house.citizen(4712, "Bernd")
    await erika.sends_document(b"%PDF", "Plan.pdf", "application/pdf", caption=_PATH, file_size=_25_MEGABYTES)
    await erika.next_message()
    card = words(await erika.next_message())
    assert "Ort: Glauchau" in card
    assert f"{_TOO_LARGE}\nSchicken Sie sie bitte kleiner oder in Teilen." in card
    await begins(bernd, _PATH)
    await bernd.sends_video(b"film", file_size=_25_MEGABYTES)
    assert _TOO_LARGE in words(await bernd.next_message())

    await erika.sends_document(b"%PDF small", "Plan.pdf", "application/pdf")
    assert _TOO_LARGE not in words(await erika.next_message())
    assert await files(house, await house.reference_of(erika), 1) == [b"%PDF small"]
