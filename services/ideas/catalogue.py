"""Reads `config/`: everything that a region edits, checked as a whole before anything starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from services.ideas.bodies import Body, DigestPlan, StaffGroup, Urgency
from services.ideas.channels import EMAIL, TELEGRAM
from services.ideas.config_checks import cross_check
from services.ideas.config_files import Bodies, BodyBlock, Districts, Stages, Topics
from services.ideas.errors import ConfigurationError, Problem
from services.ideas.language_checks import check_languages
from services.ideas.lifecycle import Lifecycle, Stage
from services.ideas.namesakes import read_namesakes
from services.ideas.routing import Route
from services.ideas.settings import Settings, environment_overrides
from services.ideas.texts import Texts
from services.ideas.toml import read_toml


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


def read_catalogue(directory: Path, environ: Mapping[str, str]) -> Catalogue:
    """The configuration under `directory` with the overrides of `environ`.

    Raises ConfigurationError that names every problem at once: file, key, and what was expected.
    """
    problems: list[Problem] = []
    overrides = environment_overrides(environ, problems)
    settings = read_toml(directory / "settings.toml", "settings.toml", Settings, problems, overrides)
    topics = read_toml(directory / "topics.toml", "topics.toml", Topics, problems)
    stages = read_toml(directory / "stages.toml", "stages.toml", Stages, problems)
    bodies = read_toml(directory / "bodies.toml", "bodies.toml", Bodies, problems)
    districts = read_toml(directory / "places" / "districts.toml", "places/districts.toml", Districts, problems)
    texts = Texts.read(directory / "texts", problems)
    problems.extend(check_languages(texts, topics, stages))
    cross_check(directory, problems)
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


def _lifecycle(file: Stages) -> Lifecycle:
    stages = {block.id: Stage(**dict(block)) for block in file.stage}
    named = {name: getattr(file, name) for name in ("initial", "routed", "withdrawn", "declined", "watches")}
    return Lifecycle(stages, raised_after_days=file.raised_after_days, **named)


def _body(block: BodyBlock) -> Body:
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
