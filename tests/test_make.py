"""The tree as a newcomer finds it: the Makefile's set-up, the lock, and what lies at the top."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
ROOMS = {"services", "nlp", "config", "tests", "docs", ".ci"}
FILES = {
    *("README.md", "CHANGELOG.md", "LICENSE", "Makefile", "pyproject.toml", "requirements.lock"),
    *("Dockerfile", "docker-compose.yml", ".gitignore"),
}
# In parts, so that this file does not name them itself.
REGISTRIES = tuple(
    ".".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"))
)
PROGRAM = ".venv/bin/ideenkanal run"


def _make(directory: Path, *arguments: str, path: str | None = None) -> subprocess.CompletedProcess[str]:
    # What an outer make hands down (MAKEFLAGS and the like) is not meant for this one.
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(  # noqa: S603  the arguments are ours
        ["/usr/bin/make", *arguments],
        cwd=directory,
        env=environment | ({"PATH": path} if path else {}),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """What the set-up reads, in a folder whose name has blanks, before anything was set up."""
    tree = tmp_path / "a fresh tree"
    for name in ("config/topics.toml", "nlp/model/meta.json", "pyproject.toml", "requirements.lock"):
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).touch()
    (tree / "Makefile").write_text((ROOT / "Makefile").read_text())
    return tree


def _program(folder: Path, name: str, script: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def test_a_fresh_tree_is_set_up_from_the_lock_and_then_started(fresh: Path) -> None:
    """`make run` alone makes an environment, installs into it with hashes, and starts the program."""
    done = _make(fresh, "--dry-run", "run")

    steps = ["-m venv --clear .venv", "--require-hashes --no-deps -r requirements.lock", "--editable .", PROGRAM]
    assert done.returncode == 0, done.stderr
    assert sorted(steps, key=done.stdout.index) == steps


def test_a_tree_that_is_set_up_is_only_started(fresh: Path) -> None:
    """A second `make run` installs nothing and trains nothing."""
    (fresh / ".venv").mkdir()
    for age, stamp in enumerate(["locked", "ready", "model"], start=1):
        (fresh / ".venv" / stamp).touch()
        after = (fresh / "requirements.lock").stat().st_mtime + age
        os.utime(fresh / ".venv" / stamp, (after, after))

    done = _make(fresh, "--dry-run", "run")

    assert PROGRAM in done.stdout
    assert not re.search(r"install|train|venv --clear", done.stdout)


@pytest.mark.parametrize("changed", ["requirements.lock", "pyproject.toml"])
def test_a_changed_lock_or_project_is_installed_anew(fresh: Path, changed: str) -> None:
    """What was installed before a change does not count as set up."""
    (fresh / ".venv").mkdir()
    for stamp in ("locked", "ready", "model"):
        (fresh / ".venv" / stamp).touch()
    after = (fresh / ".venv" / "model").stat().st_mtime + 1
    os.utime(fresh / changed, (after, after))

    assert "--editable ." in _make(fresh, "--dry-run", "run").stdout


def test_a_set_up_that_fails_half_way_is_not_taken_for_done(fresh: Path, tmp_path: Path) -> None:
    """Where the installation breaks off, make fails and the next one begins anew."""
    pip_fails = r"mkdir -p .venv/bin; printf '#!/bin/sh\nexit 1\n' >.venv/bin/python; chmod +x .venv/bin/python"
    _program(tmp_path / "bin", "python3.13", f'case "$1$2" in -mvenv) {pip_fails};; esac')

    done = _make(fresh, "run", path=f"{tmp_path / 'bin'}:/usr/bin:/bin")

    assert done.returncode != 0
    assert (fresh / ".venv" / "bin" / "python").exists()
    assert [stamp for stamp in ("locked", "ready", "model") if (fresh / ".venv" / stamp).exists()] == []


def test_without_a_new_enough_python_make_says_so(fresh: Path, tmp_path: Path) -> None:
    """Where every Python is too old, the message names the version that is needed."""
    for name in ("python3.13", "python3.12", "python3.11", "python3"):
        _program(tmp_path / "bin", name, "exit 1")

    done = _make(fresh, "run", path=f"{tmp_path / 'bin'}:/usr/bin:/bin")

    assert done.returncode != 0
    assert "Python 3.11 or newer" in done.stderr


def test_a_package_that_cannot_be_installed_is_named_with_the_command(fresh: Path, tmp_path: Path) -> None:
    """Where Debian's package of venv is missing and root cannot be had, the message is what to type as root."""
    _program(tmp_path / "bin", "python3.13", 'case "$2" in *venv*) exit 1;; esac')
    for name in ("sudo", "apt-get"):
        _program(tmp_path / "bin", name, "exit 1")

    done = _make(fresh, "run", path=f"{tmp_path / 'bin'}:/usr/bin:/bin")

    assert done.returncode != 0
    assert "installing python3-venv from Debian (needs root)" in done.stdout
    assert "type 'apt-get install python3-venv' as root" in done.stderr


