"""A Postfix of the tests' own: Debian's programs, fresh configuration and queue, loopback only, gone afterwards."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

_DAEMONS = Path("/usr/lib/postfix/sbin")
_COMMANDS = Path("/usr/sbin")
_OWNER, _GROUP = "postfix", "postdrop"
# As Postfix's own postfix-files has them: who owns what in the queue, and with which mode.
_OF_THE_MAIL_SYSTEM = ("active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "private")
_SERVICES = """
pickup     unix       n - n 60   1 pickup
cleanup    unix       n - n -    0 cleanup
qmgr       unix       n - n 300  1 qmgr
tlsmgr     unix       - - n 1000? 1 tlsmgr
rewrite    unix       - - n -    - trivial-rewrite
bounce     unix       - - n -    0 bounce
defer      unix       - - n -    0 bounce
trace      unix       - - n -    0 bounce
verify     unix       - - n -    1 verify
proxymap   unix       - - n -    - proxymap
smtp       unix       - - n -    - smtp
lmtp       unix       - - n -    - lmtp
showq      unix       n - n -    - showq
error      unix       - - n -    - error
retry      unix       - - n -    - error
discard    unix       - - n -    - discard
anvil      unix       - - n -    1 anvil
scache     unix       - - n -    1 scache
postlog    unix-dgram n - n -    1 postlogd
"""


def is_usable() -> bool:
    """Whether Postfix is installed (Debian: package postfix) and may be started: it needs root."""
    return (_DAEMONS / "master").exists() and os.geteuid() == 0


class Postfix:
    """`async with Postfix(settings, maps) as postfix:` takes mail on `postfix.port`.

    `settings` are lines of main.cf beside those that it needs to run at all. `maps` are files by name; a setting refers
    to one as `hash:{maps}/NAME`. Its log is in `lines`, unless that would be work for nothing (`is_quiet`).
    """

    def __init__(
        self, settings: Mapping[str, str], maps: Mapping[str, str] | None = None, *, is_quiet: bool = False
    ) -> None:
        self._settings = settings
        self._maps = maps or {}
        self._is_quiet = is_quiet
        self.lines: list[str] = []
        self._changed = asyncio.Condition()
        self._ended = False
        self.port = _free_port()

    async def __aenter__(self) -> Self:
        # Directly under /tmp: the mail system's own user has to get there.
        self._home = Path(tempfile.mkdtemp(prefix="ideenkanal-postfix-", dir="/tmp"))
        _make_directories(self._home)
        await self._configure()
        with (self._home / "log").open("wb") as log:
            self._master = await asyncio.create_subprocess_exec(
                str(_DAEMONS / "master"),
                *("-s", "-c", str(self._home / "etc")),
                stdout=log if self._is_quiet else asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,  # ending, it signals its whole process group
            )
        self._reading = asyncio.create_task(self._read())
        await _reachable(self.port)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._master.terminate()
        await self._master.wait()
        await self._reading
        shutil.rmtree(self._home)

    async def logged(self, words: str, count: int = 1) -> str:
        """Wait for the `count`-th line of the log with these words, and return it."""

        def found() -> list[str]:
            return [line for line in self.lines if words in line]

        async with asyncio.timeout(30), self._changed:
            await self._changed.wait_for(lambda: len(found()) >= count or self._ended)
        if len(found()) < count:
            raise AssertionError(f"Postfix ended without {words!r}: {self.lines}")
        return found()[count - 1]

    async def flush(self) -> None:
        """Try everything that waits in the queue again, now."""
        await self._run("postqueue", "-f")

    async def queue(self) -> str:
        """What waits in the queue, as JSON lines."""
        return await self._run("postqueue", "-j")

    async def _configure(self) -> None:
        etc = self._home / "etc"
        needed = {
            "compatibility_level": "3.6",
            "queue_directory": str(self._home / "queue"),
            "data_directory": str(self._home / "data"),
            "command_directory": str(_COMMANDS),
            "daemon_directory": str(_DAEMONS),
            "mail_owner": _OWNER,
            "setgid_group": _GROUP,
            "maillog_file": "/dev/stdout",
            "inet_interfaces": "127.0.0.1",
            "inet_protocols": "ipv4",
            "myhostname": "mail.example.org",
            "mynetworks": "127.0.0.0/8",
            "alias_maps": "",
            "alias_database": "",
            "smtpd_relay_restrictions": "permit_mynetworks, reject_unauth_destination",
        }
        settings = {name: value.format(maps=etc) for name, value in self._settings.items()}
        lines = [f"{name} = {value}\n" for name, value in (needed | settings).items()]
        (etc / "main.cf").write_text("".join(lines))
        # A file of the last two seconds may change under whoever reads it, and so each program would wait that long.
        os.utime(etc / "main.cf", (0, 0))
        (etc / "master.cf").write_text(f"127.0.0.1:{self.port} inet n - n - - smtpd\n{_SERVICES.lstrip()}")
        for name, content in self._maps.items():
            (etc / name).write_text(content)
            await self._run("postmap", f"hash:{etc / name}")

    async def _run(self, program: str, *arguments: str) -> str:
        process = await asyncio.create_subprocess_exec(
            str(_COMMANDS / program),
            *("-c", str(self._home / "etc"), *arguments),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await process.communicate()
        if process.returncode:
            raise AssertionError(f"{program}: {output.decode()}")
        return output.decode()

    async def _read(self) -> None:
        async for line in self._master.stdout or _nothing():
            self.lines.append(line.decode(errors="replace").rstrip())
            async with self._changed:
                self._changed.notify_all()
        self._ended = True
        async with self._changed:
            self._changed.notify_all()


def _make_directories(home: Path) -> None:
    home.chmod(0o755)
    for name in ("etc", "queue", "queue/pid"):
        (home / name).mkdir(mode=0o755)
    for name in ("data", *(f"queue/{name}" for name in (*_OF_THE_MAIL_SYSTEM, "saved", "trace"))):
        (home / name).mkdir(mode=0o700)
        shutil.chown(home / name, _OWNER)
    for name, mode in (("queue/maildrop", 0o730), ("queue/public", 0o710)):
        (home / name).mkdir()
        shutil.chown(home / name, _OWNER, _GROUP)
        (home / name).chmod(mode)


async def _reachable(port: int) -> None:
    async with asyncio.timeout(30):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionRefusedError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return


async def _nothing() -> AsyncIterator[bytes]:
    for line in list[bytes]():
        yield line


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
