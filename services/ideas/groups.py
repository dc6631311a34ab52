"""Telegram groups of bodies' people: what just happened is told there, and a group may get a new chat id."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.ideas.bodies import Body
from services.ideas.catalogue import Catalogue
from services.ideas.channels import TELEGRAM
from services.ideas.chat_tables import MigratedChatRow
from services.ideas.ledger import Event
from services.ideas.model import UNFINISHED
from services.ideas.outbox import Outbox, Owed
from services.ideas.store import Store, insert_into
from services.ideas.tables import IdeaRow, NotificationRow


async def alert(  # noqa: PLR0913, PLR0917 - what it writes, where, about what, for whom, and when
    session: AsyncSession,
    outbox: Outbox,
    catalogue: Catalogue,
    idea: IdeaRow,
    body: str,
    event: Event,
    now: datetime,
) -> None:
    """Owe the group of a body a line about an idea; nothing where it has no group, or one that wants none.

    What happens to an idea within one hour is told once: a group must not be flooded (Bot API: 20 messages a minute).
    """
    known = catalogue.bodies.get(body)
    if known is None or known.telegram is None or not known.telegram.alerts:
        return
    key = f"alert:{body}:{idea.reference}:{event}:{now:%Y%m%dT%H}"
    parameters = {"reference": idea.reference, "body": body, "event": event.value}
    group = str(known.telegram.chat_id)
    await outbox.owe(session, Owed(key, TELEGRAM, "alert", parameters, recipient=group), now)


async def migrated(session: AsyncSession, old: str, new: str) -> None:
    """Remember a group's new chat id, and send there what is still owed to the old one."""
    if old == new:
        return
    await session.execute(update(MigratedChatRow).where(MigratedChatRow.new == old).values(new=new))
    known = insert_into(session, MigratedChatRow).values(old=old, new=new)
    await session.execute(known.on_conflict_do_update(index_elements=["old"], set_={"new": new}))
    await session.execute(
        update(NotificationRow)
        .where(
            NotificationRow.channel == TELEGRAM,
            NotificationRow.recipient == old,
            NotificationRow.state.in_(UNFINISHED),
        )
        .values(recipient=new)
    )


class Groups:
    """Each method is one transaction and may be repeated."""

    def __init__(self, store: Store, catalogue: Catalogue) -> None:
        self._store = store
        self._catalogue = catalogue

    async def migrated(self, old: str, new: str) -> None:
        """Remember a group's new chat id, and send there what is still owed to the old one."""
        async with self._store.writing() as session:
            await migrated(session, old, new)

    async def body(self, group: str) -> Body | None:
        """The body whose group this is, also where the configuration still names an old chat id of it."""
        async with self._store.reading() as session:
            old = await session.scalars(select(MigratedChatRow.old).where(MigratedChatRow.new == group))
            known = {group, *old}
        bodies = self._catalogue.bodies.values()
        return next((body for body in bodies if body.telegram and str(body.telegram.chat_id) in known), None)
