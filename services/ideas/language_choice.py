"""The choice of a language by mail: its name, alone, as the answer to one of ours."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.ideas.answers import mailbox_of
from services.ideas.channels import EMAIL
from services.ideas.readings import Submission
from services.ideas.short_answer import one_line
from services.ideas.spelling import folded
from services.ideas.submitters import verify
from services.ideas.tables import ContributionRow, IdeaRow, SubmitterRow
from services.ideas.texts import Texts
from services.ideas.views import person_of
from services.ideas.work_tables import InquiryRow


def language_named(texts: Texts, answer: Submission, *, is_asked: bool = False) -> str:
    """The language that an answer names and nothing else; "" where it says more, or something else.

    Whoever `is_asked` something may well answer "easy": then only a language's own name counts.
    """
    said = folded(one_line(answer.text))
    if not said or answer.attachments:
        return ""
    words = {language: texts.words(language) for language in texts.languages}
    names = {language: (each.name, *(() if is_asked else each.called)) for language, each in words.items()}
    return next((language for language, known in names.items() if said in map(folded, known)), "")


async def choose_language(
    session: AsyncSession, texts: Texts, idea: IdeaRow, answer: Submission, now: datetime
) -> SubmitterRow | None:
    """Write to an idea's submitter in the language that their answer names; None where nobody has chosen any.

    Who answers to the secret address has received our mail: it is their own address.
    """
    if not answer.answerable or not language_named(texts, answer):
        return None
    language = language_named(texts, answer, is_asked=await _is_asked(session, idea))
    submitter = await session.get(SubmitterRow, idea.submitter_id) if idea.submitter_id is not None else None
    if not language or submitter is None:
        return None
    mailbox: SubmitterRow | None = await session.scalar(
        select(SubmitterRow).where(
            SubmitterRow.id.in_(person_of(submitter.channel, submitter.address)),
            SubmitterRow.channel == EMAIL,
            SubmitterRow.mailbox == mailbox_of(answer.sender.address),
        )
    )
    if mailbox is not None:
        mailbox.language = language
        await verify(session, mailbox, now)
    return mailbox


async def _is_asked(session: AsyncSession, idea: IdeaRow) -> bool:
    """Whether a body has asked something since the submitter said anything."""
    last_said = select(ContributionRow.created_at).where(ContributionRow.idea_id == idea.id)
    newest = last_said.order_by(ContributionRow.created_at.desc()).limit(1).scalar_subquery()
    asked = select(InquiryRow.act_id).where(InquiryRow.idea_id == idea.id, InquiryRow.at >= newest).limit(1)
    return await session.scalar(asked) is not None
