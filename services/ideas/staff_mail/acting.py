"""What an answer to a digest changes: each line by itself, and a receipt to the mailbox that got the digest."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.ideas.admission import Admission
from services.ideas.catalogue import Catalogue
from services.ideas.channels import EMAIL
from services.ideas.dialogue.turn import Understood
from services.ideas.model import LoggedMessage
from services.ideas.outbox import Owed
from services.ideas.readings import HoldReason, NotUnderstood, Submission
from services.ideas.staff_mail.answered import RECEIPT, Answered, answered_mail, count_wrong, has_room, items_of
from services.ideas.staff_mail.doing import Doing, results_of
from services.ideas.staff_mail.grammar import StaffAnswer, read_answer
from services.ideas.staff_mail.meaning import asks_for_place
from services.ideas.staff_mail.results import Notice, Result
from services.ideas.staff_mail.vocabulary import Verb, Vocabulary

_MOST_BESIDE = 5
_LONGEST_BESIDE = 200
_SIGN = re.compile(r"^[\s>*|_]+")


async def take_answer(  # noqa: PLR0913, PLR0917 - a message, as it was understood, and what it answers
    session: AsyncSession,
    admission: Admission,
    logged: LoggedMessage,
    submission: Submission,
    token: str,
    understood: Understood,
) -> HoldReason | None:
    """Do what staff ask for in an answer to a digest or to a receipt; or why only a person can place the message.

    Raises NotUnderstood where the model has to be asked about a place first.
    """
    catalogue, received_at, now = admission.catalogue, logged.message.received_at, logged.read_at
    answered = await answered_mail(session, catalogue, token)
    if answered is None:
        return HoldReason.TO_DIGEST
    answer = read_answer(_without_digest(submission.text, catalogue), Vocabulary.of(catalogue))
    asks = _asks(answer, answered)
    notice = _refusal(catalogue, answered, submission, received_at) or (Notice.NONE if asks else Notice.HELP)
    if notice:
        await count_wrong(session, answered)
    if not await has_room(session, answered, now, for_notice=bool(notice)):
        return HoldReason.TO_DIGEST
    if answered.is_receipt and not asks:
        # Whatever it is: a robot that answers receipts must get no more of them.
        return HoldReason.TO_DIGEST
    key = f"receipt:{logged.id}"
    results: tuple[Result, ...] = ()
    if not notice:
        _ask_for_places(answer, understood)
        items = await items_of(session, answered.digest)
        doing = Doing(session, admission, answered, key, received_at, now, understood, items)
        results = await results_of(doing, answer)
    await _owe(session, admission, answered, key, _parameters(answered, notice, results, answer, submission), now)
    return HoldReason.TO_DIGEST if notice and notice is not Notice.LATE else None


def _refusal(catalogue: Catalogue, answered: Answered, submission: Submission, received_at: datetime) -> Notice:
    """Why nothing of an answer is done, whatever it says."""
    domain = submission.sender.address.rpartition("@")[2].lower()
    if catalogue.domains and domain not in catalogue.domains:
        return Notice.SENDER
    if not submission.answerable:
        return Notice.FORGED
    return Notice.LATE if answered.is_late(received_at) else Notice.NONE


def _asks(answer: StaffAnswer, answered: Answered) -> bool:
    """Whether an answer asks for anything; a yes does so only in an answer to a receipt."""
    said_yes = [each.wish is not None and each.wish.verb in (Verb.YES, Verb.NO) for each in answer.instructions]
    return bool(said_yes) and (answered.is_receipt or not all(said_yes))


def _without_digest(text: str, catalogue: Catalogue) -> str:
    """What stands above a digest that a mail program has quoted without marks: titles in it are citizens' words."""
    own = f"Ideenkanal {catalogue.settings.region.name}"
    lines = text.splitlines()
    begins = (at for at, line in enumerate(lines) if _SIGN.sub("", line).startswith(own))
    return "\n".join(lines[: next(begins, len(lines))])


def _ask_for_places(answer: StaffAnswer, understood: Understood) -> None:
    sources = (asks_for_place(each.wish) for each in answer.instructions)
    asked = [source for source in dict.fromkeys(sources) if source is not None][: Doing.MOST_PLACES]
    for source in asked:
        if source not in understood:
            raise NotUnderstood(source)


def _parameters(
    answered: Answered, notice: Notice, results: Sequence[Result], answer: StaffAnswer, submission: Submission
) -> dict[str, object]:
    beside = [line[:_LONGEST_BESIDE] for line in answer.beside[:_MOST_BESIDE]]
    return {
        "body": answered.body.id,
        "digest": answered.digest,
        "notice": notice.value,
        "results": [result.to_json() for result in results],
        "beside": [] if notice else beside,
        "has_files": bool(submission.attachments) and not notice,
    }


async def _owe(  # noqa: PLR0913, PLR0917 - one row
    session: AsyncSession,
    admission: Admission,
    answered: Answered,
    key: str,
    parameters: dict[str, object],
    now: datetime,
) -> None:
    # To the mailbox that got the digest and never to the From: who has got hold of the secret address is told nothing.
    owed = Owed(key, EMAIL, RECEIPT, parameters, recipient=answered.mailbox)
    await admission.outbox.owe(session, owed, now)