def test_make_alone_lists_the_targets(fresh: Path) -> None:
    """Someone who types `make` learns what there is."""
    listed = re.findall(r"^  make (\w+) +\S", _make(fresh).stdout, re.MULTILINE)

    assert set(listed) == {"help", "run", "test", "check", "demo", "lock", "model", "clean"}


def _locked() -> dict[str, list[str]]:
    """The lines of the lock by the requirement that they belong to: `name==version ; marker`."""
    text = (ROOT / "requirements.lock").read_text().replace("\\\n", " ")
    lines = [line.split("#")[0].strip() for line in text.splitlines()]
    return {line.partition("--hash=")[0].strip(): re.findall(r"--hash=(\S+)", line) for line in lines if line}


def test_every_locked_requirement_has_a_hash() -> None:
    """Nothing can be installed whose content is not known."""
    locked = _locked()

    assert len(locked) > 50
    assert [name for name, hashes in locked.items() if not hashes or "==" not in name] == []


def test_the_lock_names_no_host() -> None:
    """Where packages come from is the business of who installs them."""
    lock = (ROOT / "requirements.lock").read_text()

    assert re.findall(r"\w+://\S+|--(?:extra-)?index-url|--find-links", lock) == []


def test_the_lock_holds_what_the_project_needs() -> None:
    """Every dependency of pyproject.toml is locked for every platform, in a version that it takes."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    needed = [Requirement(text) for text in project["dependencies"] + project["optional-dependencies"]["dev"]]
    locked = {canonicalize_name(r.name): r for r in map(Requirement, _locked()) if not r.marker}

    def fits(requirement: Requirement) -> bool:
        pinned = locked.get(canonicalize_name(requirement.name))
        return pinned is not None and requirement.specifier.contains(str(pinned.specifier).removeprefix("=="))

    assert [str(requirement) for requirement in needed if not fits(requirement)] == []


@pytest.fixture(scope="module")
def tree() -> list[str]:
    """The files of the tree as git knows them, new ones included."""
    # The tree may belong to another user than the one who tests it.
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)  # noqa: S603
    return [name for name in done.stdout.split("\0") if (ROOT / name).is_file()]


def test_nothing_unexpected_lies_at_the_top(tree: list[str]) -> None:
    """The first look at the tree shows the rooms and little else."""
    assert {name.partition("/")[0] for name in tree} <= ROOMS | FILES
    assert "pyproject.toml" in tree


def test_no_file_names_a_registry_or_a_path_of_one_machine(tree: list[str]) -> None:
    """The tree can be built from any mirror and in any folder."""
    forbidden = re.compile("|".join([*map(re.escape, REGISTRIES), r"(?<![\w.~])/(?:work|root)/"]).encode())

    assert [name for name in tree if forbidden.search((ROOT / name).read_bytes())] == []
