"""What is done once a night: what was kept long enough is erased, and leaves no trace."""

from __future__ import annotations

import secrets
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import structlog

from services.ideas.register import Register

HOUSEKEEPING = "housekeeping"
# Nobody writes then, and no clock is changed at this hour.
_AT = time(3, 30)

log = structlog.get_logger(__name__)


async def keep_house(register: Register, now: datetime) -> bool:
    """Do tonight's work, if nobody has done it; what was missed while nothing ran is made up for at once.

    The lease lasts until the next night, so that of several notifiers one does it.
    """
    until = _next_night(now, register.catalogue.settings.region.zone)
    if not await register.leases.take(HOUSEKEEPING, secrets.token_hex(16), now, until - now):
        return False
    has_expired = False
    while await register.personal_data.expire(now):
        has_expired = True
    if has_expired:
        await register.personal_data.wipe(thoroughly=True)
        log.info("housekeeping.expired")
    return True


def _next_night(now: datetime, zone: ZoneInfo) -> datetime:
    today = now.astimezone(zone).date()
    tonight = datetime.combine(today, _AT, tzinfo=zone)
    return tonight if tonight > now else datetime.combine(today + timedelta(days=1), _AT, tzinfo=zone)
