"""What staff do for the model's sake on the command line."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from nlp.understanding import Candidate, DistrictScore, Understanding
from services.cli import main, teaching
from tests.cli.conftest import Do
from tests.conftest import on_sqlite
from tests.submissions import ANNA, CERTAIN, UNCERTAIN, submit

Output = pytest.CaptureFixture[str]


class Stub:
    """A model that reads everything alike."""

    def __init__(self, understanding: Understanding, place: Understanding) -> None:
        self._understanding = understanding
        self._place = place

    def understand(self, *_: object) -> Understanding:
        """The same for each text."""
        return self._understanding

    def place(self, _text: str) -> Understanding:
        """The same for each name."""
        return self._place


@pytest.fixture(autouse=True)
def model(monkeypatch: pytest.MonkeyPatch) -> None:
    place = replace(Understanding.nothing(), districts=(DistrictScore("14523", 0.9),))
    use(monkeypatch, Stub(replace(CERTAIN, model="newer"), place))


def use(monkeypatch: pytest.MonkeyPatch, stub: Stub) -> None:
    monkeypatch.setattr(teaching, "serving_model", lambda _catalogue: stub)


def test_triage_lists_what_waits_with_the_two_best_suggestions(do: Do, capsys: Output) -> None:
    """Number, excerpt, and two topics with their probabilities, the undecided first."""
    clear = replace(
        UNCERTAIN, suggestions=(replace(UNCERTAIN.suggestions[0], probability=0.6), UNCERTAIN.suggestions[1])
    )
    sure = do(lambda register: submit(register, "Ein Bus", understanding=clear, sender=ANNA))
    unsure = do(lambda register: submit(register, "Wort " * 100, understanding=UNCERTAIN, sender=ANNA))
    assert main(["triage"]) == 0

    told = capsys.readouterr().out
    assert told.startswith("2 Ideen warten auf ein Thema.")
    assert f"{unsure}  Mobilität und Verkehr (mobility) 41 % oder Kultur, Tourismus und Sport (culture) 32 %" in told
    assert told.index(unsure) < told.index(sure)
    assert max(len(line) for line in told.splitlines()) < 200


@on_sqlite
def test_triage_shows_only_as_many_as_were_asked_for(do: Do, capsys: Output) -> None:
    """The number of all stands above them."""
    for number in range(3):
        do(partial(submit, text=f"Text {number}", understanding=UNCERTAIN, sender=ANNA))
    assert main(["triage", "--most", "1"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("3 Ideen")
    assert told.count("(mobility)") == 1


@pytest.mark.parametrize("number", ["0", "-1", "viele"])
def test_triage_shows_at_least_one(capsys: Output, number: str) -> None:
    """Another number is wrong usage, and what is expected is said."""
    with pytest.raises(SystemExit):
        main(["triage", "--most", number])
    assert f"erwartet wird eine Zahl ab 1, nicht „{number}“" in capsys.readouterr().err


@on_sqlite
def test_triage_says_that_nothing_waits(do: Do, capsys: Output) -> None:
    """An empty list is said in words."""
    do(submit)
    assert main(["triage"]) == 0
    assert capsys.readouterr().out == "Keine Idee wartet auf ein Thema.\n"


@on_sqlite
def test_words_do_not_steer_the_terminal(do: Do, capsys: Output) -> None:
    """What a citizen wrote is shown without control characters."""
    do(lambda register: submit(register, "rot \x1b[31m", understanding=UNCERTAIN, sender=ANNA))
    main(["triage"])
    assert "\x1b" not in capsys.readouterr().out


def test_staff_correct_topic_and_place(do: Do, capsys: Output) -> None:
    """Both stand with the idea afterwards, and the command says what learns from it."""
    reference = do(lambda register: submit(register, understanding=UNCERTAIN))
    assert main(["correct", reference, "--topic", "health", "--place", "Plauen"]) == 0

    understanding = do(lambda register: register.idea(reference)).understanding
    assert [topic.id for topic in understanding.topics] == ["health"]
    assert [district.key for district in understanding.districts] == ["14523"]
    assert "ideenkanal train" in capsys.readouterr().out
    assert [example.topics for example in do(lambda register: register.teaching.examples())] == [("health",)]


@on_sqlite
def test_nothing_is_said_to_be_learned_from_a_place(do: Do, capsys: Output) -> None:
    """It says nothing of a topic, and only topics are learned."""
    reference = do(submit)
    assert main(["correct", reference, "--place", "Plauen"]) == 0
    assert capsys.readouterr().out == f"Bei {reference} ist das vermerkt.\n"


@on_sqlite
def test_without_a_topic_staff_confirm_nothing(do: Do, capsys: Output) -> None:
    """Code 1, and they are told what to do instead."""
    reference = do(lambda register: submit(register, understanding=UNCERTAIN))
    assert main(["correct", reference, "--confirm"]) == 1
    assert f"ideenkanal correct {reference} --topic ID" in capsys.readouterr().err


@on_sqlite
def test_staff_confirm(do: Do) -> None:
    """What the program has understood becomes an example."""
    reference = do(submit)
    assert main(["correct", reference, "--confirm"]) == 0
    assert [example.topics for example in do(lambda register: register.teaching.examples())] == [("mobility",)]


@on_sqlite
@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        ([], 2, "--topic, --place oder beides an"),
        (["--confirm", "--topic", "health"], 2, "--confirm"),
        (["--topic", "healht"], 2, "health"),
    ],
)
def test_a_correction_needs_something_to_correct(
    do: Do, capsys: Output, options: list[str], code: int, told: str
) -> None:
    """Wrong usage changes nothing and is explained in German."""
    reference = do(submit)
    assert main(["correct", reference, *options]) == code
    assert told in capsys.readouterr().err
    assert do(lambda register: register.teaching.examples()) == ()


@on_sqlite
def test_an_unclear_place_is_asked_about(do: Do, capsys: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that several places bear, or none, changes nothing."""
    reference = do(submit)
    several = (Candidate("1", "Neustadt", "14523"), Candidate("2", "Neustadt", "14522"))
    for candidates, told in (
        (several, "Neustadt (Vogtlandkreis) oder Neustadt (Mittelsachsen)"),
        ((), "kennen wir nicht"),
    ):
        use(monkeypatch, Stub(CERTAIN, replace(Understanding.nothing(), candidates=candidates)))
        assert main(["correct", reference, "--place", "Neustadt"]) == 1
        assert told in capsys.readouterr().err
    assert do(lambda register: register.idea(reference)).understanding == CERTAIN


