"""Reads `config/`: everything that a region edits, checked as a whole before anything starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field, model_validator

from nlp.understanding import OUTSIDE, REGION, Kind
from services.ideas.bodies import Body, Cadence, DigestPlan, StaffGroup, Urgency
from services.ideas.channels import EMAIL, TELEGRAM
from services.ideas.errors import ConfigurationError, Problem
from services.ideas.lifecycle import Lifecycle, Stage
from services.ideas.namesakes import read_namesakes
from services.ideas.routing import Route
from services.ideas.settings import MailAddress, Section, Settings, Zone, environment_overrides
from services.ideas.texts import Texts
from services.ideas.toml import blocks_of, load_toml, read_toml, texts_of

# As long as the store's columns are wide.
Identifier = Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]*$", max_length=64)]


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic by its id, with the label that people read."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class District:
    """A Landkreis or kreisfreie Stadt by its five-digit key."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A region's configuration, checked: every name that one part mentions exists in the other."""

    directory: Path
    settings: Settings
    topics: Mapping[str, Topic]
    districts: Mapping[str, District]
    # What municipalities that share their name are called, by AGS.
    namesakes: Mapping[str, str]
    bodies: Mapping[str, Body]
    routes: tuple[Route, ...]
    catch_all: str
    # The domains of all addresses that staff may have; empty where any is allowed.
    domains: tuple[str, ...]
    lifecycle: Lifecycle
    texts: Texts


class _TopicBlock(Section):
    # A button's data holds it beside a reference number, in 64 bytes (Bot API, callback_data).
    id: Annotated[Identifier, Field(max_length=32)]
    label: Annotated[str, Field(min_length=1)]
    scope: Annotated[str, Field(min_length=1)]


class _Topics(Section):
    topic: Annotated[tuple[_TopicBlock, ...], Field(min_length=1)]


class _DigestBlock(Section):
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
    def _sittings_are_listed(self) -> _DigestBlock:
        if self.every is Cadence.SITTING and not self.sittings:
            raise ValueError('expected the days of the sittings, as in sittings = ["2027-03-18"]')
        return self


class _GroupBlock(Section):
    # Bot API, Chat: groups have negative ids, of at most 52 bits.
    group: Annotated[int, Field(lt=0, gt=-(2**52))]
    alerts: bool = True


class _BodyBlock(Section):
    id: Identifier
    name: Annotated[str, Field(min_length=1)]
    email: Annotated[tuple[MailAddress, ...], Field(min_length=1)]
    digest: _DigestBlock = _DigestBlock()
    telegram: _GroupBlock | None = None
    called: tuple[Annotated[str, Field(min_length=2)], ...] = ()

    @model_validator(mode="after")
    def _group_is_known(self) -> _BodyBlock:
        if TELEGRAM in (self.digest.channels or ()) and self.telegram is None:
            raise ValueError("digest.channels: expected a group under telegram, to which the digest can go")
        return self


class _RouteBlock(Section):
    id: Identifier
    bodies: Annotated[tuple[str, ...], Field(min_length=1)]
    topics: frozenset[str] = frozenset()
    districts: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    stages: frozenset[str] = frozenset()


