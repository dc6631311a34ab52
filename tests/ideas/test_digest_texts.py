from __future__ import annotations

import re
from dataclasses import fields, replace
from typing import Any

import pytest

from services.ideas.digest_words import ItemWords, Note
from services.ideas.messages import Part
from services.ideas.texts import OWN_LANGUAGE, Texts
from tests.ideas.digest_samples import DIGEST, ERASED_ITEM, ITEM, NOBODY, NOTHING, PAGE, sections
from tests.ideas.text_samples import SHIPPED, Reader, render

# Numbers and switches, and what only pages say.
_NOT_WORDS = {"number", "is_erased", "alike", "stage", "created"}
MARKUP = "<script>alert(1)</script>"
# Gmail cuts off what is longer.
_LONGEST_MAIL_BYTES = 102_000
_SHOWN = 30


@pytest.fixture(scope="module")
def texts() -> Texts:
    return Texts(SHIPPED)


def digest(texts: Texts, part: Part, **given: Any) -> str:
    """A part of the digest; what is not given is as in DIGEST."""
    return render(texts, OWN_LANGUAGE, "digest", part, **given)


@pytest.mark.parametrize("name", [each.name for each in fields(ITEM) if each.name not in _NOT_WORDS])
def test_digests_escape_citizens_words(texts: Texts, name: str) -> None:
    """No value of an idea becomes markup: it is shown letter by letter."""
    hostile: Any = MARKUP if isinstance(getattr(ITEM, name), str) else (MARKUP,)
    if name == "notes":
        hostile = (Note(MARKUP, MARKUP),)
    html = digest(texts, Part.HTML, sections=sections(replace(ITEM, **{name: hostile})))
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_digests_make_no_links_of_citizens_words(texts: Texts) -> None:
    """An address that somebody wrote stays text: all links lead to the digest's pages and to the channel's address."""
    bait = replace(ITEM, title="https://bait.example", excerpt="www.bait.example a@bait.example", answer="http://bait")
    links = Reader(digest(texts, Part.HTML, sections=sections(bait))).links
    assert [link for link in links if not link.startswith(PAGE)] == ["mailto:ideen@example.org"]


@pytest.mark.parametrize("name", ["title", "excerpt", "answer", "attachments", "notes"])
@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\v", "\f", "\x85", "\u2028", "\u2029"])
def test_nobody_forges_a_digest_entry(texts: Texts, name: str, end: str) -> None:
    """No line break in what somebody wrote begins a line that looks like the program's own."""
    forged: Any = f"Bank{end}Nummer 1 ganz lesen: https://bait.example"
    forged = {"attachments": (forged,), "notes": (replace(ITEM.notes[0], why=forged),)}.get(name, forged)
    rendered = digest(texts, Part.TEXT, sections=sections(replace(ITEM, **{name: forged})))
    own = [line for line in rendered.splitlines() if line.startswith("Nummer 1 ganz lesen")]
    assert own == [f"Nummer 1 ganz lesen: {PAGE}/1"]


@pytest.mark.parametrize("part", [Part.TEXT, Part.HTML, Part.TELEGRAM])
def test_a_digest_of_an_erased_idea_says_nothing_of_it(texts: Texts, part: Part) -> None:
    """Of an idea that is erased a body reads its number and what happened, and finds no link to it (Art. 19 GDPR)."""
    rendered = digest(texts, part, sections=sections(citizens=[ERASED_ITEM]))
    assert "Gelöscht am 24.11.2026" in rendered
    assert f"{PAGE}/3" not in rendered


@pytest.mark.parametrize("part", [Part.TEXT, Part.HTML])
def test_a_digest_asks_to_erase_copies(texts: Texts, part: Part) -> None:
    """A body that was told of an idea that is erased now is asked to erase its copies as well (Art. 19 GDPR)."""
    rendered = digest(texts, part, sections=sections(citizens=[ERASED_ITEM]), urgent={**NOBODY, "erased": [3]})
    assert re.search("Ihre Kopien löschen:(</strong>)? Nummer 3", rendered)


@pytest.mark.parametrize(
    ("counts", "phrase"),
    [
        ({}, "nichts Neues"),
        ({"new": 1}, "1 neue Idee"),
        ({"new": 3, "waiting": 2}, "3 neue Ideen, 2 warten"),
        ({"waiting": 2, "overdue": 1}, "1 überfällig, 2 warten"),
        ({"erased": 1, "back": 2}, "1 Löschung, 2 Rückmeldungen"),
        ({"held": 1}, "1 Nachricht ohne Zuordnung"),
        ({"done": 2}, "2 entschieden"),
        ({"settled": 2}, "2 nicht mehr bei Ihnen"),
    ],
)
def test_the_subject_says_what_needs_somebody(texts: Texts, counts: dict[str, int], phrase: str) -> None:
    """The subject says for whom and when it is, and in good German what needs them; what is erased is no new idea."""
    subject = digest(texts, Part.SUBJECT, counts={**NOTHING, **counts})
    assert subject == f"Landratsamt Zwickau: {phrase} (17.11. bis 23.11.2026)"


@pytest.mark.parametrize("part", [Part.TEXT, Part.HTML, Part.TELEGRAM])
@pytest.mark.parametrize("shown", [sections(), DIGEST["sections"]])
def test_a_digest_says_where_messages_wait(texts: Texts, part: Part, shown: dict[str, Any]) -> None:
    """Who looks after messages that only a person can place reads how many wait, and the command that shows them."""
    rendered = digest(texts, part, sections=shown, counts={**NOTHING, "held": 3})
    assert "3 Nachrichten warten" in rendered
    assert "ideenkanal held" in rendered
    assert "nichts Neues." not in rendered


def test_an_empty_digest_says_so(texts: Texts) -> None:
    """Where there is nothing at all, the digest says that, and does not explain how to answer."""
    rendered = digest(texts, Part.TEXT, sections=sections(), counts=NOTHING, urgent=NOBODY, rest=0, examples=())
    assert "Im Ideenkanal gibt es für Sie nichts Neues." in rendered
    assert "annehmen" not in rendered


def test_a_full_digest_is_not_cut_off(texts: Texts) -> None:
    """With as many ideas as a mail shows, all with a long excerpt and half with all that can be said, Gmail cuts none.

    What it does with a longer one: it ends with a link to the rest.
    """
    much = replace(ITEM, excerpt=f"{'Viele Worte. ' * 24}\nUnd mehr.")
    little = ItemWords(0, much.reference, much.title, kind="Idee", topic=much.topic, place=much.place, since=much.since)
    little = replace(little, excerpt=much.excerpt, due=much.due, topic_doubt=much.topic_doubt)
    shown = [replace((much, little)[number % 2], number=number) for number in range(1, _SHOWN + 1)]
    assert len(digest(texts, Part.HTML, sections=sections(*shown)).encode()) < _LONGEST_MAIL_BYTES


@pytest.mark.parametrize("part", [Part.TEXT, Part.HTML, Part.TELEGRAM])
def test_of_what_is_with_others_now_nothing_is_asked(texts: Texts, part: Part) -> None:
    """A body that no longer has an idea reads who has, and is not asked to look at its topic."""
    gone = replace(ITEM, since="", due="", late="", missing="")
    rendered = digest(texts, part, sections=sections(settled=[gone]), examples=())
    assert "Jetzt bei: IMAG; Landratsamt Mittelsachsen" in rendered
    assert ("Bitte prüfen" in rendered, "So antworten Sie" in rendered) == (False, False)
