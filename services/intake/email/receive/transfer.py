"""One message on its way in: what stands between DATA and the line with a single dot."""

from __future__ import annotations

from services.intake.email.receive.limits import Limits
from services.intake.email.receive.replies import NO_MEMORY, TOO_LARGE

# RFC 5321 section 4.1.1.4: nothing else ends a message, or one mail could smuggle another.
END = b"\r\n.\r\n"


class Transfer:
    """Collects the pieces of a message until it is whole or turns out to be too much.

    The pieces together begin with the CRLF of the DATA command, which belongs to END where the message is empty. What
    comes after `refusal` has been set is counted, and not kept. `close` has to be called in the end.
    """

    def __init__(self, limits: Limits, most_bytes: int) -> None:
        self.refusal = ""
        self._limits = limits
        self._most_bytes = most_bytes
        self._pieces: list[bytes] = []
        self._size_bytes = 0
        self._taken_bytes = 0

    def add(self, piece: bytes) -> None:
        """Take a piece that is not the last one. Memory is counted for these alone: a small message has none."""
        if not self.refusal and self._limits.take_memory(len(piece)):
            self._taken_bytes += len(piece)
        elif not self.refusal:
            self._refuse(NO_MEMORY)
        self._keep(piece)

    def finish(self, piece: bytes) -> bytes:
        """Take the last piece, which ends with END, and return the message without the dots that protect it."""
        self._keep(piece[: -len(END) + 2])
        whole = b"".join(self._pieces)
        self._pieces.clear()
        # RFC 5321 section 4.5.2: the first of a line's characters goes, if it is a dot.
        return whole.replace(b"\r\n.", b"\r\n")[2:]

    def close(self) -> None:
        """Give back what memory was taken."""
        self._limits.give_memory_back(self._taken_bytes)
        self._taken_bytes = 0

    def _keep(self, piece: bytes) -> None:
        self._size_bytes += len(piece)
        if self._size_bytes - 2 > self._most_bytes:
            # Too large for ever outweighs too large for now.
            self._refuse(TOO_LARGE)
        elif not self.refusal:
            self._pieces.append(piece)

    def _refuse(self, refusal: str) -> None:
        self.refusal = refusal
        self._pieces.clear()
        self.close()
