import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.intake.email.reply import reply_text
from tests.intake.reply.mails import words

MEGABYTE = 1_000_000
HOSTILE = {
    "quotation marks": ">\n" * (MEGABYTE // 2),
    "deep quotation marks": ">" * MEGABYTE,
    "quoted lines": "> aaaa\n" * 4_900,
    "one word": "Am " * (MEGABYTE // 3),
    "one line": "a" * MEGABYTE,
    "blanks": " " * MEGABYTE + "x",
    "empty lines": "\n" * MEGABYTE + "x",
    "introductions": "On 1.1.2026 14:05 x <a@example.org> wrote:\n" * 4_900,
    "quoted introductions": "Am 1.1.2026 um 14:05 schrieb x <a@example.org>:\n> a\nb\n" * 1_600,
    "open introductions": "On 1.1.2026 14:05 x <a@example.org \n" * 4_900,
    "bars": "A schrieb:\n| a\n" * 2_400,
    "headers": "Von: a@example.org\nAn: x\n" * 2_400,
    "copies": "Von: x\n" + "Cc: a@example.org\n" * 4_900,
    "separators": "Von meinem iPhone gesendet\n-----Original Message-----\n" * 2_400,
    "signatures": "-- \nx\n-----Original Message-----\n" * 1_600,
    "dashes": "--\n" * 4_900,
    "rules": ("- " * 199 + "\n") * 2_500,
    "disclaimers": "Diese E-Mail ist vertraulich, Empfänger, irrtümlich, löschen\n\n" * 2_400,
    "one disclaimer": "Diese E-Mail Geschäftsführer: vertraulich\n" * 4_900,
    "footers": ("von " + "a " * 70 + "\n") * 4_900,
    "colons": ("a" * 390 + ":\n") * 2_500,
    "numbers": ("Gruß\n" + ("1 " * 190 + "\n") * 20) * 100,
}
HOSTILE_HTML = {
    "nested quotes": "<blockquote type=cite>" * 100_000 + "x",
    "nested blocks": "<div>" * 100_000 + "x" + "</div>" * 100_000,
    "many quotes": "<blockquote type=cite>a</blockquote>b<br>" * 20_000,
    "end tags": "x</div>" * 150_000,
    "angle brackets": "<" * MEGABYTE,
    "style": '<div style="' + "border-top:" * 90_000 + '">x',
    "introduction": "<div class=gmail_attr>" * 100 + "x" * 900_000,
    "nothing": "<",
    "no element": "<!-- -->",
    "marks": "\ue00a \ue00b x \ue00c",
}
# What the rules look at; it comes in any order.
PIECES = """
> alt
>> alt
--\x20
____
> \x20
Am 12.03.2026 um 14:05 schrieb Erika <e@example.org>:
Von: e@example.org
Gesendet: 12.03.2026 14:05
An: Max
Betreff: Bank
-----Original Message-----
Begin forwarded message:
Von meinem iPhone gesendet
Mit freundlichen Grüßen
Tel. 0228 1234567
P.S.: ja
Diese E-Mail ist vertraulich und für den Empfänger bestimmt, sonst löschen.
Ich möchte eine Bank.
| a |
\ue00a
\ue00b
\ufeff
""".splitlines()
TEXTS = st.one_of(st.text(max_size=300), st.lists(st.sampled_from(PIECES), max_size=14).map("\n".join))
MARKUP = [
    "<p>",
    "</p>",
    "<blockquote type=cite>",
    "</blockquote>",
    '<div class="gmail_attr">',
    "</div>",
    "<hr>",
    "&lt;",
]
MARKUP += ['<div id="divRplyFwdMsg">', '<div class="gmail_signature">', "<br>", "<pre>", "<style>", "Text", "schrieb:"]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_takes_less_than_a_second(text: str) -> None:
    """No text of a megabyte takes long."""
    began = time.process_time()
    reply_text(text, "")
    assert time.process_time() - began < 1


@pytest.mark.parametrize("html", HOSTILE_HTML.values(), ids=HOSTILE_HTML)
def test_hostile_html_takes_less_than_a_second(html: str) -> None:
    """No HTML of a megabyte or so takes long."""
    began = time.process_time()
    reply_text("", html)
    assert time.process_time() - began < 1


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_words_are_those_of_the_mail(text: str) -> None:
    """The words of a reply are words of the mail, in their order."""
    rest = iter(words(text))
    assert all(word in rest for word in words(reply_text(text, "")))


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_something_is_kept(text: str) -> None:
    """Of a mail in which nothing is quoted something is kept."""
    if ">" not in text and words(text):
        assert words(reply_text(text, ""))


@given(st.lists(st.sampled_from(MARKUP + PIECES), max_size=30).map("".join))
@settings(max_examples=200, deadline=None)
def test_any_markup_can_be_read(html: str) -> None:
    """Whatever the markup is, there is a text, and none of the marks that the rules use."""
    assert not set(reply_text("", html)) & set("\ue00a\ue00b\ue00c")
