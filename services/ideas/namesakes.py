"""Municipalities of the region that share their name: what people read so that they see which one is meant."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping
from pathlib import Path


def read_namesakes(file: Path, districts: Mapping[str, str]) -> dict[str, str]:
    """By AGS the official name of each municipality that shares its name, or the name with that of its district.

    What is wrong with the file is said where the places are checked (nlp.gazetteer); here such lines count for nothing.
    """
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return {}
    rows = [row for row in csv.DictReader(lines) if row.get("ags") and row.get("name") and row.get("official_name")]
    borne = Counter(row["name"] for row in rows)
    return {row["ags"]: _told_apart(row, districts) for row in rows if borne[row["name"]] > 1}


def _told_apart(town: Mapping[str, str], districts: Mapping[str, str]) -> str:
    name, official, district = town["name"], town["official_name"], town.get("district", "")
    return official if official != name else f"{name} ({districts.get(district, district)})"
