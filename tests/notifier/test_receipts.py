from __future__ import annotations

import re
from datetime import timedelta

import pytest

from services.ideas.messages import Part
from services.ideas.model import Notification
from services.ideas.register import Register
from services.ideas.store import Store
from services.notifier.channels.email import compose
from services.notifier.content import values_of
from tests import shipped
from tests.conftest import CONFIG, NOON, SECRET, on_sqlite
from tests.ideas.receipt_samples import ASKED, NOTHING, REFUSED
from tests.ideas.staff_mail.post import MAILBOX, Post
from tests.ideas.text_samples import render
from tests.submissions import submit

MARKUP = "<script>alert(1)</script> https://bait.example.org"


@pytest.fixture
def register(store: Store) -> Register:
    return Register(store, shipped.catalogue(CONFIG, {"IDEENKANAL_WORK_UNDO_MINUTES": "10"}), SECRET)


async def claimed(register: Register) -> dict[str, Notification]:
    """What is due, as its sender has it, by key; it leaves in the order in which it was written."""
    found: dict[str, Notification] = {}
    at = NOON + timedelta(hours=1)
    while due := await register.claim_notifications(at, timedelta(minutes=1), 50, "email"):
        found |= {each.key: each for each in due}
        await register.all_sent(due, at)
    return found


@on_sqlite
async def test_a_receipt_says_what_became_of_each_line(register: Register, store: Store) -> None:
    """Number, topic and place name an idea, the staff's words are quoted, and no citizen's word is among it."""
    for text in ("Ein Radweg für Kanarienvögel.", "Eine Bank für Kanarienvögel."):
        await submit(register, text)
    post = Post(register, store)
    lines = "1 nicht zuständig: Land\n2 annehmen\n2 Rückfrage: Guten Tag,\nwelche Bank?\n3 annehmen\n\n"
    receipt = await post.answer(f"{lines}Bitte rufen Sie uns an.", await post.digest())
    notification = (await claimed(register))[receipt]
    text = register.catalogue.texts.render("de", "receipt", Part.TEXT, await values_of(register, notification))
    (first,) = re.findall(r"^1 · (\S+) · Mobilität und Verkehr · Chemnitz$", text, re.MULTILINE)

    assert notification.recipient == MAILBOX
    assert first == (await register.ideas_of("telegram", "4711", 2))[1].reference
    assert re.search("Erledigt: zurückgegeben. Die Idee liegt jetzt bei: .*Regionalkonvent Südwestsachsen", text)
    assert "Annehmen. Neuer Stand: in Prüfung beim Regionalkonvent. Wer die Idee geschickt hat, bekommt Nachr" in text
    assert "Rückgängig bis 13:11 Uhr: Antworten Sie „1 rückgängig“." in text
    assert "Diese Rückfrage bekommt, wer die Idee geschickt hat:\n> Guten Tag,\n> welche Bank?\n" in text
    assert "Sie haben bis 24.11.2026, 13:01 Uhr Zeit." in text
    assert "Nicht getan: Ihre Übersicht hat eine Nummer 3 nicht.\n> 3 annehmen\n" in text
    assert "Wir haben damit nichts getan.\n> Bitte rufen Sie uns an.\n" in text
    assert "Kanarien" not in text


@on_sqlite
async def test_a_receipt_is_marked_as_an_answer_of_a_program(register: Register, store: Store) -> None:
    """Robots leave it alone (RFC 3834), and its answers come back to an address of its own."""
    await submit(register)
    post = Post(register, store)
    receipt = await post.answer("1 xyz", digest := await post.digest())
    due = await claimed(register)
    notification = due[receipt]
    settings, texts = register.catalogue.settings.email, register.catalogue.texts
    mail = compose(texts, settings, notification, await values_of(register, notification)).decode("ascii")

    assert "Auto-Submitted: auto-replied" in mail
    assert notification.reply_token not in ("", due[digest].reply_token)


def test_staff_words_become_no_markup() -> None:
    """Whatever is quoted in a receipt is shown letter by letter, and no line of it looks like the program's own."""
    texts = shipped.catalogue(CONFIG, {}).texts
    forged = f"{MARKUP}\nIdeenkanal Südwestsachsen"
    items = [{**ASKED, "note": forged, "label": MARKUP}, {**REFUSED, "why": MARKUP, "said": MARKUP}]
    given = {"items": items, "counts": {**NOTHING, "waits": 1, "refused": 1}, "beside": [MARKUP], "body": MARKUP}
    html = render(texts, "de", "receipt", Part.HTML, **given)
    text = render(texts, "de", "receipt", Part.TEXT, **given)

    assert "<script" not in html
    assert "bait.example.org" not in "".join(re.findall(r'href="([^"]*)"', html))
    assert re.findall("^Ideenkanal.*$", text, re.MULTILINE) == ["Ideenkanal Südwestsachsen"] * 2
