from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from services.cli import main
from services.ideas.register import Register
from tests.conftest import on_sqlite
from tests.submissions import ANNA, CHEMNITZ, submit

Do = Callable[[Callable[[Register], Awaitable[Any]]], Any]
Output = pytest.CaptureFixture[str]

pytestmark = on_sqlite


@pytest.fixture
def reference(do: Do) -> str:
    """An idea that the city of Chemnitz has, by somebody who can be told of it."""
    found: str = do(submit)
    return found


@pytest.fixture(autouse=True)
def _ten_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Staff can take back what they did within ten minutes."""
    monkeypatch.setenv("IDEENKANAL_WORK_UNDO_MINUTES", "10")


def said(capsys: Output, *arguments: str) -> str:
    """What a command that does what it should prints."""
    assert main(arguments) == 0, capsys.readouterr().err
    return capsys.readouterr().out


def refused(capsys: Output, *arguments: str) -> str:
    """What a command that cannot be done prints."""
    assert main(arguments) == 1
    return capsys.readouterr().err


def test_accept_says_who_has_the_idea_and_when_its_submitter_is_told(reference: str, capsys: Output) -> None:
    """And until when and how it can be taken back."""
    told = said(capsys, "accept", reference, "--as", "Chemnitz", "--note", "Gute Idee.").splitlines()

    assert told[0] == (
        f"{reference} ist jetzt auf der Stufe „in Prüfung beim Regionalkonvent“. Die Idee liegt jetzt bei: "
        "Regionalkonvent Südwestsachsen; Mitglieder des Regionalkonvents."
    )
    assert re.fullmatch(r"Die einreichende Person wird um \d\d:\d\d Uhr benachrichtigt\.", told[1])
    assert re.fullmatch(rf"Bis \d\d:\d\d Uhr können Sie das zurücknehmen: ideenkanal undo {reference}", told[2])


def test_undo_says_where_the_idea_is_again(do: Do, reference: str, capsys: Output) -> None:
    """The submitter hears nothing."""
    said(capsys, "accept", reference)

    told = said(capsys, "undo", reference, "--actor", "m.beck")
    assert told == (
        f"Bei {reference} zurückgenommen. Die Idee steht wieder, wo sie stand. "
        "Die Idee liegt jetzt bei: Stadt Chemnitz.\nDie einreichende Person hört davon nichts.\n"
    )
    assert do(lambda register: register.idea(reference)).stage == "zugeordnet"
    assert "nichts, was Sie zurücknehmen können" in refused(capsys, "undo", reference)


def test_an_idea_is_split_between_bodies_by_any_of_their_names(do: Do, reference: str, capsys: Output) -> None:
    """The reason is kept, and the submitter, for whom nothing has changed, hears nothing."""
    told = said(capsys, "pass", reference, "LRA Zwickau", "sk", CHEMNITZ, "--as", CHEMNITZ, "--reason", "Drei Orte.")

    assert told.startswith(
        f"{reference} ist weitergegeben. Die Idee liegt jetzt bei: Stadt Chemnitz; Landratsamt Zwickau"
    )
    assert "Die einreichende Person erfährt davon nichts." in told
    (act,) = do(lambda register: register.dossier(reference)).acts
    assert (act.actor, act.body, act.reason, act.detail) == (
        "staff",
        CHEMNITZ,
        "Drei Orte.",
        {"to": ["landratsamt-zwickau", "sk", CHEMNITZ]},
    )


def test_an_idea_that_is_given_back_goes_to_somebody_else(reference: str, capsys: Output) -> None:
    """The rules name nobody else, so that the catch-all body has it."""
    told = said(capsys, "return", reference, "--as", "Stadt Chemnitz", "--reason", "Staatsstraße.")

    assert told.startswith(f"{reference} ist zurückgegeben. Die Idee liegt jetzt bei: Regionalkonvent Südwestsachsen.")


def test_a_question_is_told_with_its_time(do: Do, reference: str, capsys: Output) -> None:
    """It leaves when it cannot be taken back any more."""
    told = said(capsys, "ask", reference, "Wo genau?", "--as", "Chemnitz")

    assert told.startswith(f"Die Frage zu {reference} ist vermerkt. Die Idee liegt jetzt bei: Stadt Chemnitz.\n")
    assert "Die einreichende Person wird um" in told
    assert [each.text for each in do(lambda register: register.dossier(reference)).inquiries] == ["Wo genau?"]


@pytest.mark.parametrize(("verdict", "read"), [("yes", "ja"), ("nein", "nein"), ("partly", "teilweise")])
def test_a_finding_is_kept_under_its_own_name(reference: str, capsys: Output, verdict: str, read: str) -> None:
    """The verdict may be typed in German too."""
    for stage in ("pruefung-regionalkonvent", "fachpruefung-imag"):
        main(["stage", reference, stage])
    capsys.readouterr()

    told = said(capsys, "find", reference, "umsetzbarkeit", verdict, "--note", "Im Bestand.", "--as", "IMAG")
    assert told.startswith(f"Bei {reference} ist vermerkt: Umsetzbarkeit {read}. ")


def test_a_body_whose_part_is_done_reads_that_others_go_on(do: Do, capsys: Output) -> None:
    """Of two bodies the first one moves nothing."""
    reference = do(submit)
    said(capsys, "pass", reference, "sk", CHEMNITZ, "--as", CHEMNITZ, "--reason", "Zusammen.")

    told = said(capsys, "accept", reference, "--as", "sk")
    assert told.startswith(f"Ihr Teil von {reference} ist erledigt, andere Stellen arbeiten noch daran. Die Idee liegt")
    assert "erfährt davon nichts" in told


def test_nobody_is_promised_a_message_that_must_not_be_sent(do: Do, capsys: Output) -> None:
    """An address that nobody confirmed gets none."""
    reference = do(lambda register: submit(register, sender=ANNA))

    assert "hat ihre Adresse nicht bestätigt und bekommt keine Nachricht" in said(capsys, "accept", reference)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            ["pass", "REF", "IMGA", "--reason", "x"],
            "Meinten Sie Interministerielle Arbeitsgruppe (IMAG) (imag)?",
        ),
        (["pass", "REF", "xyz", "--reason", "x"], "gibt es nicht. Möglich sind: regionalkonvent, "),
        (["pass", "REF", "IMAG"], "Bitte nennen Sie einen Grund"),
        (["return", "REF", "--as", "Chemnitz"], "warum Sie nicht zuständig sind"),
        (["return", "REF", "--reason", "x"], "Bitte nennen Sie die Stelle, die nicht zuständig ist."),
        (["ask", "REF", "  "], "Bitte schreiben Sie, was Sie fragen möchten."),
        (["find", "REF", "Umsetzbarkeit", "yes"], "nicht zu prüfen"),
        (["accept", "REF", "--as", "imag"], "liegt nicht bei Ihnen"),
        (["stage", "REF", "nicht-weiterverfolgt"], "braucht eine Begründung"),
        (["undo", "REF"], "nichts, was Sie zurücknehmen können"),
        (["accept", "SWS-2026-0001-0"], "kein gültiges Aktenzeichen"),
    ],
)
def test_what_cannot_be_done_is_told_in_german(
    do: Do, reference: str, capsys: Output, arguments: list[str], told: str
) -> None:
    """Exit code 1, a sentence, and nothing has changed."""
    assert told in refused(capsys, *(each.replace("REF", reference) for each in arguments))
    assert do(lambda register: register.dossier(reference)).acts == ()


def test_what_somebody_has_settled_is_told_with_who_and_when(reference: str, capsys: Output) -> None:
    """A body that comes too late reads what became of the idea."""
    said(capsys, "accept", reference, "--as", "Chemnitz", "--actor", "j.weber")

    told = refused(capsys, "accept", reference, "--as", "Chemnitz")
    assert re.search(r"hat Stadt Chemnitz am \d\d\.\d\d\. um \d\d:\d\d Uhr schon erledigt", told)


def test_a_name_that_is_too_long_for_the_record_is_wrong_usage(reference: str, capsys: Output) -> None:
    """Exit code 2."""
    with pytest.raises(SystemExit, match="2"):
        main(["accept", reference, "--actor", "x" * 65])
    assert "1 bis 64 Zeichen" in capsys.readouterr().err


def test_show_tells_who_has_an_idea_and_what_they_did(reference: str, capsys: Output) -> None:
    """Who has it since when, by what, and until when; acts with who, why and whether they hold; what came of them."""
    for arguments in (
        ["return", reference, "--as", "Chemnitz", "--reason", "Staatsstraße."],
        ["ask", reference, "Wo genau?", "--actor", "m.beck"],
        ["undo", reference, "--actor", "m.beck"],
        ["ask", reference, "Ab wann?"],
        ["stage", reference, "pruefung-regionalkonvent"],
        ["stage", reference, "fachpruefung-imag"],
        ["find", reference, "Umsetzbarkeit", "partly", "--note", "Nur im Sommer.", "--as", "IMAG"],
        ["measure", "new", "Radweg im Tal"],
        ["measure", "add", "M1", reference],
        ["measure", "stage", "M1", "lenkungskreis"],
    ):
        said(capsys, *arguments)
    shown = said(capsys, "show", reference)

    date = r"\d\d\.\d\d\.\d{4}"
    for expected in (
        rf"\nZuständig\n  Lenkungskreis: seit {date}, leitet diese Stufe, bis {date}\n",
        rf"\n  Stadt Chemnitz: seit {date}, nach der Regel ort-chemnitz; nicht zuständig: Staatsstraße\.\n",
        r"staff für Stadt Chemnitz: als nicht zuständig zurückgegeben: Staatsstraße\.\n",
        r"m\.beck: die einreichende Person gefragt \[zurückgenommen von m\.beck\]\n",
        r"geprüft, Umsetzbarkeit: teilweise: Nur im Sommer\.\n",
        r"auf „beim Lenkungskreis“ gebracht mit ihrer Maßnahme\n",
        r"\nErgebnisse\n  Umsetzbarkeit: teilweise \(Nur im Sommer\.\)\n",
        rf"\n  Rückfrage am {date} \d\d:\d\d: Ab wann\?\n",
        r"\n  Maßnahme SWS-M1: Radweg im Tal, beim Lenkungskreis\n",
    ):
        assert re.search(expected, shown), expected
