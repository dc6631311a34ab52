"""The stages of an idea, as `config/stages.toml` tells them, and which step leads where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.ideas.errors import StageRefused


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: its label and explanation are what the submitter reads."""

    id: str
    label: str
    explanation: str
    next: tuple[str, ...]
    tells_submitter: bool
    needs_note: bool


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """All stages by id; an idea begins at `initial` and stands at `routed` once a rule has found its bodies."""

    stages: Mapping[str, Stage]
    initial: str
    routed: str

    def step(self, present: str, wanted: str, note: str) -> Stage:
        """The stage `wanted`, or StageRefused with a sentence for staff (German) that says what is possible."""
        # An idea whose stage has left the configuration must not be stuck: it may go anywhere.
        ways = self.stages[present].next if present in self.stages else tuple(self.stages)
        if wanted not in self.stages:
            known = ", ".join(self.stages)
            raise StageRefused(f"Die Stufe „{wanted}“ gibt es nicht. Möglich sind: {known}.")
        if wanted not in ways:
            possible = ", ".join(ways) or "keine weiteren Stufen"
            raise StageRefused(f"Von „{present}“ führt kein Weg nach „{wanted}“. Möglich sind: {possible}.")
        if self.stages[wanted].needs_note and not note.strip():
            raise StageRefused(f"Die Stufe „{wanted}“ braucht eine Begründung. Bitte geben Sie sie mit --note an.")
        return self.stages[wanted]
