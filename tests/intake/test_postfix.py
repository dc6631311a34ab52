"""A real Postfix in front, which hands the mail over by LMTP as the README says."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from tempfile import mkdtemp

import pytest
import pytest_asyncio

from services.ideas.catalogue import Catalogue
from services.ideas.errors import StoreUnavailable
from services.ideas.inbound import InboundLog
from services.intake.email.receive import MailReceiver
from tests.house import free_port
from tests.intake.kept import Kept
from tests.postfix import Postfix, is_usable

pytestmark = [
    pytest.mark.skipif(not is_usable(), reason="Postfix is not installed, or this is not root"),
    pytest.mark.asyncio(loop_scope="module"),
]

TOKEN = "a2b3" * 6 + "zz"
BODY = "Grüße aus Zwickau: ein Radweg bitte.\n.\n..zwei Punkte, und eine lange Zeile " + "x" * 900 + "\n"
# As in the README: mail for our three addresses goes to us, and with it Postfix knows that they exist.
SETTINGS = {
    "mydestination": "example.org",
    "recipient_delimiter": "+",
    "transport_maps": "hash:{maps}/transport",
    "local_recipient_maps": "proxy:unix:passwd.byname $alias_maps $transport_maps",
    # Bounces of this test go nowhere.
    "default_transport": "discard",
    "bounce_notice_recipient": "postmaster@example.net",
}
OURS = ("ideen@example.org", "idee@example.org", "rueckweg@example.org")


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Where Postfix's own user can get to, which pytest's folders are not."""
    path = Path(mkdtemp(prefix="ideenkanal-lmtp-", dir="/tmp"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="module", params=["unix", "tcp"])
def lmtp(request: pytest.FixtureRequest, folder: Path) -> str:
    """Where a mail server of ours listens for Postfix, as our setting has it."""
    return f"unix:{folder}/socket" if request.param == "unix" else f"127.0.0.1:{free_port()}"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(lmtp: str) -> AsyncIterator[Postfix]:
    """A Postfix that takes one address more for ours; to start and to end one takes longer than to send it a mail."""
    target = f"lmtp:{lmtp}" if lmtp.startswith("unix:") else f"lmtp:inet:{lmtp}"
    transport = "".join(f"{address} {target}\n" for address in (*OURS, "fremd@example.org"))
    async with Postfix(SETTINGS, {"transport": transport}) as server:
        yield server


@pytest_asyncio.fixture(loop_scope="module")
async def postfix(
    running: Postfix, lmtp: str, kept: Kept, make_catalogue: Callable[..., Catalogue], tmp_path: Path
) -> AsyncIterator[Postfix]:
    """The Postfix in front of a mail server of the test's own, with nothing in its log yet."""
    running.lines.clear()
    settings = make_catalogue(EMAIL_LMTP=lmtp).settings.email
    async with InboundLog(kept) as inbound, MailReceiver(settings, tmp_path, inbound):
        yield running


async def swaks(postfix: Postfix, to: str) -> str:
    """Send a mail with a common test client; what was said is returned."""
    process = await asyncio.create_subprocess_exec(
        "swaks",
        *("--server", f"127.0.0.1:{postfix.port}", "--helo", "client.example.net"),
        *("--from", "erika@example.net", "--to", to, "--header", "Subject: Radweg", "--body", BODY),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    return output.decode(errors="replace")


@pytest.mark.parametrize("to", ["ideen@example.org", f"idee+{TOKEN}@example.org", f"rueckweg+{TOKEN}@example.org"])
async def test_a_mail_comes_through_postfix(postfix: Postfix, kept: Kept, to: str) -> None:
    """Envelope and body arrive as they were sent, to the intake address and to those with a token."""
    await swaks(postfix, to)
    assert "250 2.0.0 stored" in await postfix.logged("status=sent")
    (message,) = kept.messages.values()
    assert (message.envelope["mail_from"], message.envelope["rcpt_tos"]) == ("erika@example.net", [to])
    assert message.envelope["peer"] == ""
    _, _, body = message.raw.partition(b"\r\n\r\n")
    assert body.strip() == BODY.strip().replace("\n", "\r\n").encode()


async def test_postfix_keeps_what_cannot_be_stored(postfix: Postfix, kept: Kept) -> None:
    """While the store is away the mail waits in Postfix's queue, and the next attempt brings it."""
    kept.faults.append(StoreUnavailable("down"))
    await swaks(postfix, "ideen@example.org")
    assert "451 4.3.0" in await postfix.logged("status=deferred")
    assert '"queue_name": "deferred"' in await postfix.queue()
    assert not kept.raws

    await postfix.flush()
    await postfix.logged("status=sent")
    assert len(kept.raws) == 1


async def test_postfix_returns_what_is_not_ours(postfix: Postfix, kept: Kept) -> None:
    """A mailbox that only Postfix believes in comes back to the sender with our words."""
    await swaks(postfix, "fremd@example.org")
    assert "550 5.1.1 no such mailbox here" in await postfix.logged("status=bounced")
    assert "to=<erika@example.net>" in await postfix.logged("status=sent")
    assert not kept.raws


async def test_postfix_refuses_what_nobody_knows(postfix: Postfix) -> None:
    """What stands in no map is refused before the mail is sent."""
    assert "550 5.1.1" in await swaks(postfix, "niemand@example.org")
