"""The stages of an idea, as `config/stages.toml` tells them, and which step leads where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.ideas.errors import StageRefused


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: its label, its explanation and its outlook (what comes next) are what the submitter reads.

    `body` leads it: what it decides moves the idea; "" leaves it to the bodies that the rules name. It should take no
    longer than `expected_days`. `accept` is the stage to which a yes leads, and `findings` are the questions that must
    have been answered before. `ends`: an idea's way ends here, although it may be taken up again.
    """

    id: str
    label: str
    explanation: str
    next: tuple[str, ...]
    tells_submitter: bool
    needs_note: bool
    ends: bool = False
    outlook: str = ""
    body: str = ""
    expected_days: int | None = None
    accept: str = ""
    findings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """All stages by id.

    An idea begins at `initial`, stands at `routed` once a rule has found its bodies, ends at `withdrawn` where its
    submitter takes it back, and at `declined` where a body says no. What lies too long is told to the body `watches`,
    `raised_after_days` after its own body was reminded.
    """

    stages: Mapping[str, Stage]
    initial: str
    routed: str
    withdrawn: str
    declined: str
    watches: str
    raised_after_days: int

    def is_open(self, stage: str) -> bool:
        """Whether anything may still become of an idea at this stage, or at one that has left the configuration."""
        return stage not in self.stages or bool(self.stages[stage].next)

    def is_over(self, stage: str) -> bool:
        """Whether nothing more is meant to become of an idea at this stage, even if it may be taken up again."""
        return stage in self.stages and (self.stages[stage].ends or not self.stages[stage].next)

    def is_untouched(self, stage: str) -> bool:
        """Whether no person has moved the idea yet."""
        return stage in (self.initial, self.routed)

    def asked_at(self, stage: str) -> str:
        """The stage at which the rules are asked for an idea: one that nobody has moved yet is about to be routed."""
        return self.routed if self.is_untouched(stage) else stage

    def reached_from(self, stage: str) -> frozenset[str]:
        """Every stage to which some way leads from this one, itself included."""
        reached, ahead = set[str](), [stage]
        while ahead:
            present = ahead.pop()
            if present not in reached and present in self.stages:
                reached.add(present)
                ahead += self.stages[present].next
        return frozenset(reached)

    def step(self, present: str, wanted: str, note: str) -> Stage:
        """The stage `wanted`, or StageRefused with a sentence for staff (German) that says what is possible."""
        # An idea whose stage has left the configuration must not be stuck: it may go anywhere.
        ways = self.stages[present].next if present in self.stages else tuple(self.stages)
        stage = self._known(wanted)
        if wanted not in ways:
            possible = ", ".join(ways) or "keine weiteren Stufen"
            raise StageRefused(f"Von „{present}“ führt kein Weg nach „{wanted}“. Möglich sind: {possible}.")
        return _with_reason(stage, note)

    def carried_to(self, present: str, wanted: str, note: str) -> Stage:
        """The stage to which a measure brings its ideas; StageRefused where it cannot be one, or is the present one.

        A measure is planned elsewhere and keeps to no way, but what is new or was taken back is no stage of it.
        """
        stage = self._known(wanted)
        if self.is_untouched(wanted) or wanted == self.withdrawn:
            raise StageRefused(f"Auf die Stufe „{wanted}“ kann eine Maßnahme nicht kommen.")
        if wanted == present:
            raise StageRefused(f"Die Maßnahme ist schon auf der Stufe „{wanted}“.")
        return _with_reason(stage, note)

    def _known(self, wanted: str) -> Stage:
        if wanted not in self.stages:
            known = ", ".join(self.stages)
            raise StageRefused(f"Die Stufe „{wanted}“ gibt es nicht. Möglich sind: {known}.")
        return self.stages[wanted]


def _with_reason(stage: Stage, note: str) -> Stage:
    if stage.needs_note and not note.strip():
        raise StageRefused(f"Die Stufe „{stage.id}“ braucht eine Begründung. Bitte schreiben Sie sie dazu.")
    return stage
