"""What staff do for people who ask about their own data."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from services.cli import main
from services.ideas.reference import reference_number
from services.ideas.register import Register
from tests.conftest import NOON, on_sqlite
from tests.submissions import ANNA, BEN, submit

Do = Callable[[Callable[[Register], Awaitable[Any]]], Any]
Output = pytest.CaptureFixture[str]
pytestmark = on_sqlite
BY_MAIL = ["--channel", "email", "--address", " Anna@Example.org "]
BY_CHAT = ["--channel", "telegram", "--address", "4711"]


async def _by_mail(register: Register) -> str:
    return await submit(register, "Ein Radweg für alle.", sender=ANNA, attachments=["Plan.pdf"])


async def _locked(register: Register) -> str:
    reference = await submit(register, "Ein Radweg für alle.", sender=BEN)
    await register.personal_data.erase("telegram", "4711", NOON, everything=True)
    return reference


def test_a_person_is_exported_into_a_file(do: Do, capsys: Output, tmp_path: Path) -> None:
    """With everything, for its owner's eyes alone; the address may be typed in capital letters."""
    do(_by_mail)
    out = tmp_path / "anna.zip"

    assert main(["export-person", *BY_MAIL, "--out", str(out)]) == 0

    with zipfile.ZipFile(out) as archive:
        assert {"auskunft.html", "auskunft.json", "dateien/0001_Plan.pdf"} <= set(archive.namelist())
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert str(out) in capsys.readouterr().out


def test_an_export_overwrites_nothing(do: Do, capsys: Output, tmp_path: Path) -> None:
    """What is in the way stays, and its name is told."""
    do(_by_mail)
    out = tmp_path / "anna.zip"
    out.write_text("something else")

    assert main(["export-person", *BY_MAIL, "--out", str(out)]) == 1
    assert out.read_text() == "something else"
    assert str(out) in capsys.readouterr().err


@pytest.mark.parametrize("command", [["export-person", "--out", "never-written"], ["erase-person"]])
def test_a_person_whom_nobody_knows_is_told(do: Do, capsys: Output, command: list[str]) -> None:
    """The command ends with code 1 and writes nothing."""
    do(_by_mail)

    assert main([*command, *BY_CHAT]) == 1
    assert "kennen wir niemanden" in capsys.readouterr().err
    assert not Path("never-written").exists()


def test_a_person_is_forgotten(do: Do, capsys: Output) -> None:
    """Their idea stays without them."""
    reference = do(_by_mail)

    assert main(["erase-person", *BY_MAIL]) == 0

    assert "Ihre Ideen bleiben ohne Bezug zu ihr." in capsys.readouterr().out
    assert do(lambda register: register.idea(reference)).contributions[0].text == "Ein Radweg für alle."
    assert do(lambda register: register.ideas_of("email", ANNA.address, 10)) == ()


def test_ideas_are_locked_until_the_archive_has_decided(do: Do, capsys: Output) -> None:
    """With --everything, they are on the list of those that wait."""
    reference = do(_by_mail)
    assert main(["erase-person", *BY_MAIL, "--everything"]) == 0
    assert "gesperrt" in capsys.readouterr().out

    assert main(["erase", "--list"]) == 0
    assert f"{reference}  gesperrt seit " in capsys.readouterr().out


def test_ideas_are_erased_at_once_where_the_archive_has_released_them(
    do: Do, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the settings say."""
    reference = do(_by_mail)
    monkeypatch.setenv("IDEENKANAL_PRIVACY_ARCHIVE_RELEASED", "true")

    assert main(["erase-person", *BY_MAIL, "--everything"]) == 0
    assert "Ihre Ideen sind gelöscht." in capsys.readouterr().out
    assert do(lambda register: register.idea(reference)).contributions == ()


def test_a_locked_idea_is_erased_once_the_archive_has_declined_it(do: Do, capsys: Output) -> None:
    """Not before staff say so; then it still counts, and is on the list no more."""
    reference = do(_locked)

    assert main(["erase", reference]) == 2
    assert "Bieten Sie die Idee zuerst dem Archiv an" in capsys.readouterr().err
    assert len(do(lambda register: register.personal_data.locked())) == 1

    assert main(["erase", reference.lower(), "--declined"]) == 0
    assert do(lambda register: register.idea(reference)).contributions == ()
    assert main(["erase"]) == 0
    assert "Keine Idee ist gesperrt." in capsys.readouterr().out


def test_only_locked_ideas_can_be_erased(do: Do, capsys: Output) -> None:
    """Neither one that people work on, nor one that does not exist."""
    reference = do(_by_mail)

    for each in (reference, reference_number("SWS", 2026, 4711)):
        assert main(["erase", each, "--declined"]) == 1
        assert f"{each} ist nicht gesperrt." in capsys.readouterr().err
    assert do(lambda register: register.idea(reference)).contributions != ()


@pytest.mark.parametrize(("arguments", "code"), [(["SWS-2026-0001-0"], 1), (["SWS-2026-0001-9", "--list"], 2)])
def test_wrong_usage_is_told(do: Do, capsys: Output, arguments: list[str], code: int) -> None:
    """A number with a slip, and a number beside --list."""
    do(_by_mail)

    assert main(["erase", *arguments]) == code
    assert capsys.readouterr().err
