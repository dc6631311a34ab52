"""Tables and blocks of the folder of places, read so that every defect is noted with its file and line."""

from __future__ import annotations

import csv
import re
import tomllib
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

Code = TypeVar("Code", bound=StrEnum)

# Stands between several values in one cell.
SEPARATOR = ";"


@dataclass(slots=True)
class Defects:
    """The defects found so far, each as "file:line: what is wrong"."""

    found: list[str] = field(default_factory=list)

    def add(self, file: str, line: int, what: str) -> None:
        """Note one defect; lines count from 1."""
        self.found.append(f"{file}:{line}: {what}")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table or one block of a TOML file; a defective value is noted and read as an empty one."""

    file: str
    line: int
    cells: Mapping[str, Any]
    defects: Defects

    def defect(self, what: str) -> None:
        """Note that something is wrong with this row."""
        self.defects.add(self.file, self.line, what)

    def text(self, name: str) -> str:
        """A text that is not empty."""
        value = self.cells.get(name)
        if not isinstance(value, str) or not value.strip():
            self.defect(f"{name} must be a text that is not empty")
            return ""
        return value.strip()

    def texts(self, name: str) -> tuple[str, ...]:
        """A TOML list of texts, none of them empty."""
        value = self.cells.get(name)
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            self.defect(f"{name} must be a list of texts")
            return ()
        return tuple(value)

    def digits(self, name: str, count: int) -> str:
        """A text of exactly `count` digits."""
        value = self.cells.get(name)
        if not isinstance(value, str) or not re.fullmatch(rf"[0-9]{{{count}}}", value):
            self.defect(f"{name} must have {count} digits, not {value!r}")
            return ""
        return value

    def number(self, name: str) -> int:
        """A whole number of at least 0."""
        value = self.cells[name]
        if not re.fullmatch(r"[0-9]+", value):
            self.defect(f"{name} must be a whole number, not {value!r}")
            return 0
        return int(value)

    def known(self, name: str, keys: frozenset[str]) -> str:
        """One of `keys`."""
        value: str = self.cells[name]
        if value not in keys:
            self.defect(f"{name} {value!r} is not known")
            return ""
        return value

    def known_all(self, name: str, keys: frozenset[str]) -> tuple[str, ...]:
        """One or more of `keys`, separated by semicolons."""
        values = tuple(self.cells[name].split(SEPARATOR))
        for value in values:
            if value not in keys:
                self.defect(f"{name} {value!r} is not known")
        return tuple(value for value in values if value in keys)

    def choice(self, name: str, codes: type[Code]) -> Code:
        """A member of `codes`."""
        value = self.cells[name]
        if value not in set(codes):
            self.defect(f"{name} must be one of {', '.join(codes)}, not {value!r}")
            return next(iter(codes))
        return codes(value)

    def unique(self, value: str, seen: set[str]) -> None:
        """Note a value that an earlier row had; an empty one was noted already."""
        if value and value in seen:
            self.defect(f"{value!r} stands here a second time")
        seen.add(value)


def read_table(path: Path, columns: tuple[str, ...], defects: Defects) -> Iterable[Row]:
    """The rows of a comma-separated UTF-8 file whose first line names exactly `columns`."""
    content = read_text(path, defects)
    if content is None:
        return
    reader = csv.reader(content.splitlines())
    if tuple(next(reader, ())) != columns:
        defects.add(path.name, 1, f"the first line must be {','.join(columns)}")
        return
    for cells in reader:
        if len(cells) != len(columns):
            defects.add(path.name, reader.line_num, f"expected {len(columns)} values, found {len(cells)}")
            continue
        yield Row(path.name, reader.line_num, dict(zip(columns, cells, strict=True)), defects)


def read_toml(path: Path, names: tuple[str, ...], defects: Defects) -> dict[str, list[Row]]:
    """The blocks of a TOML file by name; a bare key at the top counts as a block that holds that key."""
    rows: dict[str, list[Row]] = {name: [] for name in names}
    content = read_text(path, defects)
    if content is None:
        return rows
    try:
        data = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        defects.add(path.name, int(line[1]) if line else 1, f"not TOML: {error}")
        return rows
    for name, value in data.items():
        if name not in rows:
            defects.add(path.name, _line(content, name, 0), f"{name} is not known")
            continue
        blocks = value if isinstance(value, list) and all(isinstance(item, dict) for item in value) else [value]
        for index, block in enumerate(blocks):
            cells = block if isinstance(block, dict) else {name: block}
            rows[name].append(Row(path.name, _line(content, name, index), cells, defects))
    for name in names:
        if name not in data:
            defects.add(path.name, 1, f"{name} is missing")
    return rows


def read_text(path: Path, defects: Defects) -> str | None:
    """The content of a UTF-8 file, or None where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        defects.add(path.name, 1, f"cannot be read: {error.__class__.__name__}")
        return None


def _line(content: str, name: str, index: int) -> int:
    """The line of the `index`-th block or key of that name: tomllib keeps no positions."""
    heads = list(re.finditer(rf"^\s*(?:\[+\s*{re.escape(name)}\s*\]+|{re.escape(name)}\s*=)", content, re.MULTILINE))
    return content.count("\n", 0, heads[index].end()) + 1 if index < len(heads) else 1
