"""What can go wrong in the domain and its store.

IdeenkanalError
├── StoreError
│   ├── StoreUnavailable   a temporary fault: the same call may succeed later
│   ├── StoreFull          no space is left: nothing was stored
│   └── SchemaTooNew       the database was written by a newer version
├── IdeaNotFound           no idea bears this reference number
├── NothingToConfirm       no topic was understood that a person could agree with
├── NotHeld                no message of this number waits for a person
├── DeedRefused            staff cannot do this with the idea
│   └── StageRefused       the lifecycle does not lead there
├── NotUnderstood          the model has to be asked first (services.ideas.readings)
└── ConfigurationError     `config/` or the environment is wrong; names every problem
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class IdeenkanalError(Exception):
    """Whatever this program raises on purpose."""


class StoreError(IdeenkanalError):
    """The store could not do what was asked."""


class StoreUnavailable(StoreError):  # noqa: N818 - named for what is the case
    """The store cannot be reached or is too busy at the moment; try again."""


class StoreFull(StoreError):  # noqa: N818 - named for what is the case
    """No space is left where the store lives; nothing was stored."""


class SchemaTooNew(StoreError):  # noqa: N818 - named for what is the case
    """The database was written by a newer version of this program."""


class IdeaNotFound(IdeenkanalError):  # noqa: N818 - named for what is the case
    """No idea bears this reference number."""


class NothingToConfirm(IdeenkanalError):  # noqa: N818 - named for what is the case
    """No topic was understood that a person could agree with."""


class NotHeld(IdeenkanalError):  # noqa: N818 - named for what is the case
    """No message of this number waits for a person."""


class DeedRefused(IdeenkanalError):  # noqa: N818 - named for what is the case
    """Staff cannot do this with the idea, as a sentence for them says."""


class StageRefused(DeedRefused):
    """The lifecycle does not lead from the present stage to the one asked for."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with the configuration: where it stands and what was expected there."""

    file: str
    key: str
    expected: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: {self.expected}"


class ConfigurationError(IdeenkanalError):
    """The configuration cannot be used; `problems` names everything that is wrong, not only the first."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))
