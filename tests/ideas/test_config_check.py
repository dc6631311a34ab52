from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from services.cli import main
from services.ideas.catalogue import read_catalogue
from tests.ideas.conftest import Change


def check(region: Path) -> int:
    return main(["--config", str(region), "config", "check"])


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Variables of the one who runs the tests do not count."""
    for name in os.environ:
        if name.startswith("IDEENKANAL_"):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _sittings_to_come(change: Change) -> None:
    """A sitting that is always to come, because a command looks at the clock."""
    change("bodies.toml", "2027-10-07", "2999-10-07")


def test_a_good_configuration_is_told_in_numbers(region: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 0, and how many topics, bodies, routes and stages there are."""
    assert check(region) == 0
    assert capsys.readouterr().out.endswith("9 stages: all is well\n")


def test_every_body_is_told_with_its_mailboxes_and_its_next_digest(
    region: Path, change: Change, capsys: pytest.CaptureFixture[str]
) -> None:
    """A person sees who is written to where, and when, before anything leaves."""
    change("bodies.toml", 'digest = { every = "weekly", weekday = 1, hour = 7 }', 'digest = { every = "immediately" }')
    check(region)
    lines = dict(line.split(": ", 1) for line in capsys.readouterr().out.splitlines()[:-1])

    assert list(lines) == list(read_catalogue(region, {}).bodies)
    assert lines["imag"] == "ideen@imag.example.org; at once"
    assert re.fullmatch(
        r"ideen@smwa\.example\.org; next digest [A-Z][a-z]{2} \d{4}-\d\d-\d\d 07:00 \(Europe/Berlin\)", lines["smwa"]
    )


def test_what_is_without_effect_is_told_and_does_not_keep_the_service_from_starting(
    region: Path, change: Change, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2 and a line for each on standard error; other commands go on."""
    change("bodies.toml", 'stages = ["umgesetzt"]', 'stages = ["zurueckgezogen"]')
    change("bodies.toml", 'districts = ["14511"]', 'districts = ["outside"]')

    assert check(region) == 2
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].endswith("it can be used, and 2 thing(s) in it should be looked at:")
    assert [line.split(": ")[1] for line in lines[1:]] == ["route.stufe-umsetzung.stages", "district.14511"]
    assert read_catalogue(region, {}).bodies


def test_all_problems_are_told_at_once(
    region: Path, change: Change, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, and every problem with file, key and what was expected, each in a line on standard error."""
    change("settings.toml", "port = 8080", 'port = "many"')
    change("stages.toml", "[[stage]]", "[[stage]")
    change("bodies.toml", 'bodies = ["stadt-chemnitz"]', 'bodies = ["chemnitz"]')
    change("topics.toml", 'id = "work"', 'id = "business"')
    (region / "texts/de/words.toml").unlink()
    (region / "texts/de/help/telegram.txt").unlink()
    change("texts/de/update/text.txt", "reference", "refrence")
    monkeypatch.setenv("IDEENKANAL_EMAIL_PROT", "25")
    monkeypatch.setenv("IDEENKANAL_RELAY_PORT", "smtp")
    monkeypatch.setenv("IDEENKANAL_TELEGRAM_MODE", "webhook")
    monkeypatch.setenv("IDEENKANAL_TELEGRAM_TOKEN_FILE", "/nowhere/token")

    code = check(region)
    shown = capsys.readouterr()

    assert (code, shown.out) == (2, "")
    lines = shown.err.splitlines()
    assert lines[0] == "12 problem(s) in the configuration:"
    assert {" ".join(line.split()[:2]) for line in lines[1:]} == {
        "environment: IDEENKANAL_EMAIL_PROT:",
        "environment: IDEENKANAL_TELEGRAM_TOKEN_FILE:",
        "settings.toml: web.port:",
        "environment: IDEENKANAL_RELAY_PORT:",
        "settings.toml: telegram:",
        "stages.toml: -:",
        "texts/de/words.toml: -:",
        "texts/de/help/telegram.txt: -:",
        "texts/de/update/text.txt: refrence:",
        "topics.toml: topic.business:",
        "bodies.toml: route.ort-chemnitz.bodies:",
        "bodies.toml: route.fachpruefung-wirtschaft-arbeit-energie.topics:",
    }
