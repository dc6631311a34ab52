"""A child process that greets as a worker does, and answers its first request with the nonsense that is asked for."""

from __future__ import annotations

import sys
import threading

from services.intake.email.worker import frames

ANSWERS = {
    "garbage": b"\x00\x00\x00\x04\x00\x00\x00\x00{{{{",
    "endless": b"\xff" * 100_000,
    "nested": frames.PREAMBLE.pack(100_000, 0) + b"[" * 100_000,
    "no-blob": b"".join(frames.encode({"value": {"\0blob": 7}})),
    "other": b"".join(frames.encode({"value": {"kind": "submission"}})),
    "list": b"".join(frames.encode([1])),
}


def main() -> None:
    """Greet, answer nonsense, and stay."""
    source, target = sys.stdin.buffer, sys.stdout.buffer
    text, table = frames.sizes(source.read(frames.PREAMBLE.size), sys.maxsize)
    source.read(text + table)
    target.writelines(frames.encode("ready"))
    target.flush()
    source.read(frames.PREAMBLE.size)
    target.write(ANSWERS[sys.argv[1]])
    target.flush()
    threading.Event().wait()


if __name__ == "__main__":
    main()
