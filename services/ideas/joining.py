"""One person in two channels: a code that they got in one and send in the other joins both; nothing else does.

Whoever has somebody's code can have that person's ideas shown to them, so that a code is as good as a password: it is
sent only to where its owner reads, it holds for an hour and once, and guesses are counted.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.ideas.capability import capability_hash
from services.ideas.chat_tables import JoinCodeRow, WrongCodeRow
from services.ideas.submitters import verify
from services.ideas.tables import SubmitterRow
from services.ideas.views import person_of

JOINED, JOIN_REFUSED = "joined", "join_refused"
CODE_MINUTES = 60
_HOUR = timedelta(hours=1)
_MOST_WRONG_AN_HOUR = 5
_NONCE_BYTES = 16
# Crockford's Base32 (https://www.crockford.com/base32.html): no U; I, L and O are read as the digits they look like.
_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOK_ALIKE = str.maketrans("OIL", "011")
# A clear digit and a clear letter in each group: no words of a language look like that.
_GROUP = r"(?=.{0,3}[2-9])(?=.{0,3}[A-HJKMNP-TV-Z])[0-9A-TV-Z]{4}"
_BETWEEN = r"[\s\u2010-\u2015_-]{0,3}"
_CODE = re.compile(rf"(?:(?:VERBINDEN|CODE)\b\W*)?({_GROUP}){_BETWEEN}({_GROUP}){_BETWEEN}({_GROUP})")
_AROUND = " \t\r\n.,:;!\"'()<>\u00ab\u00bb\u2018\u2019\u201a\u201c\u201d\u201e"
_LONGEST = 80


def code_in(text: str) -> str | None:
    """The code that a text consists of, in its 12 signs; None for everything that people say otherwise."""
    found = _CODE.fullmatch(text.strip(_AROUND).upper()) if len(text) <= _LONGEST else None
    return "".join(found.groups()).translate(_LOOK_ALIKE) if found else None


def code_of(secret: bytes, nonce: str) -> str:
    """The code that a nonce stands for, as people read it: 7QK2-M3XA-9TWD. The outbox holds the nonce alone."""
    digest = hmac.new(secret, f"join-code:{nonce}".encode(), hashlib.sha256).digest()
    signs = "".join(_SIGNS[byte % len(_SIGNS)] for byte in digest[:12])
    return "-".join((signs[:4], signs[4:8], signs[8:]))


async def give_code(session: AsyncSession, secret: bytes, submitter: SubmitterRow, now: datetime) -> str:
    """Make a code that joins whoever sends it to this submitter, and return its nonce."""
    nonce = secrets.token_hex(_NONCE_BYTES)
    while code_in(code_of(secret, nonce)) is None:  # seven of ten lack what tells a code from words
        nonce = secrets.token_hex(_NONCE_BYTES)
    expires_at = now + timedelta(minutes=CODE_MINUTES)
    session.add(JoinCodeRow(code_hash=_hash(code_of(secret, nonce)), submitter_id=submitter.id, expires_at=expires_at))
    await session.flush()
    return nonce


async def redeem(session: AsyncSession, sender: SubmitterRow, code: str, now: datetime) -> SubmitterRow | None:
    """Join who sent a code to whom it was given to, and return the latter.

    None for a code that is wrong, too old, used, or of the same channel, and for whoever has guessed too often: they
    are told the same. That the sender is who they seem to be must be sure already.
    """
    # Whoever sends several at once waits here, so that no guess is missed.
    await session.execute(select(SubmitterRow.id).where(SubmitterRow.id == sender.id).with_for_update())
    if await _number_of_guesses(session, sender, now) >= _MOST_WRONG_AN_HOUR:
        return None
    giver_id = await _use(session, sender, code, now)
    giver = await session.get(SubmitterRow, giver_id) if giver_id is not None else None
    if giver is None:
        session.add(WrongCodeRow(submitter_id=sender.id, at=now))
        await session.flush()
        return None
    await _unite(session, giver, sender)
    for each in (giver, sender):  # the code has reached the one, and come from the other
        await verify(session, each, now)
    await session.flush()
    return giver


async def expire_codes(session: AsyncSession, now: datetime) -> int:
    """Delete codes that are too old, and guesses that count no more; how many there were."""
    old = delete(JoinCodeRow).where(JoinCodeRow.expires_at <= now).returning(JoinCodeRow.code_hash)
    past = delete(WrongCodeRow).where(WrongCodeRow.at <= now - _HOUR).returning(WrongCodeRow.id)
    return sum([len((await session.execute(statement)).all()) for statement in (old, past)])


async def _number_of_guesses(session: AsyncSession, sender: SubmitterRow, now: datetime) -> int:
    guesses = select(func.count()).select_from(WrongCodeRow)
    own = WrongCodeRow.submitter_id.in_(person_of(sender.channel, sender.address))
    return await session.scalar(guesses.where(own, WrongCodeRow.at > now - _HOUR)) or 0


async def _use(session: AsyncSession, sender: SubmitterRow, code: str, now: datetime) -> int | None:
    """Take a code out of use: of several who send it at once, one succeeds. Whose it was, or None."""
    elsewhere = select(SubmitterRow.id).where(SubmitterRow.channel != sender.channel)
    used = await session.execute(
        delete(JoinCodeRow)
        .where(
            JoinCodeRow.code_hash == _hash(code),
            JoinCodeRow.expires_at > now,
            JoinCodeRow.submitter_id.in_(elsewhere),
        )
        .returning(JoinCodeRow.submitter_id)
    )
    return used.scalar_one_or_none()


async def _unite(session: AsyncSession, first: SubmitterRow, second: SubmitterRow) -> None:
    known = [person for person in (first.person, second.person) if person]
    same = or_(SubmitterRow.id.in_((first.id, second.id)), SubmitterRow.person.in_(known))
    rows = await session.scalars(select(SubmitterRow).where(same).order_by(SubmitterRow.id).with_for_update())
    person = known[0] if known else uuid4().hex
    for row in rows:
        row.person = person


def _hash(code: str) -> str:
    return capability_hash(code.replace("-", ""))
