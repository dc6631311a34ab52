from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlalchemy import select, update

from nlp.understanding import Candidate, DistrictScore, Understanding
from services.ideas.deeds import Accept, Ask, DeedKind, Doer, Move, PassOn
from services.ideas.model import Attachment, NotificationState, Sender
from services.ideas.register import Register
from services.ideas.staff_mail.results import What
from services.ideas.store import Store
from services.ideas.tables import NotificationRow
from services.ideas.work_tables import ActRow, InquiryRow
from tests import shipped
from tests.conftest import CONFIG, NOON, SECRET, on_sqlite
from tests.ideas.samples import BEN, CHEMNITZ, admit, understood
from tests.ideas.staff_mail.post import MAILBOX, MINUTE, STAFF, Post

ZWICKAU, CATCH_ALL = "landratsamt-zwickau", "regionalkonvent"
COUNCIL = "pruefung-regionalkonvent"
STRANGER = Sender("email", "somebody@elsewhere.example.net", verified=True)
HOUR, DAY = 60, 24 * 60
WHY_NOT = {
    "7 annehmen": "Ihre Übersicht hat eine Nummer 7 nicht.",
    "SWS-2026-0042-9 annehmen": "Ihre Übersicht hat die Idee SWS-2026-0042-9 nicht.",
    "1 weiter zum Mond: weit weg": "Die Stelle „zum Mond“ gibt es nicht.",
    "1 weiter Landratsamt Zwikau: Ort": "Meinten Sie „Landratsamt Zwickau“?",
    "1 weiter IMAG": "den Grund",
    "1 ablehnen": "Bitte schreiben Sie den Grund dazu.",
    "1 nicht zuständig": "warum Sie nicht zuständig sind",
    "1 Rückfrage": "was Sie fragen möchten",
    "1 Thema Raumfahrt": "Das Thema „Raumfahrt“ gibt es nicht.",
    "1 Stand: fertig": "Den Stand „fertig“ gibt es nicht. Möglich: „eingegangen“",
    "1 Stand: beim Lenkungskreis": "Von „zugeordnet“ führt kein Weg nach „lenkungskreis“.",
    "1 Maßnahme SWS-M9": "Eine Maßnahme mit der Nummer SWS-M9 gibt es nicht.",
    "1 Umsetzbarkeit ja": "Auf dieser Stufe",
    "1 Umsetzbarkeit vielleicht": "ja, nein oder teilweise",
    "1 rückgängig": "nichts, was Sie zurücknehmen können",
    "1 xyz": "Diese Zeile versteht das Programm nicht.",
    "annehmen": "Bitte schreiben Sie die Nummer aus der Übersicht davor",
}


@pytest.fixture
def register(store: Store) -> Register:
    """A register of a region whose staff can take back what they did within ten minutes."""
    return Register(
        store,
        shipped.catalogue(
            CONFIG, {"IDEENKANAL_WORK_UNDO_MINUTES": "10", "IDEENKANAL_PRIVACY_ARCHIVE_RELEASED": "true"}
        ),
        SECRET,
    )


@pytest.fixture
def post(register: Register, store: Store) -> Post:
    return Post(register, store)


async def ideas(register: Register, number: int = 1) -> list[str]:
    """So many ideas of people who can be told, which Chemnitz has."""
    return [await admit(register, str(each), BEN) for each in range(number)]


async def shared(register: Register) -> str:
    """An idea that Chemnitz has together with Zwickau."""
    return await admit(register, "shared", BEN, understood(districts=("14511", "14524")))


async def acts(store: Store) -> Sequence[ActRow]:
    async with store.reading() as session:
        return (await session.scalars(select(ActRow).where(ActRow.undone_at.is_(None)).order_by(ActRow.id))).all()


async def questions(store: Store) -> list[str]:
    async with store.reading() as session:
        return list(await session.scalars(select(InquiryRow.text)))


