"""The connections that are open: who may join, who has to make room, and when all are gone."""

from __future__ import annotations

import asyncio
from typing import Protocol

from services.intake.email.receive.limits import Limits
from services.intake.email.receive.replies import SHUTTING_DOWN, TOO_BUSY, TOO_MANY_CONNECTIONS


class Member(Protocol):
    """A connection, as the crowd sees it."""

    origin: str
    is_transferring: bool
    # Until when (in the loop's time) it may stay where others wait.
    entitled_until: float

    def hang_up(self, farewell: str) -> None:
        """Say the farewell and close the connection."""


class Crowd:
    """All connections of one process.

    Where all places are taken, a newcomer gets the place of whoever has been silent, or slow, for the longest time:
    idle clients must not keep honest mail out.
    """

    def __init__(self, limits: Limits, most: int) -> None:
        self._limits = limits
        self._most = most
        self._members: set[Member] = set()
        self._deserted = asyncio.Event()
        self._deserted.set()
        self._is_closing = False

    def join(self, member: Member) -> str:
        """Count a connection in; the reply with which it has to be sent away, or ""."""
        if not self._limits.connect(member.origin):
            return TOO_MANY_CONNECTIONS
        if len(self._members) >= self._most and not self._make_room():
            self._limits.disconnect(member.origin)
            return TOO_BUSY
        self._members.add(member)
        self._deserted.clear()
        return ""

    def leave(self, member: Member) -> None:
        """Count a connection out; once is enough."""
        if member in self._members:
            self._members.remove(member)
            self._limits.disconnect(member.origin)
        if not self._members:
            self._deserted.set()

    def finished(self, member: Member) -> None:
        """A transfer is over: hang up, if the time has come."""
        if self._is_closing and not member.is_transferring:
            member.hang_up(SHUTTING_DOWN)

    async def disperse(self, within_seconds: float) -> int:
        """Hang up on all, but let those that transfer a message finish; how many had to be cut off."""
        self._is_closing = True
        for member in list(self._members):
            self.finished(member)
        try:
            async with asyncio.timeout(within_seconds):
                await self._deserted.wait()
        except TimeoutError:
            late = list(self._members)
            for member in late:
                member.hang_up(SHUTTING_DOWN)
            return len(late)
        return 0

    def _make_room(self) -> bool:
        slowest = min(self._members, key=lambda member: member.entitled_until)
        if slowest.entitled_until > asyncio.get_running_loop().time():
            return False
        self.leave(slowest)
        slowest.hang_up(TOO_BUSY)
        return True
