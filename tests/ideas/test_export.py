"""A person gets all that is stored of them, and nothing of anybody else."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Float, Integer, LargeBinary, select

from services.ideas.capability import Purpose
from services.ideas.chat_tables import ChatMessageRow, CorrectionRow, DialogueRow, JoinCodeRow, WrongCodeRow
from services.ideas.columns import Table, UtcDateTime
from services.ideas.deeds import Accept, Ask, Bundle, Deed, Doer, Find, Move, PassOn, Verdict
from services.ideas.export import Export
from services.ideas.fingerprints import FingerprintRow
from services.ideas.model import AssignmentState, Attachment, InboundMessage, LoggedMessage, Sender
from services.ideas.periods import Period
from services.ideas.readings import Submission
from services.ideas.register import Register
from services.ideas.store import Store
from services.ideas.tables import (
    AssignmentRow,
    AttachmentRow,
    AwaitedFileRow,
    BlobRow,
    CapabilityRow,
    ContributionRow,
    ContributionVersionRow,
    DigestRow,
    IdeaRow,
    InboundRow,
    NotificationRow,
    StageChangeRow,
    SubmitterRow,
)
from services.ideas.work_tables import (
    ActRow,
    DigestItemRow,
    FindingRow,
    InquiryRow,
    LedgerRow,
    MeasureIdeaRow,
    MeasureRow,
    PendingDeedRow,
)
from tests.conftest import NOON, on_sqlite
from tests.html import Page
from tests.ideas.samples import ANNA, BEN, CHEMNITZ, admit, submission, understood

# Each table that can hold something of a person, in an order in which rows can be written; and those that cannot.
PERSONAL = (
    SubmitterRow,
    InboundRow,
    IdeaRow,
    ContributionRow,
    ContributionVersionRow,
    AwaitedFileRow,
    BlobRow,
    AttachmentRow,
    AssignmentRow,
    ActRow,
    StageChangeRow,
    NotificationRow,
    CapabilityRow,
    ChatMessageRow,
    CorrectionRow,
    DialogueRow,
    JoinCodeRow,
    WrongCodeRow,
    FingerprintRow,
    InquiryRow,
    FindingRow,
    MeasureRow,
    MeasureIdeaRow,
    LedgerRow,
    DigestItemRow,
    PendingDeedRow,
)
OTHERS = {"role_mailbox", "digest", "reference_counter", "migrated_chat", "lease", "outbox_control"}
# Who works for a body is not told.
LEFT_OUT = {"act.actor", "act.undone_by", "stage_change.actor", "correction.actor", "pending_deed.actor"}
# What ties a person's rows together.
TIES: Mapping[str, Any] = {
    "idea_id": 1,
    "submitter_id": 1,
    "contribution_id": 1,
    "inbound_id": 1,
    "notification_id": 1,
    "sha256": "canary-blob",
    "digest_id": 1,
    "act_id": 1,
    "measure_id": 1,
    "merged_into_id": None,
    "locked_at": None,
    "channel": "telegram",
    "chat": "4711",
    "address": "4711",
    "conversation": "telegram:4711",
    "recipient": None,
    "person": None,
}


def canaries(table: type[Table]) -> dict[str, Any]:
    """A row with something of its own in every column."""
    row: dict[str, Any] = {}
    for number, column in enumerate(table.__table__.columns):
        name = f"canary-{table.__tablename__}-{column.name}"
        row[column.name] = TIES[column.name] if column.name in TIES else _value(column, name, number)
    if table is AssignmentRow:
        row["state"] = AssignmentState.RETURNED
    return row


def _value(column: Any, name: str, number: int) -> Any:
    if column.primary_key and isinstance(column.type, Integer):
        return 1
    by_type: tuple[tuple[type, Any], ...] = (
        (UtcDateTime, NOON + timedelta(seconds=number)),
        (LargeBinary, name.encode()),
        (JSON, (understood().to_json() if column.name == "understanding" else {}) | {"canary": name}),
        (Float, 50.5 + number),
        (Integer, 700 + number),
    )
    return next(
        (value for kind, value in by_type if isinstance(column.type, kind)),
        name[: getattr(column.type, "length", None)],
    )


@dataclass(frozen=True)
class Unpacked:
    """An export as its person opens it."""

    export: Export

    @property
    def files(self) -> dict[str, bytes]:
        """The files of the archive by their names."""
        with zipfile.ZipFile(io.BytesIO(self.export.content)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    @property
    def data(self) -> dict[str, Any]:
        """The JSON object."""
        data: dict[str, Any] = json.loads(self.files["auskunft.json"])
        return data

    @property
    def page(self) -> str:
        """The page to read."""
        return self.files["auskunft.html"].decode()


async def exported(
    register: Register, sender: Sender = BEN, now: datetime = NOON, most_bytes: int | None = None
) -> Unpacked:
    found = await register.personal_data.export(sender.channel, sender.address, now, most_bytes)
    assert found is not None
    return Unpacked(found)


async def idea_with(register: Register, sender: Sender, *files: Attachment, text: str = "Ein Radweg.") -> str:
    number = str(len((await register.counts())["messages"]) + hash(text) % 10**9)
    conversation = f"telegram:{sender.address}" if sender.channel == "telegram" else ""
    message = InboundMessage(sender.channel, number, {}, f"raw {text}".encode(), NOON, conversation)
    (receipt,) = await register.log([message])
    said = submission(sender, *files, text=text)
    reference = await register.record(LoggedMessage(receipt.id, message, 1), said, understood())
    assert reference is not None
    return reference


async def test_every_column_of_every_table_is_in_the_export(register: Register, store: Store) -> None:
    """A canary in each is found in the JSON object or in a file, but for the names of staff; no table is forgotten."""
    assert {table.__tablename__ for table in PERSONAL} | OTHERS == set(Table.metadata.tables)
    rows = {table: canaries(table) for table in PERSONAL}
    async with store.writing() as session:
        session.add(DigestRow(id=1, body=CHEMNITZ, period="2026-11-23", until=NOON, created_at=NOON))
    for table, row in rows.items():
        async with store.writing() as session:
            session.add(table(**row))

    files = (await exported(register)).files
    everything = b"\n".join(files.values()).decode()
    missing = set()
    for table, row in rows.items():
        for column, value in row.items():
            wanted = value.isoformat() if isinstance(value, datetime) else value
            wanted = wanted["canary"] if isinstance(wanted, dict) else wanted
            wanted = wanted.decode() if isinstance(wanted, bytes) else str(wanted)
            if value is not None and wanted not in everything:
                missing.add(f"{table.__tablename__}.{column}")
    assert missing == LEFT_OUT


async def test_nothing_of_others_is_in_the_export(register: Register) -> None:
    """Neither another person's ideas, nor their messages, nor what bodies were told."""
    await idea_with(register, BEN, text="Mehr Bäume.")
    await idea_with(register, replace(BEN, address="4712"), text="Mehr Zeisige.")
    await admit(register, "mail", ANNA)
    await register.write_digest("stadt-chemnitz", Period("2026-11-23", NOON), NOON)

    everything = b"".join((await exported(register)).files.values()).decode()

    assert "Mehr Bäume" in everything
    assert [
        word for word in ("4712", "Zeisige", "anna", "Ein Radweg", "stadt-chemnitz:2026") if word in everything
    ] == []