async def holders(register: Register, reference: str) -> set[str]:
    return {each.body for each in (await register.idea(reference)).assignments if each.is_open}


async def test_what_is_for_staff_alone_is_done_at_once(register: Register, store: Store, post: Post) -> None:
    """The body's own part, a refusal of competence and a topic are done line by line, in the name of the mailbox."""
    first, second, third = [await shared(register), *await ideas(register, 2)]
    digest = await post.digest()
    receipt = await post.answer("1 annehmen\n2 nicht zuständig: Landesstraße\n3 Thema Kultur", digest)

    assert await post.said(receipt) == [(1, "done"), (2, "done"), (3, "done")]
    assert await holders(register, first) == {ZWICKAU}
    assert await holders(register, second) == {CATCH_ALL}
    assert [topic.id for topic in (await register.idea(third)).understanding.topics] == ["culture"]
    assert {(act.actor, act.body) for act in await acts(store)} == {(f"{MAILBOX}, per Mail", CHEMNITZ)}
    assert await post.waiting() == 0


async def test_what_a_citizen_reads_waits_for_a_yes(register: Register, store: Store, post: Post) -> None:
    """Questions, refusals, steps and handing over change nothing before the mailbox says yes to each word of them."""
    references = await ideas(register, 6)
    lines = "1 Rückfrage: Welche Haltestelle?\n2 ablehnen: zu teuer\n3 weiter LRA Zwickau: Ort\n4 annehmen: ab 2028"
    lines += "\n5 umgesetzt: fertig\n6 annehmen"
    receipt = await post.answer(lines, await post.digest())
    entries = await post.entries(receipt)
    before = await acts(store)

    assert [entry.deed for entry in entries] == [
        Ask("Welche Haltestelle?"),
        Move("nicht-weiterverfolgt", "zu teuer"),
        PassOn((ZWICKAU,), "Ort"),
        Accept("ab 2028"),
        Move("umgesetzt", "fertig"),
        Accept(""),
    ]
    assert [entry.result.stage for entry in entries] == ["", "nicht-weiterverfolgt", "", COUNCIL, "umgesetzt", COUNCIL]
    assert before == []

    confirmed = await post.answer("Ja\n\nMit freundlichen Grüßen\nE. Mustermann", receipt, after=5)
    assert await post.said(confirmed) == [(number, "done") for number in range(1, 7)]
    assert await questions(store) == ["Welche Haltestelle?"]
    assert (await register.idea(references[1])).stage == "nicht-weiterverfolgt"
    assert await holders(register, references[2]) == {ZWICKAU}
    assert (await register.idea(references[4])).stage == "umgesetzt"
    assert await post.waiting() == 0


async def test_a_yes_counts_once(register: Register, store: Store, post: Post) -> None:
    """Of several at once, of colleagues for instance, one finds something open."""
    await ideas(register)
    receipt = await post.answer("1 Rückfrage: Wo?", await post.digest())
    answers = await asyncio.gather(*(post.answer("Ja", receipt) for _ in range(4)))

    assert sorted([await post.said(each) for each in answers]) == [[(0, "refused")]] * 3 + [[(1, "done")]]
    assert await questions(store) == ["Wo?"]


@on_sqlite
async def test_a_yes_can_be_for_some_and_a_no_for_others(register: Register, store: Store, post: Post) -> None:
    """Numbers choose among what waits; what got a no is not done, and what got nothing still waits."""
    await ideas(register, 3)
    receipt = await post.answer("1-3 Rückfrage: Wo?", await post.digest())
    decided = await post.answer("1 ja\n2 nein", receipt)

    assert await post.said(decided) == [(1, "done"), (2, "dropped")]
    assert len(await questions(store)) == 1
    assert await post.waiting() == 1


