from __future__ import annotations

import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from services.cli import main
from services.ideas.register import Register
from tests.conftest import CONFIG, on_sqlite
from tests.submissions import UNCERTAIN, submit

Do = Callable[[Callable[[Register], Awaitable[Any]]], Any]
Output = pytest.CaptureFixture[str]

pytestmark = on_sqlite


def explained(capsys: Output, reference: str) -> str:
    assert main(["route", reference, "--explain"]) == 0
    return capsys.readouterr().out


def test_route_says_who_has_an_idea_by_which_rule_since_and_until_when(do: Do, capsys: Output) -> None:
    """Without an explanation it is as short as that."""
    reference = do(submit)
    assert main(["route", reference]) == 0

    assert capsys.readouterr().out.splitlines() == [
        f"{reference}  Ein Radweg für alle.",
        "  Stufe: bei der zuständigen Stelle",
        "",
        "Zuständig",
        "  Stadt Chemnitz: seit 23.11.2026, nach der Regel ort-chemnitz, bis 21.12.2026",
    ]


def test_an_explanation_shows_every_rule_with_what_was_met(do: Do, capsys: Output) -> None:
    """What was understood and how surely, the rule that was met, the others, and what comes of them."""
    shown = explained(capsys, do(submit))

    for line in (
        "  Art: Idee",
        "  Thema: Mobilität und Verkehr (93 %)",
        "  Ort: Chemnitz (97 %)",
        "  Regel ort-chemnitz → Stadt Chemnitz trifft zu: Ort Chemnitz ✓ ja, Art Idee ✓ ja",
        "  Regel ort-landkreis-zwickau → Landratsamt Zwickau trifft nicht zu: Ort Landkreis Zwickau ✗ nein, Art Idee ✓",
        "  Nach den Regeln bekommt sie: Stadt Chemnitz, nach der Regel ort-chemnitz",
    ):
        assert f"\n{line}" in shown
    catalogue = do(_catalogue)
    assert [rule.id for rule in catalogue.routes if f"  Regel {rule.id} → " not in shown] == []


async def _catalogue(register: Register) -> Any:
    return register.catalogue


def test_an_explanation_says_where_the_model_was_not_sure(do: Do, capsys: Output) -> None:
    """What was likely, which rules were therefore not asked, and that a person decides."""
    shown = explained(capsys, do(lambda register: submit(register, understanding=UNCERTAIN)))

    assert "  Thema: nicht sicher genug; am ehesten Mobilität und Verkehr (41 %), Kultur, Tourismus und Sport" in shown
    assert "  Ort: keiner erkannt\n" in shown
    assert "ohne sicheres Thema zählen nur Regeln mit Stufe\n" in shown
    assert "Die Idee geht an Regionalkonvent Südwestsachsen, bis ein Mensch entscheidet.\n" in shown


def test_an_explanation_names_who_refused_and_why(do: Do, capsys: Output) -> None:
    """The rule is met, and its body is left out."""
    reference = do(submit)
    main(["return", reference, "--as", "Chemnitz", "--reason", "Staatsstraße.", "--actor", "j.weber"])
    shown = explained(capsys, reference)

    assert "Art Idee ✓ ja; ohne Stadt Chemnitz, weil nicht zuständig\n" in shown
    assert "  Stadt Chemnitz hat die Idee als nicht zuständig zurückgegeben: Staatsstraße. (j.weber)\n" in shown


def test_an_explanation_names_who_leads_the_stage(do: Do, capsys: Output) -> None:
    """At a later stage rules come beside its body."""
    reference = do(submit)
    main(["stage", reference, "pruefung-regionalkonvent"])
    shown = explained(capsys, reference)

    assert "Die Regeln auf der Stufe „in Prüfung beim Regionalkonvent“\n  Die Stufe leitet: Regionalkonvent" in shown
    assert "Stufe „in Prüfung beim Regionalkonvent“ ✓ ja\n" in shown


def test_a_dry_run_shows_what_other_rules_would_do_and_writes_nothing(do: Do, tmp_path: Path, capsys: Output) -> None:
    """Which ideas would come to whom, and what each body would get, lose and keep."""
    first, waits = do(submit), do(lambda register: submit(register, understanding=UNCERTAIN))
    before = [do(lambda register: register.dossier(each)) for each in (first, waits)]  # noqa: B023
    region = Path(shutil.copytree(CONFIG, tmp_path / "region", ignore=shutil.ignore_patterns("de-simple", "en")))
    rules = (region / "bodies.toml").read_text()
    (region / "bodies.toml").write_text(
        rules.replace('bodies = ["stadt-chemnitz"]', 'bodies = ["landratsamt-zwickau"]')
    )

    assert main(["route", "--dry-run", "--config", str(region)]) == 0

    assert capsys.readouterr().out.splitlines() == [
        f"{first}  neu bei Landratsamt Zwickau; nicht mehr bei Stadt Chemnitz",
        "Ideen auf dem Weg: 2; nach diesen Regeln lägen anders: 1.",
        "  Regionalkonvent Südwestsachsen: +0, -0, unverändert 1",
        "  Stadt Chemnitz: +0, -1, unverändert 0",
        "  Landratsamt Zwickau: +1, -0, unverändert 0",
        "Geschrieben wurde nichts.",
    ]
    assert [do(lambda register: register.dossier(each)) for each in (first, waits)] == before  # noqa: B023


@pytest.mark.parametrize("arguments", [[], ["SWS-2026-0001-9", "--dry-run"]])
def test_route_wants_a_number_or_a_dry_run(do: Do, capsys: Output, arguments: list[str]) -> None:
    """Neither, or both, is wrong usage."""
    do(submit)

    assert main(["route", *arguments]) == 2
    assert "entweder ein Aktenzeichen oder --dry-run" in capsys.readouterr().err
