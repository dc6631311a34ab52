"""What a person asks for by a button, a command or typed words, each with what it does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

from services.ideas.chat import YES, Button, Wish
from services.ideas.dialogue.asking import question_about
from services.ideas.dialogue.correcting import choose_place, choose_topic, confirm_understanding
from services.ideas.dialogue.dividing import ask_for_new_idea, merge, split
from services.ideas.dialogue.erasing import erase
from services.ideas.dialogue.expectation import Expectation, expected, settle
from services.ideas.dialogue.exporting import export
from services.ideas.dialogue.inquired import inquired_idea
from services.ideas.dialogue.joining_in import join
from services.ideas.dialogue.own import idea_asked_about, latest_idea, own_idea
from services.ideas.dialogue.saying import say
from services.ideas.dialogue.settling import language, updates
from services.ideas.dialogue.turn import Turn
from services.ideas.dialogue.withdrawing import add, withdraw
from services.ideas.question import QuestionKind
from services.ideas.readings import Asked, Submission
from services.ideas.tables import IdeaRow

# Typed words are about the idea that the person wrote of within this time.
_WORDS_HOLD = timedelta(hours=24)
# "Yes", "no" and a topic may be what a body wants to know.
_ANSWERS = (Wish.CONFIRM, Wish.KEEP, Wish.TOPIC)

ABOUT_IDEAS: Mapping[Wish, Callable[[Turn, IdeaRow, Button], Awaitable[None]]] = {
    Wish.CONFIRM: confirm_understanding,
    Wish.TOPIC: choose_topic,
    Wish.PLACE: choose_place,
    Wish.ADD: add,
    Wish.WITHDRAW: withdraw,
    Wish.SPLIT: split,
    Wish.MERGE: merge,
}
ABOUT_PERSONS: Mapping[Wish, Callable[[Turn, Button], Awaitable[None]]] = {
    Wish.LANGUAGE: language,
    Wish.UPDATES: updates,
    Wish.ERASE: erase,
    Wish.EXPORT: export,
    Wish.JOIN: join,
}


async def wish(turn: Turn, asked: Asked) -> str | None:
    """Do what was asked for, and answer; returns the reference of a new idea. Raises NotUnderstood."""
    button = await _meant(turn, asked)
    open_question = await expected(turn)
    if button is None:
        sender, chat = asked.sender, asked.chat
        return await say(turn, Submission(sender, "", asked.words, chat=chat))
    await settle(turn)
    if about_person := ABOUT_PERSONS.get(button.wish):
        await about_person(turn, button)
        return None
    idea = await _idea(turn, button, open_question)
    if button.wish is Wish.KEEP:
        is_about_idea = button.reference or (open_question is not None and open_question[1] is not None)
        await turn.answer("kept", {"reference": idea.reference if idea and is_about_idea else ""})
    elif idea is None:
        await _without_idea(turn, button)
    elif idea.stage == turn.admission.catalogue.lifecycle.withdrawn:
        # Buttons still stand under older messages about it.
        await turn.answer("withdrawn", idea=idea)
    else:
        await ABOUT_IDEAS[button.wish](turn, idea, button)
    return None


async def _meant(turn: Turn, asked: Asked) -> Button | None:
    """What the person asks for; None where typed words are no answer to anything, but somebody's words."""
    button = asked.button
    if asked.pressed is not None:
        return button
    open_question = await expected(turn)
    expectation = open_question[0] if open_question else None
    if button.wish in _ANSWERS and expectation in (None, Expectation.ADDITION) and await inquired_idea(turn):
        return None
    if button.wish is Wish.TOPIC and button.argument:
        return button if expectation is Expectation.TOPIC or await _asks_for_topic(turn, button) else None
    if expectation is Expectation.WITHDRAWAL and button.wish in (Wish.CONFIRM, Wish.WITHDRAW):
        return Button(Wish.WITHDRAW, argument=YES)
    is_vague = expectation is Expectation.ERASURE and button.wish is Wish.CONFIRM
    is_unasked = expectation is not Expectation.ERASURE and button.wish is Wish.ERASE
    # "Yes" does not say what is to become of the ideas, and nobody is erased unasked.
    return Button(Wish.ERASE) if is_vague or is_unasked else button


async def _asks_for_topic(turn: Turn, button: Button) -> bool:
    """Whether a card has asked which of two topics it is; the person may know a third."""
    idea = await _idea(turn, button, None)
    asked = await question_about(turn, idea) if idea is not None else None
    return asked is not None and asked.kind is QuestionKind.TOPIC


async def _idea(turn: Turn, button: Button, open_question: tuple[Expectation, int | None] | None) -> IdeaRow | None:
    if button.reference:
        return await own_idea(turn, button.reference)
    if open_question is not None and open_question[1] is not None and button.wish is not Wish.SPLIT:
        return await idea_asked_about(turn, open_question[1])
    return await latest_idea(turn, since=turn.now - _WORDS_HOLD)


async def _without_idea(turn: Turn, button: Button) -> None:
    if button.wish is Wish.SPLIT and not button.reference:
        await ask_for_new_idea(turn)
        return
    reason = "unknown" if button.reference else "nothing"
    await turn.answer("not_possible", {"reason": reason, "reference": button.reference}, beside=True)