class _Bodies(Section):
    catch_all: str
    domains: tuple[Annotated[str, Field(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$")], ...] = ()
    body: Annotated[tuple[_BodyBlock, ...], Field(min_length=1)]
    route: tuple[_RouteBlock, ...] = ()


class _StageBlock(Section):
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


class _Stages(Section):
    initial: str
    routed: str
    withdrawn: str
    declined: str
    watches: str
    raised_after_days: Annotated[int, Field(ge=1, le=1000)] = 14
    stage: Annotated[tuple[_StageBlock, ...], Field(min_length=1)]


class _DistrictBlock(BaseModel):
    key: Annotated[str, Field(pattern="^[0-9]{5}$")]
    name: Annotated[str, Field(min_length=1)]


class _Districts(BaseModel):
    district: Annotated[tuple[_DistrictBlock, ...], Field(min_length=1)]


def read_catalogue(directory: Path, environ: Mapping[str, str]) -> Catalogue:
    """The configuration under `directory` with the overrides of `environ`.

    Raises ConfigurationError that names every problem at once: file, key, and what was expected.
    """
    problems: list[Problem] = []
    overrides = environment_overrides(environ, problems)
    settings = read_toml(directory / "settings.toml", "settings.toml", Settings, problems, overrides)
    topics = read_toml(directory / "topics.toml", "topics.toml", _Topics, problems)
    stages = read_toml(directory / "stages.toml", "stages.toml", _Stages, problems)
    bodies = read_toml(directory / "bodies.toml", "bodies.toml", _Bodies, problems)
    districts = read_toml(directory / "places" / "districts.toml", "places/districts.toml", _Districts, problems)
    texts = Texts.read(directory / "texts", problems)
    _cross_check(directory, problems)
    if problems or not (settings and topics and stages and bodies and districts):
        raise ConfigurationError(problems)
    return Catalogue(
        directory=directory,
        settings=settings,
        topics={block.id: Topic(block.id, block.label) for block in topics.topic},
        districts={block.key: District(block.key, block.name) for block in districts.district},
        namesakes=read_namesakes(
            directory / "places" / "municipalities.csv", {block.key: block.name for block in districts.district}
        ),
        bodies={block.id: _body(block) for block in bodies.body},
        routes=tuple(Route(**dict(block)) for block in bodies.route),
        catch_all=bodies.catch_all,
        domains=bodies.domains,
        lifecycle=_lifecycle(stages),
        texts=texts,
    )


def _lifecycle(file: _Stages) -> Lifecycle:
    stages = {block.id: Stage(**dict(block)) for block in file.stage}
    named = {name: getattr(file, name) for name in ("initial", "routed", "withdrawn", "declined", "watches")}
    return Lifecycle(stages, raised_after_days=file.raised_after_days, **named)


def _body(block: _BodyBlock) -> Body:
    group, digest = block.telegram, block.digest
    channels = digest.channels or ({EMAIL, TELEGRAM} if group else {EMAIL})
    plan = DigestPlan(
        every=digest.every,
        hour=digest.hour,
        zone=ZoneInfo(digest.timezone) if digest.timezone else None,
        weekday=digest.weekday,
        day=digest.day,
        sittings=tuple(sorted(digest.sittings)),
        days_before=digest.days_before,
        at_least=Urgency[digest.at_least.upper()],
        empty=digest.empty,
        channels=frozenset(channels),
    )
    telegram = StaffGroup(group.group, group.alerts) if group else None
    return Body(block.id, block.name, block.email, plan, telegram, block.called)


def _cross_check(directory: Path, problems: list[Problem]) -> None:
    """Add ids that stand twice, and names that nothing bears.

    It reads what the files say and not what was made of them, so that another mistake in a file hides none of these.
    """
    topics, stages, bodies = (load_toml(directory / name) for name in ("topics.toml", "stages.toml", "bodies.toml"))
    districts = load_toml(directory / "places" / "districts.toml")
    known_topics = _unique("topics.toml", "topic", blocks_of(topics, "topic"), "id", problems)
    known_stages = _unique("stages.toml", "stage", blocks_of(stages, "stage"), "id", problems)
    known_bodies = _unique("bodies.toml", "body", blocks_of(bodies, "body"), "id", problems)
    _unique("bodies.toml", "route", blocks_of(bodies, "route"), "id", problems)
    groups = [block["telegram"] for block in blocks_of(bodies, "body") if isinstance(block.get("telegram"), dict)]
    ids = [{"group": str(group.get("group"))} for group in groups]
    _unique("bodies.toml", "body.telegram.group", ids, "group", problems)
    if known_districts := _unique(
        "places/districts.toml", "district", blocks_of(districts, "district"), "key", problems
    ):
        known_districts |= {REGION, OUTSIDE}

    def names(file: str, key: str, used: object, known: set[str]) -> None:
        if known:  # else its file could not be read, and that is named already
            problems.extend(
                Problem(file, key, f"expected one of {', '.join(sorted(known))}, found {name!r}")
                for name in sorted(set(texts_of(used)) - known)
            )

    for key in ("initial", "routed", "withdrawn", "declined"):
        names("stages.toml", key, stages.get(key), known_stages)
    names("stages.toml", "watches", stages.get("watches"), known_bodies)
    for stage in blocks_of(stages, "stage"):
        ways = set(texts_of(stage.get("next")))
        names("stages.toml", f"stage.{stage.get('id')}.next", stage.get("next"), known_stages)
        names("stages.toml", f"stage.{stage.get('id')}.body", stage.get("body"), known_bodies)
        names("stages.toml", f"stage.{stage.get('id')}.accept", stage.get("accept"), ways & known_stages)
    names("bodies.toml", "catch_all", bodies.get("catch_all"), known_bodies)
    known = {
        "bodies": known_bodies,
        "topics": known_topics,
        "districts": known_districts,
        "kinds": {kind.value for kind in Kind},
        # A rule that is met moves a new idea on at once, so that one for the initial stage would never be asked.
        "stages": known_stages - ({stages.get("initial")} - {stages.get("routed")}),
    }
    for rule in blocks_of(bodies, "route"):
        for key, allowed in known.items():
            names("bodies.toml", f"route.{rule.get('id')}.{key}", rule.get(key), allowed)


def _unique(file: str, name: str, blocks: list[dict[str, Any]], key: str, problems: list[Problem]) -> set[str]:
    ids = [text for block in blocks for text in texts_of(block.get(key))]
    problems.extend(
        Problem(file, f"{name}.{repeated}", f"expected each id once, found it {ids.count(repeated)} times")
        for repeated in sorted({text for text in ids if ids.count(text) > 1})
    )
    return set(ids)
