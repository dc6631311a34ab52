from __future__ import annotations

import pytest
from jinja2 import Environment

from services.ideas.sentences import Sentence, long_sentences, long_sentences_of

_JINJA = Environment(autoescape=True)


def lengths(template: str, *, is_html: bool = False) -> list[int]:
    """How many words each sentence of a template has, in order."""
    return [each.words for each in long_sentences(_JINJA.parse(template), 0, is_html=is_html)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Das ist kurz. Das auch!", [3, 2]),
        ("Eine Überschrift\nEin Satz.", [2, 2]),
        ("- Erstens\n- Und zweitens", [1, 2]),
        ("Das geht z. B. am 3. Dezember, siehe Nr. 5.", [10]),
        ("Regional-Konvent und/oder Land", [3]),
        ("Hier: https://example.org/a?b=c. Oder a@example.org.", [1, 1]),
    ],
)
def test_words_of_a_sentence_are_counted(text: str, words: list[int]) -> None:
    """A sentence ends at its mark or its line; abbreviations do not end it, and addresses are no words."""
    assert [each.words for each in long_sentences_of(text, 0)] == words


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("{# Not counted #}Ihre Idee {{ reference }} ist da.", [5]),
        ("{{ 'Eine Datei war' if n == 1 else n ~ ' Dateien waren' }} zu groß.", [5]),
        ("Das {% if a %}ist eins{% else %}sind zwei oder drei{% endif %}.", [2, 3, 4, 5]),
        ("{% if a %}Ja bitte.{% elif b %}Nein danke sehr.{% else %}Weiß nicht.{% endif %}", [2, 3, 2]),
        ("{% if a %}{% else %}{% if b %}Nur wenn b.{% endif %}{% endif %}", [3]),
        ("{% for place in places %}Ort: {{ place }}\n{% endfor %}", [1, 1]),
        ("{{ places | join(' oder ') or 'noch offen' }}", [2]),
    ],
)
def test_every_case_of_a_template_is_read(template: str, words: list[int]) -> None:
    """A value is a word, and each branch is read in its sentence and by itself, but never two alternatives in one."""
    assert sorted(lengths(template)) == sorted(words)


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("<p>Ein <b>Satz</b>,\nder weiter geht.</p><p>Noch einer</p>", [5, 2]),
        ("<p>Eins<br>\nund zwei</p>", [1, 2]),
        ('<a title="nicht gezählt" href="{{ link }}">Ein Link</a>', [2]),
        ("{{ facts([('Thema', 'noch offen'), ('Ort', places)]) }}", [1, 2, 1, 1]),
        ("{% call note('Bitte lesen') %}<p>Drei kurze Worte</p>{% endcall %}", [2, 3]),
    ],
)
def test_html_is_read_as_it_is_shown(template: str, words: list[int]) -> None:
    """In HTML a line's end is none, and tags that begin a line are; what a part is given stands by itself."""
    assert sorted(lengths(template, is_html=True)) == sorted(words)


def test_a_long_sentence_is_named_by_its_line() -> None:
    """Of a sentence that is too long come the line in which it begins, its words, and how many they are."""
    template = _JINJA.parse("<p>\n{% if a %}\nKurz. {{ who }} schreibt\n<b>viel</b> zu viel.{% endif %}</p>")
    assert long_sentences(template, 3, is_html=True) == [Sentence(3, "… schreibt viel zu viel.", 5)]
