"""What came of one line of an answer, as a value that a receipt keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from services.ideas.deeds import DeedKind


class What(StrEnum):
    """DONE, UNDONE, WAITS for a yes, DROPPED (what waited shall not be done), REFUSED, or UNCLEAR: not understood."""

    DONE = "done"
    UNDONE = "undone"
    WAITS = "waits"
    DROPPED = "dropped"
    REFUSED = "refused"
    UNCLEAR = "unclear"


class Notice(StrEnum):
    """Why nothing was done at all: no instruction was found, the sender may not, seems forged, or comes too late."""

    NONE = ""
    HELP = "help"
    SENDER = "sender"
    FORGED = "forged"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one line for one item.

    `number` is the item's in its digest, 0 where the line names none; `reference` is "" where there is no such idea.
    `stage` and `bodies` (ids) are how the idea stands; of what waits, `stage` is where a yes would bring it, if
    anywhere. `why` is a sentence, `said` are the staff's own words where nothing came of them, `pending` is the row
    that keeps what waits.
    """

    what: What
    number: int = 0
    reference: str = ""
    kind: DeedKind | None = None
    stage: str = ""
    bodies: tuple[str, ...] = ()
    told: bool = False
    undo_until: datetime | None = None
    why: str = ""
    said: str = ""
    pending: int | None = None

    def to_json(self) -> dict[str, Any]:
        """The result as a JSON object."""
        return {**asdict(self), "undo_until": self.undo_until.isoformat() if self.undo_until else None}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """The result that `to_json` made this of."""
        undo_until = kept["undo_until"]
        return cls(
            **{
                **kept,
                "what": What(kept["what"]),
                "kind": DeedKind(kept["kind"]) if kept["kind"] else None,
                "bodies": tuple(kept["bodies"]),
                "undo_until": datetime.fromisoformat(undo_until) if undo_until else None,
            }
        )
