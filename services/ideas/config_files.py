"""The shapes of the files in `config/`: which keys they may hold, and what is expected of each value alone."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, Field, model_validator

from services.ideas.bodies import Cadence
from services.ideas.channels import TELEGRAM
from services.ideas.setting_kinds import MailAddress, Zone
from services.ideas.settings import Section

# As long as the store's columns are wide.
Identifier = Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]*$", max_length=64)]


class TopicBlock(Section):
    """A [[topic]]."""

    # A button's data holds it beside a reference number, in 64 bytes (Bot API, callback_data).
    id: Annotated[Identifier, Field(max_length=32)]
    label: Annotated[str, Field(min_length=1)]
    scope: Annotated[str, Field(min_length=1)]


class Topics(Section):
    """What `topics.toml` may hold."""

    topic: Annotated[tuple[TopicBlock, ...], Field(min_length=1)]


class DigestBlock(Section):
    """When a body gets its digest, and of what (services.ideas.bodies)."""

    every: Cadence = Cadence.WEEKDAYS
    hour: Annotated[int, Field(ge=0, le=23)] = 7
    timezone: Zone | None = None
    weekday: Annotated[int, Field(ge=1, le=7)] = 1
    day: Annotated[int, Field(ge=1, le=31)] = 1
    sittings: tuple[date, ...] = ()
    days_before: Annotated[int, Field(ge=0, le=90)] = 14
    at_least: Literal["low", "normal", "high"] = "low"
    empty: bool = False
    channels: Annotated[frozenset[Literal["email", "telegram"]], Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _sittings_are_listed(self) -> DigestBlock:
        if self.every is Cadence.SITTING and not self.sittings:
            raise ValueError('expected the days of the sittings, as in sittings = ["2027-03-18"]')
        return self


class GroupBlock(Section):
    """A Telegram group of a body's people."""

    # Bot API, Chat: groups have negative ids, of at most 52 bits.
    group: Annotated[int, Field(lt=0, gt=-(2**52))]
    alerts: bool = True


class BodyBlock(Section):
    """A [[body]]."""

    id: Identifier
    name: Annotated[str, Field(min_length=1)]
    email: Annotated[tuple[MailAddress, ...], Field(min_length=1)]
    digest: DigestBlock = DigestBlock()
    telegram: GroupBlock | None = None
    called: tuple[Annotated[str, Field(min_length=2)], ...] = ()

    @model_validator(mode="after")
    def _group_is_known(self) -> BodyBlock:
        if TELEGRAM in (self.digest.channels or ()) and self.telegram is None:
            raise ValueError("digest.channels: expected a group under telegram, to which the digest can go")
        return self


class RouteBlock(Section):
    """A [[route]]."""

    id: Identifier
    bodies: Annotated[tuple[str, ...], Field(min_length=1)]
    topics: frozenset[str] = frozenset()
    districts: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    stages: frozenset[str] = frozenset()


class Bodies(Section):
    """What `bodies.toml` may hold."""

    catch_all: str
    domains: tuple[Annotated[str, Field(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$")], ...] = ()
    body: Annotated[tuple[BodyBlock, ...], Field(min_length=1)]
    route: tuple[RouteBlock, ...] = ()


class StageBlock(Section):
    """A [[stage]]."""

    id: Identifier
    label: Annotated[str, Field(min_length=1)]
    explanation: Annotated[str, Field(min_length=1)]
    next: tuple[str, ...] = ()
    tells_submitter: bool = True
    needs_note: bool = False
    ends: bool = False
    outlook: str = ""
    body: str = ""
    expected_days: Annotated[int, Field(ge=1, le=1000)] | None = None
    accept: str = ""
    findings: tuple[Annotated[str, Field(min_length=1, max_length=64)], ...] = ()


class Stages(Section):
    """What `stages.toml` may hold."""

    initial: str
    routed: str
    withdrawn: str
    declined: str
    watches: str
    raised_after_days: Annotated[int, Field(ge=1, le=1000)] = 14
    stage: Annotated[tuple[StageBlock, ...], Field(min_length=1)]


class DistrictBlock(BaseModel):
    """A [[district]]."""

    key: Annotated[str, Field(pattern="^[0-9]{5}$")]
    name: Annotated[str, Field(min_length=1)]


class Districts(BaseModel):
    """What `places/districts.toml` must hold."""

    district: Annotated[tuple[DistrictBlock, ...], Field(min_length=1)]
