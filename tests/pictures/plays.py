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
_CHEMNITZ = (50.8323, 12.9246)


async def first_idea(house: House, clock: Clock) -> Chat:
    """Several messages and a photo become one idea, its place is put right, and days later there is news."""
    citizen = house.citizen(4711, "Erika")
    phone = Phone(citizen, clock)
    await phone.says("/start")
    await phone.says("in zschopau fährt nachmittags kaum noch ein bus. die kinder warten nach der schule ewig")
    phone.is_photographed(
        "Somebody taps on Start. The Ideenkanal welcomes them and says in short what becomes of their "
        "data. Their first message is about buses in Zschopau. The answer has a number, topic, place and "
        "responsible body, and five buttons."
    )
    await phone.says("und am wochenende geht bei uns gar nix")
    await phone.says("wär schön wenn da wenigstens ein rufbus käme")
    card = await phone.sends_photo(bus_stop(), "so sieht die haltestelle aus, nicht mal ein dach")
    phone.is_photographed(
        "Two more messages follow, and a photo of the bus stop. Each answer says that they belong to the "
        "same idea, and offers a button that makes a new one of them. The button “Ort ändern” (change the "
        "place) is about to be tapped.",
        next_tap="Ort ändern",
    )
    await phone.taps(card, "Ort ändern", reads="Um welchen Ort")
    await phone.says("Drebach")
    clock.go_on(timedelta(days=9, hours=2))
    await phone.says("gibt's was neues?")
    clock.go_on(timedelta(hours=15))
    reference = await house.reference_of(citizen)
    await house.register.change_stage(reference, "pruefung-regionalkonvent", "", "staff", clock.now)
    await phone.hears()
    await phone.says("danke!")
    phone.is_photographed(
        "Asked for the place, the person types “Drebach”, and that is what the idea has now. Nine days "
        "later they ask whether there is news, and get the stage. The day after, news comes by itself: "
        "the number, the new stage, and a link. They say thanks and get a friendly sentence."
    )
    return Chat(
        "erste-idee",
        "First idea",
        "Several messages and a photo become one idea. A wrong place is put right, and later there is news.",
        phone.pictures,
    )


async def which_place(house: House, clock: Clock) -> Chat:
    """A place has namesakes, the program asks once; then the person wants plain language."""
    clock.now = datetime(2026, 12, 4, 8, 14, 30, tzinfo=UTC)
    phone = Phone(house.citizen(4712, "Karl"), clock)
    card = await phone.says(
        "In Neukirchen ist der Gehweg an der Hauptstraße kaputt. Mit dem Rollator komm ich da nicht mehr durch.",
        answers=2,
    )
    answer = "Neukirchen/Pleiße (Landkreis Zwickau)"
    phone.is_photographed(
        "Somebody writes of a broken pavement in Neukirchen. First comes the short privacy notice, then "
        "the answer with the number and the one question: which of four places called Neukirchen is "
        "meant? One of them is about to be tapped.",
        next_tap=answer,
    )
    await phone.taps(card, answer, reads="steht jetzt")
    asked = await phone.says("/sprache")
    await phone.taps(asked, "Leichte Sprache", reads="Leichter Sprache")
    await phone.says("/meine")
    await phone.says("/hilfe")
    phone.is_photographed(
        "In place of the question stands the right place with the responsible body. Then Leichte Sprache "
        "(easy German) is chosen. The stage of the idea and the help, with all commands, come in short "
        "sentences."
    )
    return Chat(
        "welches-neukirchen",
        "Which Neukirchen?",
        "Four places have the same name, so there is one question. After that the person reads Leichte Sprache.",
        phone.pictures,
    )


async def in_english(house: House, clock: Clock) -> Chat:
    """Somebody who speaks English sends a place, says what should change there, takes their data and leaves."""
    clock.now = datetime(2026, 12, 5, 17, 2, 30, tzinfo=UTC)
    phone = Phone(house.citizen(4713, "Amira", "en"), clock, "en")
    await phone.says("hello", answers=2)
    await phone.shares_location(*_CHEMNITZ)
    phone.is_photographed(
        "Somebody says hello and gets the privacy notice and a greeting. They share a location. The "
        "answer has a number, says that the place is Chemnitz, and asks what should change there."
    )
    await phone.says("There is no bike path here. I ride to work and the cars are very close. Please build one!")
    await phone.sends_voice(_VOICE)
    await phone.says("/export")
    choice = "Delete my ideas too"
    asked = await phone.says("/delete")
    phone.is_photographed(
        "A sentence about a missing bike path and a voice message are added to the idea. The command "
        "/export brings a file with everything that is stored. The command /delete asks what should be "
        "deleted, and “Delete my ideas too” is about to be tapped.",
        next_tap=choice,
    )
    await phone.taps(asked, choice, reads="We have deleted")
    await phone.says("/mine", answers=2)
    phone.is_photographed(
        "In place of the question stands what was deleted, and what only the person can delete. Asked for"
        " their ideas, the bot no longer knows them: it shows the privacy notice again, and has no idea "
        "of theirs."
    )
    return Chat(
        "english",
        "In English: place, data, deletion",
        "A place and a voice message become an idea. Then its sender takes a copy of all data and has it deleted.",
        phone.pictures,
    )
