"""All that the store holds of one person, as JSON, and the files that belong to it (Art. 15 and 20 GDPR)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, LargeBinary, Select, func, inspect, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from services.ideas.channels import EMAIL
from services.ideas.chat_tables import ChatMessageRow, CorrectionRow, DialogueRow, JoinCodeRow, WrongCodeRow
from services.ideas.columns import Table
from services.ideas.fingerprints import FingerprintRow
from services.ideas.persons import Person
from services.ideas.tables import (
    AssignmentRow,
    AttachmentRow,
    AwaitedFileRow,
    BlobRow,
    CapabilityRow,
    ContributionRow,
    ContributionVersionRow,
    IdeaRow,
    InboundRow,
    NotificationRow,
    StageChangeRow,
    SubmitterRow,
)
from services.ideas.work_tables import (
    ActRow,
    DigestItemRow,
    FindingRow,
    InquiryRow,
    LedgerRow,
    MeasureIdeaRow,
    MeasureRow,
    PendingDeedRow,
)

_UNSAFE = re.compile(r"[^\w .()-]")
# Who works for a body is nobody's data but their own: a person is told the body (Art. 15(4) GDPR; CJEU, C-579/21).
_NAMES, _NO_NAMES = frozenset({"actor", "undone_by"}), frozenset({"", "program", "submitter"})
_LONGEST_NAME, _LONGEST_ENDING = 80, 16


@dataclass(frozen=True, slots=True)
class RecordedFile:
    """A file of a record: its name in the archive, and the query that its bytes come from when they are needed."""

    name: str
    size_bytes: int
    content: Select[bytes]


@dataclass(frozen=True, slots=True)
class Record:
    """What is stored of a person: a JSON object with a list for each kind of thing, and the files that it names."""

    data: dict[str, Any] = field(default_factory=dict)
    files: list[RecordedFile] = field(default_factory=list)


async def record_of(session: AsyncSession, person: Person) -> Record:
    """Everything. Each row comes with all its columns, so that none that is added later is forgotten."""
    record = Record()
    elsewhere = _said_elsewhere(person)
    record.data.update(
        submitters=await _rows(session, SubmitterRow, SubmitterRow.id.in_(person.ids)),
        ideas=[
            await _idea(session, row, record) for row in await _found(session, IdeaRow, IdeaRow.id.in_(person.ideas))
        ],
        contributions_to_others=[
            await _contribution(session, row, record) for row in await _found(session, ContributionRow, elsewhere)
        ],
        messages_received=await _messages(session, person, record),
        notifications=await _rows(session, NotificationRow, _is_told(person)),
        dialogues=await _rows(session, DialogueRow, DialogueRow.submitter_id.in_(person.ids)),
        join_codes=await _rows(session, JoinCodeRow, JoinCodeRow.submitter_id.in_(person.ids)),
        wrong_codes=await _rows(session, WrongCodeRow, WrongCodeRow.submitter_id.in_(person.ids)),
    )
    return record


async def _idea(session: AsyncSession, row: IdeaRow, record: Record) -> dict[str, Any]:
    said = await _found(session, ContributionRow, ContributionRow.idea_id == row.id)
    return {
        **_plain(row),
        "contributions": [await _contribution(session, each, record) for each in said],
        "corrections": await _rows(session, CorrectionRow, CorrectionRow.idea_id == row.id),
        "stages": await _rows(session, StageChangeRow, StageChangeRow.idea_id == row.id),
        **await _work(session, row),
        "assignments": await _rows(session, AssignmentRow, AssignmentRow.idea_id == row.id),
        "links": await _rows(session, CapabilityRow, CapabilityRow.idea_id == row.id),
        "fingerprints": [
            {**_plain(each), "file": _compared(each, record)}
            for each in await _found(session, FingerprintRow, FingerprintRow.idea_id == row.id)
        ],
    }


async def _work(session: AsyncSession, idea: IdeaRow) -> dict[str, Any]:
    """What the bodies did with an idea and were told of it, and what they asked and found."""
    measures = select(MeasureIdeaRow.measure_id).where(MeasureIdeaRow.idea_id == idea.id)
    return {
        "acts": await _rows(session, ActRow, ActRow.idea_id == idea.id),
        "inquiries": await _rows(session, InquiryRow, InquiryRow.idea_id == idea.id),
        "findings": await _rows(session, FindingRow, FindingRow.idea_id == idea.id),
        "measures": await _rows(session, MeasureRow, MeasureRow.id.in_(measures)),
        "told_to_bodies": await _rows(session, LedgerRow, LedgerRow.idea_id == idea.id),
        "numbers_in_digests": await _rows(session, DigestItemRow, DigestItemRow.idea_id == idea.id),
        "awaiting_confirmation": await _rows(session, PendingDeedRow, PendingDeedRow.idea_id == idea.id),
    }


async def _contribution(session: AsyncSession, row: ContributionRow, record: Record) -> dict[str, Any]:
    attachments = await _found(session, AttachmentRow, AttachmentRow.contribution_id == row.id)
    return {
        **_plain(row),
        "attachments": [{**_plain(each), "file": _attached(each, record)} for each in attachments],
        "awaited_files": await _rows(session, AwaitedFileRow, AwaitedFileRow.contribution_id == row.id),
        "versions": await _rows(session, ContributionVersionRow, ContributionVersionRow.contribution_id == row.id),
        "chat_messages": await _rows(session, ChatMessageRow, ChatMessageRow.contribution_id == row.id),
    }


async def _messages(session: AsyncSession, person: Person, record: Record) -> list[dict[str, Any]]:
    """What came in, as it came. What others have sent to the person's ideas is theirs, and left out (Art. 15(4))."""
    came = or_(person.is_sender(), person.has_contributed())
    rows = select(InboundRow, func.length(InboundRow.raw)).where(came).order_by(InboundRow.id)
    messages = []
    for row, size_bytes in await session.execute(rows.options(defer(InboundRow.raw))):
        author = row.envelope.get("author")
        if not author or author in person.addresses:
            messages.append({**_plain(row), "file": _raw(row, size_bytes, record) if size_bytes else None})
    return messages


