"""What the processes of a digest simulation share: a clock that is set by hand, a wire, and bodies of each cadence."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from services.ideas.bodies import Cadence, DigestPlan
from services.ideas.catalogue import Catalogue
from services.ideas.channels import EMAIL
from tests import shipped

# Before today, because leases run by the real clock; two nights of a clock change lie in each year.
BEGIN = date(2020, 1, 2)
SECRET = b"a secret that only the simulation knows"
_WATCHES = "regionalkonvent"
_SITTINGS = tuple(date(year, month, 18) for year in range(2020, 2025) for month in (3, 10))
# The hour that one night has twice and another never is the daily one's.
_PLANS: Mapping[str, DigestPlan] = {
    "stadt-chemnitz": DigestPlan(Cadence.DAILY, 2),
    "landratsamt-zwickau": DigestPlan(Cadence.WEEKDAYS, 7),
    "landratsamt-vogtlandkreis": DigestPlan(Cadence.WEEKLY, 7),
    "landratsamt-mittelsachsen": DigestPlan(Cadence.MONTHLY, 7, day=31),
    "landratsamt-erzgebirgskreis": DigestPlan(Cadence.IMMEDIATELY),
    _WATCHES: DigestPlan(Cadence.SITTING, 7, sittings=_SITTINGS),
    # Who leads the later stages.
    "imag": DigestPlan(Cadence.WEEKLY, 7, weekday=4),
    "lenkungskreis": DigestPlan(Cadence.MONTHLY, 7),
}
DISTRICTS: Mapping[str, str] = {
    "stadt-chemnitz": "14511",
    "landratsamt-zwickau": "14524",
    "landratsamt-vogtlandkreis": "14523",
    "landratsamt-mittelsachsen": "14522",
    "landratsamt-erzgebirgskreis": "14521",
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def catalogue(lease_seconds: float) -> Catalogue:
    """The shipped configuration with one body of each cadence."""
    read = shipped.catalogue(shipped.CONFIG, {"IDEENKANAL_WORK_SENDING_LEASE_SECONDS": str(lease_seconds)})
    channels = frozenset({EMAIL})
    bodies = {
        body: replace(read.bodies[body], digest=replace(plan, channels=channels)) for body, plan in _PLANS.items()
    }
    routes = tuple(route for route in read.routes if bodies.keys() >= set(route.bodies))
    return replace(read, bodies=bodies, routes=routes)


@dataclass(frozen=True, slots=True)
class World:
    """A folder and a database (`url`); what a killed process was sending is another's after `lease_seconds`."""

    folder: Path
    url: str
    lease_seconds: float = 5.0

    @property
    def now(self) -> datetime:
        """What the clock shows."""
        return _EPOCH + int(self._clock.read_text(encoding="ascii")) * _MICROSECOND

    def set(self, now: datetime) -> None:
        """Set the clock, forwards or back; whoever reads it meanwhile sees the one time or the other."""
        new = self.folder / "clock.new"
        new.write_text(str((now - _EPOCH) // _MICROSECOND), encoding="ascii")
        new.rename(self._clock)

    def send(self, key: str) -> None:
        """Put a message on the wire, as a line that no kill takes back."""
        _append(self.folder / "wire", key)

    def die_at(self, point: str) -> None:
        """Note at which point a process ends itself."""
        _append(self.folder / "deaths", point)

    @property
    def sent(self) -> Counter[str]:
        """How many copies of each message were sent."""
        return Counter(_lines(self.folder / "wire"))

    @property
    def deaths(self) -> Counter[str]:
        """At which points processes have ended themselves, and how often."""
        return Counter(_lines(self.folder / "deaths"))

    @property
    def _clock(self) -> Path:
        return self.folder / "clock"


def _append(path: Path, line: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(descriptor, f"{line}\n".encode())
    os.close(descriptor)


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []
