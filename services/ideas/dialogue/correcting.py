"""A person says what an idea is really about and which place it means, or that the program was right."""

from __future__ import annotations

import re
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
_SENTENCE = re.compile(r"[.!?]\s+\S")


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
        await turn.answer("ask_topic", {"every": topic == MORE}, idea=idea)
        return
    now = Understanding.from_json(idea.understanding)
    await _take(turn, idea, Field.TOPIC, with_topic(now, "" if topic == NO else topic))


async def choose_place(turn: Turn, idea: IdeaRow, button: Button) -> None:
    """Ask for the place, or take the one of the candidates that was chosen."""
    now = Understanding.from_json(idea.understanding)
    chosen = next((place for place in now.candidates if place.ags == button.argument), None)
    if chosen is None:
        await expect(turn, Expectation.PLACE, idea)
        await turn.answer("ask_place", idea=idea)
        return
    await _take(turn, idea, Field.PLACE, with_place(now, _at(chosen)))


async def candidate_answered(turn: Turn, idea: IdeaRow, submission: Submission) -> bool:
    """Take a message as the answer to which of several places is meant; False where it does not say it.

    Raises NotUnderstood.
    """
    now = Understanding.from_json(idea.understanding)
    if not now.candidates or not _is_place_name(submission):
        return False
    said = turn.understanding(Source("", submission.text.strip(), is_place=True))
    towns = {town.ags for town in said.municipalities}
    districts = {district.key for district in said.districts}
    meant = [place for place in now.candidates if place.ags in towns]
    meant = meant or [place for place in now.candidates if place.district in districts]
    if len(meant) != 1:
        return False
    await _take(turn, idea, Field.PLACE, with_place(now, _at(meant[0])))
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
        now = Understanding.from_json(idea.understanding)
        await _take(turn, idea, Field.PLACE, with_place(now, place))
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


def _at(place: Candidate) -> Understanding:
    town = MunicipalityScore(place.ags, place.name, 1.0)
    return replace(Understanding.nothing(), districts=(DistrictScore(place.district, 1.0),), municipalities=(town,))


async def _take(turn: Turn, idea: IdeaRow, field: Field, after: Understanding) -> None:
    await correct(turn.session, idea, field, after, actor=SUBMITTER, now=turn.now)
    await route_anew(turn, idea, after)
    await turn.answer("corrected", idea=idea)
