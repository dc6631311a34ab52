"""A person says something in a chat: it answers a question, extends an idea, or is a new one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from services.ideas.answers import CONFIRMATION
from services.ideas.conversation import contribute, keep_files
from services.ideas.dialogue.asking import asking
from services.ideas.dialogue.correcting import candidate_answered, place_answered
from services.ideas.dialogue.expectation import Expectation, expected, settle
from services.ideas.dialogue.inquired import inquired_idea
from services.ideas.dialogue.own import (
    contribution_of,
    idea_asked_about,
    idea_with,
    latest_idea,
    own_idea,
    previous_idea,
)
from services.ideas.dialogue.rereading import read_anew
from services.ideas.dialogue.turn import Turn
from services.ideas.ledger import Event
from services.ideas.model import NotificationState
from services.ideas.readings import Submission
from services.ideas.tables import ContributionRow, IdeaRow, NotificationRow

TOLD_TOGETHER = (CONFIRMATION, "added")
# Merging is offered with an idea that the person wrote of within this time.
MERGES_WITHIN = timedelta(hours=24)
# Which of several places is meant may be answered for so long.
_ANSWERED_WITHIN = timedelta(hours=24)


async def say(turn: Turn, submission: Submission) -> str | None:
    """Take a person's words; returns the reference of a new idea. Raises NotUnderstood."""
    if await _joined_album(turn, submission):
        return None
    open_question = await expected(turn)
    if open_question is not None:
        await settle(turn)
    if submission.is_new or (open_question is not None and open_question[0] is Expectation.IDEA):
        return await _new_idea(turn, submission)
    if open_question is not None and await _answered(turn, *open_question, submission):
        return None
    idea = await _continued(turn, submission)
    asked_about = idea or await latest_idea(turn, since=turn.now - _ANSWERED_WITHIN)
    if asked_about is not None and await candidate_answered(turn, asked_about, submission, has_ended=idea is None):
        return None
    if idea is None:
        return await _new_idea(turn, submission)
    await _extend(turn, idea, submission)
    return None


async def _answered(turn: Turn, expectation: Expectation, idea_id: int | None, submission: Submission) -> bool:
    """Whether the message is the answer to what was asked about an idea."""
    idea = await idea_asked_about(turn, idea_id)
    if idea is None or idea.stage == turn.admission.catalogue.lifecycle.withdrawn:
        return False
    if expectation is Expectation.PLACE:
        return await place_answered(turn, idea, submission)
    if expectation is Expectation.ADDITION:
        await _extend(turn, idea, submission)
        return True
    return False


async def _continued(turn: Turn, submission: Submission) -> IdeaRow | None:
    """The idea that a message belongs to: the one that it replies to, that was asked about, or that it follows closely.

    What is said of a withdrawn one belongs to none, because nobody would read it there.
    """
    chat = submission.chat
    if chat is None:
        return None
    if chat.answers is not None and (answered := await contribution_of(turn, chat.answers)) is not None:
        replied_to = await idea_with(turn, answered)
    elif chat.answers_about:
        replied_to = await own_idea(turn, chat.answers_about)
    elif (asked_about := await inquired_idea(turn)) is not None:
        replied_to = asked_about
    else:
        minutes = turn.admission.catalogue.settings.telegram.follow_minutes
        return await latest_idea(turn, since=chat.sent_at - timedelta(minutes=minutes))
    is_over = replied_to is None or replied_to.stage == turn.admission.catalogue.lifecycle.withdrawn
    return None if is_over else replied_to


async def _joined_album(turn: Turn, submission: Submission) -> bool:
    """Whether the message is a further part of an album; its files then stand with the first part's."""
    album = submission.chat.album if submission.chat else ""
    if not album:
        return False
    first = await turn.session.scalar(
        select(ContributionRow)
        .join(IdeaRow, IdeaRow.id == ContributionRow.idea_id)
        .where(ContributionRow.album == album, IdeaRow.submitter_id == turn.submitter.id, IdeaRow.locked_at.is_(None))
        .order_by(ContributionRow.id)
    )
    if first is None:
        return False
    idea = await idea_with(turn, first)
    if idea is not None and first.text and submission.text:
        # A caption of its own, which may be edited for itself.
        await contribute(turn.session, idea, turn.logged.id, submission, turn.now)
    else:
        first.text = first.text or submission.text
        first.refused_too_large += submission.refused.too_large
        await keep_files(turn.session, first, submission, turn.now)
    if submission.text and idea is not None and idea.stage != turn.admission.catalogue.lifecycle.withdrawn:
        await turn.session.flush()
        await read_anew(turn, idea)
    if idea is not None and (submission.text or submission.refused):
        await _answer_added(turn, idea, submission)
    return True


async def _new_idea(turn: Turn, submission: Submission) -> str:
    understood = turn.understanding(submission.source)
    idea = await turn.admission.open(turn.session, submission.sender, understood, turn.now)
    await contribute(turn.session, idea, turn.logged.id, submission, turn.now)
    await turn.admission.assigning.assign(turn.session, idea, understood, turn.now)
    await confirm(turn, idea, _not_kept(submission))
    return idea.reference


async def confirm(turn: Turn, idea: IdeaRow, more: Mapping[str, Any] | None = None) -> None:
    """Answer with what was understood of a new idea; `more` are further parameters."""
    previous = await previous_idea(turn, idea, since=turn.now - MERGES_WITHIN)
    offered = {"merge": previous.reference} if previous is not None else {}
    parameters = {**offered, **await asking(turn, idea), **(more or {})}
    await turn.answer(CONFIRMATION, parameters, idea=idea, key=f"{CONFIRMATION}:{idea.reference}")


async def _extend(turn: Turn, idea: IdeaRow, submission: Submission) -> None:
    await contribute(turn.session, idea, turn.logged.id, submission, turn.now)
    if idea.stage != turn.admission.catalogue.lifecycle.withdrawn:
        await read_anew(turn, idea)
        await turn.admission.alert(turn.session, idea, Event.ADDED, turn.now)
    await _answer_added(turn, idea, submission)


def _not_kept(submission: Submission) -> dict[str, int]:
    """How many files of a message were refused, and why."""
    return {why: number for why, number in asdict(submission.refused).items() if number}


async def _answer_added(turn: Turn, idea: IdeaRow, submission: Submission) -> None:
    """Answer, unless an answer about the same idea has not left yet: it will say how the idea reads by then."""
    split = {"split": str(submission.chat.number)} if submission.chat else {}
    not_kept = _not_kept(submission)
    unsent = await turn.session.scalar(
        select(NotificationRow)
        .where(
            NotificationRow.submitter_id == turn.submitter.id,
            NotificationRow.template.in_(TOLD_TOGETHER),
            NotificationRow.state == NotificationState.DUE,
            NotificationRow.attempts == 0,
            NotificationRow.parameters["reference"].as_string() == idea.reference,
        )
        .limit(1)
        # Who sends it meanwhile has to wait, or it would leave without this change.
        .with_for_update()
    )
    if unsent is None:
        await turn.answer("added", {**await asking(turn, idea), **split, **not_kept}, idea=idea)
        return
    told = unsent.parameters
    more = {why: told.get(why, 0) + number for why, number in not_kept.items()}
    unsent.parameters = {**({} if "question" in told else await asking(turn, idea)), **told, **split, **more}
