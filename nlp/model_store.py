"""The models of an installation: the shipped one and those learned since, which of them serves, and the way back."""

from __future__ import annotations

import fcntl
import json
import logging
import os
import shutil
import tempfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from nlp.errors import ModelError

if TYPE_CHECKING:
    from nlp.artefact import ModelFacts

# The name of the shipped model, whatever its version is: an update of the program may bring another one.
SHIPPED = "shipped"
STATE = "serving.json"
META = "meta.json"
# Beside a model's own files: the ids of the corrections that it has learned from.
TAUGHT = "taught.json"

_PROMOTED_KEPT = 2
_ABANDONED_AFTER_SECONDS = 86_400

log = logging.getLogger(__name__)


class ModelStoreError(Exception):
    """What was asked for cannot be done; the message says why, and what is possible."""


class Standing(StrEnum):
    """What a version is good for: it serves, a rollback leads to it, or it waits to be promoted."""

    SERVING = "serving"
    EARLIER = "earlier"
    CANDIDATE = "candidate"


@dataclass(frozen=True, slots=True)
class ModelVersion:
    """A model by the name that it is promoted by; its `version` is "" where it cannot be read."""

    name: str
    version: str
    standing: Standing


class ModelStore:
    """The models below `learned`, one folder a version, beside the shipped one.

    `learned`/serving.json names the promoted ones, the last of which serves. It is replaced whole, so that several
    processes may look at it at any time.
    """

    def __init__(self, shipped: Path, learned: Path) -> None:
        self.shipped = shipped
        self._learned = learned

    def stamp(self) -> object:
        """A value that changes when another version is to serve; it costs one look at a file. Raises OSError."""
        try:
            found = (self._learned / STATE).stat()
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size

    def chosen(self) -> Path:
        """The folder of the version that is to serve, whether it can be read or not."""
        return self.path(self._promoted()[-1])

    def serving(self) -> Path:
        """The folder of the version that serves: the chosen one, or the shipped one where that cannot be read."""
        folder = self.chosen()
        if folder != self.shipped and (reason := _defect(folder)):
            log.error("the promoted model cannot be read, so the shipped one serves: %s", reason)
            return self.shipped
        return folder

    def path(self, name: str) -> Path:
        """The folder of a version."""
        return self.shipped if name == SHIPPED else self._learned / name

    def draft(self) -> Path:
        """A folder of nobody's, still to be made, for a model that is being trained."""
        self._learned.mkdir(parents=True, exist_ok=True)
        return self._learned / f".draft-{os.getpid()}"

    def add(self, draft: Path, taught: Collection[str] = ()) -> str:
        """Take a trained model in as a candidate; its version. The same version replaces itself.

        `taught` are the ids of the corrections that it has learned from.
        """
        version = _facts(draft).version
        (draft / TAUGHT).write_text(json.dumps(sorted(taught)), encoding="utf-8")
        with self._locked():
            shutil.rmtree(self._learned / version, ignore_errors=True)
            draft.rename(self._learned / version)
        return version

    def promote(self, name: str) -> None:
        """Let a version serve; the one before stays for `rollback`, older ones go. Raises ModelStoreError."""
        with self._locked():
            known = [SHIPPED, *self._names()]
            if name not in known:
                raise ModelStoreError(f"there is no model {name!r}; there are: {', '.join(known)}")
            if reason := _defect(self.path(name)):
                raise ModelStoreError(reason)
            before = [item for item in self._promoted() if item != name]
            promoted = [*before, name][-_PROMOTED_KEPT:]
            self._write(promoted)
            self._remove_older(promoted)

    def rollback(self) -> str:
        """Let the version serve that did before; its name. Raises ModelStoreError where there is none."""
        with self._locked():
            promoted = self._promoted()
            if len(promoted) < 2:
                raise ModelStoreError("there is no earlier model to go back to")
            if reason := _defect(self.path(promoted[-2])):
                raise ModelStoreError(reason)
            self._write(promoted[:-1])
            return promoted[-2]

    def forget(self, remaining: Collection[str]) -> tuple[str, ...]:
        """Remove the versions that learned from other corrections than these: their texts have been erased since.

        Returns their names. One that serves stays until another one does.
        """
        if not self._learned.exists():
            return ()
        with self._locked():
            promoted = self._promoted()
            gone = [name for name in self._names() if not self._taught(name) <= set(remaining)]
            removed = tuple(name for name in gone if name != promoted[-1])
            if set(removed) & set(promoted):
                self._write([SHIPPED, promoted[-1]] if promoted[-1] != SHIPPED else [SHIPPED])
            for name in removed:
                shutil.rmtree(self.path(name), ignore_errors=True)
        return removed

    def _taught(self, name: str) -> frozenset[str]:
        try:
            return frozenset(json.loads((self.path(name) / TAUGHT).read_bytes()))
        except (OSError, ValueError, TypeError):
            return frozenset()

    def versions(self) -> tuple[ModelVersion, ...]:
        """All versions, the shipped one first, the others in the order in which they were made."""
        promoted = self._promoted()
        found = []
        for name in (SHIPPED, *self._names()):
            standing = Standing.EARLIER if name in promoted else Standing.CANDIDATE
            standing = Standing.SERVING if name == promoted[-1] else standing
            version = "" if _defect(self.path(name)) else _facts(self.path(name)).version
            found.append(ModelVersion(name, version, standing))
        return tuple(found)

    def _names(self) -> list[str]:
        folders = [path.parent for path in self._learned.glob(f"[!.]*/{META}")]
        return [folder.name for folder in sorted(folders, key=lambda folder: (_made_at(folder), folder.name))]

    def _promoted(self) -> list[str]:
        """The promoted versions, oldest first, the shipped one in front unless it has been left behind."""
        path = self._learned / STATE
        try:
            names = json.loads(path.read_bytes())["promoted"]
            if names and all(isinstance(name, str) and name and Path(name).name == name for name in names):
                return list(names)
        except FileNotFoundError:
            return [SHIPPED]
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.error("%s cannot be read, so the shipped model serves: %s", path, type(error).__name__)  # noqa: TRY400
            return [SHIPPED]
        log.error("%s names no model, so the shipped one serves", path)
        return [SHIPPED]

    def _write(self, promoted: Sequence[str]) -> None:
        descriptor, draft = tempfile.mkstemp(dir=self._learned, prefix=".serving-")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump({"promoted": list(promoted)}, file)
                file.flush()
                os.fsync(file.fileno())
            Path(draft).chmod(0o644)
            Path(draft).replace(self._learned / STATE)
        finally:
            Path(draft).unlink(missing_ok=True)

    def _remove_older(self, promoted: Sequence[str]) -> None:
        """Remove what was made before the version that serves now, but for those that a rollback may need."""
        made_at = _made_at(self.path(promoted[-1]))
        for folder in [path for path in self._learned.iterdir() if path.is_dir() and path.name not in promoted]:
            grace = _ABANDONED_AFTER_SECONDS if folder.name.startswith(".") else 0
            if promoted[-1] != SHIPPED and _made_at(folder) + grace <= made_at:
                shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One process at a time changes what is here."""
        self._learned.mkdir(parents=True, exist_ok=True)
        with (self._learned / ".lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _made_at(folder: Path) -> float:
    for path in (folder / META, folder):
        with suppress(OSError):
            return path.stat().st_mtime
    return 0.0


def _defect(folder: Path) -> str:
    """Why a model cannot be read; "" where it can."""
    try:
        _facts(folder)
    except (ModelError, OSError) as error:
        return str(error)
    return ""


def _facts(folder: Path) -> ModelFacts:
    from nlp.artefact import read_facts  # noqa: PLC0415 - it loads spaCy, and to look at the stamp takes none

    return read_facts(folder)
