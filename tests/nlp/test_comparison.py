"""Whether a new model is worse than the one that serves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pytest

from nlp.comparison import ACTED, Group, compare
from nlp.corpus import Example
from nlp.understanding import Kind, Point, TopicScore, Understanding


@dataclass(frozen=True)
class Oracle:
    """Says of each text what it was told to say, and else the topic that is its first word."""

    other: Mapping[str, Understanding]

    def place(self, text: str) -> Understanding:
        """Nothing."""
        raise NotImplementedError

    def understand(self, subject: str, text: str, points: tuple[Point, ...] = ()) -> Understanding:  # noqa: ARG002
        """The topic, without acting on it."""
        return self.other.get(text) or said(text.split(maxsplit=1)[0])


def said(topic: str, *, acts: bool = False, kind: Kind = Kind.IDEA) -> Understanding:
    scores = (TopicScore(topic, 0.9),)
    return replace(Understanding.nothing(), kind=kind, suggestions=scores, topics=scores if acts else ())


def rows(topic: str, number: int) -> list[Example]:
    return [Example(f"{topic}{i}", "", f"{topic} {i}", Kind.IDEA, (topic,), ()) for i in range(number)]


def wrong(texts: list[Example], *, acts: bool = False) -> dict[str, Understanding]:
    return {row.text: said("housing", acts=acts) for row in texts}


PERFECT = Oracle({})


def test_equal_models_raise_no_objection() -> None:
    """A model is not worse than itself, and both have everything right."""
    asked = rows("energy", 9)
    comparison = compare(PERFECT, PERFECT, asked, asked)
    assert comparison.objections == ()
    assert comparison.groups[0] == Group("energy", 9, 9, 9, 0, 0)


@pytest.mark.parametrize(("lost", "is_worse"), [(4, False), (5, True)])
def test_a_topic_is_worse_beyond_chance(lost: int, *, is_worse: bool) -> None:
    """Four messages lost and none won may be chance (1 in 16), five may not (1 in 32); the topic is named."""
    asked = [*rows("energy", 30), *rows("mobility", 30)]
    comparison = compare(PERFECT, Oracle(wrong(asked[:lost])), asked, ())
    assert [objection.split(":")[0] for objection in comparison.objections] == (["energy"] if is_worse else [])


def test_what_is_won_weighs_against_what_is_lost() -> None:
    """Five messages lost and five won are no worse model."""
    asked = rows("energy", 30)
    comparison = compare(Oracle(wrong(asked[:5])), Oracle(wrong(asked[5:10])), asked, ())
    assert comparison.objections == ()
    assert comparison.groups[0].chance == pytest.approx(0.623, abs=0.001)


def test_a_gain_elsewhere_does_not_buy_a_loss() -> None:
    """A model that is much better at one topic and worse at another is refused for the other."""
    asked = [*rows("energy", 30), *rows("mobility", 30)]
    comparison = compare(Oracle(wrong(asked[30:])), Oracle(wrong(asked[:6])), asked, ())
    assert comparison.objections == ("energy: 6 lost, 0 won",)


def test_another_careful_readers_topic_is_right() -> None:
    """Where two topics are taken for the primary one, either counts."""
    row = replace(rows("energy", 1)[0], topics=("energy", "housing"), either=("housing",))
    comparison = compare(Oracle(wrong([row])), PERFECT, [row], ())
    assert (comparison.groups[0].before, comparison.groups[0].after) == (1, 1)


def test_an_idea_that_is_taken_for_spam_is_wrong() -> None:
    """Whatever topic is suggested beside it: nobody would read it."""
    asked = rows("energy", 6)
    spam = Oracle({row.text: said("energy", kind=Kind.SPAM) for row in asked})
    assert compare(PERFECT, spam, asked, ()).objections == ("energy: 6 lost, 0 won",)


def test_messages_without_a_topic_are_judged_by_their_kind() -> None:
    """Spam that is taken for an idea is lost in a group of its own."""
    asked = [Example(str(i), "", f"spam {i}", Kind.SPAM, (), ()) for i in range(6)]
    found = Oracle({row.text: said("energy", kind=Kind.SPAM) for row in asked})
    assert compare(found, PERFECT, asked, ()).objections == ("(spam): 6 lost, 0 won",)


def test_acting_on_wrong_topics_is_worse() -> None:
    """A model that acts on wrong suggestions where the other one abstained is refused, though both suggest the same."""
    asked = rows("energy", 6)
    comparison = compare(Oracle(wrong(asked)), Oracle(wrong(asked, acts=True)), asked, ())
    assert comparison.objections == (f"{ACTED}: 6 lost, 0 won",)


def test_fewer_corrections_right_is_worse_without_any_test() -> None:
    """What a person has said may not be unlearned: one less is enough."""
    corrected = rows("energy", 3)
    comparison = compare(PERFECT, Oracle(wrong(corrected[:1])), rows("mobility", 3), corrected)
    assert comparison.objections == ("corrections: 2 right instead of 3",)


def test_the_table_has_a_line_for_each_group() -> None:
    """Topics, kinds, what is acted on and the corrections; what is worse says so."""
    asked = rows("energy", 6)
    lines = compare(PERFECT, Oracle(wrong(asked)), asked, ()).table().splitlines()
    assert [line.split()[0] for line in lines[1:]] == ["energy", "acts", "corrections"]
    assert lines[1].endswith("0.02  worse")
