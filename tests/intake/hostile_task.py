"""A task for a worker that does to its process what the request tells: the bombs that no mail is known to be."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Mapping
from typing import Any

from services.intake.email.worker.child import Task


def prepare(settings: Any) -> Task:
    """The task; a request without a deed comes back with the settings."""

    def act(request: Any) -> Any:
        deed = _DEEDS.get(request["do"])
        return deed() if deed else {"request": request, "settings": settings}

    return act


def _burn() -> None:
    """Use up the processor time that is left, a tenth of which is enough to see it end."""
    left, _ = signal.getitimer(signal.ITIMER_PROF)
    if round(left) != 5:
        raise RuntimeError("five seconds are allowed")
    signal.setitimer(signal.ITIMER_PROF, left / 10)
    while True:
        pass


def _raise() -> None:
    raise RuntimeError("words of the mail")


_DEEDS: Mapping[str, Callable[[], Any]] = {
    "burn": _burn,
    "hog": lambda: len([bytearray(1_000_000) for _ in range(10_000)]),
    "exit": lambda: os._exit(3),
    "wait": lambda: threading.Event().wait(),
    "print": lambda: print("words of a library"),  # noqa: T201 - what is tried
    "raise": _raise,
    "environment": lambda: dict(os.environ),
    "pid": os.getpid,
}
