"""Why a trained model cannot be used.

ModelError
├── ModelMissing    there is no model at the path
├── ModelCorrupt    its files are not those that were written
├── ModelMismatch   the files are whole, but this program cannot use them
└── EncoderMissing  a package that a model or config names is not installed, or is none that can be used
"""

from __future__ import annotations

from pathlib import Path

_TRAIN = "make it with `ideenkanal train --shipped`"


class ModelError(Exception):
    """The model cannot be used."""


class ModelMissing(ModelError):  # noqa: N818  (the tree's root says that they are errors)
    """There is no model at the path."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path}: there is no model; {_TRAIN}")


class ModelCorrupt(ModelError):  # noqa: N818
    """The model's files are not those that were written."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: the model is damaged ({reason}); restore it or {_TRAIN}")


class ModelMismatch(ModelError):  # noqa: N818
    """The model's files are whole, but this program cannot use them."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: the model does not fit ({reason}); {_TRAIN}")


class EncoderMissing(ModelError):  # noqa: N818
    """A package is not installed, or is none that can be used."""

    def __init__(self, package: str, reason: str, remedy: str) -> None:
        super().__init__(f"{package}: {reason}; {remedy}")
