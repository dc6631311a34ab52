from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.conftest import NOON
from tests.faults.digest_account import Account, Digest, Entry
from tests.faults.digest_simulation import simulate
from tests.faults.digest_world import World

DAY = timedelta(days=1)
SOUND = Account(
    digests=[Digest(1, "imag", "first", NOON), Digest(2, "imag", "second", NOON + DAY)],
    entries=[Entry("imag", "A", "new", NOON - DAY, 1), Entry("imag", "B", "new", NOON + DAY, 2)],
    states={"one": "sent", "two": "sent"},
    bears={"one": 1, "two": 2},
    sent=Counter({"one": 1, "two": 1}),
)
UNSOUND = {
    "written more than once": {"digests": [*SOUND.digests, Digest(3, "imag", "first", NOON)]},
    "missed": {"digests": SOUND.digests[:1], "entries": SOUND.entries[:1]},
    "told by none": {"entries": [*SOUND.entries, Entry("imag", "C", "new", NOON, None)]},
    "nobody was told": {"bears": {"one": 1}, "states": {"one": "sent"}, "sent": Counter({"one": 1})},
    "sent 3 times": {"sent": Counter({"one": 3, "two": 1})},
    "sent 0 times": {"sent": Counter({"one": 1})},
    "one is given-up": {"states": {"one": "given-up", "two": "sent"}},
    "not owed": {"sent": Counter({"one": 1, "two": 1, "three": 1})},
    "wrong digest": {"entries": [replace(SOUND.entries[1], digest=1)]},
    "another digest": {"entries": [replace(SOUND.entries[0], digest=2)]},
}


def faults(account: Account) -> list[str]:
    expected = {("imag", "first"), ("imag", "second")}
    return list(account.faults(expected, late=(), until={"imag": NOON + DAY}, kills=1))


def test_a_sound_account_has_no_fault() -> None:
    """Not even with one copy more than needed, after a kill, nor where staff were told that one is in doubt."""
    twice = replace(SOUND, sent=Counter({"one": 2, "two": 1}))
    assert faults(SOUND) == faults(twice) == []
    assert faults(replace(twice, states={"one": "given-up", "two": "sent"}, in_doubt=["one"])) == []


@pytest.mark.parametrize("fault", UNSOUND)
def test_an_account_that_is_not_sound_has_the_fault(fault: str) -> None:
    """Each kind of loss and of repetition is found by its name."""
    assert any(fault in found for found in faults(replace(SOUND, **UNSOUND[fault])))  # type: ignore[arg-type]


@pytest.mark.parametrize(("store_url", "processes"), [("sqlite", 1), ("postgresql", 2)], indirect=["store_url"])
async def test_digests_survive_kills(store_url: str, tmp_path: Path, processes: int) -> None:
    """Killed again and again, the notifiers write each period's digest once, with exactly its entries, and send it."""
    world = World(tmp_path, store_url, lease_seconds=2.0)
    ended = await simulate(world, processes=processes, periods=10, deaths=0.05)

    assert ended.faults == ()
    assert ended.kills
    assert ended.account.states
