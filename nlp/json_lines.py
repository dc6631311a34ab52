"""Files with one JSON object a line, of which every wrong line is named at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from nlp.corpus import CorpusError, Defect

_Value = TypeVar("_Value")


def read_json_lines(path: Path, expected: str, made: Callable[[Any], _Value]) -> tuple[_Value, ...]:
    """What `made` makes of each line's content; empty lines are left out.

    Raises CorpusError with a defect for each line that is no JSON or of which nothing can be made (KeyError, TypeError,
    ValueError): `expected` says what belongs there.
    """
    values: list[_Value] = []
    defects: list[Defect] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            values.append(made(json.loads(line)))
        except (ValueError, KeyError, TypeError):
            defects.append(Defect(path, number, expected))
    if defects:
        raise CorpusError(defects)
    return tuple(values)
