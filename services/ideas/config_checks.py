"""The checks across the files of `config/`: every name is borne by something, and by one thing alone.

They read what the files say and not what was made of them, so that another mistake in a file hides none of these.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from nlp.understanding import OUTSIDE, REGION, Kind
from services.ideas.errors import Problem
from services.ideas.spelling import folded
from services.ideas.toml import blocks_of, load_toml, texts_of

_BODIES, _STAGES, _TOPICS, _DISTRICTS = "bodies.toml", "stages.toml", "topics.toml", "places/districts.toml"


def cross_check(directory: Path, problems: list[Problem]) -> None:
    """Add ids and names that stand twice, names that nothing bears, and addresses that are nobody's here."""
    bodies, stages = load_toml(directory / _BODIES), load_toml(directory / _STAGES)
    topics, districts = load_toml(directory / _TOPICS), load_toml(directory / _DISTRICTS)
    known_districts = _unique(_DISTRICTS, "district", _ids(districts, "district", "key"), problems)
    known = {
        "topics": _unique(_TOPICS, "topic", _ids(topics, "topic"), problems),
        "stages": _unique(_STAGES, "stage", _ids(stages, "stage"), problems),
        "bodies": _unique(_BODIES, "body", _ids(bodies, "body"), problems),
        "districts": known_districts | {REGION, OUTSIDE} if known_districts else set[str](),
        "kinds": {kind.value for kind in Kind},
    }
    _unique(_BODIES, "route", _ids(bodies, "route"), problems)
    _unique(_BODIES, "body.telegram.group", _groups(bodies), problems)
    _check_stages(stages, known, problems)
    _check_routes(bodies, stages, known, problems)
    _check_addresses(bodies, problems)
    _check_names(bodies, problems)


def _check_stages(stages: Mapping[str, Any], known: Mapping[str, set[str]], problems: list[Problem]) -> None:
    for key in ("initial", "routed", "withdrawn", "declined"):
        _names(_STAGES, key, stages.get(key), known["stages"], problems)
    _names(_STAGES, "watches", stages.get("watches"), known["bodies"], problems)
    for stage in blocks_of(stages, "stage"):
        place, ways = f"stage.{stage.get('id')}", set(texts_of(stage.get("next")))
        _names(_STAGES, f"{place}.next", stage.get("next"), known["stages"], problems)
        _names(_STAGES, f"{place}.body", stage.get("body"), known["bodies"], problems)
        _names(_STAGES, f"{place}.accept", stage.get("accept"), ways & known["stages"], problems)


def _check_routes(
    bodies: Mapping[str, Any], stages: Mapping[str, Any], known: Mapping[str, set[str]], problems: list[Problem]
) -> None:
    _names(_BODIES, "catch_all", bodies.get("catch_all"), known["bodies"], problems)
    # A rule that is met moves a new idea on at once, so that one for the initial stage would never be asked.
    asked = known["stages"] - ({stages.get("initial")} - {stages.get("routed")})
    for rule in blocks_of(bodies, "route"):
        for key, allowed in {**known, "stages": asked}.items():
            _names(_BODIES, f"route.{rule.get('id')}.{key}", rule.get(key), allowed, problems)


def _check_addresses(bodies: Mapping[str, Any], problems: list[Problem]) -> None:
    """An address outside the allowed domains is a slip that would send citizens' words to a stranger."""
    domains = texts_of(bodies.get("domains"))
    if not domains:
        return
    for body in blocks_of(bodies, "body"):
        for address in texts_of(body.get("email")):
            domain = address.rpartition("@")[2].casefold()
            if "@" in address and domain not in domains:
                expected = f"expected an address of one of the domains {', '.join(domains)}, found {address!r}"
                problems.append(Problem(_BODIES, f"body.{body.get('id')}.email", expected))


def _check_names(bodies: Mapping[str, Any], problems: list[Problem]) -> None:
    """A name that two bodies bear would send what staff pass on to either."""
    bearers: dict[str, list[str]] = {}
    for body in blocks_of(bodies, "body"):
        own = {folded(name) for key in ("id", "name", "called") for name in texts_of(body.get(key))}
        for name in sorted(own - {""}):
            bearers.setdefault(name, []).append(str(body.get("id")))
    for name, ids in bearers.items():
        # An id that stands twice is named as such.
        if len(set(ids)) > 1:
            expected = f"expected names of its own, found {name!r}, which {ids[0]} is called as well"
            problems.append(Problem(_BODIES, f"body.{ids[-1]}.called", expected))


def _names(file: str, key: str, used: object, known: set[str], problems: list[Problem]) -> None:
    if known:  # else its file could not be read, and that is named already
        problems.extend(
            Problem(file, key, f"expected one of {', '.join(sorted(known))}, found {name!r}")
            for name in sorted(set(texts_of(used)) - known)
        )


def _ids(data: Mapping[str, Any], block: str, key: str = "id") -> list[str]:
    return [text for each in blocks_of(data, block) for text in texts_of(each.get(key))]


def _groups(bodies: Mapping[str, Any]) -> list[str]:
    groups = [body["telegram"] for body in blocks_of(bodies, "body") if isinstance(body.get("telegram"), dict)]
    return [str(group.get("group")) for group in groups]


def _unique(file: str, name: str, ids: Iterable[str], problems: list[Problem]) -> set[str]:
    found = list(ids)
    problems.extend(
        Problem(file, f"{name}.{repeated}", f"expected each id once, found it {found.count(repeated)} times")
        for repeated in sorted({text for text in found if found.count(text) > 1})
    )
    return set(found)
