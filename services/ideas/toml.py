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
        problems.extend(_problem(name, detail, overrides or {}) for detail in error.errors())
        return None


def _problem(file: str, detail: Mapping[str, Any], overrides: Overrides) -> Problem:
    location = [str(part) for part in detail["loc"]]
    message = str(detail["msg"]).removeprefix("Value error, ")
    if len(location) > 1 and location[1] in overrides.get(location[0], {}):
        return Problem("environment", f"IDEENKANAL_{location[0]}_{location[1]}".upper(), message)
    return Problem(file, ".".join(location) or "-", message)
