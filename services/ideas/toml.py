"""TOML files into checked values, with every problem named by file and key."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from services.ideas.errors import Problem

Model = TypeVar("Model", bound=BaseModel)
Overrides = Mapping[str, Mapping[str, Any]]


def read_toml(
    path: Path, name: str, model: type[Model], problems: list[Problem], overrides: Overrides | None = None
) -> Model | None:
    """The file as `model`, or None after adding to `problems`, where it is called `name`.

    `overrides` (values by section and key, from the environment) win over the file, and stand in for a missing one.
    """
    try:
        data: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if overrides is None:
            problems.append(Problem(name, "-", "expected this file to exist"))
            return None
        data = {}
    except OSError as error:
        problems.append(Problem(name, "-", f"expected a readable file ({type(error).__name__})"))
        return None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.append(Problem(name, "-", f"expected valid TOML in UTF-8 ({error})"))
        return None
    for section, values in (overrides or {}).items():
        present = data.get(section)
        data[section] = {**present, **values} if isinstance(present, dict) else dict(values)
    try:
        return model.model_validate(data)
    except ValidationError as error:
        found = error.errors()
        inner = [detail["loc"] for detail in found]
        problems.extend(
            _problem(name, detail, overrides or {})
            for detail in found
            # A list whose items are all wrong is not too short besides.
            if detail["type"] != "too_short" or not any(_is_within(place, detail["loc"]) for place in inner)
        )
        return None


def _is_within(place: tuple[int | str, ...], container: tuple[int | str, ...]) -> bool:
    return len(place) > len(container) and place[: len(container)] == container


def _problem(file: str, detail: Mapping[str, Any], overrides: Overrides) -> Problem:
    location = [str(part) for part in detail["loc"]]
    message = str(detail["msg"]).removeprefix("Value error, ")
    section, _, rest = message.partition(": ")
    if len(location) == 1 and section in overrides.get(location[0], {}):
        # What a section as a whole finds wrong begins with the key that is to be changed.
        location, message = [*location, section], rest
    if len(location) > 1 and location[1] in overrides.get(location[0], {}):
        return Problem("environment", f"IDEENKANAL_{location[0]}_{location[1]}".upper(), message)
    return Problem(file, ".".join(location) or "-", message)


def load_toml(path: Path) -> dict[str, Any]:
    """What a file says, unchecked; nothing where it cannot be read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return {}


def blocks_of(data: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """The [[name]] blocks of unchecked data."""
    found = data.get(name)
    return [block for block in found if isinstance(block, dict)] if isinstance(found, list) else []


def texts_of(value: object) -> list[str]:
    """The texts in an unchecked value: itself, or those of a list."""
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, str)]
