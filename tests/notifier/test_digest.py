from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from nlp.similar import Word, fingerprint
from nlp.understanding import DistrictScore, TopicScore
from services.ideas.catalogue import Catalogue
from services.ideas.deeds import Accept, Doer, Find, Move, Verdict
from services.ideas.digest_words import Note
from services.ideas.messages import Part
from services.ideas.model import Notification
from services.ideas.periods import Period
from services.ideas.register import Register
from services.ideas.store import Store
from services.ideas.unlinked import unlinked
from services.notifier.content import NothingToSay, values_of
from services.notifier.digest import digest_values
from tests.conftest import NOON, SECRET, on_sqlite
from tests.html import Page
from tests.submissions import ANNA, CATCH_ALL_BODY, CERTAIN, CHEMNITZ, UNCERTAIN, answer, submit

# What is read of a digest is tested on both databases in tests/ideas/test_digest_reading.
pytestmark = on_sqlite
DAY = timedelta(days=1)


async def draft(register: Register, body: str = CHEMNITZ, *, link: str = "") -> dict[str, Any]:
    """What a digest would say now of all that the body was not told yet."""
    found = await register.digest_reading.draft(body, None, NOON + DAY, NOON + DAY)
    return dict(digest_values(register.catalogue, found, NOON + DAY, link=link))


async def mail(register: Register, body: str, period: Period) -> Notification:
    """The digest of a period, claimed once what the mailbox gets before it is sent."""
    await register.write_digest(body, period, NOON)
    found: list[Notification] = []
    while not found and (claimed := await register.claim_notifications(NOON, DAY, 100, "email")):
        found = [each for each in claimed if each.parameters.get("period") == period.key]
        await register.all_sent([each for each in claimed if each not in found], NOON)
    return found[0]


@pytest.mark.parametrize("suggestions", [(), (TopicScore("no-longer-known", 0.5),)])
async def test_without_a_suggestion_a_topic_is_just_open(
    register: Register, suggestions: tuple[TopicScore, ...]
) -> None:
    """Without a model, or with a topic that the configuration no longer has, nothing is proposed."""
    await submit(register, understanding=replace(UNCERTAIN, suggestions=suggestions))
    (item,) = (await draft(register, CATCH_ALL_BODY))["sections"]["news"]

    assert (item.topic, item.topic_doubt) == ("", "kein Vorschlag")


async def test_whoever_triages_reads_first_what_teaches_most(register: Register) -> None:
    """Before what has a topic; the numbers go on as the mail does."""
    everywhere = replace(CERTAIN, districts=(DistrictScore("region", 0.9),), municipalities=())
    torn = replace(UNCERTAIN, suggestions=(TopicScore("mobility", 0.4), TopicScore("culture", 0.39)))
    came = [await submit(register, understanding=each) for each in (everywhere, UNCERTAIN, torn)]
    news = (await draft(register, CATCH_ALL_BODY))["sections"]["news"]

    assert [(item.reference, item.number) for item in news] == [(came[2], 1), (came[1], 2), (came[0], 3)]


async def test_like_ideas_of_before_are_named_by_number_and_place(register: Register) -> None:
    """Those that the digest itself does not show."""
    first = await submit(register, "Nachtbus")
    await register.write_digest(CHEMNITZ, Period("2026-11-23", NOON), NOON)
    await register.work.act(first, Move("pruefung-regionalkonvent"), Doer("x"), NOON)
    await register.write_digest(CHEMNITZ, Period("2026-11-24", NOON), NOON)
    await submit(register, "Nachtbus, bitte!")
    for idea in await register.similar.unmarked("test", 10):
        word = Word("nachtbus", 6.0, np.ones(1, dtype=np.float32))
        await register.similar.mark(idea, "test", fingerprint([word], ["mobility"], "", idea.understanding))
    (item,) = (await draft(register))["sections"]["news"]

    assert (item.similar, item.alike) == ((f"{first} (Chemnitz)",), ())


async def test_a_digest_shows_thirty_and_counts_all(register: Register) -> None:
    """The rest stands on its page; charts and counts hold every idea."""
    for number in range(32):
        await submit(register, str(number), understanding=replace(CERTAIN, topics=CERTAIN.topics[: number % 2]))
    values = await draft(register)

    assert (len(values["sections"]["news"]), values["rest"], values["counts"]["new"]) == (30, 2, 32)
    assert values["by_topic"] == [("Thema offen", 16), ("Mobilität und Verkehr", 16)]


async def test_what_is_missing_before_a_yes_is_said(register: Register) -> None:
    """The body that leads a stage reads which of its questions are open."""
    reference = await submit(register)
    for stage in ("pruefung-regionalkonvent", "fachpruefung-imag"):
        await register.work.act(reference, Move(stage), Doer("staff"), NOON)
    await register.work.act(reference, Find("Umsetzbarkeit", Verdict.YES), Doer("staff", "imag"), NOON)
    (item,) = (await draft(register, "imag"))["sections"]["news"]

    assert item.missing == "Finanzierbarkeit"


async def test_what_became_of_it_is_told_to_who_had_it(register: Register) -> None:
    """With the reason that its submitter reads, and is said to read."""
    reference = await submit(register)
    await register.work.act(reference, Accept(), Doer("x", CHEMNITZ), NOON)
    await register.work.act(reference, Move("nicht-weiterverfolgt", "Zu teuer."), Doer("y", CATCH_ALL_BODY), NOON)
    (item,) = (await draft(register))["sections"]["done"]

    said = "Regionalkonvent Südwestsachsen hat die Stufe „nicht weiterverfolgt“ festgelegt (23.11.2026)"
    assert item.notes[-1] == Note(said, "Zu teuer.", is_read=True)
    text = register.catalogue.texts.render("de", "digest", Part.TEXT, await draft(register))
    assert f"{said}\nAn die Person: Zu teuer.\n" in text


