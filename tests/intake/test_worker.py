"""Mail that is read in a child process: nothing that a mail does to the child stops the parent or the next mail."""

from __future__ import annotations

import asyncio
import base64
import os
import select
import signal
import sys
import textwrap
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from services.ideas.settings import Email
from services.intake.channel import ReadingUnavailable
from services.intake.email.errors import Defeat, MailDefeated, WorkerUnavailable
from services.intake.email.read import MailReader
from services.intake.email.worker.process import Worker
from services.intake.email.worker.reading import ReadingProcess
from tests.intake.speaks_nonsense import ANSWERS

HONEST = textwrap.dedent(
    """\
    From: Anna Beispiel <anna@example.net>
    To: ideen@example.org
    Subject: =?utf-8?q?B=C3=A4nke?=
    MIME-Version: 1.0
    Content-Type: multipart/mixed; boundary=grenze

    --grenze
    Content-Type: text/plain; charset=utf-8
    Content-Transfer-Encoding: 8bit

    Am Markt fehlen Bänke 🪑
    --grenze
    Content-Type: application/pdf; name=plan.pdf
    Content-Disposition: attachment; filename=plan.pdf
    Content-Transfer-Encoding: base64

    AAH+/w==
    --grenze--
    """
).encode()
HEAD = b"From: anna@example.net\r\nTo: ideen@example.org\r\n"
NESTED = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(2_000))
FLAT = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 20_000 + b"--b--\r\n"
HOSTILE = {
    "nested comments": b"From: " + b"(" * 1_000 + b")" * 1_000 + b" anna@example.net\r\n\r\nx\r\n",
    "unknown charset": HEAD + b"Content-Type: text/plain; charset=klingon\r\n\r\nx\r\n",
    "message id": HEAD + b"Message-ID: <[]@>\r\n\r\nx\r\n",
    "nested multiparts": HEAD + NESTED,
    "encoded words": HEAD + b"Subject:" + b" =?utf-8?q?=C3=A4?=\r\n" * 16_000 + b"\r\nx\r\n",
    "flat parts": HEAD + FLAT,
    "encoded CRLF": HEAD + b"Subject: =?utf-8?q?hallo=0D=0ABcc:_x@y?=\r\n\r\nx\r\n",
    "two addresses": b"From: alice@example.org)bob@example.org\r\n\r\nx\r\n",
    "millions of short lines": HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"a\n" * 9_000_000,
    "a field without end": HEAD + b"X: a\r\n" + b" a\r\n" * 4_000_000,
}


def hostile_worker(**options: Any) -> Worker:
    return Worker("tests.intake.hostile_task", {"own": "settings"}, **options)


async def test_a_child_that_cannot_be_started_is_no_mails_fault() -> None:
    """The error says that nothing can be read at the moment, so that no message counts it as an attempt."""
    async with ReadingProcess(Email(), "SWS", command=("/nowhere/python",)) as process:
        for _ in range(2):
            with pytest.raises(WorkerUnavailable):
                await process.read(HONEST, {})
    assert issubclass(WorkerUnavailable, ReadingUnavailable)


async def test_a_mail_reads_in_the_child_as_it_reads_here() -> None:
    """The reading that comes back is the one that MailReader makes: text, umlauts and attachments byte for byte."""
    settings = Email()
    async with ReadingProcess(settings, "SWS") as process:
        reading = await process.read(HONEST, {"mail_from": "anna@example.net"})

    assert reading == MailReader(settings, "SWS").read_mail(HONEST, {"mail_from": "anna@example.net"})
    assert reading.attachments[0].content == b"\x00\x01\xfe\xff"


async def test_after_each_hostile_mail_the_next_one_is_read(subtests: pytest.Subtests) -> None:
    """Each input that breaks or stalls the standard library is read or refused, and the next mail is read."""
    async with ReadingProcess(Email(), "SWS") as process:
        for name, raw in HOSTILE.items():
            with subtests.test(name):
                with suppress(MailDefeated):
                    await process.read(raw, {})
                assert (await process.read(HONEST, {})).subject == "Bänke"


async def test_a_large_honest_mail_is_read() -> None:
    """A mail of 25 MB with 18 MB of photos stays within the limits."""
    photos = [os.urandom(9_200_000) for _ in range(2)]
    head = b"--b\r\nContent-Type: image/jpeg; name=foto.jpg\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    parts = b"".join(head + base64.encodebytes(photo).replace(b"\n", b"\r\n") for photo in photos)
    raw = HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + parts + b"--b--\r\n"
    async with ReadingProcess(Email(), "SWS") as process:
        reading = await process.read(raw, {})

    assert [attachment.content for attachment in reading.attachments] == photos


@pytest.mark.parametrize(
    "task", ["services.intake.email.worker.reading_task", "services.intake.email.authentication.task"]
)
async def test_the_child_loads_no_more_than_it_needs(task: str) -> None:
    """Neither the language model nor the database nor a server is at hand for whoever takes the child over."""
    script = f"import sys, {task}; print(*sys.modules)"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", script, stdout=asyncio.subprocess.PIPE)
    output, _ = await process.communicate()
    loaded = set(output.decode().split())

    assert task in loaded
    assert {"spacy", "sqlalchemy", "aiosmtpd", "aiohttp", "telegram"} & loaded == set()


