"""A day of a body that has much to read: a dozen ideas of all kinds, made through the register."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from nlp.similar import Word, fingerprint
from nlp.understanding import Candidate, DistrictScore, MunicipalityScore, TopicScore, Understanding
from services.ideas.deeds import Ask, Doer, GiveBack, PassOn
from services.ideas.periods import Period
from services.ideas.register import Register
from tests.conftest import NOON
from tests.submissions import ANNA, BEN, CATCH_ALL_BODY, CERTAIN, CLARA, answer, submit

BODY, CITY = "landratsamt-erzgebirgskreis", "stadt-chemnitz"
MORNING = NOON + timedelta(days=3)
_MEANING = np.ones(1, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Day:
    """The references of the ideas, by what they are in the digest of BODY on the MORNING."""

    references: dict[str, str]


def at(town: str, ags: str, topic: str = "mobility", probability: float = 0.93) -> Understanding:
    """An idea about a topic in a town of the Erzgebirge."""
    return replace(
        CERTAIN,
        topics=(TopicScore(topic, probability),),
        suggestions=(TopicScore(topic, probability),),
        districts=(DistrictScore(ags[:5], 0.97),),
        municipalities=(MunicipalityScore(ags, town, 0.96),),
    )


UNSURE = replace(
    at("Annaberg-Buchholz", "14521020"),
    topics=(),
    suggestions=(TopicScore("culture", 0.41), TopicScore("education", 0.33)),
    abstained=True,
)
SOMEWHERE = replace(
    at("", "14521000", "energy", 0.62),
    municipalities=(),
    candidates=(Candidate("14521630", "Venusberg (Drebach)", "14521"), Candidate("14522000", "Venusberg", "14522")),
)


async def a_day(register: Register) -> Day:
    """Let a month pass at BODY, and write its digests of two mornings; the second is the one to look at."""
    old, week = NOON - timedelta(days=40), NOON - timedelta(days=8)
    found: dict[str, str] = {}

    async def come(name: str, words: str, understanding: Understanding, when: datetime, **other: Any) -> None:
        found[name] = await submit(register, words, understanding=understanding, at=when, **other)

    bench = "Auf dem Weg vom Bahnhof zum Markt fehlen Bänke. Meine Mutter ist 84 und muss alle paar Minuten ausruhen."
    await come("late", bench, at("Stollberg/Erzgeb.", "14521550"), old, subject="Bänke auf dem Weg zum Markt")
    light = "Die Straßenbeleuchtung in der Siedlung brennt die ganze Nacht. Mit Bewegungsmeldern ginge es auch."
    await come("open", light, SOMEWHERE, week, subject="Licht nur, wenn jemand kommt")
    await come("asked", "Ein Lastenrad zum Ausleihen am Rathaus.", at("Zwönitz", "14521690"), week, sender=BEN)
    await come(
        "added", "Der Skilift braucht Strom vom Dach.", at("Oberwiesenthal", "14521440", "energy"), week, sender=ANNA
    )
    await come("gone", "Bitte die Linie 210 öfter fahren lassen.", at("Aue", "14521035"), week, sender=CLARA)
    await come("refused", "Ein Sprungturm fürs Freibad!", at("Thum", "14521570", "culture"), week)
    await register.write_digest(BODY, Period("2026-11-24", NOON + timedelta(days=1)), NOON + timedelta(days=1))

    then = NOON + timedelta(days=2)
    bus = "Sehr geehrte Damen und Herren,\n\nabends fährt nach 19 Uhr kein Bus mehr von Chemnitz nach Gelenau. "
    bus += "Wer im Krankenhaus Spätschicht hat, braucht ein Auto. Ein Rufbus um 22.30 Uhr würde reichen. "
    bus += "Er müsste nicht jeden Tag fahren, Montag bis Freitag genügt. "
    bus += "In Zschopau gibt es das schon, dort rufen am Abend etwa zwölf Leute an. "
    bus += "Ich kann gern beim Krankenhaus fragen, wie viele mitfahren würden."
    bus_place = at("Gelenau/Erzgeb.", "14521240")
    await come("bus", bus, bus_place, then, subject="Rufbus am Abend", attachments=["fahrplan.pdf"])
    await come("unsure", "Könnte man in der alten Schule nicht wieder etwas machen?", UNSURE, then)
    again = "Nach der Spätschicht komme ich aus Chemnitz nicht mehr nach Gelenau. Ein Rufbus spät am Abend wäre gut!"
    await come("bus_again", again, bus_place, then, subject="Spätbus nach Gelenau")
    handed = "Die Staatsstraße zwischen Einsiedel und Burkhardtsdorf hat keinen Radweg. Zur Schule fährt niemand Rad."
    place = at("Chemnitz", "14511000")
    await come("handed", handed, place, then, subject="Radweg neben der S 258")
    hint = PassOn((BODY,), "Gemeint ist wohl die alte Schule in Frohnau.")
    await register.work.act(found["unsure"], hint, Doer("Geschäftsstelle", CATCH_ALL_BODY), then)
    pass_on = PassOn((BODY,), "Der Abschnitt liegt hinter der Stadtgrenze.")
    await register.work.act(found["handed"], pass_on, Doer("Tiefbauamt", CITY), then)
    ask = Ask("Wie viele Räder sollen es sein?")
    await register.work.act(found["asked"], ask, Doer("Kreisplanung", BODY), then)
    not_ours = GiveBack("Das Freibad gehört der Stadt Thum.")
    await register.work.act(found["refused"], not_ours, Doer("Kreisplanung", BODY), then)
    more = "Ich habe mit dem Liftbetreiber gesprochen. Er wäre dabei und würde die Hälfte zahlen."
    await answer(register, found["added"], more, at=then)
    await register.personal_data.erase(CLARA.channel, CLARA.address, then, everything=True)
    await register.personal_data.erase_locked(found["gone"], then)
    await _mark(register)
    await register.work.remind(MORNING)
    await register.write_digest(BODY, Period("2026-11-26", MORNING), MORNING)
    return Day(found)


async def _mark(register: Register) -> None:
    """Give fingerprints to what can be compared: the two buses wish the same."""
    for idea in await register.similar.unmarked("test", 50):
        word = "spätschicht" if "Spätschicht" in idea.source.text else str(idea.id)
        content = fingerprint([Word(word, 6.0, _MEANING)], [word], "", idea.understanding)
        await register.similar.mark(idea, "test", content)
