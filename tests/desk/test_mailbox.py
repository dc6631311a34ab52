from __future__ import annotations

from dataclasses import replace

import pytest

from services.ideas.capability import Purpose, capability_token
from services.ideas.model import InboundMessage, LoggedMessage, Refused, Sender
from services.ideas.readings import Submission
from services.ideas.register import Register
from tests.conftest import NOON
from tests.desk.client import Desk
from tests.html import Page
from tests.submissions import ANNA, BEN, CERTAIN, submit

VERIFY, UNSUBSCRIBE = Purpose.VERIFY_ADDRESS, Purpose.UNSUBSCRIBE
PAGES = [("adresse", VERIFY), ("abmelden", UNSUBSCRIBE)]


@pytest.fixture
async def reference(register: Register) -> str:
    """An idea that came by mail from an address that nobody has verified."""
    return await submit(register, sender=ANNA)


async def standing(register: Register, reference: str) -> tuple[bool, bool]:
    """Whether an idea's submitter is verified, and whether they have unsubscribed."""
    found = await register.mailboxes.by_reference(reference)
    return found.verified, found.unsubscribed


async def told(desk: Desk, path: str, method: str = "GET") -> str:
    """The words of a page."""
    answer = await desk.request(method, path)
    assert answer.status == 200
    return Page(await answer.text()).words


@pytest.mark.parametrize(("page", "purpose"), PAGES)
async def test_looking_changes_nothing(
    desk: Desk, register: Register, reference: str, page: str, purpose: Purpose
) -> None:
    """Opening a link, as mail scanners do, shows a button and leaves everything as it was."""
    path = f"/{page}/{register.token(purpose, reference)}"

    for method in ("GET", "HEAD", "OPTIONS", "PUT", "DELETE"):
        await desk.request(method, path)
    shown = Page(await (await desk.get(path)).text())

    assert await standing(register, reference) == (False, False)
    assert {"form", "button"} <= shown.tags
    assert path in shown.targets


async def test_a_button_confirms_an_address(desk: Desk, register: Register, reference: str) -> None:
    """Pressing the button verifies the address; pressing it again and coming back later say so."""
    path = f"/adresse/{register.token(VERIFY, reference)}"

    words = [await told(desk, path, method) for method in ("POST", "POST", "GET")]

    assert await standing(register, reference) == (True, False)
    assert ["Ihre Adresse ist bestätigt" in each for each in words] == [True] * 3
    assert "Wir schreiben Ihnen, sobald es Neues zu Ihrer Idee gibt." in words[0]


async def test_a_button_unsubscribes_and_another_comes_back(desk: Desk, register: Register, reference: str) -> None:
    """A person unsubscribes with one button and changes their mind with the next."""
    path = f"/abmelden/{register.token(UNSUBSCRIBE, reference)}"

    gone = Page(await (await desk.post(path)).text())
    away = await standing(register, reference)
    (back,) = (target for target in gone.targets if target.endswith("/doch-wieder"))
    words = await told(desk, back, "POST")

    assert "Sie bekommen keine Mails mehr von uns" in gone.words
    assert away == (False, True)
    assert await standing(register, reference) == (False, False)
    assert "Sie bekommen wieder Mails von uns" in words


async def test_no_news_is_promised_to_an_unverified_address(desk: Desk, register: Register, reference: str) -> None:
    """Who comes back before their address is confirmed is reminded of that."""
    path = f"/abmelden/{register.token(UNSUBSCRIBE, reference)}/doch-wieder"
    unverified = await told(desk, path, "POST")
    await register.mailboxes.verify(register.token(VERIFY, reference), NOON)
    verified = await told(desk, path, "POST")

    assert "Bitte bestätigen Sie noch Ihre Adresse." in unverified
    assert "Wir schreiben Ihnen" not in unverified
    assert "Wir schreiben Ihnen, sobald es Neues gibt." in verified


async def test_whoever_has_unsubscribed_is_promised_no_mail(desk: Desk, register: Register, reference: str) -> None:
    """Confirming an address does not undo that its owner wants no mail, and the page says so."""
    await register.mailboxes.unsubscribe(register.token(UNSUBSCRIBE, reference), NOON)

    words = await told(desk, f"/adresse/{register.token(VERIFY, reference)}", "POST")

    assert await standing(register, reference) == (True, True)
    assert "Zurzeit bekommen Sie keine Mails von uns" in words


async def test_an_old_tab_shows_how_it_stands(desk: Desk, register: Register, reference: str) -> None:
    """A browser that asks for the page after the second button again shows the state, and changes nothing."""
    token = register.token(UNSUBSCRIBE, reference)
    await register.mailboxes.unsubscribe(token, NOON)

    assert "Sie bekommen keine Mails mehr" in await told(desk, f"/abmelden/{token}/doch-wieder")
    assert await standing(register, reference) == (False, True)


