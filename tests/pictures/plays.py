"""Three whole conversations, as people have them: what they do one after the other, and when a picture is taken."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.house import House
from tests.pictures.clock import Clock
from tests.pictures.drawings import bus_stop
from tests.pictures.phone import Phone
from tests.pictures.picture import Chat

START = datetime(2026, 11, 23, 16, 41, 30, tzinfo=UTC)
# An Ogg page (RFC 3533) with the head of an Opus stream (RFC 7845), as a voice note begins; nobody listens to it here.
_VOICE = b"OggS\0\2" + bytes(20) + b"\1\x13OpusHead\1\1" + bytes(9)


async def first_idea(house: House, clock: Clock) -> Chat:
    """Three messages and a photo become one idea, its place is put right, and days later there is news."""
    citizen = house.citizen(4711, "Erika")
    phone = Phone(citizen, clock)
    await phone.says("/start")
    await phone.says("in zschopau fährt nachmittags kaum noch ein bus. die kinder warten nach der schule ewig")
    await phone.says("und am wochenende geht bei uns gar nix")
    await phone.says("wär schön wenn da wenigstens ein rufbus käme")
    card = await phone.sends_photo(bus_stop(), "so sieht die haltestelle aus, nicht mal ein dach")
    phone.is_photographed("erste-idee-1", "", next_tap="Ort ändern")
    await phone.taps(card, "Ort ändern", reads="Um welchen Ort")
    await phone.says("Drebach")
    clock.go_on(timedelta(days=9, hours=2))
    await phone.says("gibt's was neues?")
    clock.go_on(timedelta(hours=20))
    reference = await house.reference_of(citizen)
    await house.register.change_stage(reference, "pruefung-regionalkonvent", "", "staff", clock.now)
    await phone.hears()
    await phone.says("danke!")
    phone.is_photographed("erste-idee-2", "")
    return Chat("Erste Idee", "", phone.pictures)


async def which_place(house: House, clock: Clock) -> Chat:
    """A place has two namesakes, the program asks once; then the person wants plain language."""
    phone = Phone(house.citizen(4712, "Karl"), clock)
    card = await phone.says("In Neukirchen ist der Gehweg an der Hauptstraße so kaputt, dass man mit dem Rollator nicht mehr durchkommt.", answers=2)
    phone.is_photographed("welches-neukirchen-1", "", next_tap=card["reply_markup"]["inline_keyboard"][0][0]["text"])
    await phone.taps(card, card["reply_markup"]["inline_keyboard"][0][0]["text"], reads="geändert")
    asked = await phone.says("/sprache")
    await phone.taps(asked, "Leichte Sprache", reads="Leichte")
    await phone.says("/meine")
    await phone.says("/hilfe")
    phone.is_photographed("welches-neukirchen-2", "")
    return Chat("Welches Neukirchen?", "", phone.pictures)


async def in_english(house: House, clock: Clock) -> Chat:
    """Somebody who speaks English sends a place, says what should change there, takes their data and leaves."""
    phone = Phone(house.citizen(4713, "Amira", "en"), clock, "en")
    await phone.says("hello", answers=2)
    await phone.shares_location(50.8323, 12.9246)
    await phone.says("There is no bike path here. I ride to work and the cars are very close. Please build one!")
    await phone.sends_voice(_VOICE, 9)
    phone.is_photographed("english-1", "")
    await phone.says("/export")
    asked = await phone.says("/delete")
    phone.is_photographed("english-2", "", next_tap="Delete my ideas too")
    return Chat("In English", "", phone.pictures)
