"""What somebody shares beside words and files: places, contacts, dice, polls."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from tests.fakes.bot_api.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.fakes.bot_api.attachments import Contact, Dice, Location, Poll, Venue
    from tests.fakes.bot_api.wire import Message


class Sharer(Writer):
    """Somebody who shares things; coordinates are degrees (WGS 84)."""

    async def shares_location(self, latitude: float, longitude: float, *, reply_to: Message | None = None) -> int:
        """Share a point."""
        location: Location = {"latitude": latitude, "longitude": longitude}
        return await self._send_content("location", location, reply_to=reply_to)

    async def shares_live_location(self, latitude: float, longitude: float, *, live_period: int = 900) -> int:
        """Share where one is for the next `live_period` seconds."""
        location: Location = {
            "latitude": latitude,
            "longitude": longitude,
            "horizontal_accuracy": 12.5,
            "live_period": live_period,
        }
        return await self._send_content("location", location)

    async def moves(self, message_id: int, latitude: float, longitude: float) -> int:
        """Be somewhere else: the live location of that message is edited."""
        before = self._own_message(message_id)
        here: Location = {**before["location"], "latitude": latitude, "longitude": longitude}
        return await self._replace({**before, "location": here})

    async def shares_venue(
        self, latitude: float, longitude: float, title: str, address: str, *, reply_to: Message | None = None
    ) -> int:
        """Share a place by its name; like the real server, the message carries its point as a location, too."""
        location: Location = {"latitude": latitude, "longitude": longitude}
        venue: Venue = {"location": location, "title": title, "address": address}
        return await self._send_content("venue", venue, reply_to=reply_to, location=location)

    async def shares_contact(self, phone_number: str, first_name: str, *, last_name: str = "", user_id: int = 0) -> int:
        """Share somebody's telephone number."""
        contact: Contact = {"phone_number": phone_number, "first_name": first_name}
        if last_name:
            contact["last_name"] = last_name
        if user_id:
            contact["user_id"] = user_id
        return await self._send_content("contact", contact)

    async def throws_dice(self, emoji: str = "🎲", value: int = 4) -> int:
        """Send an animated emoji with a value."""
        dice: Dice = {"emoji": emoji, "value": value}
        return await self._send_content("dice", dice)

    async def sends_poll(self, question: str, options: Sequence[str]) -> int:
        """Put a question to the chat."""
        poll: Poll = {
            "id": str(10**18 + secrets.randbelow(10**15)),
            "question": question,
            "options": [
                {"persistent_id": str(number), "text": text, "voter_count": 0} for number, text in enumerate(options)
            ],
            "total_voter_count": 0,
            "is_closed": False,
            "is_anonymous": True,
            "type": "regular",
            "allows_multiple_answers": False,
            "allows_revoting": True,
            "members_only": False,
        }
        return await self._send_content("poll", poll)
