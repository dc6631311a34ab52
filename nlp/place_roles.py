"""How a place counts by the words around it: fully, as a hint, or not at all, being only compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nlp import place_cues as cues
from nlp import place_stances as stances
from nlp.place_contrasts import is_contrasted
from nlp.place_kinds import is_foreign_plate
from nlp.place_mentions import Role
from nlp.place_past import BEFORE_YOUTH, is_left, is_wished_elsewhere

if TYPE_CHECKING:
    from nlp.place_surroundings import Surroundings


def role_of(place: Surroundings, *, elsewhere: bool) -> Role:
    """The role of a name in the text above the signature; `elsewhere` where its words put it outside."""
    if cues.BEFORE_EXAMPLES.search(place.before) and not stances.BEFORE_OTHER_PLACES.search(place.before):
        return Role.COMPARED if place.mention.outside else Role.PLACE
    if is_foreign_plate(place):
        return Role.COMPARED
    if _is_compared(place) or is_contrasted(place) or is_left(place) or _is_corrected(place) or _is_done_already(place):
        return Role.COMPARED
    return _role_outside(place, elsewhere=elsewhere) if place.mention.outside else _role_inside(place)


def _role_outside(place: Surroundings, *, elsewhere: bool) -> Role:
    if elsewhere or _is_own_outside(place):
        return Role.PLACE
    # "zwischen Leipzig und Chemnitz": what holds for the one holds for the other.
    return Role.FAR if _is_far(place) else Role.ROUTE


def _role_inside(place: Surroundings) -> Role:
    if place.mention.passing or place.mention.plate:
        return Role.HINT
    if stances.BEFORE_OWN.search(place.before):
        return Role.PLACE
    if _is_far(place):
        return Role.COMPARED if is_wished_elsewhere(place) else Role.FAR
    return Role.HINT if _is_hint(place) else Role.PLACE


def _is_compared(place: Surroundings) -> bool:
    """Whether the place is an example, or the home of other people."""
    if stances.BEFORE_COMPARED.search(place.before) or stances.AFTER_COMPARED.match(place.after):
        return True
    if place.mention.adjective:
        return bool(stances.AFTER_VORBILD.match(place.after))
    return bool(stances.BEFORE_SECOND.search(place.before))


def _is_corrected(place: Surroundings) -> bool:
    """Whether another place is meant: "in Oelsnitz, nein, in Gersdorf", "nicht in Zwickau, sondern in Plauen"."""
    if stances.AFTER_CORRECTED.match(place.following.lower()):
        return True
    if not stances.AFTER_INSTEAD.match(place.after):
        return False
    return bool(stances.BEFORE_NOT.search(place.before)) and "nicht nur" not in place.before


def _is_done_already(place: Surroundings) -> bool:
    """Whether they have there what the writer wishes for."""
    same = stances.AFTER_SAME.match(place.after) and not stances.BEFORE_OWN.search(place.before)
    return bool(same and not stances.NEGATION.search(place.after))


def _is_hint(place: Surroundings) -> bool:
    if stances.BEFORE_HINT.search(place.before) or BEFORE_YOUTH.search(place.before):
        return True
    if place.mention.adjective and stances.AFTER_GUESTS_OF.match(place.after):
        return True
    return bool(stances.AFTER_WAYS.match(place.after)) and not stances.NEGATION.search(place.after)


def _is_far(place: Surroundings) -> bool:
    if stances.AFTER_MISSING.match(place.after):
        return False
    if stances.BEFORE_FAR.search(place.before) or stances.AFTER_FAR_WORK.match(place.after):
        return True
    if stances.AFTER_TAKEN.match(place.after):
        return True
    if not stances.BEFORE_GOAL.search(place.before) or stances.BEFORE_WAY.search(place.before):
        return False
    return not (stances.AFTER_COMING.match(place.after) or stances.TRANSPORT.search(place.sentence))


def _is_own_outside(place: Surroundings) -> bool:
    """Whether an idea is about a place outside: most who name one compare with it, or want to get there."""
    if stances.BEFORE_THERE.search(place.before):
        return False
    if stances.BEFORE_ROUTE.search(place.before) or stances.AFTER_FAR.match(place.after):
        return False
    if _is_hint(place) or _is_far(place):
        return False
    if stances.BEFORE_OWN.search(place.before):
        return True
    if place.mention.abroad and not stances.WISH.search(place.sentence):
        return False
    return not (stances.WE.search(place.sentence) or stances.AT_HOME.search(place.text))