async def test_what_others_mailed_to_an_idea_is_shown_without_their_address(register: Register) -> None:
    """Their words are part of the conversation; the mail as it came is theirs (Art. 15(4) GDPR)."""
    reference = await admit(register, "1", ANNA)
    answer = InboundMessage("email", "2", {"author": "clara@example.net"}, b"From: clara@example.net", NOON)
    (receipt,) = await register.log([answer])
    said = Submission(
        Sender("email", "clara@example.net", verified=False),
        "",
        "Das finde ich auch.",
        thread=register.token(Purpose.REPLY, reference),
    )
    await register.record(LoggedMessage(receipt.id, answer, 1), said, None)

    everything = b"".join((await exported(register, ANNA)).files.values()).decode()
    assert "Das finde ich auch." in everything
    assert "clara@example.net" not in everything


async def test_a_joined_person_gets_all_their_channels(register: Register, store: Store) -> None:
    """Whichever of them they ask in."""
    chat, mail = await idea_with(register, BEN), await admit(register, "mail", ANNA)
    async with store.writing() as session:
        for row in await session.scalars(select(SubmitterRow)):
            row.person = "p"

    for sender in (BEN, ANNA):
        data = (await exported(register, sender)).data
        assert [row["address"] for row in data["submitters"]] == ["4711", "anna@example.org"]
        assert {idea["reference"] for idea in data["ideas"]} == {chat, mail}


@on_sqlite
async def test_nobody_is_exported_who_is_not_known(register: Register) -> None:
    """There is no file then, not an empty one."""
    assert await register.personal_data.export("telegram", "4711", NOON) is None