@on_sqlite
@pytest.mark.parametrize(
    "text",
    ["Ja, aber bitte ohne den Namen", "Ja\nBitte noch den Namen weglassen.", "Ja\n1 xyz", "1 ja\n1 bitte klären"],
)
async def test_a_yes_beside_other_words_is_none(register: Register, store: Store, post: Post, text: str) -> None:
    """Nothing is sent that its writer wanted to change."""
    await ideas(register)
    receipt = await post.answer("1 Rückfrage: Wo?", await post.digest())
    told = await post.answer(text, receipt)

    assert "done" not in [what for _, what in await post.said(told)]
    assert await questions(store) == []
    assert await post.waiting() == 1


@on_sqlite
async def test_a_yes_comes_too_late_after_a_day(register: Register, store: Store, post: Post) -> None:
    """Within 24 hours it counts, later it does not, and what waited is gone."""
    await ideas(register, 2)
    digest = await post.digest()
    first = await post.answer("1 Rückfrage: Wo?", digest, after=0)
    second = await post.answer("2 Rückfrage: Wann?", digest, after=0)
    await post.answer("Ja", first, after=DAY)
    late = await post.answer("Ja", second, after=DAY + 1)

    assert await questions(store) == ["Wo?"]
    assert [entry.result.what for entry in await post.entries(late)] == [What.REFUSED]
    assert await post.waiting() == 0


@on_sqlite
async def test_a_yes_to_the_digest_confirms_nothing(register: Register, store: Store, post: Post) -> None:
    """Whoever has only the digest, forwarded perhaps, cannot say yes to what waits."""
    await ideas(register)
    digest = await post.digest()
    await post.answer("1 Rückfrage: Wo?", digest)
    await post.answer("Ja", digest)
    await post.answer("1 ja", digest)

    assert await questions(store) == []
    assert await post.waiting() == 1


@on_sqlite
async def test_a_receipt_dies_of_five_wrong_answers(register: Register, store: Store, post: Post) -> None:
    """Whoever tries again and again gets nowhere, not even with a yes in the end."""
    await ideas(register)
    receipt = await post.answer("1 Rückfrage: Wo?", await post.digest())
    for _ in range(5):
        await post.answer("Ja", receipt, sender=STRANGER)
    await post.answer("Ja", receipt)

    assert await questions(store) == []


@on_sqlite
async def test_what_waits_is_done_only_to_the_idea_as_it_was(register: Register, post: Post) -> None:
    """Somebody moved the idea meanwhile: a yes to the old state is refused and says where it stands now."""
    (reference,) = await ideas(register)
    receipt = await post.answer("1 annehmen: ab 2028", await post.digest())
    await register.work.act(reference, Move(COUNCIL), Doer("j.weber"), NOON + 2 * MINUTE)
    confirmed = await post.answer("Ja", receipt)
    (entry,) = await post.entries(confirmed)

    assert entry.result.what is What.REFUSED
    assert "in Prüfung beim Regionalkonvent" in entry.result.why


async def test_an_item_that_is_settled_says_by_whom_and_when(register: Register, post: Post) -> None:
    """The line of whoever comes second is not done, and names who came first."""
    await ideas(register)
    digest = await post.digest()
    await post.answer("1 nicht zuständig: Land", digest)
    second = await post.answer("1 nicht zuständig: Land", digest, after=2)
    (entry,) = await post.entries(second)

    assert entry.result.what is What.REFUSED
    assert "hat Stadt Chemnitz am 23.11. um 13:01 Uhr schon erledigt" in entry.result.why
    assert entry.result.said == "1 nicht zuständig: Land"


@on_sqlite
async def test_the_same_yes_in_two_mails_moves_an_idea_once(register: Register, post: Post) -> None:
    """Who leads two stages in a row and confirms a yes again does not take the idea two stages on."""
    reference = await admit(register, "1", BEN, understood(districts=("region",)))
    digest = await post.digest(CATCH_ALL)
    receipts = [await post.answer("1 annehmen\n1 annehmen", digest), await post.answer("1 annehmen", digest)]
    for receipt in receipts:
        await post.answer("Ja", receipt, after=2)

    assert (await register.idea(reference)).stage == COUNCIL


