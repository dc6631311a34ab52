"""The fingerprints of ideas (nlp.similar), and when one no longer fits its idea."""

from __future__ import annotations

from sqlalchemy import ForeignKey, LargeBinary, Select, String, delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from services.ideas.columns import Table
from services.ideas.tables import IdeaRow


class FingerprintRow(Table):
    """What an idea is compared with others by, as its words and its understanding are now."""

    __tablename__ = "fingerprint"

    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id", ondelete="CASCADE"), primary_key=True)
    method: Mapped[str] = mapped_column(String(32))
    content: Mapped[bytes] = mapped_column(LargeBinary)


async def outdate(session: AsyncSession, idea: IdeaRow) -> None:
    """Drop the fingerprint of an idea that reads or is understood otherwise now; another one is made soon."""
    await session.execute(delete(FingerprintRow).where(FingerprintRow.idea_id == idea.id))


async def erase_fingerprints(session: AsyncSession, ideas: Select[int]) -> None:
    """Drop the fingerprints of ideas whose words are shown to nobody any more."""
    await session.execute(delete(FingerprintRow).where(FingerprintRow.idea_id.in_(ideas)))
