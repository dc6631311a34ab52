from __future__ import annotations

import pytest

from services.ideas.digest_order import Section, section_of, side_by_side
from services.ideas.ledger import Event


@pytest.mark.parametrize(
    ("alike", "expected"),
    [
        ({}, [[1], [2], [3], [4]]),
        ({4: [1]}, [[1, 4], [2], [3]]),
        ({3: [2], 4: [3]}, [[1], [2, 3, 4]]),
        ({4: [1, 2]}, [[1, 2, 4], [3]]),
        ({1: [3], 2: [4]}, [[1, 3], [2, 4]]),
        ({2: [9]}, [[1], [2], [3], [4]]),
    ],
)
def test_what_is_alike_stands_where_the_first_of_it_stood(
    alike: dict[int, list[int]], expected: list[list[int]]
) -> None:
    """Whichever names the other, and through a third as well; what is not in the list does not matter."""
    assert side_by_side([1, 2, 3, 4], alike) == expected


@pytest.mark.parametrize(
    ("events", "is_open", "section"),
    [
        ({Event.NEW}, True, Section.NEWS),
        ({Event.NEW, Event.ADDED}, True, Section.NEWS),
        ({Event.ADDED}, True, Section.CITIZENS),
        ({Event.NEW, Event.WITHDRAWN}, True, Section.CITIZENS),
        ({Event.OVERDUE}, True, Section.WAITING),
        ({Event.UNDONE}, True, Section.WAITING),
        ({Event.NEW, Event.DECIDED}, False, Section.DONE),
        ({Event.STATEMENT}, False, Section.SETTLED),
        ({Event.RAISED}, False, Section.NEWS),
        (set(), True, Section.WAITING),
    ],
)
def test_each_idea_stands_in_one_section(events: set[Event], is_open: bool, section: Section) -> None:  # noqa: FBT001
    """By what is told of it, and whether the body has it."""
    assert section_of(events, is_open=is_open) is section
