"""What a secret address alone may do, and what waits for a yes: a mail can be forwarded, and scanners follow links.

Done at once is what is for staff alone or can be taken back as easily. What its submitter hears of, what goes to
another body, and what ends an idea's way waits until the mailbox itself has said yes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from services.ideas.deeds import (
    Accept,
    Ask,
    Bundle,
    Deed,
    DeedKind,
    Done,
    Find,
    GiveBack,
    Move,
    NamePlace,
    NameTopic,
    PassOn,
)
from services.ideas.lifecycle import Lifecycle

# How long a digest can be answered, and how long what waits can be confirmed.
ANSWERED_WITHIN = timedelta(days=14)
CONFIRMED_WITHIN = timedelta(hours=24)
MOST_WRONG_ANSWERS = 5
# What a digest's mailbox gets within an hour: receipts in all, and those that only say why nothing was done.
MOST_AN_HOUR = 20
MOST_NOTICES_AN_HOUR = 2


def waits_for_yes(lifecycle: Lifecycle, deed: Deed, done: Done, body: str) -> bool:
    """Whether what a body asks for has to be confirmed first, by what would come of it.

    A yes or a no that only ends the body's own part is for staff alone.
    """
    match deed:
        case GiveBack() | Find() | NameTopic() | NamePlace():
            return False
        case Accept() | Move() if done.kind is DeedKind.STATE:
            return False
        case Accept(note) if not note.strip():
            stage = lifecycle.stages[done.stage]
            return stage.tells_submitter or stage.body != body or lifecycle.is_over(stage.id)
    return True


def to_json(deed: Deed, stage: str) -> dict[str, Any]:
    """A deed that waits, as a JSON object, with the stage at which it was meant."""
    match deed:
        case Accept(note):
            return {"deed": "accept", "note": note, "stage": stage}
        case Move(wanted, note):
            return {"deed": "move", "to": wanted, "note": note, "stage": stage}
        case PassOn(bodies, reason):
            return {"deed": "pass", "bodies": list(bodies), "note": reason, "stage": stage}
        case Ask(text):
            return {"deed": "ask", "note": text, "stage": stage}
        case Bundle(measure):
            return {"deed": "bundle", "measure": measure, "note": "", "stage": stage}
    raise ValueError("this deed waits for nobody")


def from_json(kept: Mapping[str, Any]) -> Deed:
    """The deed that `to_json` made this of."""
    match kept["deed"]:
        case "accept":
            return Accept(kept["note"])
        case "move":
            return Move(kept["to"], kept["note"])
        case "pass":
            return PassOn(tuple(kept["bodies"]), kept["note"])
        case "ask":
            return Ask(kept["note"])
    return Bundle(kept["measure"])
