from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from nlp.similar import Word, fingerprint
from services.cli import main
from services.cli.staff import STATES
from services.ideas.model import NotificationState
from services.ideas.reference import reference_number
from services.ideas.register import Register
from tests.conftest import NOON
from tests.submissions import submit

Do = Callable[[Callable[[Register], Awaitable[Any]]], Any]
Output = pytest.CaptureFixture[str]


async def an_idea(register: Register) -> str:
    return await submit(register, "Ein Radweg für alle.", subject="Radweg", attachments=["Plan.pdf"])


def test_show_tells_everything_about_an_idea(do: Do, capsys: Output) -> None:
    """`show` prints labels, way, words, files and deliveries, in German, and no address."""
    reference = do(an_idea)

    assert main(["show", reference]) == 0

    shown = capsys.readouterr().out
    expected = [reference, "Mobilität und Verkehr", "Chemnitz", "Stadt Chemnitz", "bei der zuständigen Stelle"]
    expected += ["23.11.2026 13:00", "Ein Radweg für alle.", "Plan.pdf", f"confirmation:{reference}: wartet"]
    assert [fact for fact in expected if fact not in shown] == []
    assert "4711" not in shown


def test_show_names_earlier_ideas_with_the_same_wish(do: Do, capsys: Output) -> None:
    """By number and place, and only where there are some."""

    async def two(register: Register) -> tuple[str, str]:
        first, last = await an_idea(register), await an_idea(register)
        for idea in await register.similar.unmarked("test", 10):
            word = Word("radweg", 6.0, np.ones(1, dtype=np.float32))
            await register.similar.mark(idea, "test", fingerprint([word], ["mobility"], "", idea.understanding))
        return first, last

    first, last = do(two)
    main(["show", last])
    assert f"  Ähnlich:   {first} (Chemnitz)\n" in capsys.readouterr().out
    main(["show", first])
    assert "Ähnlich" not in capsys.readouterr().out


def test_a_number_may_be_typed_as_people_read_it(do: Do) -> None:
    """Lower case and blanks for hyphens are forgiven."""
    reference = do(an_idea)

    assert main(["show", reference.lower().replace("-", " ")]) == 0


def test_show_tells_what_became_of_messages(do: Do, capsys: Output) -> None:
    """A message that was given up is shown with its attempts and the reason."""

    async def refused(register: Register) -> str:
        reference = await an_idea(register)
        (claimed,) = await register.claim_notifications(NOON, timedelta(minutes=1), 1)
        await register.give_up(claimed, "the relay refused the message for good (550)", NOON)
        return reference

    main(["show", do(refused)])

    assert "aufgegeben (Versuche: 1, the relay refused the message for good (550))" in capsys.readouterr().out


def test_every_state_of_a_message_has_a_word() -> None:
    """No state that the outbox knows is without a German word."""
    assert set(STATES) == set(NotificationState)


def test_citizens_words_do_not_steer_the_terminal(do: Do, capsys: Output) -> None:
    """Escape sequences and signs that turn the direction of writing are shown as replacements."""
    words = "vorher \x1b[2J\x1b]52;c;aGk=\x07 \x9b31m \u202e nachher"
    reference = do(lambda register: submit(register, words, subject=words, attachments=[words]))

    main(["show", reference])

    shown = capsys.readouterr().out
    assert set("\x1b\x07\x9b\u202e").isdisjoint(shown)
    assert "vorher \ufffd[2J" in shown


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("SWS-2026-0001-0", "kein gültiges Aktenzeichen"),
        ("Radweg", "kein gültiges Aktenzeichen"),
        (reference_number("SWS", 2026, 42), "gibt es nicht"),
    ],
)
@pytest.mark.parametrize("command", [["show"], ["stage"]])
def test_a_wrong_number_is_told_in_german(do: Do, capsys: Output, command: list[str], typed: str, told: str) -> None:
    """A number with a slip, and one that was never given out, end with code 1 and a sentence about it."""
    do(an_idea)
    more = ["umgesetzt"] if command == ["stage"] else []

    assert main([*command, typed, *more]) == 1
    assert told in capsys.readouterr().err


def test_stage_moves_an_idea_on_and_tells_its_submitter(do: Do, capsys: Output) -> None:
    """`stage` says where the idea is now, and owes the submitter an update."""
    reference = do(an_idea)

    assert main(["stage", reference, "pruefung-regionalkonvent", "--note", "Wir beraten im Mai."]) == 0

    said = capsys.readouterr().out
    assert f"{reference} ist jetzt auf der Stufe „in Prüfung beim Regionalkonvent“." in said
    assert "Die einreichende Person wird benachrichtigt." in said
    keys = [delivery.key for delivery in do(lambda register: register.deliveries(reference))]
    assert [key.partition(":")[0] for key in keys] == ["confirmation", "update"]


@pytest.mark.parametrize(
    ("stage", "told"),
    [
        ("lenkungskreis", "führt kein Weg"),
        ("nirgends", "gibt es nicht"),
        ("nicht-weiterverfolgt", "braucht eine Begründung"),
    ],
)
def test_a_step_that_is_not_possible_is_told_in_german(do: Do, capsys: Output, stage: str, told: str) -> None:
    """A refused step ends with code 1, says what is possible, and changes nothing."""
    reference = do(an_idea)

    assert main(["stage", reference, stage]) == 1
    assert told in capsys.readouterr().err
    assert do(lambda register: register.idea(reference)).stage == "zugeordnet"
