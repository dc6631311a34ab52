"""What is done once a night: what was kept long enough is erased, and leaves no trace."""

from __future__ import annotations

import secrets
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import structlog

from services.ideas.errors import StoreError
from services.ideas.register import Register

HOUSEKEEPING = "housekeeping"
# Nobody writes then, and no clock is changed at this hour.
_AT = time(3, 30)

log = structlog.get_logger(__name__)


async def keep_house(register: Register, now: datetime) -> bool:
    """Do tonight's work, if nobody has done it; what was missed while nothing ran is made up for at once.

    The lease lasts until the next night, so that of several notifiers one does it; where the store fails (StoreError),
    anybody may try again at once.
    """
    until, holder = _next_night(now, register.catalogue.settings.region.zone), secrets.token_hex(16)
    if not await register.leases.take(HOUSEKEEPING, holder, now, until - now):
        return False
    try:
        await _expire(register, now)
    except StoreError:
        await register.leases.release(HOUSEKEEPING, holder)
        raise
    return True


async def _expire(register: Register, now: datetime) -> None:
    has_expired = False
    while await register.personal_data.expire(now):
        has_expired = True
    if has_expired:
        await register.personal_data.wipe(thoroughly=True)
        log.info("housekeeping.expired")


def _next_night(now: datetime, zone: ZoneInfo) -> datetime:
    today = now.astimezone(zone).date()
    tonight = datetime.combine(today, _AT, tzinfo=zone)
    return tonight if tonight > now else datetime.combine(today + timedelta(days=1), _AT, tzinfo=zone)
