"""What submitters are told of the bodies' work, when, and what keeps it from them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from services.ideas.capability import Purpose
from services.ideas.chat import NO, YES, Wish
from services.ideas.deeds import Accept, Ask, Bundle, Deed, Doer, Move, PassOn
from services.ideas.errors import DeedRefused
from services.ideas.model import Notification, Sender
from services.ideas.readings import Submission
from services.ideas.register import Register
from services.ideas.store import Store
from services.ideas.tables import SubmitterRow
from tests import shipped
from tests.conftest import CONFIG, NOON, SECRET, on_sqlite
from tests.ideas.dialogue.talk import MINUTE, Talk
from tests.ideas.samples import ANNA, BEN, CATCH_ALL_BODY, CHEMNITZ, admit, logged

COUNCIL, MINISTRIES, REFUSED = "pruefung-regionalkonvent", "fachpruefung-imag", "nicht-weiterverfolgt"
CLARA = Sender("email", "clara@example.org", verified=True)
DAY = timedelta(days=1)


@pytest.fixture
def register(store: Store) -> Register:
    """A register of a region whose staff can take back what they did within ten minutes."""
    return Register(store, shipped.catalogue(CONFIG, {"IDEENKANAL_WORK_UNDO_MINUTES": "10"}), SECRET)


async def do(register: Register, reference: str, *deeds: Deed, at: datetime = NOON) -> list[int]:
    """The numbers of what staff did with an idea."""
    return [(await register.work.act(reference, deed, Doer("j.weber"), at)).act for deed in deeds]


async def due(register: Register, at: datetime) -> list[Notification]:
    """What leaves at a time, of all that a person is owed."""
    left: list[Notification] = []
    while claimed := await register.claim_notifications(at, DAY, 9):
        await register.all_sent(claimed, at)
        left += claimed
    return left


async def updates(register: Register, at: datetime) -> list[Notification]:
    return [each for each in await due(register, at) if each.template == "update"]


async def mailed(register: Register, reference: str, text: str, number: str = "answer") -> None:
    """A mail to the secret address of an idea."""
    reply = Submission(CLARA, "Re: Neues", text, thread=register.token(Purpose.REPLY, reference))
    await register.record(await logged(register, number), reply, None)


async def page(register: Register, reference: str, at: datetime) -> tuple[str, list[str], list[str]]:
    """Stage, steps and bodies as the page of an idea shows them at a time."""
    story = await register.story_by_token(register.token(Purpose.STATUS_PAGE, reference), at)
    assert story is not None
    bodies = [each.body for each in story.idea.assignments if each.is_open]
    return story.idea.stage, [step.stage for step in story.steps], bodies


# What is told


async def test_an_update_tells_how_the_idea_stood_after_its_own_acts(register: Register) -> None:
    """What was done while it waited for another try is told in the next one, and not before."""
    reference = await admit(register, "1", CLARA)
    first = await do(register, reference, Accept("Gern."))
    second = await do(register, reference, Accept(), Ask("Wo?"), at=NOON + 20 * MINUTE)

    early, late = await register.news(reference, first), await register.news(reference, second)

    assert early is not None
    assert late is not None
    assert (early.idea.stage, [step.note for step in early.steps], early.inquiries) == (COUNCIL, ["Gern."], ())
    assert {each.body for each in early.idea.assignments if each.is_open} >= {CATCH_ALL_BODY}
    assert (late.idea.stage, [each.text for each in late.inquiries]) == (MINISTRIES, ["Wo?"])


@on_sqlite
async def test_of_what_was_done_together_only_the_rest_is_told_after_an_undo(register: Register) -> None:
    """One of two acts is taken back; the update tells of the other."""
    reference = await admit(register, "1", CLARA)
    measure = (await register.measures.create("Radnetz", NOON)).reference
    (bundled, _) = await do(register, reference, Bundle(measure), Move(REFUSED, "Zu teuer."))
    await register.work.undo(reference, Doer("j.weber"), NOON + 9 * MINUTE)

    (update,) = await updates(register, NOON + 10 * MINUTE)
    assert update.parameters["acts"] == [bundled]
    told = await register.news(reference, update.parameters["acts"])
    assert told is not None
    assert (told.steps, told.is_bundled, told.measure and told.measure.title) == ((), True, "Radnetz")


@on_sqlite
async def test_an_answer_does_not_wait_for_an_update_that_waits(register: Register, store: Store) -> None:
    """Whoever asks within the ten minutes is answered at once."""
    talk = Talk(register, store)
    await talk.say("Mehr Busse in Chemnitz")
    await due(register, talk.at)
    await do(register, (await talk.idea()).reference, Accept(), at=talk.at)
    await talk.request("status")

    assert [each.template for each in await due(register, talk.at)] == ["status"]
    assert [each.template for each in await due(register, talk.at + 10 * MINUTE)] == ["update"]


@on_sqlite
async def test_what_happened_earlier_does_not_shorten_the_time_to_take_back_another_act(register: Register) -> None:
    """Acts may be written down in another order than they happened in; the update waits for the later one."""
    reference = await admit(register, "1", CLARA)
    await do(register, reference, Accept(), at=NOON + 8 * MINUTE)
    await do(register, reference, Ask("Wo?"), at=NOON)

    assert await updates(register, NOON + 17 * MINUTE) == []
    assert len(await updates(register, NOON + 18 * MINUTE)) == 1


# What is not told yet


async def test_the_page_and_the_chat_show_what_can_no_longer_be_taken_back(register: Register, store: Store) -> None:
    """Until then stage, way and bodies are as before; staff see it at once."""
    talk = Talk(register, store)
    await talk.say("Mehr Busse in Chemnitz")
    reference, at = (await talk.idea()).reference, talk.at
    before = await page(register, reference, at)
    await do(register, reference, Accept(), PassOn(("imag",), "Bitte ansehen."), at=at)

    assert (await register.idea(reference)).stage == MINISTRIES
    assert await page(register, reference, at + 9 * MINUTE) == before
    (idea,) = await register.ideas_as_told(BEN.channel, BEN.address, at + 9 * MINUTE)
    assert (idea.stage, [each.body for each in idea.assignments]) == ("zugeordnet", [CHEMNITZ])
    (idea,) = await register.ideas_as_told(BEN.channel, BEN.address, at + 10 * MINUTE, reference=reference)
    assert idea.stage == MINISTRIES
    assert (await page(register, reference, at + 10 * MINUTE))[2] == ["imag", "smil"]


@on_sqlite
async def test_who_takes_an_idea_back_meanwhile_sees_it_so(register: Register, store: Store) -> None:
    """Their own step counts at once, and nothing more is told of the bodies' work."""
    talk = Talk(register, store)
    await talk.say("Mehr Busse in Chemnitz")
    reference = (await talk.idea()).reference
    await do(register, reference, Accept(), at=talk.at)
    await talk.press(Wish.WITHDRAW, reference, YES)

    assert await page(register, reference, talk.at) == ("zurueckgezogen", [*ROUTED, "zurueckgezogen"], [])
    assert await updates(register, talk.at + DAY) == []
    with pytest.raises(DeedRefused, match="zurückgezogen"):
        await register.work.undo(reference, Doer("j.weber"), talk.at)


