"""A person wants to see what is stored of them."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from tests.fakes.bot_api import Message
from tests.house import House
from tests.html import Page
from tests.journeys.phone import asks, begins, words

pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)

_PHOTO = b"\xff\xd8\xff\xe0 a bus stop"


async def test_everything_comes_as_one_file(house: House) -> None:
    """A page to read, the same for machines, and the photo itself; nothing that somebody wrote is more than words."""
    erika = house.citizen()
    await begins(erika, "In Zschopau fährt nach 18 Uhr <script>kein</script> Bus.")
    await erika.sends_photo(_PHOTO, caption="Die Haltestelle")
    await erika.next_message()
    await house.telegram.called("download")
    await erika.edits(erika.written[0]["message_id"], "In Zschopau fährt nach 19 Uhr kein Bus.")
    await erika.next_message()
    bernd = house.citizen(4712, "Bernd")
    await begins(bernd, "In Plauen gibt es zu wenige Kinderärzte.")
    own, other = await house.reference_of(erika), await house.reference_of(bernd)

    answer = await asks(erika, "Meine Daten")
    assert words(answer) == "In dieser Datei steht alles, was wir zu Ihnen gespeichert haben."
    archive = received(house, answer)
    page = Page(archive.read("auskunft.html").decode())
    assert "script" not in page.tags
    for said in ("<script>kein</script>", "nach 19 Uhr", "Die Haltestelle", own, "Mobilität und Verkehr", "Zschopau"):
        assert said in page.words
    assert other not in page.words
    (photo,) = [name for name in archive.namelist() if name.endswith("Foto.jpg")]
    assert photo in page.targets
    assert archive.read(photo) == _PHOTO
    for target in page.targets:
        assert target.startswith(("http", "mailto:", "tel:")) or target in archive.namelist()

    (idea,) = json.loads(archive.read("auskunft.json"))["ideas"]
    first, second = idea["contributions"]
    assert (idea["reference"], first["text"]) == (own, "In Zschopau fährt nach 19 Uhr kein Bus.")
    assert [version["text"] for version in first["versions"]] == [
        "In Zschopau fährt nach 18 Uhr <script>kein</script> Bus."
    ]
    assert [file["file"] for file in second["attachments"]] == [photo]


def received(house: House, answer: Message) -> zipfile.ZipFile:
    """The archive that came with an answer."""
    assert answer["document"]["file_name"].startswith("auskunft-")
    upload = house.telegram.calls_of("sendDocument")[-1].parameters["document"]
    return zipfile.ZipFile(io.BytesIO(upload.content))