async def test_a_folder_names_its_sitting(register: Register) -> None:
    """And all that waits, though nothing is new."""
    await submit(register)
    await register.write_digest(CHEMNITZ, Period("2026-11-23", NOON), NOON)
    folder = await mail(register, CHEMNITZ, Period("sitting 2027-03-18", NOON + DAY, date(2027, 3, 18)))
    subject = register.catalogue.texts.render("de", "digest", Part.SUBJECT, await values_of(register, folder))

    assert subject.startswith("Stadt Chemnitz: Mappe für die Sitzung am 18.03.2027, 1 wartet (")


async def test_what_is_settled_meanwhile_is_not_asked_for(register: Register) -> None:
    """A digest is read when it leaves: what another has ended by then stands under what is no longer the body's."""
    reference = await submit(register)
    written = await mail(register, CHEMNITZ, Period("2026-11-23", NOON))
    await register.work.act(reference, Move("pruefung-regionalkonvent"), Doer("staff"), NOON)
    values = await values_of(register, written)

    assert [item.reference for item in values["sections"]["settled"]] == [reference]
    assert values["counts"] == {**dict.fromkeys(values["counts"], 0), "settled": 1}
    subject = register.catalogue.texts.render("de", "digest", Part.SUBJECT, values)
    assert subject.startswith("Stadt Chemnitz: 1 nicht mehr bei Ihnen (")


async def test_the_links_of_a_mail_lead_to_its_own_page(register: Register) -> None:
    """One for all ideas and one for each; they open nothing that another mail's links open."""
    await submit(register)
    values = await values_of(register, await mail(register, CHEMNITZ, Period("2026-11-23", NOON)))
    token = values["link"].removeprefix("http://127.0.0.1:8080/uebersicht/")
    link = await register.digest_reading.link(token)

    assert len(token) == 43
    assert link is not None
    assert (link.body, link.until) == (CHEMNITZ, NOON + 14 * DAY)
    html = Page(register.catalogue.texts.render("de", "digest", Part.HTML, values))
    assert html.targets == [values["link"], f"{values['link']}/1", "mailto:ideen@example.org"]


async def test_an_empty_digest_leaves_where_it_is_wanted(store: Store, catalogue: Catalogue) -> None:
    """Elsewhere there is nothing to say."""
    body = catalogue.bodies[CHEMNITZ]
    bodies = {**catalogue.bodies, CHEMNITZ: replace(body, digest=replace(body.digest, empty=True))}
    register = Register(store, replace(catalogue, bodies=bodies), SECRET)
    empty = await mail(register, CHEMNITZ, Period("2026-11-23", NOON))
    text = catalogue.texts.render("de", "digest", Part.TEXT, await values_of(register, empty))

    assert "Im Ideenkanal gibt es für Sie nichts Neues." in text
    with pytest.raises(NothingToSay):
        await values_of(Register(store, catalogue, SECRET), empty)


async def test_a_digest_shows_what_was_added_last(register: Register) -> None:
    """An idea that comes again because its submitter wrote more shows the newest message beside the first."""
    reference = await submit(register, "Ein Radweg für alle. Bitte!", subject="Radweg", sender=ANNA)
    await register.write_digest(CHEMNITZ, Period("2026-11-22", NOON), NOON)
    for text in ("Am Ostufer.", "Und am Westufer."):
        await answer(register, reference, text)
    (item,) = (await draft(register))["sections"]["citizens"]

    assert (item.excerpt, item.answer, item.answered) == (
        "Ein Radweg für alle. Bitte!",
        "Und am Westufer.",
        "23.11.2026",
    )


HOSTILE = [
    "<script>alert(1)</script>",
    '<a href="https://evil.test">Hier klicken</a>',
    '<img src=x onerror="alert(1)">',
    "{{7*7}} {% for x in range(9) %}",
    "harmlos\u202etxet rehcilrehcü",
    "&lt;b&gt; & &amp;",
    "https://evil.test/?a=1&b=2",
    "]]> --> </blockquote></bdi>",
]


async def test_citizens_words_are_only_words_in_a_digest(register: Register) -> None:
    """Subject, text and file name appear in the HTML part, as no tag, and with each address of theirs broken."""
    await submit(register, "Ein Text.", subject="Ein Betreff", attachments=["Datei.pdf"])
    ordinary = Page(await _html(register))
    for hostile in HOSTILE:
        await submit(register, f"Text {hostile}", subject=f"Betreff {hostile}", attachments=[f"Datei {hostile}"])
    page = Page(await _html(register))

    expected = [f"{word} {unlinked(hostile)}" for hostile in HOSTILE for word in ("Betreff", "Text", "Datei")]
    assert [words for words in expected if words not in page.words] == []
    assert page.tags <= ordinary.tags
    assert [target for target in page.targets if "evil" in target] == []
    assert "evil.test" not in page.words
    assert "<bdi>Betreff harmlos\u202etxet rehcilrehcü</bdi>" in await _html(register)


async def _html(register: Register) -> str:
    values = await draft(register, link="https://ideen.example.org/uebersicht/t")
    return register.catalogue.texts.render("de", "digest", Part.HTML, values)