@pytest.mark.parametrize(
    ("do", "reason"),
    [("hog", Defeat.MEMORY), ("exit", Defeat.CRASH), ("raise", Defeat.ERROR)],
)
async def test_the_child_is_replaced_after_a_defeat(do: str, reason: Defeat) -> None:
    """Memory, death and an error are told apart, and the next request is answered."""
    async with hostile_worker() as worker:
        with pytest.raises(MailDefeated) as defeat:
            await worker.ask({"do": do}, str)
        assert defeat.value.reason is reason
        assert await worker.ask({"do": "nothing"}, dict) == {
            "request": {"do": "nothing"},
            "settings": {"own": "settings"},
        }


async def test_an_error_tells_where_and_not_what() -> None:
    """The message of an exception could quote the mail: only its kind and its line leave the child."""
    async with hostile_worker() as worker:
        with pytest.raises(MailDefeated, match=r"^error: RuntimeError at hostile_task\.py:\d+$"):
            await worker.ask({"do": "raise"}, str)


async def test_a_child_that_waits_is_ended_by_the_clock() -> None:
    """A child that uses no processor time does not keep its place for ever."""
    async with hostile_worker(wall_seconds=0.2) as worker:
        with pytest.raises(MailDefeated, match="wall clock"):
            await worker.ask({"do": "wait"}, str)


async def test_the_event_loop_goes_on_while_a_bomb_burns() -> None:
    """Many other things happen in the parent while the child uses up its processor time; then it is replaced."""
    async with hostile_worker() as worker:
        bomb = asyncio.create_task(worker.ask({"do": "burn"}, str))
        turns = 0
        while not bomb.done():
            await asyncio.wait({bomb}, timeout=0.001)
            turns += 1
        with pytest.raises(MailDefeated) as defeat:
            await bomb
        again = await worker.ask({"do": "nothing"}, dict)

    assert turns > 50
    assert defeat.value.reason is Defeat.TIME
    assert again["request"] == {"do": "nothing"}


@pytest.mark.parametrize("answer", ANSWERS)
async def test_nonsense_is_no_reading(answer: str) -> None:
    """Bytes that are no frame, no value or no reading are a defeat, whatever they claim to be."""
    command = (sys.executable, "-m", "tests.intake.speaks_nonsense", answer)
    async with ReadingProcess(Email(), "SWS", command=command) as process:
        with pytest.raises(MailDefeated) as defeat:
            await process.read(HONEST, {})

    assert defeat.value.reason is Defeat.NONSENSE


async def test_what_a_library_prints_is_no_answer() -> None:
    """Output to the standard output does not reach the parent."""
    async with hostile_worker() as worker:
        assert await worker.ask({"do": "print"}, lambda value: value) is None


async def test_a_cancelled_read_frees_its_place() -> None:
    """Whoever gives up on a mail takes its child along, and the next mail is read by another."""
    async with hostile_worker() as worker:
        before = await worker.ask({"do": "pid"}, int)
        waiting = asyncio.create_task(worker.ask({"do": "wait"}, str))
        await asyncio.wait({waiting}, timeout=0.05)
        waiting.cancel()
        after = await worker.ask({"do": "pid"}, int)

        assert after != before
        assert not _runs(before)


async def test_requests_wait_their_turn() -> None:
    """More requests than children are all answered; two children share them."""
    async with hostile_worker(count=2) as worker:
        pids = await asyncio.gather(*(worker.ask({"do": "pid"}, int) for _ in range(50)))

    assert len(pids) == 50
    assert len(set(pids)) == 2


async def test_a_child_that_died_while_idle_costs_no_mail() -> None:
    """The mail after a child's unexplained death is read as if nothing had been."""
    async with hostile_worker() as worker:
        pid = await worker.ask({"do": "pid"}, int)
        child = os.pidfd_open(pid)
        os.kill(pid, signal.SIGKILL)
        assert await _has_ended(child)
        assert await worker.ask({"do": "pid"}, int) != pid


async def test_signals_to_the_whole_service_leave_the_child_at_work() -> None:
    """SIGTERM and SIGINT are the parent's to act on: a supervisor that sends them to all must not defeat a mail."""
    async with hostile_worker() as worker:
        pid = await worker.ask({"do": "pid"}, int)
        os.kill(pid, signal.SIGTERM)
        os.kill(pid, signal.SIGINT)
        assert await worker.ask({"do": "pid"}, int) == pid


async def test_the_child_inherits_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the service's environment reaches the process that reads hostile bytes."""
    monkeypatch.setenv("IDEENKANAL_SECURITY_SECRET_KEY", "canary")
    async with hostile_worker() as worker:
        environment = await worker.ask({"do": "environment"}, dict)

    assert "canary" not in environment.values()
    assert not any(name.startswith("IDEENKANAL") for name in environment)


async def test_the_child_ends_with_its_parent() -> None:
    """A parent that is killed leaves no child behind."""
    script = (
        "import asyncio\n"
        "from services.intake.email.worker.process import Worker\n"
        "async def main():\n"
        "    async with Worker('tests.intake.hostile_task', {}) as worker:\n"
        "        print(await worker.ask({'do': 'pid'}, int), flush=True)\n"
        "        await asyncio.Event().wait()\n"
        "asyncio.run(main())\n"
    )
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", script, stdout=asyncio.subprocess.PIPE)
    assert parent.stdout is not None
    pid = int((await parent.stdout.readline()).split()[-1])
    child = os.pidfd_open(pid)
    parent.kill()
    await parent.wait()

    assert await _has_ended(child)


async def _has_ended(process: int) -> bool:
    """Whether the process of a file descriptor ends within ten seconds."""
    ended, _, _ = await asyncio.to_thread(select.select, [process], [], [], 10)
    os.close(process)
    return bool(ended)


def _runs(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()
