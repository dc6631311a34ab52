"""A person says what an idea is really about and which place it means, or that the program was right."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from nlp.understanding import Candidate, DistrictScore, MunicipalityScore, Understanding
from services.ideas.chat import MORE, NO, Button
from services.ideas.conversation import contribute
from services.ideas.corrections import Field, correct, with_place, with_topic
from services.ideas.dialogue.expectation import Expectation, expect
from services.ideas.dialogue.rereading import read_anew, route_anew
from services.ideas.dialogue.turn import Turn
from services.ideas.readings import Source, Submission
from services.ideas.tables import IdeaRow

SUBMITTER = "submitter"
# Whoever writes more than this has not only named a place.
_LONGEST_PLACE = 60
# "St. Egidien" and "Oelsnitz i. V." are places.
_SENTENCE = re.compile(r"\w{4}[.!?]\s+\w")
# "Ich meine das im Vogtland": whoever writes more words beside a place has said something else as well.
_MOST_BESIDE = 3
_WORD = re.compile(r"\w+")


async def confirm_understanding(turn: Turn, idea: IdeaRow, _button: Button) -> None:
    """Keep that the program was right."""
    now = Understanding.from_json(idea.understanding)
    await correct(turn.session, idea, Field.CONFIRMED, now, actor=SUBMITTER, now=turn.now)
    await turn.answer("confirmed", idea=idea)


async def choose_topic(turn: Turn, idea: IdeaRow, button: Button) -> None:
    """Ask for the topic, or take the chosen one."""
    topic = button.argument
    if topic != NO and topic not in turn.admission.catalogue.topics:
        await expect(turn, Expectation.TOPIC, idea)
        await turn.answer("ask_topic", {"every": topic == MORE}, idea=idea, beside=topic != MORE)
        return
    now = Understanding.from_json(idea.understanding)
    if [present.id for present in now.topics] == [topic]:  # a button that is pressed twice
        await turn.answer("corrected", {"settled": True}, idea=idea)
        return
    await _take(turn, idea, Field.TOPIC, with_topic(now, "" if topic == NO else topic))


async def choose_place(turn: Turn, idea: IdeaRow, button: Button) -> None:
    """Ask for the place, or take the one of the candidates that was chosen."""
    now = Understanding.from_json(idea.understanding)
    chosen = next((place for place in now.candidates if place.ags == button.argument), None)
    if chosen is None and [present.ags for present in now.municipalities] == [button.argument]:
        await turn.answer("corrected", idea=idea)  # a button that is pressed twice
        return
    if chosen is None:
        await expect(turn, Expectation.PLACE, idea)
        await turn.answer("ask_place", idea=idea, beside=True)
        return
    await _take(turn, idea, Field.PLACE, with_place(now, _at(chosen)))


async def candidate_answered(turn: Turn, idea: IdeaRow, submission: Submission, *, has_ended: bool) -> bool:
    """Take a message as the answer to which of several places is meant; False where it does not say it.

    `has_ended`: more words would be another idea, because the talk about this one is over. Raises NotUnderstood.
    """
    now = Understanding.from_json(idea.understanding)
    if not now.candidates or not _is_place_name(submission):
        return False
    said = turn.understanding(Source("", submission.text.strip(), is_place=True))
    meant = _meant(now.candidates, said)
    if meant is None or (has_ended and _says_more(submission, said)):
        return False
    await _keep(turn, idea, submission, said)
    await _take(turn, idea, Field.PLACE, with_place(Understanding.from_json(idea.understanding), _at(meant)))
    return True


async def place_answered(turn: Turn, idea: IdeaRow, submission: Submission) -> bool:
    """Take a message as the answer to "where?"; False where it is something else. Raises NotUnderstood.

    A place that nobody knows stays with the idea as words, so that a person can read it.
    """
    text = submission.text.strip()
    if submission.point is None and not _is_place_name(submission):
        return False
    points = (submission.point,) if submission.point else ()
    place = turn.understanding(Source("", text, points, is_place=not points))
    if place.districts or place.candidates:
        await _keep(turn, idea, submission, place)
        now = Understanding.from_json(idea.understanding)
        await _take(turn, idea, Field.PLACE, with_place(now, _decided(place)))
        return True
    await contribute(turn.session, idea, turn.logged.id, replace(submission, text=text), turn.now)
    await read_anew(turn, idea)
    await expect(turn, Expectation.PLACE, idea)
    await turn.answer("unknown_place", idea=idea)
    return True


def _is_place_name(submission: Submission) -> bool:
    text = submission.text.strip()
    has_more = len(text) > _LONGEST_PLACE or _SENTENCE.search(text) or submission.awaited or submission.attachments
    return bool(text) and not has_more


def _meant(candidates: Sequence[Candidate], said: Understanding) -> Candidate | None:
    """The one of the candidates that an answer names, or whose district it names without any other town."""
    towns = {town.ags for town in said.municipalities}
    districts = {district.key for district in said.districts}
    meant = [place for place in candidates if (place.ags in towns if towns else place.district in districts)]
    return meant[0] if len(meant) == 1 else None


async def _keep(turn: Turn, idea: IdeaRow, submission: Submission, place: Understanding) -> None:
    """Keep an answer with the idea where it is more than the name of a place, so that people can read or see it."""
    if submission.point is not None or _says_more(submission, place):
        await contribute(turn.session, idea, turn.logged.id, submission, turn.now)
        await read_anew(turn, idea)


def _says_more(submission: Submission, place: Understanding) -> bool:
    rest = list(submission.text.strip())
    for found in place.evidence:
        rest[found.start : found.end] = " " * (found.end - found.start)
    return len(_WORD.findall("".join(rest))) > _MOST_BESIDE


def _decided(place: Understanding) -> Understanding:
    """Of several places of a name: the only one, or the district that all of them are in; else they are asked about."""
    districts = {candidate.district for candidate in place.candidates}
    if place.districts or len(districts) != 1:
        return place
    if len(place.candidates) == 1:
        return _at(place.candidates[0])
    (district,) = districts
    return replace(place, districts=(DistrictScore(district, 1.0),), candidates=())


def _at(place: Candidate) -> Understanding:
    town = MunicipalityScore(place.ags, place.name, 1.0)
    return replace(Understanding.nothing(), districts=(DistrictScore(place.district, 1.0),), municipalities=(town,))


async def _take(turn: Turn, idea: IdeaRow, field: Field, after: Understanding) -> None:
    await correct(turn.session, idea, field, after, actor=SUBMITTER, now=turn.now)
    await route_anew(turn, idea, after)
    # Who named a place of which there are several is asked which one, and nobody else anything more.
    await turn.answer("corrected", {} if field is Field.PLACE else {"settled": True}, idea=idea)
