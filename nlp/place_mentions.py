"""The name of a place in a text, and how it counts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from nlp.gazetteer import MatchPolicy
from nlp.place_forms import Form
from nlp.place_names import SenseKind

if TYPE_CHECKING:
    from nlp.place_names import Reading


class Role(StrEnum):
    """How a place name counts: fully; as the writer's home; as a hint where nothing else is named; or not at all.

    FAR is a weaker hint: where somebody goes or works. ANCHOR only tells which of several places is meant.
    A route or an example outside the region (ROUTE) makes no idea one of somewhere else.
    """

    PLACE = "place"
    HOME = "home"
    HINT = "hint"
    FAR = "far"
    ANCHOR = "anchor"
    COMPARED = "compared"
    ROUTE = "route"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Mention:
    """A place name in a text; offsets are characters, end exclusive.

    `quarter` is set beside "Ortsteil" and the like, `urban` beside such words that mean parts of towns alone, and
    `spot` after "am", "auf dem" and the like.
    """

    start: int
    end: int
    reading: Reading
    role: Role = Role.PLACE
    quarter: bool = False
    spot: bool = False
    urban: bool = False

    @property
    def adjective(self) -> bool:
        """Whether it may be an adjective or the name of people, such as "Plauener"."""
        return self.reading.form >= Form.ADJECTIVE

    @property
    def outside(self) -> bool:
        """Whether every meaning lies outside the region."""
        return all(sense.kind is SenseKind.OUTSIDE for sense in self.reading.senses)

    @property
    def local(self) -> bool:
        """Whether it may be a part of a municipality."""
        return any(sense.kind is SenseKind.LOCALITY for sense in self.reading.senses)

    @property
    def shared(self) -> bool:
        """Whether other places too are called so, here or, as far as is known, elsewhere."""
        senses = self.reading.senses
        return self.town and (len(senses) > 1 or senses[0].policy is MatchPolicy.NEEDS_CONTEXT)

    @property
    def town(self) -> bool:
        """Whether every meaning is a municipality or a part of one."""
        return all(sense.kind in {SenseKind.MUNICIPALITY, SenseKind.LOCALITY} for sense in self.reading.senses)

    @property
    def abroad(self) -> bool:
        """Whether it lies so far outside that nobody there would write here."""
        return self.outside and all(sense.policy is MatchPolicy.NEEDS_CONTEXT for sense in self.reading.senses)

    @property
    def plate(self) -> bool:
        """Whether it is a number plate."""
        return any(sense.kind is SenseKind.PLATE for sense in self.reading.senses)

    @property
    def passing(self) -> bool:
        """Whether it is a road, line, river or club, or a landmark that others are called like."""
        return all(
            sense.kind is SenseKind.PASSING
            or (sense.kind is SenseKind.LANDMARK and sense.policy is MatchPolicy.NEEDS_CONTEXT)
            for sense in self.reading.senses
        )
