"""How a body can answer its digest, shown with an idea that it has there: lines that it may send as they stand."""

from __future__ import annotations

from services.ideas.bodies import Body
from services.ideas.catalogue import Catalogue
from services.ideas.description import topic_label
from services.ideas.digest_items import Item
from services.ideas.lifecycle import Stage

_LONGEST_NAME = 30


def examples(catalogue: Catalogue, body: str, item: Item) -> tuple[str, ...]:
    """What the body can do with an idea, as lines of an answer, the last one a question to its submitter.

    () where it does not have the idea.
    """
    idea = item.idea
    stage = catalogue.lifecycle.stages.get(idea.stage) if idea else None
    if idea is None or stage is None or not item.entry.is_open:
        return ()
    said = [_first(catalogue, body, item, stage), "ablehnen: Grund"]
    # Until its findings are there, nobody can pass an idea on along the chain.
    other = None if item.missing else _other(catalogue, body, stage)
    if other:
        said.append(f"weiter {_short(other)}: Grund")
    if body != catalogue.catch_all:
        said.append("nicht zuständig: Grund")
    return tuple(f"{item.entry.number} {each}" for each in (*said, "Rückfrage: Ihre Frage") if each)


def _first(catalogue: Catalogue, body: str, item: Item, stage: Stage) -> str:
    """What the idea waits for: a finding, its topic, or a yes."""
    if item.missing:
        return f"{item.missing[0]} ja"
    if item.idea and item.idea.understanding.abstained and body == catalogue.catch_all:
        likely = [each.id for each in item.idea.understanding.suggestions if each.id in catalogue.topics]
        return f"Thema {topic_label(catalogue, (*likely, *catalogue.topics)[0])}"
    return "annehmen" if stage.accept else ""


def _other(catalogue: Catalogue, body: str, stage: Stage) -> Body | None:
    """A body to pass the idea on to: who leads the next stage, or whom the rules name beside for such ideas."""
    lifecycle = catalogue.lifecycle
    leaders = [each.body for each in lifecycle.stages.values() if each.body]
    if stage.body == body:
        wanted = [lifecycle.stages[each].body for each in stage.next]
    else:
        asked = [rule for rule in catalogue.routes if stage.id in rule.stages or not (rule.stages or stage.body)]
        wanted = [each for rule in asked for each in rule.bodies if each not in leaders]
    return next((catalogue.bodies[each] for each in wanted if each and each != body), None)


def _short(body: Body) -> str:
    """A name by which staff may call it."""
    return next((name for name in (body.name, *body.called) if len(name) <= _LONGEST_NAME), body.id)
