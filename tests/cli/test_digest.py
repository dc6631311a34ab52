from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from services.cli import main
from services.ideas.register import Register
from tests.conftest import on_sqlite
from tests.html import Page
from tests.submissions import CHEMNITZ, submit

Do = Callable[[Callable[[Register], Awaitable[Any]]], Any]
Output = pytest.CaptureFixture[str]


async def an_idea(register: Register) -> str:
    return await submit(register, "Ein Radweg für alle.", subject="Radweg", attachments=["Plan.pdf"])


def test_digest_shows_what_a_body_was_given(do: Do, capsys: Output) -> None:
    """`digest` prints the body's digest of the period and sends nothing."""
    reference = do(an_idea)

    code = main(["digest", "--body", CHEMNITZ, "--from", "2026-11-23", "--to", "2026-11-24"])

    assert code == 0
    assert reference in capsys.readouterr().out
    assert do(_owed_to_bodies) == []


def test_times_without_an_offset_are_the_regions(do: Do, capsys: Output) -> None:
    """The idea of 12:00 UTC is one of 13:00 in the region: it came before 13:30 and not before 12:30."""
    reference = do(an_idea)
    day = ["digest", "--body", CHEMNITZ, "--from", "2026-11-23", "--to"]

    main([*day, "2026-11-23T12:30"])
    before = capsys.readouterr().out
    main([*day, "2026-11-23T13:30"])

    assert reference not in before
    assert reference in capsys.readouterr().out


@on_sqlite
def test_an_empty_period_is_told(do: Do, capsys: Output) -> None:
    """Without ideas `digest` says so."""
    do(an_idea)

    assert main(["digest", "--body", CHEMNITZ, "--from", "2025-01-01", "--to", "2025-02-01"]) == 0
    assert "keine Ideen" in capsys.readouterr().out


def test_digest_sends_what_is_new_once(do: Do, capsys: Output) -> None:
    """`digest --send` owes the body one digest of what it was not told yet, and the second time nothing."""
    do(an_idea)
    send = ["digest", "--body", CHEMNITZ, "--send"]

    assert [main(send), main(send)] == [0, 0]
    assert capsys.readouterr().out.splitlines() == ["1 Idee geht an Stadt Chemnitz.", "Es gibt nichts Neues."]
    assert do(_owed_to_bodies) == ["ideen@stadt-chemnitz.example.org"]


async def _owed_to_bodies(register: Register) -> list[str]:
    later = datetime.now(UTC) + timedelta(days=1)
    claimed = await register.claim_notifications(later, timedelta(seconds=1), 100)
    return [notification.recipient for notification in claimed if notification.template == "digest"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--body", "niemand"], "Die Stelle „niemand“ gibt es nicht. Möglich sind: imag, "),
        (["--body", CHEMNITZ, "--send", "--from", "2026-11-23"], "bitte ohne --from und --to"),
        (["--body", CHEMNITZ, "--from", "2026-11-24", "--to", "2026-11-23"], "--to liegt vor --from"),
    ],
)
@on_sqlite
def test_wrong_usage_of_digest_ends_with_code_2(do: Do, capsys: Output, arguments: list[str], told: str) -> None:
    """A body that does not exist, a period for what is sent or that ends before it begins: a sentence in German."""
    do(an_idea)

    assert main(["digest", *arguments]) == 2
    assert told in capsys.readouterr().err


def test_a_time_that_is_none_is_wrong_usage(capsys: Output) -> None:
    """Argparse refuses what is no time with code 2."""
    with pytest.raises(SystemExit, match="2"):
        main(["digest", "--body", CHEMNITZ, "--from", "gestern"])
    assert "--from" in capsys.readouterr().err


@on_sqlite
def test_a_preview_shows_what_would_be_sent_now(do: Do, capsys: Output, tmp_path: Path) -> None:
    """As a mail, in both parts, and as a page with four looks; nothing is sent, and nothing counts as told."""
    reference = do(an_idea)
    folder = tmp_path / "preview"

    assert main(["digest", "--body", CHEMNITZ, "--preview", str(folder)]) == 0

    assert "Gesendet wurde nichts." in capsys.readouterr().out
    text = (folder / "digest.txt").read_text(encoding="utf-8")
    mail = message_from_bytes((folder / "digest.eml").read_bytes(), policy=policy.default)
    assert mail["Subject"].startswith("Stadt Chemnitz: 1 neue Idee (")
    assert reference in text
    assert reference in Page((folder / "digest.html").read_text(encoding="utf-8")).words
    preview = (folder / "preview.html").read_text(encoding="utf-8")
    assert [preview.count(f'width="{width}"') for width in (600, 320)] == [2, 2]
    assert "@media (prefers-color-scheme" not in preview
    assert do(_owed_to_bodies) == []
    main(["digest", "--body", CHEMNITZ, "--send"])
    assert capsys.readouterr().out == "1 Idee geht an Stadt Chemnitz.\n"


@on_sqlite
def test_a_preview_may_be_of_a_time(do: Do, capsys: Output, tmp_path: Path) -> None:
    """Of what the body heard then, told or not."""
    reference = do(an_idea)
    main(["digest", "--body", CHEMNITZ, "--send"])
    preview = ["digest", "--body", CHEMNITZ, "--preview", str(tmp_path / "then")]

    main([*preview, "--from", "2026-11-23", "--to", "2026-11-23"])
    text = (tmp_path / "then" / "digest.txt").read_text(encoding="utf-8")

    assert (reference in text, "Übersicht vom 23.11.2026\n" in text) == (True, True)
    assert "Gesendet wurde nichts." in capsys.readouterr().out


def test_revoking_closes_what_mails_open(do: Do, capsys: Output) -> None:
    """The page of the digest and the address to answer it; also of a body that has left the configuration."""
    do(an_idea)
    main(["digest", "--body", CHEMNITZ, "--send"])
    capsys.readouterr()

    assert [main(["digest", "--revoke", body]) for body in (CHEMNITZ, CHEMNITZ, "gone")] == [0, 0, 0]
    assert capsys.readouterr().out.splitlines() == [
        f"Geschlossen: 2 Links und Antwortadressen von „{CHEMNITZ}“.",
        f"Geschlossen: 0 Links und Antwortadressen von „{CHEMNITZ}“.",
        "Geschlossen: 0 Links und Antwortadressen von „gone“.",
    ]


@on_sqlite
def test_citizens_words_do_not_steer_the_terminal(do: Do, capsys: Output) -> None:
    """Escape sequences and signs that turn the direction of writing are shown as replacements."""
    words = "vorher \x1b[2J\x1b]52;c;aGk=\x07 \x9b31m \u202e nachher"
    do(lambda register: submit(register, words, subject=words, attachments=[words]))

    main(["digest", "--body", CHEMNITZ, "--from", "2026-11-23", "--to", "2026-11-24"])

    shown = capsys.readouterr().out
    assert set("\x1b\x07\x9b\u202e").isdisjoint(shown)
    assert "vorher \ufffd[2J" in shown