def test_reclassifying_shows_first_and_changes_then(do: Do, capsys: Output) -> None:
    """A dry run tells what would change, and the run itself changes that."""
    reference = do(lambda register: submit(register, understanding=UNCERTAIN))
    assert main(["reclassify", "--dry-run"]) == 0
    shown = capsys.readouterr().out
    assert f"{reference}  Themen: offen → mobility; Orte: keine → 14511, Chemnitz" in shown
    assert "Anders gelesen: 1, davon zu ändern: 1" in shown
    assert do(lambda register: register.idea(reference)).understanding.model == "test"

    assert main(["reclassify"]) == 0
    assert "Thema gefunden: 1" in capsys.readouterr().out
    assert do(lambda register: register.idea(reference)).understanding.model == "newer"

    assert main(["reclassify"]) == 0
    assert capsys.readouterr().out == "Nichts ändert sich.\n"


@on_sqlite
def test_reclassifying_says_what_stays_and_why(do: Do, capsys: Output) -> None:
    """What a person has spoken of, or works on, is listed with the reason."""
    moved = do(lambda register: submit(register, "Eins", understanding=UNCERTAIN, sender=ANNA))
    spoken = do(lambda register: submit(register, "Zwei", understanding=UNCERTAIN, sender=ANNA))
    assert main(["stage", moved, "pruefung-regionalkonvent"]) == 0
    assert main(["correct", spoken, "--topic", "culture"]) == 0
    capsys.readouterr()
    assert main(["reclassify"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "[bleibt: eine Stelle arbeitet schon daran]" in lines[0]
    assert "[bleibt: ein Mensch" in lines[1]
    assert "davon geändert: 0" in lines[2]
