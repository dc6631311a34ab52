"""Doing what the lines of an answer ask for, one after the other: done, kept until somebody says yes, or refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.ideas.admission import Admission
from services.ideas.conversation import living
from services.ideas.deeds import Accept, Deed, DeedKind, Done
from services.ideas.description import body_name, stage_words
from services.ideas.dialogue.turn import Understood
from services.ideas.errors import DeedRefused
from services.ideas.performing import perform
from services.ideas.staff_mail import caution
from services.ideas.staff_mail.answered import Answered, waiting_for
from services.ideas.staff_mail.grammar import Instruction, StaffAnswer
from services.ideas.staff_mail.items import Item
from services.ideas.staff_mail.meaning import NOTHING_OPEN, asks_for_place, deed_of
from services.ideas.staff_mail.results import Result, What
from services.ideas.staff_mail.vocabulary import Verb
from services.ideas.staff_mail.wishes import Wish
from services.ideas.tables import IdeaRow
from services.ideas.work import undo
from services.ideas.work_tables import ActRow, PendingDeedRow

# A line is quoted so that its writer knows which one is meant, and not to be kept.
_LONGEST_QUOTE = 200
# As many as wait in one digest at most; all of them are one transaction.
_MOST_AT_ONCE = 200
_TOO_MANY = f"In einer Mail gehen höchstens {_MOST_AT_ONCE} Zeilen. Bitte schreiben Sie noch eine."
_TOO_LATE = "Ein „Ja“ zählt 24 Stunden lang. Bitte schreiben Sie die Zeile noch einmal."
_NOT_ALONE = (
    "Neben Ihrem „Ja“ steht noch anderer Text. Bitte antworten Sie nur mit „Ja“, oder mit „2 ja“ für eine Nummer."
)
_NO_NUMBER = "Bitte schreiben Sie die Nummer aus der Übersicht davor, zum Beispiel „2 annehmen“."
_NOT_READ = "Diese Zeile versteht das Programm nicht."
# What is known of an idea, and results without which it cannot go on.
_MENDING = frozenset({Verb.TOPIC, Verb.PLACE, Verb.FIND})
_GONE = "Diese Idee wird gerade nicht gezeigt oder ist gelöscht."


@dataclass(slots=True)
class Doing:
    """An answer that is being followed: `receipt` is the key of the mail that will tell of it.

    It counts as said when it was `received_at`, and is done `now`: from then on it can be taken back. `items` are what
    the digest names, by number: an idea's id and its reference.
    """

    MOST_PLACES: ClassVar[int] = 6  # the model is asked about them one by one

    session: AsyncSession
    admission: Admission
    answered: Answered
    receipt: str
    received_at: datetime
    now: datetime
    understood: Understood
    items: dict[int, tuple[int, str]]


async def results_of(doing: Doing, answer: StaffAnswer) -> tuple[Result, ...]:
    """Follow all instructions; one that is refused changes nothing, and the others are done.

    What is known of an idea is mended before anything is decided, wherever its line stands.
    """
    await _lock(doing, answer)
    is_clear = not answer.beside and all(each.wish for each in answer.instructions)
    results: dict[int, list[Result]] = {}
    for number in sorted(range(len(answer.instructions)), key=lambda at: not _mends(answer.instructions[at])):
        instruction = answer.instructions[number]
        if sum(map(len, results.values())) + len(instruction.items) > _MOST_AT_ONCE:
            results[number] = [_refused(instruction, _TOO_MANY)]
        else:
            results[number] = await _results(doing, instruction, is_clear=is_clear)
    return tuple(result for number in sorted(results) for result in results[number])


def _mends(instruction: Instruction) -> bool:
    return instruction.wish is not None and instruction.wish.verb in _MENDING


async def _results(doing: Doing, instruction: Instruction, *, is_clear: bool) -> list[Result]:
    wish = instruction.wish
    if wish is None:
        return _unclear(doing, instruction)
    if wish.verb in (Verb.YES, Verb.NO):
        return await _decide(doing, instruction, wish, is_clear=is_clear)
    return [await _follow(doing, instruction, wish, item) for item in instruction.items]


async def _lock(doing: Doing, answer: StaffAnswer) -> None:
    """Keep others from the ideas, in the order in which everybody takes several: else two could wait for each other."""
    numbers = [_number(doing, item) for each in answer.instructions for item in each.items]
    ideas = {doing.items[number][0] for number in numbers if number in doing.items}
    waiting = select(PendingDeedRow.idea_id).where(PendingDeedRow.receipt == doing.answered.key)
    ideas |= set(await doing.session.scalars(waiting))
    wanted = select(IdeaRow.id).where(IdeaRow.id.in_(ideas)).order_by(IdeaRow.id)
    await doing.session.execute(wanted.with_for_update())


def _unclear(doing: Doing, instruction: Instruction) -> list[Result]:
    numbers = [number for item in instruction.items if (number := _number(doing, item))]
    why = _NOT_READ if instruction.items else _NO_NUMBER
    reference = doing.items[numbers[0]][1] if len(numbers) == 1 and numbers[0] in doing.items else ""
    number = numbers[0] if len(numbers) == 1 else 0
    return [Result(What.UNCLEAR, number, reference, why=why, said=_quote(instruction))]


async def _decide(doing: Doing, instruction: Instruction, wish: Wish, *, is_clear: bool) -> list[Result]:
    """Do, or drop, what has waited for a yes."""
    numbers = [_number(doing, item) for item in instruction.items]
    rows = await waiting_for(doing.session, doing.answered, numbers)
    if not rows:
        return [_refused(instruction, NOTHING_OPEN, numbers[0] if len(numbers) == 1 else 0)]
    if wish.verb is Verb.YES and not is_clear:
        return [_refused(instruction, _NOT_ALONE)]
    results = []
    for row in rows:
        if wish.verb is Verb.NO:
            results.append(Result(What.DROPPED, row.number, doing.items[row.number][1]))
        elif not doing.answered.can_confirm(doing.received_at):
            results.append(_refused(instruction, _TOO_LATE, row.number, doing.items[row.number][1]))
        else:
            results.append(await _confirm(doing, instruction, row))
        await doing.session.delete(row)
    await doing.session.flush()
    return results


async def _confirm(doing: Doing, instruction: Instruction, row: PendingDeedRow) -> Result:
    number, reference = row.number, doing.items[row.number][1]
    meant_at, deed = row.deed["stage"], caution.from_json(row.deed)
    try:
        _must_stand_at(doing, await _idea(doing, row.idea_id), meant_at)
        done, _ = await _try(doing, row.idea_id, deed, has_yes=True)
    except DeedRefused as refusal:
        return _refused(instruction, str(refusal), number, reference)
    return _done(done, number)


async def _follow(doing: Doing, instruction: Instruction, wish: Wish, item: Item) -> Result:
    number = _number(doing, item)
    if number not in doing.items:
        named = f"eine Nummer {item}" if isinstance(item, int) else f"die Idee {item}"
        return _refused(instruction, f"Ihre Übersicht hat {named} nicht.", item if isinstance(item, int) else 0)
    idea_id, reference = doing.items[number]
    try:
        if wish.verb is Verb.UNDO:
            return await _take_back(doing, number, idea_id, reference)
        _must_be_asked(doing, wish)
        deed = deed_of(doing.admission.catalogue, wish, doing.answered.body.id, doing.understood)
        idea = await _idea(doing, idea_id)
        if isinstance(deed, Accept):
            await _must_stand_as_told(doing, idea)
        stage = idea.stage
        done, waits = await _try(doing, idea_id, deed)
    except DeedRefused as refusal:
        return _refused(instruction, str(refusal), number, reference)
    if not waits:
        return _done(done, number)
    row = await _keep(doing, number, idea_id, caution.to_json(deed, stage))
    to = done.stage if done.kind is DeedKind.MOVE else ""
    return Result(What.WAITS, number, reference, done.kind, to, told=done.told, pending=row.id)


async def _keep(doing: Doing, number: int, idea_id: int, deed: dict[str, object]) -> PendingDeedRow:
    """Let a deed wait until somebody says yes to it."""
    row = PendingDeedRow(
        receipt=doing.receipt,
        digest_id=doing.answered.digest,
        number=number,
        idea_id=idea_id,
        deed=deed,
        actor=doing.answered.doer.name,
        created_at=doing.now,
    )
    doing.session.add(row)
    await doing.session.flush()
    return row


async def _take_back(doing: Doing, number: int, idea_id: int, reference: str) -> Result:
    """Undo what was done last, or drop what only waits for a yes to the mail that is answered."""
    waiting = await waiting_for(doing.session, doing.answered, [number])
    if waiting:
        for row in waiting:
            await doing.session.delete(row)
        await doing.session.flush()
        return Result(What.DROPPED, number, reference)
    async with doing.session.begin_nested():
        idea = await _idea(doing, idea_id)
        kind = await undo(doing.session, doing.admission, idea, doing.answered.doer, doing.now)
        return Result(What.UNDONE, number, reference, kind, idea.stage)


async def _try(doing: Doing, idea_id: int, deed: Deed, *, has_yes: bool = False) -> tuple[Done, bool]:
    """Do something, or see what would come of it where that has to wait for a yes; and whether it has to.

    Raises DeedRefused, and then nothing has changed.
    """
    catalogue, doer = doing.admission.catalogue, doing.answered.doer
    async with doing.session.begin_nested() as savepoint:
        idea = await _idea(doing, idea_id)
        done = await perform(doing.session, doing.admission, idea, deed, doer, doing.now)
        waits = not has_yes and caution.waits_for_yes(catalogue.lifecycle, deed, done, doer.body)
        if waits:
            await savepoint.rollback()
    return done, waits


def _must_be_asked(doing: Doing, wish: Wish) -> None:
    source = asks_for_place(wish)
    if source is not None and source not in doing.understood:
        raise DeedRefused(f"In einer Mail gehen höchstens {doing.MOST_PLACES} Orte. Bitte schreiben Sie noch einmal.")


def _must_stand_at(doing: Doing, idea: IdeaRow, stage: str) -> None:
    if idea.stage != stage:
        label = stage_words(doing.admission.catalogue, idea.stage)[0]
        raise DeedRefused(
            f"Die Idee {idea.reference} hat inzwischen den Stand „{label}“. Bitte sehen Sie noch einmal nach."
        )


async def _must_stand_as_told(doing: Doing, idea: IdeaRow) -> None:
    """A yes is to what the digest said: one that comes twice must not take an idea two stages on."""
    act = await doing.session.scalar(
        select(ActRow)
        .where(
            ActRow.idea_id == idea.id,
            ActRow.undone_at.is_(None),
            ActRow.kind == DeedKind.MOVE,
            ActRow.at >= doing.answered.digest_at,
        )
        .order_by(ActRow.id.desc())
        .limit(1)
    )
    if act is None:
        return
    catalogue = doing.admission.catalogue
    who = body_name(catalogue, act.body) if act.body else "die Betreuung des Ideenkanals"
    at = act.at.astimezone(catalogue.settings.region.zone)
    raise DeedRefused(
        f"Die Idee {idea.reference} hat {who} am {at:%d.%m.} um {at:%H:%M} Uhr schon erledigt. "
        f"Stand: {stage_words(catalogue, idea.stage)[0]}."
    )


async def _idea(doing: Doing, idea_id: int) -> IdeaRow:
    idea: IdeaRow | None = await doing.session.scalar(
        select(IdeaRow).where(IdeaRow.id == idea_id, IdeaRow.locked_at.is_(None)).with_for_update()
    )
    # It may have been merged since a digest or a receipt named it.
    idea = await living(doing.session, idea) if idea is not None else None
    if idea is None:
        raise DeedRefused(_GONE)
    return idea


def _number(doing: Doing, item: Item) -> int:
    """The item's number in the digest; 0 where the digest does not name that idea."""
    if isinstance(item, int):
        return item
    return next((number for number, (_, reference) in doing.items.items() if reference == item), 0)


def _done(done: Done, number: int) -> Result:
    return Result(
        What.DONE,
        number,
        done.reference,
        done.kind,
        done.stage,
        done.bodies,
        told=done.told,
        undo_until=done.undo_until,
    )


def _refused(instruction: Instruction, why: str, number: int = 0, reference: str = "") -> Result:
    return Result(What.REFUSED, number, reference, why=why, said=_quote(instruction))


def _quote(instruction: Instruction) -> str:
    text = instruction.text
    return text if len(text) <= _LONGEST_QUOTE else text[: _LONGEST_QUOTE - 1].rsplit(" ", 1)[0] + "…"
