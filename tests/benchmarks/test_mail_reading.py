"""The benchmark scores the reading of mail, and the shipped reader reaches what it is about here."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.benchmarks.mail_reading import CORPUS, MEASURES, main, read_all, score

ROWS = [
    {
        "id": "a-1",
        "source": "zammad",
        "file": "a.eml",
        "from": "Erika@example.net",
        "subject": "Grüße",
        "body_text": "Ja.",
    },
    {"id": "a-2", "source": "a", "file": "b.eml", "is_bounce": True, "bounced": ["max@example.net"]},
    {"id": "a-3", "source": "a", "file": "c.txt", "input_text": True, "reply_text": "Gern.", "lang": "de"},
    {"id": "a-4", "source": "a", "file": "gone.eml", "subject": "Weg"},
]


@pytest.fixture
def small_corpus(tmp_path: Path) -> Path:
    """Three mails with expectations, one row without its mail, and one mail without a row."""
    lines = [json.dumps(row, ensure_ascii=False) for row in ROWS]
    (tmp_path / "expected.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / "a.eml").write_bytes("From: erika@example.net\nSubject: Grüße\n\nNein.\n".encode())
    (tmp_path / "b.eml").write_bytes(b"From: MAILER-DAEMON@a.example\n\n<max@example.net>: user unknown\n")
    (tmp_path / "c.txt").write_bytes(b"Gern.\n")
    (tmp_path / "d.eml").write_bytes(b"\x00\xff")
    return tmp_path


def test_the_table_counts_what_the_rows_expect(small_corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each figure has its number of cases; a wrong one is named on request, with what was expected."""
    main(["--corpus", str(small_corpus), "--failures"])
    printed = capsys.readouterr().out
    rows = {line[:45].strip(): line[45:].split() for line in printed.splitlines() if line[45:].strip()}
    assert rows["mails that crash the reader"] == ["0", "0", "0", "4"]
    assert rows["sender"] == ["100.0%", "100.0%", ">=", "97%", "1"]
    assert rows["body text"] == ["0.0%", "0.0%", ">=", "92%", "1", "MISSED"]
    assert rows["bounces recognised"] == ["100.0%", "100.0%", ">=", "97%", "1"]
    assert rows["addresses of bounces"] == ["100.0%", "100.0%", ">=", "90%", "1"]
    assert rows["the German ones"] == ["100.0%", "100.0%", ">=", "80%", "1"]
    assert "body text: a-1\n  expected 'Ja.'\n  seen     'Nein.'" in printed


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of real mails lies outside of the project")
def test_all_targets_are_reached_with_real_mails() -> None:
    """People's words, files, bounces and automatic answers are read as well as they have to be; nothing crashes."""
    run = read_all(CORPUS)
    assert run.crashed == ()
    assert [each.measure.name for each in score(run.readings, MEASURES) if not each.reached] == []
