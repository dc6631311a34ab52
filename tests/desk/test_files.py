"""The files of an idea, as its submitter gets them."""

from __future__ import annotations

import io
from dataclasses import replace
from uuid import uuid4

import pytest
from PIL import Image

from services.ideas.capability import Purpose
from services.ideas.model import Attachment, InboundMessage, LoggedMessage
from services.ideas.readings import Submission
from services.ideas.register import Register
from tests.conftest import NOON
from tests.desk.client import Desk
from tests.submissions import ANNA, CERTAIN, CLARA

GPS = 0x8825


def photo() -> bytes:
    """A picture as a telephone takes it: with the place where it was taken."""
    image = Image.new("RGB", (8, 4), "green")
    exif = Image.Exif()
    exif.get_ifd(GPS)[1] = "N"
    written = io.BytesIO()
    image.save(written, "JPEG", exif=exif)
    return written.getvalue()


async def idea_with(register: Register, file: Attachment, **other: object) -> str:
    """The reference of an idea that came with a file."""
    submission = replace(Submission(ANNA, "Ufer", "Am Ufer fehlen Bänke.", (file,)), **other)  # type: ignore[arg-type]
    message = InboundMessage("email", uuid4().hex, {}, b"", NOON)
    (receipt,) = await register.log([message])
    reference = await register.record(LoggedMessage(receipt.id, message, 1), submission, CERTAIN)
    assert reference is not None
    return reference


async def path_of(register: Register, reference: str, purpose: Purpose = Purpose.STATUS_PAGE) -> str:
    idea = await register.idea(reference)
    number = idea.contributions[0].attachment_numbers[0]
    return f"/idee/{register.token(purpose, reference)}/anlage/{number}"


async def test_a_picture_is_shown_without_its_place(desk: Desk, register: Register) -> None:
    """The page links it, the browser shows it, and neither EXIF nor GPS is in it."""
    reference = await idea_with(register, Attachment("ufer.jpg", "image/jpeg", photo()))
    path = await path_of(register, reference)
    page = await desk.get(f"/idee/{register.token(Purpose.STATUS_PAGE, reference)}")
    answer = await desk.get(path)

    assert f'href="{path}"' in await page.text()
    assert (answer.status, answer.content_type) == (200, "image/jpeg")
    with Image.open(io.BytesIO(await answer.read())) as shown:
        assert (shown.size, dict(shown.getexif())) == ((8, 4), {})


@pytest.mark.parametrize("media_type", ["text/html", "image/svg+xml", "application/pdf", "image/jpeg"])
async def test_all_else_is_only_saved(desk: Desk, register: Register, media_type: str) -> None:
    """A page, a drawing or a broken picture is given as bytes to be saved, under its name, whatever that holds."""
    name = 'Plan "eins"; x=ä.html'
    reference = await idea_with(register, Attachment(name, media_type, b"<script>alert(1)</script>"))
    answer = await desk.get(await path_of(register, reference))

    assert answer.content_type == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.content_disposition is not None
    assert (answer.content_disposition.type, answer.content_disposition.filename) == ("attachment", name)
    assert await answer.read() == b"<script>alert(1)</script>"


async def test_a_file_opens_with_the_link_of_its_own_idea_alone(desk: Desk, register: Register) -> None:
    """Another idea's link, another purpose's token, a made-up number, and no number at all find nothing."""
    file = Attachment("plan.pdf", "application/pdf", b"a plan")
    own, other = await idea_with(register, file), await idea_with(register, file, sender=CLARA)
    number = (await path_of(register, own)).rpartition("/")[2]
    foreign = (await path_of(register, other)).rpartition("/")[0]
    paths = [f"{foreign}/{number}", await path_of(register, own, Purpose.REPLY), f"{foreign}/4711", f"{foreign}/x"]

    assert [(await desk.get(path)).status for path in paths] == [404] * 4
