"""Persons: one human behind one or more submitters' rows, and which messages of the log came from them."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, Text, and_, cast, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.ideas.channels import EMAIL
from services.ideas.tables import ContributionRow, IdeaRow, InboundRow, SubmitterRow
from services.ideas.views import person_of


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody's rows, one for each channel or address."""

    rows: tuple[SubmitterRow, ...]

    @property
    def ids(self) -> tuple[int, ...]:
        """The ids of their rows."""
        return tuple(row.id for row in self.rows)

    @property
    def addresses(self) -> tuple[str, ...]:
        """Their mail addresses, in lower case."""
        return tuple(row.address.lower() for row in self.rows if row.channel == EMAIL)

    @property
    def ideas(self) -> Select[int]:
        """The ids of their ideas, of locked and merged ones too."""
        return select(IdeaRow.id).where(IdeaRow.submitter_id.in_(self.ids))

    def is_sender(self) -> ColumnElement[bool]:
        """The condition that a message of the inbound log came from them: from their chat, or with their address."""
        by_chat = InboundRow.conversation.in_([f"{row.channel}:{row.address}" for row in self.rows])
        if not self.addresses:  # looking into every envelope takes long
            return by_chat
        # As text: PostgreSQL refuses to look into JSON that holds half a character, as strangers' addresses may.
        envelope = func.lower(cast(InboundRow.envelope, Text))
        by_mail = or_(*(envelope.contains(json.dumps(address), autoescape=True) for address in self.addresses))
        return or_(by_chat, and_(InboundRow.channel == EMAIL, by_mail))

    def has_contributed(self) -> ColumnElement[bool]:
        """The condition that a message of the inbound log belongs to one of their ideas, whoever sent it."""
        said = select(ContributionRow.inbound_id).where(ContributionRow.idea_id.in_(self.ideas))
        return InboundRow.id.in_(said.where(ContributionRow.inbound_id.is_not(None)))


async def person_at(session: AsyncSession, channel: str, address: str, *, locked: bool = False) -> Person | None:
    """Whoever writes from this address, with all channels that they joined; nobody where it is unknown.

    While their rows are `locked`, whoever adds to what they have must wait.
    """
    rows = select(SubmitterRow).where(SubmitterRow.id.in_(person_of(channel, address))).order_by(SubmitterRow.id)
    if locked:
        rows = rows.with_for_update().execution_options(populate_existing=True)
    known = tuple(await session.scalars(rows))
    return Person(known) if known else None
