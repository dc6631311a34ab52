"""A PostgreSQL server of the tests' own: installed programs, a fresh data directory, loopback only, gone afterwards."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_OLDEST_VERSION = 15
_START_TIMEOUT_S = 30
_USER = "ideenkanal"
_SPEED: dict[str, str] = {"fsync": "off", "synchronous_commit": "on", "full_page_writes": "off"}


class PostgresMissingError(Exception):
    """PostgreSQL 15 or newer is not installed: run `make test`, which installs it (Debian: package postgresql)."""


class PostgresFailedError(Exception):
    """A program of PostgreSQL failed; the message holds what it and the server's log said."""


def find_programs() -> Path:
    """Return the directory of the newest installed server programs; PostgresMissingError if there are none."""
    packaged = (path for path in Path("/usr/lib/postgresql").glob("*/bin") if path.parent.name.isdecimal())
    newest_first = sorted(packaged, key=lambda path: int(path.parent.name), reverse=True)
    for directory in [*newest_first, *_programs_on_path()]:
        if (directory / "initdb").exists() and _major_version(directory) >= _OLDEST_VERSION:
            return directory
    raise PostgresMissingError(PostgresMissingError.__doc__)


def _programs_on_path() -> Iterator[Path]:
    if pg_config := shutil.which("pg_config"):
        yield Path(_output([pg_config, "--bindir"]).strip())
    if postgres := shutil.which("postgres"):
        yield Path(postgres).resolve().parent


def _major_version(directory: Path) -> int:
    # The third word is such as "15.14" or "18beta1".
    number = _output([str(directory / "postgres"), "--version"]).split()[2]
    return int("".join(itertools.takewhile(str.isdecimal, number)))


def _output(command: list[str]) -> str:
    # An inherited PGHOST or PGDATA would lead the programs to someone else's server.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    try:
        done = subprocess.run(  # noqa: S603  the command is ours
            command,
            check=True,
            capture_output=True,
            text=True,
            timeout=60,
            env={**environment, "LC_ALL": "C.UTF-8"},
            cwd="/",
        )
    except subprocess.CalledProcessError as error:
        raise PostgresFailedError(f"{' '.join(command)}: {error.stderr or error.stdout}") from error
    return done.stdout


@dataclass(frozen=True, slots=True)
class _Owner:
    """The account that the server runs as: PostgreSQL refuses root."""

    name: str

    @classmethod
    def of_this_process(cls) -> _Owner:
        if os.geteuid() != 0:
            return cls("")
        known = {entry.pw_name for entry in pwd.getpwall()}
        return cls("postgres" if "postgres" in known else "nobody")

    def run(self, command: list[str]) -> str:
        return _output(["runuser", "-u", self.name, "--", *command] if self.name else command)

    def take(self, directory: Path) -> None:
        directory.chmod(0o700)
        if self.name:
            shutil.chown(directory, self.name)


class PostgresServer:
    """`with PostgresServer() as server:`, or start() and stop(); after stop() it can be started again.

    `settings` override the defaults, which trade safety for speed: tests that kill the server must pass
    `{"fsync": "on", "full_page_writes": "on"}`. The data directory lives until `remove()`.
    """

    def __init__(self, settings: Mapping[str, str] | None = None) -> None:
        self._programs = find_programs()
        self._owner = _Owner.of_this_process()
        # Directly under /tmp: a socket's path may have 107 bytes, and a parent of mode 700 would lock the owner out.
        self._home = Path(tempfile.mkdtemp(prefix="ideenkanal-pg-", dir="/tmp"))
        self._owner.take(self._home)
        self._data = self._home / "data"
        self._settings = _SPEED | {"max_connections": "200", "timezone": "UTC"} | dict(settings or {})
        self._numbers = itertools.count(1)
        self.port = 0

    def __enter__(self) -> Self:
        try:
            self.start()
        except PostgresFailedError:
            self.remove()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self.remove()

    @property
    def socket_directory(self) -> Path:
        """Where the Unix socket lies."""
        return self._home

    def start(self) -> None:
        """Start the server and wait until it takes connections; the first start creates its data directory."""
        if not self._data.exists():
            self._initialise()
        self.port = self.port or _free_port()
        options = self._settings | {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": str(self.socket_directory),
        }
        words = " ".join(f"-c {name}={value}" for name, value in options.items())
        try:
            self._control("start", "-w", "-t", str(_START_TIMEOUT_S), "-l", str(self._log), "-o", words)
        except PostgresFailedError as error:
            log = self._log.read_text() if self._log.exists() else ""
            raise PostgresFailedError(f"{error}\n{log}") from error

    def stop(self, mode: Literal["fast", "immediate"] = "fast") -> None:
        """Stop the server: "fast" ends sessions in order, "immediate" is a crash that the next start recovers from."""
        if (self._data / "postmaster.pid").exists():
            self._control("stop", "-w", "-m", mode)

    def remove(self) -> None:
        """Delete the data; the server must be stopped."""
        shutil.rmtree(self._home)

    def create_database(self, template: str | None = None) -> str:
        """Create a database, as a copy of the `template` URL's or an empty one, and return its SQLAlchemy URL."""
        name = f"ideenkanal_{next(self._numbers)}"
        source = template.rpartition("/")[2] if template else "template0"
        self.execute(f'CREATE DATABASE {name} TEMPLATE "{source}"')
        return f"postgresql+asyncpg://{_USER}@127.0.0.1:{self.port}/{name}"

    def drop_database(self, url: str) -> None:
        """Drop a database by its URL, and end the sessions that are still in it."""
        self.execute(f'DROP DATABASE "{url.rpartition("/")[2]}" WITH (FORCE)')

    def execute(self, statement: str, database: str = "postgres") -> str:
        """Run one SQL statement as the superuser, outside a transaction, and return the bare values as lines."""
        psql = [str(self._programs / "psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]
        where = ["-h", "127.0.0.1", "-p", str(self.port), "-U", _USER, "-d", database]
        return self._owner.run([*psql, *where, "-c", statement]).strip()

    @property
    def _log(self) -> Path:
        return self._home / "server.log"

    def _initialise(self) -> None:
        options = ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", f"--username={_USER}", "--no-sync"]
        self._owner.run([str(self._programs / "initdb"), "-D", str(self._data), *options])

    def _control(self, *arguments: str) -> None:
        self._owner.run([str(self._programs / "pg_ctl"), "-s", "-D", str(self._data), *arguments])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
