from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifier.channels.pieces import split

LIMIT = 4096
FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f467"


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@given(
    st.text(st.sampled_from("ab. \n\t\U0001f6b2ä\u2028\u200d\u0301"), max_size=9000)
    | st.text(max_size=300).map(lambda text: text * 40)
)
def test_pieces_fit_and_lose_only_blanks(text: str) -> None:
    """Every piece holds something and at most so many UTF-16 units, and only white space is lost between them."""
    pieces = split(text, LIMIT)

    assert all(units(piece) <= LIMIT for piece in pieces)
    assert all(piece.strip() for piece in pieces) or not text.strip()
    assert "".join("".join(pieces).split()) == "".join(text.split())


def test_a_short_text_is_one_piece() -> None:
    """What fits is not cut, however many sentences it has."""
    assert split(" Erstens. Zweitens. ", 30) == ["Erstens. Zweitens."]


@pytest.mark.parametrize("end", [".", "!", "?", "…", "?!", ".“", ".)"])
def test_a_cut_falls_between_sentences(end: str) -> None:
    """The first piece ends with its last whole sentence, whatever sign ends it."""
    first = f"Hier fehlt ein Radweg{end}"

    assert split(f"{first} Und dort fehlt auch einer", len(first) + 10) == [first, "Und dort fehlt auch einer"]


@pytest.mark.parametrize(
    "stop",
    ["z. B.", "d. h.", "Nr. 5", "am 3. Mai", "bzw. Zwickau", "ca. 12", "Dr. Müller", "Str. 4", "das 100. Mal"],
)
def test_a_full_stop_inside_a_sentence_is_no_end(stop: str) -> None:
    """Abbreviations and ordinals do not end a sentence: it is cut at the blank before what does not fit."""
    beginning = f"Wir treffen uns dort {stop}"

    assert split(f"{beginning} Radweg, auch wenn es regnet", len(beginning) + 9) == [
        f"{beginning} Radweg,",
        "auch wenn es regnet",
    ]


def test_a_year_may_end_a_sentence() -> None:
    """A number of four digits is no ordinal."""
    assert split("Das war im Jahr 2026. Seitdem fährt hier ein Bus", 28) == [
        "Das war im Jahr 2026.",
        "Seitdem fährt hier ein Bus",
    ]


def test_a_cut_falls_between_lines_where_no_sentence_ends() -> None:
    """A list without full stops is cut at the end of a line."""
    lines = [f"Zeile {number} " + "x" * 50 for number in range(200)]

    assert [line for piece in split("\n".join(lines), LIMIT) for line in piece.split("\n")] == lines


def test_a_sentence_at_the_very_beginning_makes_no_short_piece() -> None:
    """A piece of less than half the length is worse to read than one that ends inside a sentence."""
    text = "Ja. " + "wort " * 30

    assert [len(piece) for piece in split(text, 50)][:2] == [48, 49]


@pytest.mark.parametrize(
    "sign",
    [
        "\U0001f6b2",
        FAMILY,
        "\U0001f44d\U0001f3fd",
        "e\u0308\u0323",
        "1\ufe0f\u20e3",
        "\U0001f3f4\U000e0067\U000e0062\U000e007f",
    ],
)
def test_no_sign_is_cut_in_half(sign: str) -> None:
    """Emoji of several parts and letters with marks stay whole in a text without a blank."""
    pieces = split("a" + sign * 3000, LIMIT)

    assert "".join(pieces) == "a" + sign * 3000
    assert all(piece.removeprefix("a").replace(sign, "") == "" for piece in pieces)


def test_a_sign_that_never_ends_is_cut() -> None:
    """Thousands of marks on one letter are cut somewhere rather than nowhere."""
    assert "".join(split("a" + "\u0301" * 9000, LIMIT)) == "a" + "\u0301" * 9000
