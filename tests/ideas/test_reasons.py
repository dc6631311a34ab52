"""The words for which an idea has its topics."""

from __future__ import annotations

from dataclasses import replace

from nlp.understanding import Evidence, TopicScore, Understanding
from services.ideas.channels import EMAIL, TELEGRAM
from services.ideas.model import Contribution, Idea
from services.ideas.reasons import reasons
from tests.conftest import NOON

READ = replace(
    Understanding.nothing(),
    topics=(TopicScore("mobility", 0.9),),
    evidence=(Evidence(6, 9, "topic:mobility", 0.3), Evidence(0, 5, "topic:mobility", 0.5), Evidence(10, 12, "14511")),
)


def _idea(*texts: str, channel: str = TELEGRAM, read: Understanding = READ) -> Idea:
    said = tuple(Contribution("", text, NOON) for text in texts)
    return Idea("SWS-1", "zugeordnet", NOON, channel, read, said, (), ())


def test_the_weightiest_word_comes_first() -> None:
    """Words of the text with the share that each brings; places are no reasons for a topic."""
    assert reasons(_idea("Abend Bus in C")) == [("Abend", 0.5), ("Bus", 0.3)]


def test_offsets_count_in_what_was_understood() -> None:
    """In a chat all that was said was read, of mails the first alone."""
    assert reasons(_idea("Abend", "Bus")) == [("Abend", 0.5), ("Bus", 0.3)]
    assert reasons(_idea("Abend", "Bus", channel=EMAIL)) == [("Abend", 0.5)]


def test_an_erased_text_gives_no_reasons() -> None:
    """What is gone is not shown in pieces."""
    assert reasons(_idea()) == []


def test_what_a_person_has_said_needs_no_reasons() -> None:
    """The words spoke for what the model thought, not for the correction."""
    assert reasons(_idea("Abend Bus", read=replace(READ, topics=(TopicScore("health", 1.0),)))) == ()
