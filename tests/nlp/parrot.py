"""A classifier that says what the text tells it to, so that figures can be counted by hand."""

from __future__ import annotations

from dataclasses import dataclass

from nlp.understanding import Candidate, DistrictScore, Kind, MunicipalityScore, Point, TopicScore, Understanding


@dataclass(frozen=True)
class Parrot:
    """Reads its answer in the text: kind | districts | suggestions | how many are acted on | municipalities | asked.

    Each suggestion has the probability 0.8.
    """

    def understand(self, subject: str, text: str, points: tuple[Point, ...] = ()) -> Understanding:
        """The answer."""
        assert not points
        kind, districts, suggested, acted, municipalities, asked = (*text.split("|"), "", "")[:6]
        scores = tuple(TopicScore(topic, 0.8) for topic in suggested.split())
        topics = scores[: int(acted)]
        return Understanding(
            kind=Kind(kind),
            topics=topics,
            suggestions=scores,
            districts=tuple(DistrictScore(key, 1.0) for key in districts.split()),
            municipalities=tuple(MunicipalityScore(ags, "", 1.0) for ags in municipalities.split()),
            evidence=(),
            candidates=tuple(Candidate(ags, "", ags[:5]) for ags in asked.split()),
            abstained=not topics,
            model=subject,
        )

    def place(self, text: str) -> Understanding:
        """The answer too."""
        return self.understand("", text)
