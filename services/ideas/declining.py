"""A mail that only says that its sender wants no more mail: "Stopp", alone, as the answer to one of ours."""

from __future__ import annotations

from services.ideas.readings import Submission
from services.ideas.short_answer import one_line
from services.ideas.spelling import folded
from services.ideas.texts import Texts
from services.ideas.words import Label


def wants_no_mail(texts: Texts, answer: Submission) -> bool:
    """Whether an answer is one of the phrases, of whatever language, by which messages are switched off in a chat."""
    said = folded(one_line(answer.text))
    if not said or answer.attachments:
        return False
    languages = map(texts.words, texts.languages)
    return any(
        said == folded(phrase)
        for words in languages
        for phrase in (words.buttons[Label.UPDATES_OFF], *words.typed.get(Label.UPDATES_OFF, ()))
    )
