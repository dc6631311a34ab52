"""A PostgreSQL server of the tests' own: installed programs, a fresh data directory, loopback only, gone afterwards."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_OLDEST_VERSION = 15
_START_TIMEOUT_S = 30
_USER = "ideenkanal"
_SPEED: dict[str, str] = {"fsync": "off", "synchronous_commit": "on", "full_page_writes": "off"}
_DONE = "-- done --"
_TABLES = "FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'"
# A hundred times as fast as TRUNCATE, which makes new files for each table and its indexes. Without their triggers,
# the tables may be emptied in any order.
_EMPTY = f"""DO $$ DECLARE name text; BEGIN
  SET LOCAL session_replication_role = replica;
  FOR name IN SELECT relname {_TABLES} AND relkind = 'r' LOOP EXECUTE format('DELETE FROM %I', name); END LOOP;
  PERFORM setval(oid, 1, false) {_TABLES} AND relkind = 'S';
END $$"""  # noqa: S608  our own words
# Within ten seconds.
_END_OTHER_SESSIONS = """SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid()"""
_SCHEMA = """SELECT string_agg(word, E'\\n' ORDER BY word) FROM (
  SELECT format('%s.%s %s', attrelid::regclass, attname, format_type(atttypid, atttypmod)) FROM pg_attribute
    JOIN pg_class ON pg_class.oid = attrelid
    WHERE relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped
  UNION ALL SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
  UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
  UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace) AS words (word)"""


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
    try:
        done = subprocess.run(  # noqa: S603  the command is ours
            command,
            check=True,
            capture_output=True,
            text=True,
            timeout=60,
            env=_environment(),
            cwd="/",
        )
    except subprocess.CalledProcessError as error:
        raise PostgresFailedError(f"{' '.join(command)}: {error.stderr or error.stdout}") from error
    return done.stdout


def _environment() -> dict[str, str]:
    # An inherited PGHOST or PGDATA would lead the programs to someone else's server.
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C.UTF-8"}


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
        self._sessions: dict[str, _Session] = {}
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
        for database in tuple(self._sessions):
            self._leave(database)
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
        name = url.rpartition("/")[2]
        self._leave(name)
        self.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def empty(self, url: str) -> None:
        """Delete all rows of a migrated database, end the sessions that are still in it, and number from 1 again."""
        name = url.rpartition("/")[2]
        self.execute(_END_OTHER_SESSIONS, name)
        self.execute(_EMPTY, name)

    def schema(self, url: str) -> str:
        """What a database is made of: columns, constraints, triggers and functions, to be compared with later."""
        return self.execute(_SCHEMA, url.rpartition("/")[2])

    def execute(self, statement: str, database: str = "postgres") -> str:
        """Run one SQL statement as the superuser, outside a transaction, and return the bare values as lines."""
        if database not in self._sessions:
            where = ["-h", "127.0.0.1", "-p", str(self.port), "-U", _USER, "-d", database]
            self._sessions[database] = _Session([str(self._programs / "psql"), *where])
        try:
            return self._sessions[database].execute(statement)
        except PostgresFailedError:
            self._leave(database)
            raise

    def _leave(self, database: str) -> None:
        if session := self._sessions.pop(database, None):
            session.close()

    @property
    def _log(self) -> Path:
        return self._home / "server.log"

    def _initialise(self) -> None:
        options = ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", f"--username={_USER}", "--no-sync"]
        self._owner.run([str(self._programs / "initdb"), "-D", str(self._data), *options])

    def _control(self, *arguments: str) -> None:
        self._owner.run([str(self._programs / "pg_ctl"), "-s", "-D", str(self._data), *arguments])


class _Session:
    """A psql that stays: to start one for each statement would take longer than most statements do."""

    def __init__(self, psql: list[str]) -> None:
        self._process = subprocess.Popen(  # noqa: S603  the command is ours
            [*psql, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=_environment(),
        )

    def execute(self, statement: str) -> str:
        """What the statement returns; PostgresFailedError where psql ends instead, with what it said."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with suppress(BrokenPipeError):
            self._process.stdin.write(f"{statement};\n\\echo {_DONE}\n")
            self._process.stdin.flush()
        said: list[str] = []
        for line in self._process.stdout:
            if line == f"{_DONE}\n":
                return "".join(said).strip()
            said.append(line)
        raise PostgresFailedError(f"{statement}: {''.join(said)}")

    def close(self) -> None:
        self._process.communicate()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
