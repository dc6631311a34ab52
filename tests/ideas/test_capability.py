from __future__ import annotations

import re
from enum import StrEnum

from hypothesis import given
from hypothesis import strategies as st

from services.ideas import capability
from services.ideas.capability import Purpose, capability_hash, capability_token
from services.ideas.register import Register
from tests.conftest import SECRET
from tests.ideas.samples import admit


class _Other(StrEnum):
    EXPORT = "export"


@given(st.binary(min_size=1), st.text("SW-0123456789"))
def test_a_token_is_43_signs_that_need_no_escaping(secret: bytes, reference: str) -> None:
    """256 bits in URL-safe Base64 without padding."""
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", capability_token(secret, Purpose.STATUS_PAGE, reference))


def test_the_same_idea_has_the_same_token() -> None:
    """Each notification shows the same link."""
    first, second = (capability_token(SECRET, Purpose.STATUS_PAGE, "SWS-2026-0042-7") for _ in range(2))

    assert first == second


def test_tokens_of_other_purposes_secrets_and_ideas_differ() -> None:
    """A token tells nothing about that of another purpose, secret or idea."""
    export: Purpose = _Other.EXPORT  # type: ignore[assignment]
    tokens = {
        capability_token(SECRET, Purpose.STATUS_PAGE, "SWS-2026-0042-7"),
        capability_token(SECRET, export, "SWS-2026-0042-7"),
        capability_token(b"another secret", Purpose.STATUS_PAGE, "SWS-2026-0042-7"),
        capability_token(SECRET, Purpose.STATUS_PAGE, "SWS-2026-0043-5"),
    }

    assert len(tokens) == 4


@given(st.text(st.characters()), st.text(st.characters()))
def test_different_tokens_have_different_hashes(first: str, second: str) -> None:
    """Whatever stands in a link, lone surrogates too, has a hash of its own."""
    assert (capability_hash(first) == capability_hash(second)) is (first == second)


def test_a_lone_surrogate_has_a_hash() -> None:
    """A link that a client mangled is unknown and no fault of ours."""
    assert {len(capability_hash(text)) for text in ("\ud800", "\udc80", "a\udfffb")} == {64}


async def test_a_token_opens_its_own_idea(register: Register) -> None:
    """The bearer of an idea's token sees that idea and no other."""
    references = [await admit(register, str(number)) for number in range(3)]
    opened = [
        await register.idea_by_token(register.token(Purpose.STATUS_PAGE, reference), Purpose.STATUS_PAGE)
        for reference in references
    ]

    assert [idea and idea.reference for idea in opened] == references


async def test_no_other_text_opens_an_idea(register: Register) -> None:
    """A reference number, a shortened token, one with a changed last sign and a mangled one open nothing."""
    reference = await admit(register, "1")
    token = register.token(Purpose.STATUS_PAGE, reference)
    changed = f"{token[:-1]}{'A' if token[-1] != 'A' else 'B'}"
    guesses = ["", reference, token[:-1], changed, f"{token}=", token.swapcase(), "\udc80", capability_hash(token)]

    assert [await register.idea_by_token(guess, Purpose.STATUS_PAGE) for guess in guesses] == [None] * len(guesses)


async def test_a_token_opens_nothing_for_another_purpose(register: Register) -> None:
    """Where a second purpose exists, the status page's token is not good for it."""
    reference = await admit(register, "1")
    export: Purpose = _Other.EXPORT  # type: ignore[assignment]

    assert await register.idea_by_token(register.token(Purpose.STATUS_PAGE, reference), export) is None


def test_tokens_are_never_compared_with_equals() -> None:
    """The module compares nothing: the store looks tokens up by their hash, whose timing tells nothing."""
    source = capability.__loader__.get_source(capability.__name__)  # type: ignore[union-attr]

    assert "==" not in source