@on_sqlite
async def test_a_line_can_be_taken_back_for_ten_minutes(register: Register, post: Post) -> None:
    """An answer to the receipt undoes it; later it says that it is too late."""
    first, second = await ideas(register, 2)
    receipt = await post.answer("1+2 nicht zuständig: Land", await post.digest(), after=0)
    undone = await post.answer("1 rückgängig", receipt, after=9)
    late = await post.answer("2 rückgängig", receipt, after=11)

    assert await post.said(undone) == [(1, "undone")]
    assert await post.said(late) == [(2, "refused")]
    assert await holders(register, first) == {CHEMNITZ}
    assert await holders(register, second) == {CATCH_ALL}


@on_sqlite
async def test_what_only_waits_is_taken_back_too(register: Register, post: Post) -> None:
    """Who takes back what waits for a yes drops it."""
    await ideas(register)
    receipt = await post.answer("1 Rückfrage: Wo?", await post.digest())
    dropped = await post.answer("1 rückgängig", receipt)

    assert await post.said(dropped) == [(1, "dropped")]
    assert await post.waiting() == 0


@on_sqlite
async def test_each_line_that_is_not_done_says_why(register: Register, store: Store, post: Post) -> None:
    """The reason is a sentence, and the line is quoted; nothing else has changed."""
    await ideas(register)
    receipt = await post.answer("\n\n".join(WHY_NOT), await post.digest())
    told = {entry.result.said: entry.result.why for entry in await post.entries(receipt)}

    assert list(told) == list(WHY_NOT)
    assert {line: why for line, why in WHY_NOT.items() if why not in told[line]} == {}
    assert "--" not in "".join(told.values())
    assert await acts(store) == []
    assert await post.waiting() == 0


@on_sqlite
async def test_one_refused_line_keeps_no_other_from_being_done(register: Register, post: Post) -> None:
    """Each line stands for itself, whatever becomes of those around it."""
    first, _, third = await ideas(register, 3)
    lines = "1 nicht zuständig: Land\n2 ablehnen\n2 Rückfrage: Wo?\n3 nicht zuständig: Land"
    receipt = await post.answer(lines, await post.digest())

    assert await post.said(receipt) == [(1, "done"), (2, "refused"), (2, "waits"), (3, "done")]
    assert await holders(register, first) == await holders(register, third) == {CATCH_ALL}


@on_sqlite
async def test_an_idea_is_mended_before_it_is_decided(register: Register, post: Post) -> None:
    """Whoever has done their part has the idea no more: a topic in a later line is named first all the same."""
    reference = await shared(register)
    receipt = await post.answer("1 annehmen\n1 Thema Kultur", await post.digest())

    assert [entry.result.kind for entry in await post.entries(receipt)] == [DeedKind.STATE, DeedKind.TOPIC]
    assert await holders(register, reference) == {ZWICKAU}


@on_sqlite
async def test_a_no_of_one_of_several_bodies_ends_its_part(register: Register, post: Post) -> None:
    """It is done at once: nothing is decided by it, and no submitter reads it."""
    reference = await shared(register)
    receipt = await post.answer("1 ablehnen: zu teuer", await post.digest())

    assert await post.said(receipt) == [(1, "done")]
    assert (await register.idea(reference)).stage == "zugeordnet"


@on_sqlite
@pytest.mark.parametrize(
    ("sender", "answerable", "notice"),
    [(STRANGER, True, "sender"), (STAFF, False, "forged"), (STRANGER, False, "sender")],
)
async def test_who_is_none_of_the_staff_does_nothing(
    register: Register, store: Store, post: Post, sender: Sender, notice: str, *, answerable: bool
) -> None:
    """The secret address alone is not enough: the mailbox hears of the attempt, and a person finds the message."""
    await ideas(register)
    receipt = await post.answer("1 annehmen", await post.digest(), sender=sender, answerable=answerable)

    assert (await post.parameters(receipt))["notice"] == notice
    assert await acts(store) == []
    assert post.held


