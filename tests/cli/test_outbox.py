"""What staff see of the outbox, and what they do about it, on the command line."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from services.cli import main
from services.ideas.model import Notification
from services.ideas.outbox import IN_DOUBT
from services.ideas.outbox_control import COPIED, OLDER_COPY
from services.ideas.register import Register
from tests.conftest import NOON, on_sqlite
from tests.submissions import ANNA, BEN, submit

# What the two databases do differently is tested with the outbox.
pytestmark = on_sqlite

Do = Callable[[Callable[[Register], Awaitable[Any]]], Any]
Output = pytest.CaptureFixture[str]


async def given_up(register: Register) -> Notification:
    """A confirmation by mail that was given up at noon."""
    await submit(register, sender=ANNA)
    (owed,) = await register.claim_notifications(NOON, timedelta(minutes=1), 1)
    await register.give_up(owed, "the relay refused the message for good (554)", NOON)
    return owed


def test_an_outbox_without_messages_says_so(do: Do, capsys: Output) -> None:
    """Nothing has been written yet."""
    do(lambda register: register.counts())

    assert main(["outbox"]) == 0
    assert capsys.readouterr().out == "Es gibt noch keine Nachrichten.\n"


def test_staff_read_how_the_outbox_fares(do: Do, capsys: Output) -> None:
    """Numbers by state, the oldest that waits, and each that was given up: what, to whom, why, since when."""
    owed = do(given_up)
    do(lambda register: submit(register, sender=BEN))

    assert main(["outbox"]) == 0
    shown = capsys.readouterr().out

    what = f"Eingangsbestätigung  an E-Mail {owed.parameters['reference']}"
    why = "the relay refused the message for good (554)"
    assert shown.splitlines() == [
        "1 warten, 1 aufgegeben",
        "Die älteste, die noch zu senden ist, ist vom 23.11.2026 13:00.",
        f"{owed.id}  {what}  seit 23.11.2026 13:00  ({why})",
        "Noch einmal senden: ideenkanal outbox --retry NUMMER (oder all)",
    ]


def test_addresses_are_shown_to_whoever_asks(do: Do, capsys: Output) -> None:
    """Without being asked for it, the list names nobody."""
    do(given_up)
    main(["outbox"])
    plain = capsys.readouterr().out
    main(["outbox", "--addresses"])

    assert ANNA.address not in plain
    assert ANNA.address in capsys.readouterr().out


@pytest.mark.parametrize("wanted", ["all", "number"])
def test_staff_send_it_once_more(do: Do, capsys: Output, wanted: str) -> None:
    """What was given up is due again, by its number or with all others."""
    owed = do(given_up)

    assert main(["outbox", "--retry", "all" if wanted == "all" else str(owed.id)]) == 0
    assert capsys.readouterr().out == f"Wird noch einmal gesendet: {owed.id}\n"
    assert do(lambda register: register.counts())["notifications"] == {"due": 1}


@pytest.mark.parametrize(
    ("wanted", "code", "said"),
    [
        ("4711", 1, "Keine aufgegebene Nachricht hat diese Nummer."),
        ("all", 1, "Es wurde keine Nachricht aufgegeben."),
        ("eins", 2, 'Bitte nennen Sie nach --retry eine Nummer oder "all".'),
    ],
)
def test_what_was_not_given_up_is_not_retried(do: Do, capsys: Output, wanted: str, code: int, said: str) -> None:
    """A wrong number is told apart from nothing to do, and from nonsense."""
    do(lambda register: register.counts())

    assert main(["outbox", "--retry", wanted]) == code
    assert said in "".join(capsys.readouterr())


def test_staff_pause_and_release_the_outbox(do: Do, capsys: Output) -> None:
    """A pause is shown with its reason and the way out; released, it is gone."""
    do(lambda register: submit(register, sender=BEN))
    assert main(["outbox", "--pause", "Umzug des Servers"]) == 0
    capsys.readouterr()
    main(["outbox"])
    paused = capsys.readouterr().out
    assert main(["outbox", "--release"]) == 0
    released = capsys.readouterr().out
    main(["outbox"])

    assert "angehalten (Umzug des Servers)." in paused
    assert "ideenkanal outbox --release" in paused
    assert released == "Der Versand läuft wieder.\n"
    assert "angehalten" not in capsys.readouterr().out


def test_staff_read_what_may_have_arrived(do: Do, capsys: Output) -> None:
    """That a message is in doubt is told in German."""

    async def in_doubt(register: Register) -> None:
        await submit(register, sender=ANNA)
        (owed,) = await register.claim_notifications(NOON, timedelta(minutes=1), 1)
        await register.give_up(owed, IN_DOUBT, NOON)

    do(in_doubt)

    assert main(["outbox"]) == 0
    assert "(unklar, ob die Nachricht ankam; zweimal versucht)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("reason", "named"), [(OLDER_COPY, "ältere Kopie"), (COPIED, "Datenverzeichnis wurde kopiert")]
)
def test_after_a_restore_staff_read_what_happened(do: Do, capsys: Output, reason: str, named: str) -> None:
    """An older copy is named as such, and what it still owes can be left unsent."""
    do(lambda register: submit(register, sender=BEN))
    do(lambda register: register.outbox_control.pause(reason, NOON))

    main(["outbox"])
    shown = capsys.readouterr().out
    assert main(["outbox", "--release", "--discard"]) == 0

    assert named in shown
    assert "--release --discard" in shown
    assert capsys.readouterr().out.startswith("Zurückgehalten: 1.\n")
    assert do(lambda register: register.counts())["notifications"] == {"withheld": 1}


def test_discarding_goes_with_a_release(do: Do, capsys: Output) -> None:
    """Alone it says what it lacks, and changes nothing."""
    do(lambda register: submit(register, sender=BEN))

    assert main(["outbox", "--discard"]) == 2
    assert "--release" in capsys.readouterr().err
    assert do(lambda register: register.counts())["notifications"] == {"due": 1}