ROUTED = ["eingegangen", "zugeordnet"]

# What is not told at all


@pytest.mark.parametrize("change", [{"unsubscribed_at": NOON}, {"undeliverable_at": NOON}])
@on_sqlite
async def test_staff_are_told_that_a_person_hears_nothing(
    register: Register, store: Store, change: dict[str, datetime]
) -> None:
    """Nothing goes to them, and nobody can ask them; unless they can be reached in another channel."""
    by_mail = await admit(register, "1", CLARA)
    await admit(register, "2", BEN)
    async with store.writing() as session:
        await session.execute(update(SubmitterRow).where(SubmitterRow.address == CLARA.address).values(**change))
    assert not (await register.work.act(by_mail, Accept(), Doer("j.weber"), NOON)).told
    with pytest.raises(DeedRefused, match="kann nicht gefragt werden"):
        await do(register, by_mail, Ask("Wo?"))

    async with store.writing() as session:
        await session.execute(update(SubmitterRow).values(person="p"))
    assert (await register.work.act(by_mail, Ask("Wo?"), Doer("j.weber"), NOON)).told
    assert [each.recipient for each in await updates(register, NOON + DAY)] == [BEN.address]


@pytest.mark.parametrize("word", ["Stopp", "STOP!", "abmelden", "Unsubscribe.", "keine Nachrichten mehr"])
@on_sqlite
async def test_a_mail_that_says_stop_is_heeded_at_once(register: Register, word: str) -> None:
    """It is no part of the conversation, and an update that waits for its time does not leave any more."""
    reference = await admit(register, "1", CLARA)
    await do(register, reference, Accept())
    await mailed(register, reference, f"\n{word} \n")

    assert len((await register.idea(reference)).contributions) == 1
    assert await updates(register, NOON + DAY) == []
    assert (await register.mailboxes.by_reference(reference)).unsubscribed


