"""What municipalities that share their name are called."""

from __future__ import annotations

from pathlib import Path

from services.ideas.namesakes import read_namesakes

_HEAD = "ags,name,official_name,kind,district,population\n"
_DISTRICTS = {"1": "Nordkreis", "2": "Südkreis"}


def test_only_shared_names_are_told_apart(tmp_path: Path) -> None:
    """By the official name, and where that tells nothing by the district; other towns are not there."""
    file = tmp_path / "municipalities.csv"
    rows = "10,Au,Au/Nord.,Stadt,1,9\n20,Au,Au,Stadt,2,9\n21,Berg,Berg am See,Stadt,2,9\n"
    file.write_text(_HEAD + rows, encoding="utf-8")
    assert read_namesakes(file, _DISTRICTS) == {"10": "Au/Nord.", "20": "Au (Südkreis)"}


def test_what_is_wrong_with_the_file_is_said_elsewhere(tmp_path: Path) -> None:
    """Without a file there are no namesakes, and lines that are not whole count for nothing."""
    file = tmp_path / "municipalities.csv"
    assert read_namesakes(file, _DISTRICTS) == {}
    file.write_bytes(_HEAD.encode() + b"10,Au\n20,Au,\xff,Stadt,2,9\n")
    assert read_namesakes(file, _DISTRICTS) == {}
