"""What the digest of a full day says; the day is made once, and its tests look at what came of it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from services.ideas.bodies import StaffGroup
from services.ideas.catalogue import Catalogue
from services.ideas.digest_words import ItemWords
from services.ideas.messages import Part
from services.ideas.register import Register
from services.ideas.store import Store
from services.notifier.content import values_of
from services.notifier.values import Values
from tests.conftest import SECRET
from tests.notifier.samples_digest import BODY, MORNING, a_day


@dataclass(frozen=True)
class Told:
    """What a body is told by mail and in its group; its `items` by their names in the day's sample."""

    catalogue: Catalogue
    references: Mapping[str, str]
    mail: Values
    group: Values

    @property
    def items(self) -> Mapping[str, ItemWords]:
        """What the mail shows of each idea."""
        found = {item.reference: item for section in self.mail["sections"].values() for item in section}
        return {name: found[reference] for name, reference in self.references.items()}


@pytest.fixture(scope="module")
def told(catalogue: Catalogue, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """The digest of the day, of a body that has a group."""
    file = tmp_path_factory.mktemp("day") / "ideenkanal.sqlite3"
    shutil.copy(sqlite_template, file)
    body = catalogue.bodies[BODY]
    plan = replace(body.digest, channels=frozenset({"email", "telegram"}))
    body = replace(body, telegram=StaffGroup(-1001234567890, alerts=False), digest=plan)
    return asyncio.run(
        _told(f"sqlite+aiosqlite:///{file}", replace(catalogue, bodies={**catalogue.bodies, BODY: body}))
    )


async def _told(url: str, catalogue: Catalogue) -> Told:
    async with Store(url) as store:
        register = Register(store, catalogue, SECRET)
        day = await a_day(register)
        values = {}
        while claimed := await register.claim_notifications(MORNING, timedelta(days=1), 100):
            for each in claimed:
                if each.template == "digest" and each.parameters["period"] == "2026-11-26":
                    values[each.channel] = await values_of(register, each)
            await register.all_sent(claimed, MORNING)
        return Told(catalogue, day.references, values["email"], values["telegram"])


def test_each_idea_stands_where_it_belongs_under_one_number(told: Told) -> None:
    """New, back from citizens, waiting with the oldest first, decided: none stands twice, and numbers go on."""
    names = {reference: name for name, reference in told.references.items()}
    found = {section: [names[item.reference] for item in items] for section, items in told.mail["sections"].items()}

    assert found == {
        "news": ["bus", "bus_again", "unsure", "handed"],
        "citizens": ["added", "gone"],
        "waiting": ["late", "open", "asked"],
        "done": ["refused"],
        "settled": [],
    }
    assert [item.number for items in told.mail["sections"].values() for item in items] == list(range(1, 11))


def test_the_subject_says_what_there_is_to_do(told: Told) -> None:
    """How many are new, late and waiting, of which days; what was erased is no new idea."""
    subject = told.catalogue.texts.render("de", "digest", Part.SUBJECT, told.mail)

    assert subject == (
        "Landratsamt Erzgebirgskreis: 4 neue Ideen, 1 Löschung, 1 überfällig, 1 Rückmeldung, 3 warten "
        "(24.11. bis 26.11.2026)"
    )
    assert told.mail["urgent"] == {"late": [7], "erased": [6], "unclear": [3]}


def test_an_idea_says_why_it_is_there(told: Told) -> None:
    """Who passed it on and why, what the body did itself, and what has not been answered."""
    notes = {name: [(note.what, note.why) for note in item.notes] for name, item in told.items.items()}

    assert notes["handed"] == [
        ("Stadt Chemnitz hat die Idee an Sie weitergegeben (25.11.2026)", "Der Abschnitt liegt hinter der Stadtgrenze.")
    ]
    assert notes["refused"] == [("Sie sind nicht zuständig (25.11.2026)", "Das Freibad gehört der Stadt Thum.")]
    assert notes["asked"] == [("Rückfrage vom 25.11.2026: noch keine Antwort", "")]
    assert notes["bus"] == []


def test_an_idea_says_what_is_new_and_what_is_late(told: Told) -> None:
    """Words of its submitter, a day, and for how long; nothing is left of what was erased."""
    added, late, gone = (told.items[name] for name in ("added", "late", "gone"))

    assert added.answered == "25.11.2026"
    assert added.answer.startswith("Ich habe mit dem Liftbetreiber gesprochen.")
    assert (late.late, late.due) == ("seit 15 Tagen", "11.11.2026")
    assert (gone.is_erased, gone.title, gone.excerpt) == (True, "", "")


def test_like_ideas_stand_together(told: Told) -> None:
    """Each keeps its number, and names the group."""
    alike = {name: item.alike for name, item in told.items.items() if item.alike}

    assert alike == {"bus": (1, 2), "bus_again": (1, 2)}
    text = told.catalogue.texts.render("de", "digest", Part.TEXT, told.mail)
    assert "Ähnlich: Nummer 2\n" in text
    assert "Ähnlich: Nummer 1\n" in text


def test_doubts_are_said_in_words_and_percent(told: Told) -> None:
    """Where the program abstained, where it was not sure, and where it would have asked; nothing where it was sure."""
    doubts = {name: (item.topic_doubt, item.place_doubt) for name, item in told.items.items()}

    assert doubts["unsure"][0] == "Vorschlag Kultur, Tourismus und Sport (41 %) oder Bildung und Wissenschaft (33 %)"
    assert doubts["open"] == ("zu 62 % sicher", "gemeint ist Venusberg (Drebach) oder Venusberg (Mittelsachsen)")
    assert doubts["bus"] == ("", "")


def test_a_group_reads_no_word_of_a_citizen_and_no_link(told: Told) -> None:
    """A foreign provider reads along: titles, texts, reasons and file names are told by mail alone."""
    text = told.catalogue.texts.render("de", "digest", Part.TELEGRAM, told.group)
    words = ("Rufbus", "Spätschicht", "fahrplan", "Stadtgrenze", "Liftbetreiber", "http", "uebersicht")

    assert told.references["bus"] in text
    assert [word for word in words if word in f"{text}{told.group}"] == []
    assert [word for word in words if word not in f"{told.mail}"] == []