URLENCODED, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data; boundary=-FormBoundary"
ONE_CLICK = b"List-Unsubscribe=One-Click"
# The second example of RFC 8058 section 8.
ONE_CLICK_PARTS = (
    b'---FormBoundary\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n---FormBoundary--'
)


@pytest.mark.parametrize(
    ("kind", "data", "others"),
    [
        (URLENCODED, ONE_CLICK, {}),
        (MULTIPART, ONE_CLICK_PARTS, {}),
        (URLENCODED, ONE_CLICK, {"Origin": "https://mail.example.net", "Sec-Fetch-Site": "cross-site"}),
        (MULTIPART, ONE_CLICK_PARTS, {"Origin": "null", "Referer": "https://mail.example.net/inbox"}),
        ("text/plain", b"", {}),
        (URLENCODED, b"\xff\x00=%zz&&&", {}),
        (MULTIPART, b"---FormBoundary\r\n" * 20_000, {}),
    ],
)
async def test_a_mail_program_unsubscribes_with_one_click(
    desk: Desk, register: Register, kind: str, data: bytes, others: dict[str, str]
) -> None:
    """A single POST from anywhere, without a cookie, unsubscribes and is not redirected (RFC 8058)."""
    reference = await submit(register, sender=ANNA)
    path = f"/abmelden/{register.token(UNSUBSCRIBE, reference)}"

    answer = await desk.post(path, data=data, headers={"Content-Type": kind, **others}, allow_redirects=False)

    assert answer.status == 200
    assert "Set-Cookie" not in answer.headers
    assert await standing(register, reference) == (False, True)


@pytest.mark.parametrize("path", ["adresse/{}", "abmelden/{}", "abmelden/{}/doch-wieder"])
@pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
async def test_what_is_no_token_opens_nothing(
    desk: Desk, register: Register, reference: str, path: str, method: str
) -> None:
    """A number, a token of another purpose, another secret or another letter get the same 404 and change nothing."""
    wanted = VERIFY if path.startswith("adresse") else UNSUBSCRIBE
    right = register.token(wanted, reference)
    tried = [reference, "x", "%00", "A" * 43, "A" * 5000, right[:-1], right + "A", right.swapcase()]
    tried += [register.token(purpose, reference) for purpose in Purpose if purpose is not wanted]
    tried += [capability_token(b"another secret", wanted, reference)]

    answers = [await desk.request(method, f"/{path.format(token)}") for token in tried]

    assert [answer.status for answer in answers] == [404] * len(tried)
    assert len({await answer.text() for answer in answers}) == 1
    assert await standing(register, reference) == (False, False)


async def test_the_status_page_asks_to_confirm(desk: Desk, register: Register, reference: str) -> None:
    """While an address is unverified, the idea's page says so and has the button; afterwards it does not."""
    path = f"/idee/{register.token(Purpose.STATUS_PAGE, reference)}"
    before = Page(await (await desk.get(path)).text())
    (button,) = (target for target in before.targets if "/adresse/" in target)
    await desk.post(button)
    after = Page(await (await desk.get(path)).text())

    assert "Ihre Adresse ist noch nicht bestätigt." in before.words
    assert "noch nicht bestätigt" not in after.words
    assert "form" not in after.tags


@pytest.mark.parametrize("sender", [BEN, replace(ANNA, verified=True)])
async def test_whose_address_is_known_is_not_asked(desk: Desk, register: Register, sender: Sender) -> None:
    """Who came by Telegram, or whose mail was authenticated, has nothing to confirm."""
    reference = await submit(register, sender=sender)

    page = await told(desk, f"/idee/{register.token(Purpose.STATUS_PAGE, reference)}")

    assert "noch nicht bestätigt" not in page


async def test_who_wants_no_mail_is_not_asked(desk: Desk, register: Register, reference: str) -> None:
    """After unsubscribing nobody is asked to confirm that we may write."""
    await register.mailboxes.unsubscribe(register.token(UNSUBSCRIBE, reference), NOON)

    assert "noch nicht bestätigt" not in await told(desk, f"/idee/{register.token(Purpose.STATUS_PAGE, reference)}")


async def test_the_status_page_tells_what_was_not_kept(desk: Desk, register: Register) -> None:
    """Files that were too large or too many are counted beside the message that they came with."""
    message = InboundMessage("email", "1", {}, b"", NOON)
    (receipt,) = await register.log([message])
    said = Submission(ANNA, "", "Ein Radweg für alle.", refused=Refused(too_large=1, too_many=3))
    reference = await register.record(LoggedMessage(receipt.id, message, 1), said, CERTAIN)
    assert reference is not None

    page = await told(desk, f"/idee/{register.token(Purpose.STATUS_PAGE, reference)}")

    assert "Eine Datei war zu groß. Wir haben sie nicht behalten." in page
    assert "3 Dateien waren zu viel. Wir haben sie nicht behalten." in page
