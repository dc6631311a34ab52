"""The ideas of a digest as its readers see them: whole, with what was done, what is missing, and who is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.ideas import views
from services.ideas.catalogue import Catalogue
from services.ideas.deeds import Verdict
from services.ideas.digest_contents import Entry
from services.ideas.dossier import Act, Finding, act_of
from services.ideas.model import Idea
from services.ideas.news import Inquiry, Measure
from services.ideas.tables import IdeaRow
from services.ideas.work_tables import ActRow, FindingRow, InquiryRow


@dataclass(frozen=True, slots=True)
class Item:
    """An idea of a digest, and what staff did with it; `idea` is None where it is gone.

    `findings` are the latest by name, `missing` the names of those that the body has still to give. `earlier` are like
    ideas that the digest does not show, `alike` the numbers of those that it does, its own included.
    """

    entry: Entry
    idea: Idea | None
    acts: tuple[Act, ...] = ()
    inquiries: tuple[Inquiry, ...] = ()
    findings: tuple[Finding, ...] = ()
    missing: tuple[str, ...] = ()
    measure: Measure | None = None
    earlier: tuple[Idea, ...] = ()
    alike: tuple[int, ...] = ()

    @property
    def unanswered(self) -> Inquiry | None:
        """The latest question to the submitter, if nothing came after it."""
        if self.idea is None or not self.inquiries:
            return None
        last = self.inquiries[-1]
        return None if any(said.at > last.at for said in self.idea.contributions) else last


async def read_items(
    session: AsyncSession, catalogue: Catalogue, body: str, entries: Sequence[Entry]
) -> tuple[Item, ...]:
    """These ideas whole, in the same order."""
    # What was erased has nothing to be read.
    references = [entry.reference for entry in entries if not entry.is_erased]
    ideas = {idea.reference: idea for idea in await views.by_references(session, references)}
    acts = _by_reference(await _acts(session, references))
    asked = _by_reference(await _inquiries(session, references))
    found = _by_reference(await _findings(session, references))
    return tuple(
        _item(
            catalogue,
            body,
            entry,
            ideas.get(entry.reference),
            tuple(act_of(row) for row in acts.get(entry.reference, ())),
            tuple(_inquiry(row) for row in asked.get(entry.reference, ())),
            {
                row.name: Finding(row.name, Verdict(row.verdict), row.note, row.at)
                for row in found.get(entry.reference, ())
            },
        )
        for entry in entries
    )


def _item(  # noqa: PLR0913, PLR0917 - an idea and what belongs to it
    catalogue: Catalogue,
    body: str,
    entry: Entry,
    idea: Idea | None,
    acts: tuple[Act, ...],
    inquiries: tuple[Inquiry, ...],
    findings: Mapping[str, Finding],
) -> Item:
    stage = catalogue.lifecycle.stages.get(idea.stage) if idea else None
    leads = stage is not None and entry.is_open and stage.body == body
    missing = tuple(name for name in stage.findings if name not in findings) if stage and leads else ()
    return Item(entry, idea, acts, inquiries, tuple(findings.values()), missing)


async def _acts(session: AsyncSession, references: Sequence[str]) -> Sequence[Any]:
    rows = select(IdeaRow.reference, ActRow).join(ActRow, ActRow.idea_id == IdeaRow.id)
    return (await session.execute(rows.where(IdeaRow.reference.in_(references)).order_by(ActRow.id))).all()


async def _inquiries(session: AsyncSession, references: Sequence[str]) -> Sequence[Any]:
    rows = select(IdeaRow.reference, InquiryRow).join(InquiryRow, InquiryRow.idea_id == IdeaRow.id)
    return (await session.execute(rows.where(IdeaRow.reference.in_(references)).order_by(InquiryRow.id))).all()


async def _findings(session: AsyncSession, references: Sequence[str]) -> Sequence[Any]:
    rows = (
        select(IdeaRow.reference, FindingRow)
        .join(FindingRow, FindingRow.idea_id == IdeaRow.id)
        .join(ActRow, ActRow.id == FindingRow.act_id)
        .where(IdeaRow.reference.in_(references), ActRow.undone_at.is_(None))
    )
    return (await session.execute(rows.order_by(FindingRow.id))).all()


def _by_reference(rows: Sequence[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for reference, row in rows:
        found.setdefault(reference, []).append(row)
    return found


def _inquiry(row: InquiryRow) -> Inquiry:
    return Inquiry(row.body, row.text, row.at, row.act_id)
