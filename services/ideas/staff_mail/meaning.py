"""From what a line asks for to the deed that it means, by the region's rules; or why it cannot be done."""

from __future__ import annotations

import difflib
from dataclasses import replace

from nlp.understanding import DistrictScore, MunicipalityScore, Understanding
from services.ideas.body_names import bodies_like
from services.ideas.catalogue import Catalogue
from services.ideas.deeds import Accept, Ask, Bundle, Deed, Find, GiveBack, Move, NamePlace, NameTopic, PassOn
from services.ideas.description import place_label
from services.ideas.dialogue.turn import Understood
from services.ideas.errors import DeedRefused
from services.ideas.readings import NotUnderstood, Source
from services.ideas.reference import measure_number
from services.ideas.spelling import folded
from services.ideas.staff_mail.vocabulary import Verb
from services.ideas.staff_mail.wishes import Wish

_MOST_SUGGESTED = 3


def deed_of(catalogue: Catalogue, wish: Wish, body: str, understood: Understood) -> Deed:  # noqa: C901, PLR0911
    """What a body asks for, as a deed. Raises DeedRefused with a sentence for staff (German), and NotUnderstood."""
    match wish.verb:
        case Verb.ACCEPT:
            return Accept(wish.note)
        case Verb.DECLINE:
            return _move(catalogue, catalogue.lifecycle.declined, wish.note)
        case Verb.PASS | Verb.SPLIT:
            return _pass_on(catalogue, wish, body)
        case Verb.GIVE_BACK:
            return GiveBack(wish.note)
        case Verb.ASK:
            return Ask(wish.note)
        case Verb.FIND:
            if wish.verdict is None:
                raise DeedRefused(f"Bitte schreiben Sie hinter „{wish.target}“: ja, nein oder teilweise.")
            return Find(wish.target, wish.verdict, wish.note)
        case Verb.TOPIC:
            return NameTopic(_topic(catalogue, wish.target))
        case Verb.PLACE:
            return _place(catalogue, wish.target, understood)
        case Verb.STAGE:
            if wish.unknown or not wish.target:
                raise DeedRefused(_no_stage(catalogue, wish.unknown))
            return _move(catalogue, wish.target, wish.note)
        case Verb.MEASURE:
            return _bundle(catalogue, wish)
    raise DeedRefused(NOTHING_OPEN)


NOTHING_OPEN = "Hier ist nichts zu bestätigen. Bitte antworten Sie dazu auf die Mail, die um Ihr „Ja“ bittet."


def asks_for_place(wish: Wish | None) -> Source | None:
    """What the model has to be asked before this can be done."""
    if wish is None or wish.verb is not Verb.PLACE or not wish.target:
        return None
    return Source("", wish.target, is_place=True)


def _move(catalogue: Catalogue, stage_id: str, note: str) -> Move:
    stage = catalogue.lifecycle.stages[stage_id]
    if stage.needs_note and not note:
        raise DeedRefused("Bitte schreiben Sie den Grund dazu. Die Person, die die Idee geschickt hat, liest ihn.")
    return Move(stage_id, note)


def _pass_on(catalogue: Catalogue, wish: Wish, body: str) -> PassOn:
    if not wish.bodies:
        raise DeedRefused(_no_body(catalogue, wish.unknown))
    if not wish.note:
        raise DeedRefused(
            "Bitte nennen Sie nach einem Doppelpunkt den Grund, damit die andere Stelle weiß, worum es geht."
        )
    own = (body,) if wish.target == "shared" and body not in wish.bodies else ()
    return PassOn((*own, *wish.bodies), wish.note)


def _bundle(catalogue: Catalogue, wish: Wish) -> Bundle:
    prefix = catalogue.settings.region.reference_prefix
    if not wish.target:
        raise DeedRefused(f"Bitte nennen Sie die Nummer der Maßnahme, zum Beispiel {prefix}-M1.")
    return Bundle(measure_number(prefix, int(wish.target)))


def _topic(catalogue: Catalogue, named: str) -> str:
    """The id of the topic that a name means: whole, by its beginning, or by one of its words."""
    names = {topic.id: folded(topic.label) for topic in catalogue.topics.values()}
    wanted = folded(named)
    exact = [topic for topic, name in names.items() if wanted in (name, folded(topic))]
    within = [topic for topic, name in names.items() if wanted and set(wanted.split()) <= set(name.split())]
    found = exact or within
    if len(found) == 1:
        return found[0]
    alike = found or difflib.get_close_matches(wanted, names.values(), n=_MOST_SUGGESTED, cutoff=0.5)
    labels = [topic.label for topic in catalogue.topics.values() if topic.id in alike or names[topic.id] in alike]
    known = " oder ".join(f"„{label}“" for label in labels) or ", ".join(
        each.label for each in catalogue.topics.values()
    )
    raise DeedRefused(f"Das Thema „{named}“ gibt es nicht. Möglich: {known}.")


def _place(catalogue: Catalogue, named: str, understood: Understood) -> NamePlace:
    source = Source("", named, is_place=True)
    if not named:
        raise DeedRefused("Bitte schreiben Sie hinter „Ort“, welcher Ort gemeint ist.")
    if source not in understood:
        raise NotUnderstood(source)
    place = _only_candidate(understood[source])
    if place.districts and not place.candidates:
        return NamePlace(named, place)
    if place.candidates:
        known = " oder ".join(place_label(catalogue, candidate) for candidate in place.candidates)
        raise DeedRefused(f"„{named}“ ist nicht eindeutig. Gemeint sein kann: {known}.")
    raise DeedRefused(f"Den Ort „{named}“ kennt das Programm nicht. Bitte nennen Sie Gemeinde oder Landkreis.")


def _only_candidate(place: Understanding) -> Understanding:
    """The same with a town of which the model was not sure, where there is no other of that name."""
    if place.districts or len(place.candidates) != 1:
        return place
    (town,) = place.candidates
    towns = (MunicipalityScore(town.ags, town.name, 1.0),)
    return replace(place, districts=(DistrictScore(town.district, 1.0),), municipalities=towns, candidates=())


def _no_body(catalogue: Catalogue, named: str) -> str:
    if not named:
        return "Bitte nennen Sie die Stelle, zum Beispiel „weiter IMAG: Grund“."
    alike = " oder ".join(f"„{catalogue.bodies[body].name}“" for body in bodies_like(catalogue, named))
    return f"Die Stelle „{named}“ gibt es nicht." + (f" Meinten Sie {alike}?" if alike else "")


def _no_stage(catalogue: Catalogue, named: str) -> str:
    known = ", ".join(f"„{stage.label}“" for stage in catalogue.lifecycle.stages.values())
    return f"Den Stand „{named}“ gibt es nicht. Möglich: {known}." if named else f"Bitte nennen Sie den Stand: {known}."