@on_sqlite
async def test_a_digest_is_answered_within_a_fortnight(register: Register, store: Store, post: Post) -> None:
    """On the last day it works, and later the answer says to take a newer one."""
    await ideas(register, 2)
    digest = await post.digest()
    await post.answer("1 Thema Kultur", digest, after=14 * DAY)
    late = await post.answer("2 Thema Kultur", digest, after=14 * DAY + 1)

    assert len(await acts(store)) == 1
    assert (await post.parameters(late))["notice"] == "late"


@on_sqlite
async def test_words_without_an_instruction_wait_for_a_person(register: Register, post: Post) -> None:
    """The message is kept for a person, and the mailbox is told how to write; a third one within the hour is not."""
    await ideas(register)
    digest = await post.digest()
    for _ in range(3):
        receipt = await post.answer("Danke, wir sehen uns das an.", digest)
        assert post.held
    assert await post.receipts() == 2

    receipt = await post.answer("Danke, wir sehen uns das an.", digest, after=HOUR + 2)
    assert (await post.parameters(receipt))["notice"] == "help"


@on_sqlite
async def test_a_robot_that_answers_receipts_gets_none(register: Register, post: Post) -> None:
    """However often it answers, all that it gets is the help that it got first."""
    await ideas(register)
    away = "Ich bin bis 3.12. nicht im Büro."
    receipt = await post.answer(away, await post.digest())
    for hours in range(5):
        await post.answer(away, receipt, after=hours * HOUR, sender=STRANGER if hours % 2 else STAFF)
    await post.answer(away, receipt, after=15 * DAY)

    assert await post.receipts() == 1


@on_sqlite
async def test_receipts_of_an_hour_have_an_end(register: Register, store: Store, post: Post) -> None:
    """What comes beyond is not done behind anybody's back: a person finds it."""
    await ideas(register)
    digest = await post.digest()
    for _ in range(22):
        await post.answer("7 annehmen", digest)
    assert await post.receipts() == 20
    await post.answer("1 annehmen", digest)

    assert await acts(store) == []
    assert post.held


@on_sqlite
async def test_a_mail_that_comes_twice_acts_once(register: Register, store: Store, post: Post) -> None:
    """The same Message-ID is the same mail: one act, one receipt."""
    await ideas(register)
    digest = await post.digest()
    for _ in range(2):
        await post.answer("1 Thema Kultur", digest, external_id="<one@example.org>")

    assert len(await acts(store)) == 1
    assert await post.receipts() == 1


async def test_the_model_is_asked_what_a_place_means(register: Register, post: Post) -> None:
    """A town and a single candidate are taken; of several towns of one name the answer says which there are."""
    first, second, _, _ = await ideas(register, 4)
    zwickau = replace(Understanding.nothing(), districts=(DistrictScore("14524", 1.0),))
    one, other = Candidate("14521010", "Auerbach", "14521"), Candidate("14523020", "Auerbach/Vogtl.", "14523")
    post.places = {
        "Zwickau": zwickau,
        "Venusberg": replace(Understanding.nothing(), candidates=(one,)),
        "Auerbach": replace(Understanding.nothing(), candidates=(one, other)),
        "Mond": Understanding.nothing(),
    }
    receipt = await post.answer("1 Ort Zwickau\n2 Ort: Venusberg\n3 Ort Auerbach\n4 Ort Mond", await post.digest())
    entries = await post.entries(receipt)

    assert [entry.result.what.value for entry in entries] == ["done", "done", "refused", "refused"]
    assert "Auerbach (Erzgebirgskreis) oder Auerbach/Vogtl. (Vogtlandkreis)" in entries[2].result.why
    assert {"landratsamt-zwickau"} < await holders(register, first)
    assert [each.key for each in (await register.idea(second)).understanding.districts] == ["14521"]