def _said_elsewhere(person: Person) -> ColumnElement[bool]:
    """The condition that the person has said something about an idea that is not theirs."""
    sent = ContributionRow.inbound_id.in_(select(InboundRow.id).where(person.is_sender()))
    return sent & ContributionRow.idea_id.not_in(person.ideas)


def _is_told(person: Person) -> ColumnElement[bool]:
    return or_(
        NotificationRow.submitter_id.in_(person.ids),
        *((NotificationRow.channel == row.channel) & (NotificationRow.recipient == row.address) for row in person.rows),
    )


def _attached(row: AttachmentRow, record: Record) -> str:
    name = f"dateien/{len(record.files) + 1:04}_{_safe(row.filename)}"
    record.files.append(RecordedFile(name, row.size_bytes, select(BlobRow.content).where(BlobRow.sha256 == row.sha256)))
    return name


def _compared(row: FingerprintRow, record: Record) -> str:
    name = f"vergleich/{row.idea_id:06}.bin"
    content = select(FingerprintRow.content).where(FingerprintRow.idea_id == row.idea_id)
    record.files.append(RecordedFile(name, len(row.content), content))
    return name


def _raw(row: InboundRow, size_bytes: int, record: Record) -> str:
    name = f"nachrichten/{row.id:06}.{'eml' if row.channel == EMAIL else 'json'}"
    record.files.append(RecordedFile(name, size_bytes, select(InboundRow.raw).where(InboundRow.id == row.id)))
    return name


def _safe(filename: str) -> str:
    """A name that is one on every system: it leads into no folder, and no program sees more in it than a name."""
    stem, dot, ending = _UNSAFE.sub("_", filename).rpartition(".")
    return f"{stem[:_LONGEST_NAME]}{dot}{ending[: _LONGEST_ENDING if dot else _LONGEST_NAME]}"


async def _found(session: AsyncSession, table: Any, condition: ColumnElement[bool]) -> list[Any]:
    return list(await session.scalars(select(table).where(condition).order_by(*inspect(table).primary_key)))


async def _rows(session: AsyncSession, table: type[Table], condition: ColumnElement[bool]) -> list[dict[str, Any]]:
    return [_plain(row) for row in await _found(session, table, condition)]


def _plain(row: Table) -> dict[str, Any]:
    """A row with all its columns but bytes, as JSON has them."""
    plain = {
        column.key: _json(getattr(row, column.key))
        for column in inspect(type(row)).column_attrs
        if not isinstance(column.columns[0].type, LargeBinary)
    }
    return plain | {name: "staff" for name in _NAMES & plain.keys() if plain[name] not in _NO_NAMES}


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
