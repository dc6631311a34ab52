"""A process that has imported the program and loaded its model: its forks are the processes that the tests start.

    python -m tests.nursery CONTROL

To start Python, to import everything and to load the model takes longer than most services and commands then run. A
fork has that behind it and is a process of its own in all else: it has its own environment, output and exit code, and
dies of its own signals. CONTROL is the number of the socket on which requests come; when it is closed, this one ends.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import pkgutil
import runpy
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from typing import Any

from sqlalchemy.orm import configure_mappers

import nlp
import services
from services.cli import models, service
from services.ideas.catalogue import Catalogue
from tests import certificates, shipped

_REQUEST_BYTES = 65_536
_RUN_WHEN_IMPORTED = ("__main__", "migrations")
_IMPORTED_LATE = (
    "aiosqlite",
    "alembic.command",
    "anyio._backends._asyncio",
    "apscheduler.executors.asyncio",
    "apscheduler.triggers.interval",
    "asyncpg",
    "httpcore",
)


def main() -> None:
    """Answer requests; in a fork, become what was asked for."""
    nursery = Nursery(socket.socket(fileno=int(sys.argv[1])))
    _import_everything()
    _keep_what_is_shipped()
    certificates.read_once()
    # What is not looked at again stays shared with the forks.
    gc.freeze()
    _become(**nursery.next_born())


class Nursery:
    """Forks a process for each request, and tells its number and its exit code on the socket that came with it."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._reports: dict[int, socket.socket] = {}

    def next_born(self) -> dict[str, Any]:
        """What this process is to become: this returns in the forks alone, and in the nursery it ends the program."""
        signal.signal(signal.SIGCHLD, self._tell_ends)
        while True:
            message, descriptors, _, _ = socket.recv_fds(self._control, _REQUEST_BYTES, 2)
            if not message:
                self._end_children()
                sys.exit()
            report, output = descriptors
            is_born = not self._fork(socket.socket(fileno=report))
            if is_born:
                os.dup2(output, sys.stdout.fileno())
                os.dup2(output, sys.stderr.fileno())
            os.close(output)
            if is_born:
                request: dict[str, Any] = json.loads(message)
                return request

    def _fork(self, report: socket.socket) -> int:
        # Nobody's end is told before it is known whom to tell.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
        child = os.fork()
        self._reports[child] = report
        if child:
            _tell(report, child)
        else:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for inherited in (self._control, *self._reports.values()):
                inherited.close()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
        return child

    def _end_children(self) -> None:
        """Where tests were cut off, nobody else would."""
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for child in self._reports:
            os.kill(child, signal.SIGKILL)

    def _tell_ends(self, *_: object) -> None:
        while self._reports:
            child, status = os.waitpid(-1, os.WNOHANG)
            if not child:
                return
            with self._reports.pop(child) as report:
                _tell(report, os.waitstatus_to_exitcode(status))


def _tell(report: socket.socket, number: int) -> None:
    with suppress(ConnectionError):  # a test that was cut off does not listen any more
        report.send(str(number).encode())


def _import_everything() -> None:
    """Whatever a service or a command imports when it needs it."""
    for package in (services, nlp):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not any(part in module.name for part in _RUN_WHEN_IMPORTED):
                import_module(module.name)
    for name in _IMPORTED_LATE:
        import_module(name)
    configure_mappers()


def _keep_what_is_shipped() -> None:
    """Let every fork that is configured as shipped have the texts, the places and the model that are here already."""
    commands = import_module("services.cli.main")
    commands.read_catalogue = shipped.catalogue  # type: ignore[attr-defined]
    commands.load_gazetteer = shipped.gazetteer  # type: ignore[attr-defined]
    shipped.catalogue(shipped.CONFIG, {})
    shipped.gazetteer(shipped.CONFIG / "places")
    # Not the one that serves here: a developer's own installation may have learned another one.
    model = import_module("nlp.pipeline").load(models.MODEL_DIR, shipped.CONFIG / "places")

    def load_model(catalogue: Catalogue) -> object:
        return model if catalogue.directory == shipped.CONFIG else models.load_model(catalogue)

    setattr(service, "load_model", load_model)  # noqa: B010 - mypy would see a name that is not exported


def _become(command: Sequence[str], environment: Mapping[str, str]) -> None:
    """Run what `python COMMAND…` would run."""
    os.environ.clear()
    os.environ.update(environment)
    is_module = command[0] == "-m"
    sys.argv = [*command[is_module:]]
    try:
        if is_module:
            runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
        else:
            runpy.run_path(sys.argv[0], run_name="__main__")
    except SystemExit as end:
        if isinstance(end.code, int):
            # When all threads have ended: to take apart what is shared with the nursery would copy it first.
            atexit.register(_leave, end.code)
        raise


def _leave(code: int) -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