@on_sqlite
async def test_an_answer_in_ones_own_domain_reaches_no_other_bodys_ideas(
    register: Register, store: Store, post: Post
) -> None:
    """What the digest does not name cannot be touched by it, not even with its right number."""
    await ideas(register)
    foreign = await admit(register, "zwickau", BEN, understood(districts=("14524",)))
    receipt = await post.answer(f"{foreign} annehmen", await post.digest())

    assert await post.said(receipt) == [(0, "refused")]
    assert await acts(store) == []


@on_sqlite
async def test_quoted_titles_ask_for_nothing(register: Register, post: Post) -> None:
    """A digest that is quoted without marks ends the answer: a citizen's title is no instruction."""
    await ideas(register, 2)
    text = "1 Thema Kultur\n\nIdeenkanal Südwestsachsen\n\n2 neue Ideen\n\n2. annehmen\n"
    receipt = await post.answer(text, await post.digest())

    assert await post.said(receipt) == [(1, "done")]


@on_sqlite
async def test_files_are_spoken_of(register: Register, post: Post) -> None:
    """What staff have attached goes nowhere, and the receipt knows it."""
    await ideas(register)
    plan = Attachment("Plan.pdf", "application/pdf", b"plan")
    receipt = await post.answer("1 Rückfrage: Wie im Plan?", await post.digest(), files=(plan,))

    assert (await post.parameters(receipt))["has_files"] is True


@on_sqlite
async def test_a_mailbox_that_is_the_bodys_no_more_does_nothing(register: Register, store: Store, post: Post) -> None:
    """Whoever had the digest sent to an address that was taken out of the configuration can do nothing with it."""
    await ideas(register)
    digest = await post.digest()
    chemnitz = replace(register.catalogue.bodies[CHEMNITZ], email=("neu@stadt-chemnitz.example.org",))
    changed = replace(register.catalogue, bodies={**register.catalogue.bodies, CHEMNITZ: chemnitz})
    post.register = Register(store, changed, SECRET)
    await post.answer("1 annehmen", digest)

    assert await acts(store) == []
    assert post.held
    assert await post.receipts() == 0


@on_sqlite
async def test_an_erased_idea_keeps_none_of_what_waits(register: Register, store: Store, post: Post) -> None:
    """Nothing is asked about an idea that its submitter had erased, and the words that waited are gone."""
    await ideas(register)
    receipt = await post.answer("1 Rückfrage: Liebe Anna, wo?", await post.digest())
    await register.personal_data.erase(BEN.channel, BEN.address, NOON + 2 * MINUTE, everything=True)
    (entry,) = await post.entries(receipt)
    await post.answer("Ja", receipt)

    assert entry.deed is None
    assert await questions(store) == []
    async with store.reading() as session:
        kept = [row.parameters for row in await session.scalars(select(NotificationRow))]
    assert "Liebe Anna" not in str(kept)


@on_sqlite
async def test_what_nobody_confirms_is_forgotten(register: Register, store: Store, post: Post) -> None:
    """After a day what waited is gone, and with the raw mail the receipts that quote it."""
    await ideas(register)
    await post.answer("1 Rückfrage: Wo?", await post.digest(), after=0)
    await register.personal_data.expire(NOON + (DAY - 1) * MINUTE)
    assert await post.waiting() == 1

    await register.personal_data.expire(NOON + (DAY + 1) * MINUTE)
    assert await post.waiting() == 0
    async with store.writing() as session:
        await session.execute(update(NotificationRow).values(state=NotificationState.SENT))
    await register.personal_data.expire(NOON + 31 * DAY * MINUTE)
    assert await post.receipts() == 0
