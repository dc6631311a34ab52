"""Why an idea has its topics: the words of its text that decided, with their weights."""

from __future__ import annotations

from collections.abc import Sequence

from nlp.understanding import Understanding
from services.ideas.channels import EMAIL
from services.ideas.model import Idea
from services.ideas.readings import Source

_TOPIC = "topic:"


def reasons(idea: Idea) -> Sequence[tuple[str, float]]:
    """The words that speak for the idea's topics and the share (0 to 1) that each brings, the weightiest first.

    There are none for an idea whose text is erased, whose topic a person has said, or that has no topic.
    """
    understanding = idea.understanding
    if not understanding.topics or any(topic.probability == 1.0 for topic in understanding.topics):
        return ()
    # As it was understood: in a chat all that was said, of mails the first alone.
    read = Source.whole(idea.contributions[:1] if idea.channel == EMAIL else idea.contributions)
    source = Understanding.source(read.subject, read.text)
    found = [item for item in understanding.evidence if item.label.startswith(_TOPIC) and item.end <= len(source)]
    words: dict[str, float] = {}
    for item in found:
        word = source[item.start : item.end]
        words[word] = max(item.weight, words.get(word, 0.0))
    return sorted(words.items(), key=lambda pair: -pair[1])
