"""The certificates that HTTP clients trust, read once in a process: each client would read them, and there are many."""

from __future__ import annotations

import functools
import ssl

import httpx


def read_once() -> None:
    """Let all who trust the same file of certificates share what is read from it, as long as they ask for no more."""
    create = ssl.create_default_context
    kept = functools.cache(lambda file: create(cafile=file))
    ssl.create_default_context = lambda *given, **named: (
        kept(named["cafile"]) if not given and set(named) == {"cafile"} else create(*given, **named)
    )
    httpx.create_ssl_context()