@on_sqlite
async def test_files_come_as_they_were_sent_under_safe_names(register: Register) -> None:
    """Names lead into no other folder, none hides another, and the page links each."""
    names = ["Plan.pdf", "Plan.pdf", "../../etc/passwd", "C:\\x\x00.exe", "ä" * 200 + ".jpg", "...", "CON", "a\nb.txt"]
    files = [Attachment(name, "application/pdf", f"{number}".encode()) for number, name in enumerate(names)]
    await idea_with(register, BEN, *files)

    unpacked = await exported(register)
    kept = {name: content for name, content in unpacked.files.items() if name.startswith("dateien/")}
    assert sorted(kept.values()) == [b"0", b"1", b"2", b"3", b"4", b"5", b"6", b"7"]
    assert all(re.fullmatch(r"dateien/\d{4}_[\w .()-]{0,98}", name) for name in kept)
    assert len([target for target in Page(unpacked.page).targets if target.startswith("dateien/")]) == len(names)


@on_sqlite
async def test_what_has_no_room_is_named(register: Register) -> None:
    """The Bot API takes no larger file; whatever still fits is there."""
    large, small = (Attachment(name, "image/jpeg", bytes(size)) for name, size in (("groß.jpg", 900), ("klein.jpg", 9)))
    await idea_with(register, BEN, large, small)

    unpacked = await exported(register, most_bytes=500)

    assert unpacked.export.files_left_out == ("dateien/0001_groß.jpg",)
    assert unpacked.data["files_left_out"] == ["dateien/0001_groß.jpg"]
    assert "dateien/0002_klein.jpg" in unpacked.files
    assert "groß.jpg" in Page(unpacked.page).words
    assert (await exported(register)).export.files_left_out == ()


@on_sqlite
async def test_a_message_whose_content_is_gone_is_still_listed(register: Register, store: Store) -> None:
    """After some time only that it came is known."""
    await idea_with(register, BEN)
    async with store.writing() as session:
        (row,) = await session.scalars(select(InboundRow))
        row.raw = b""

    unpacked = await exported(register)

    assert [message["file"] for message in unpacked.data["messages_received"]] == [None]
    assert "der Inhalt ist schon gelöscht" in Page(unpacked.page).words


@on_sqlite
async def test_the_page_reads_as_people_speak(register: Register) -> None:
    """Labels for ids, the region's time, and the words as they were written, as no tag and no link."""
    hostile = "<script>alert(1)</script> {{7*7}}"
    reference = await idea_with(register, BEN, Attachment(hostile, "text/html", b"x"), text=hostile)
    await register.change_stage(reference, "nicht-weiterverfolgt", hostile, "staff", NOON)
    page = Page((await exported(register)).page)

    expected = [reference, "nicht weiterverfolgt", "Mobilität und Verkehr", "Stadt Chemnitz", "23.11.2026, 13:00 Uhr"]
    assert [fact for fact in (*expected, hostile) if fact not in page.words] == []
    assert "script" not in page.tags


@on_sqlite
async def test_the_page_tells_what_the_bodies_did(register: Register) -> None:
    """What they asked, found and decided, and why, under the name of the body and of nobody who works there."""
    reference = await idea_with(register, BEN)
    measure = (await register.measures.create("Radnetz", NOON)).reference
    first: list[Deed] = [Ask("Welche Straße?"), Bundle(measure), PassOn(("landratsamt-zwickau",), "Ist größer.")]
    then: list[Deed] = [Accept(), Move("fachpruefung-imag"), Find("Umsetzbarkeit", Verdict.PARTLY, "Ab 2028.")]
    for deeds, doer in ((first, Doer("j.weber", CHEMNITZ)), (then, Doer("k.vogt"))):
        for deed in deeds:
            await register.work.act(reference, deed, doer, NOON)
    unpacked = await exported(register)

    told = [
        "Welche Straße?",
        "Teil der Maßnahme Radnetz",
        "an eine andere Stelle gegeben (Stadt Chemnitz): Ist größer.",
    ]
    told += ["Umsetzbarkeit geprüft: zum Teil (Ab 2028.)"]
    assert [fact for fact in told if fact not in Page(unpacked.page).words] == []
    everything = b"".join(unpacked.files.values()).decode()
    assert ("j.weber" in everything, "k.vogt" in everything) == (False, False)


@on_sqlite
async def test_the_page_stands_alone(register: Register) -> None:
    """It loads nothing, not even with a network, and all that it links is in the archive or leads to people."""
    await idea_with(register, BEN, Attachment("Plan.pdf", "application/pdf", b"x"))
    unpacked = await exported(register)
    page = Page(unpacked.page)

    assert {"script", "img", "link", "iframe"} & page.tags == set()
    assert '<html lang="de">' in unpacked.page
    inside = [target for target in page.targets if not target.startswith(("mailto:", "https:"))]
    assert [target for target in inside if target not in unpacked.files] == []


@on_sqlite
async def test_the_file_is_named_for_its_day(register: Register) -> None:
    """In the region's time."""
    await idea_with(register, BEN)

    late = await exported(register, now=NOON.replace(hour=23, minute=30))

    assert late.export.filename == "auskunft-2026-11-24.zip"