@pytest.mark.parametrize(
    "text", ["Stopp, das ist ein Irrtum: der Bus hält nicht.", "Bitte kein Stopp an der Brücke", ""]
)
@on_sqlite
async def test_whoever_says_more_than_stop_says_something(register: Register, text: str) -> None:
    """The word alone is a wish; in a sentence it belongs to the idea."""
    reference = await admit(register, "1", CLARA)
    await mailed(register, reference, text)

    assert [each.text for each in (await register.idea(reference)).contributions][1:] == [text]
    assert not (await register.mailboxes.by_reference(reference)).unsubscribed


@on_sqlite
async def test_switching_off_and_the_link_hold_for_what_waits(register: Register, store: Store) -> None:
    """By button in a chat, by the link of a mail."""
    talk = Talk(register, store)
    await talk.say("Mehr Busse in Chemnitz")
    chat, mail = (await talk.idea()).reference, await admit(register, "1", CLARA)
    for reference in (chat, mail):
        await do(register, reference, Accept(), at=talk.at)
    await talk.press(Wish.UPDATES, argument=NO)
    await register.mailboxes.unsubscribe(register.token(Purpose.UNSUBSCRIBE, mail), talk.at)

    assert await updates(register, talk.at + DAY) == []


async def test_who_confirms_their_address_is_told_what_was_kept_from_them(register: Register) -> None:
    """Once for each idea, with all that happened to it; not what was told or has been undone."""
    one, two = await admit(register, "1", ANNA), await admit(register, "2", ANNA)
    (accepted, taken_up) = await do(register, one, Accept(), Accept())
    (refused,) = await do(register, two, Move(REFUSED, "Zu teuer."))
    assert await updates(register, NOON + DAY) == []

    for _ in range(2):
        assert await register.mailboxes.verify(register.token(Purpose.VERIFY_ADDRESS, one), NOON + DAY)
    told = await updates(register, NOON + DAY)

    assert [(each.parameters["reference"], each.parameters["acts"]) for each in told] == [
        (one, [accepted, taken_up]),
        (two, [refused]),
    ]


@on_sqlite
async def test_what_was_undone_before_an_address_was_confirmed_is_never_told(register: Register) -> None:
    """Neither as an empty update, nor together with what stands."""
    undone, partly = await admit(register, "1", ANNA), await admit(register, "2", ANNA)
    for reference in (undone, partly):
        await do(register, reference, Accept())
    (refused_in_vain,) = await do(register, partly, Move(REFUSED, "Zu teuer."))
    for reference in (undone, partly):
        await register.work.undo(reference, Doer("j.weber"), NOON + 9 * MINUTE)
    await register.mailboxes.verify(register.token(Purpose.VERIFY_ADDRESS, undone), NOON + DAY)

    (told,) = await updates(register, NOON + DAY)
    assert told.parameters["reference"] == partly
    assert refused_in_vain not in told.parameters["acts"]


@on_sqlite
async def test_an_answer_to_the_first_mail_confirms_as_well(register: Register) -> None:
    """Whoever answers from the address that it went to has received it; what can still be undone waits on."""
    reference = await admit(register, "1", ANNA)
    await do(register, reference, Accept())
    reply = Submission(ANNA, "", "Noch etwas.", thread=register.token(Purpose.REPLY, reference))
    await register.record(await logged(register, "answer"), reply, None)

    assert await updates(register, NOON + 9 * MINUTE) == []
    await register.work.undo(reference, Doer("j.weber"), NOON + 9 * MINUTE)
    assert await updates(register, NOON + DAY) == []
