"""The check that every language has its own words for the topics and the stages, which other files name in German."""

from __future__ import annotations

from collections.abc import Iterator

from services.ideas.config_files import Stages, Topics
from services.ideas.errors import Problem
from services.ideas.texts import OWN_LANGUAGE, Texts
from services.ideas.words import Words


def check_languages(texts: Texts, topics: Topics | None, stages: Stages | None) -> Iterator[Problem]:
    """A problem for each topic and stage that a language has no words for; a file that cannot be read is left out."""
    for language in texts.languages:
        if language != OWN_LANGUAGE:
            file, words = f"texts/{language}/words.toml", texts.words(language)
            for key, expected in (*_missing_topics(words, topics), *_missing_stages(words, stages)):
                yield Problem(file, key, expected)


def _missing_topics(words: Words, topics: Topics | None) -> Iterator[tuple[str, str]]:
    for topic in topics.topic if topics else ():
        if topic.id not in words.topics:
            yield f"topics.{topic.id}", f"expected a label for the topic „{topic.label}“"


def _missing_stages(words: Words, stages: Stages | None) -> Iterator[tuple[str, str]]:
    for stage in stages.stage if stages else ():
        said = words.stages.get(stage.id)
        if said is None:
            yield f"stages.{stage.id}", f"expected a label and an explanation for the stage „{stage.label}“"
        elif stage.outlook and not said.outlook:
            yield f"stages.{stage.id}.outlook", f"expected what comes after the stage „{stage.label}“"
