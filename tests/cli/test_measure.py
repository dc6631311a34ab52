from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from services.cli import main
from services.ideas.register import Register
from tests.conftest import on_sqlite
from tests.submissions import ANNA, submit

Do = Callable[[Callable[[Register], Awaitable[Any]]], Any]
Output = pytest.CaptureFixture[str]

pytestmark = on_sqlite


def said(capsys: Output, *arguments: str) -> list[str]:
    """The lines that a command that does what it should prints."""
    assert main(["measure", *arguments]) == 0, capsys.readouterr().err
    return capsys.readouterr().out.splitlines()


def test_a_measure_is_made_and_carries_its_ideas(do: Do, capsys: Output) -> None:
    """Each command says what happened, and who is told."""
    first, second = do(submit), do(lambda register: submit(register, "Ein Steg.", sender=ANNA))

    assert said(capsys, "list") == ["Es gibt noch keine Maßnahmen."]
    assert said(capsys, "new", "Radweg im Tal") == ["Die Maßnahme „Radweg im Tal“ hat die Nummer SWS-M1."]
    assert said(capsys, "add", "m1", first, second) == [
        f"{first} gehört jetzt zur Maßnahme SWS-M1. Die einreichende Person wird benachrichtigt.",
        f"{second} gehört jetzt zur Maßnahme SWS-M1. Niemand wird benachrichtigt.",
    ]
    assert said(capsys, "stage", "SWS-M1", "aufgenommen", "--note", "Beschlossen.") == [
        "Die Maßnahme SWS-M1 ist jetzt auf der Stufe „aufgenommen“, mit ihr 2 Ideen.",
        "Benachrichtigt werden: 1 von 2 einreichenden Personen.",
    ]
    assert said(capsys, "show", "SWS-M1") == [
        "SWS-M1  Radweg im Tal: aufgenommen",
        f"  {first}  Ein Radweg für alle.: aufgenommen",
        f"  {second}  Ein Steg.: aufgenommen",
    ]
    assert said(capsys, "remove", "SWS-M1", second)[0].startswith(f"{second} gehört nicht mehr zur Maßnahme SWS-M1.")
    assert said(capsys, "list") == ["SWS-M1  Radweg im Tal: aufgenommen (1 Idee)"]


def test_a_step_within_the_window_says_how_to_take_it_back(
    do: Do, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the command does so."""
    monkeypatch.setenv("IDEENKANAL_WORK_UNDO_MINUTES", "10")
    reference = do(submit)
    said(capsys, "new", "Radweg")
    said(capsys, "add", "M1", reference)

    assert said(capsys, "stage", "M1", "umgesetzt")[-1].endswith("zurücknehmen: ideenkanal measure undo SWS-M1")
    assert said(capsys, "undo", "M1") == [
        "Bei der Maßnahme SWS-M1 zurückgenommen; 1 Idee steht wieder, wo sie stand.",
    ]


def test_an_idea_that_cannot_be_added_does_not_keep_the_others_out(do: Do, capsys: Output) -> None:
    """Exit code 1, and a sentence about each idea."""
    first, second = do(submit), do(submit)
    said(capsys, "new", "Radweg")
    said(capsys, "add", "M1", first)

    assert main(["measure", "add", "M1", first, second]) == 1
    told = capsys.readouterr()
    assert told.err == "Die Idee gehört schon zur Maßnahme SWS-M1.\n"
    assert told.out.startswith(f"{second} gehört jetzt")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["show", "Radweg"], "„Radweg“ ist keine Nummer einer Maßnahme"),
        (["show", "M9"], "Eine Maßnahme mit der Nummer SWS-M9 gibt es nicht."),
        (["stage", "M9", "umgesetzt"], "Eine Maßnahme mit der Nummer SWS-M9 gibt es nicht."),
        (["new", " "], "Bitte geben Sie der Maßnahme einen Namen"),
    ],
)
def test_what_cannot_be_done_is_told_in_german(do: Do, capsys: Output, arguments: list[str], told: str) -> None:
    """Exit code 1 and a sentence."""
    do(submit)

    assert main(["measure", *arguments]) == 1
    assert told in capsys.readouterr().err
