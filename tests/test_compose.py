"""The containers: what docker-compose.yml and Dockerfile promise is what the program has and listens to."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.cli.main import SERVICES, main
from services.ideas.catalogue import read_catalogue
from services.ideas.settings import Settings

ROOT = Path(__file__).parents[1]
PROGRAMS = ["intake", "notifier", "desk"]
EVERYTHING = ["db", *PROGRAMS]
_SECRETS = "/run/secrets/"
_A_SECRET = {"database_url": "postgresql+asyncpg://ideenkanal:pass@db/ideenkanal", "secret_key": "0123456789abcdef" * 2}


@pytest.fixture
def compose() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return content


def _settings(environment: dict[str, str], secrets: Path) -> Settings:
    """What the program makes of a container's environment; raises ConfigurationError where it would not start."""
    secrets.mkdir(exist_ok=True)
    local = {}
    for name, value in environment.items():
        local[name] = value.replace(_SECRETS, f"{secrets}/")
        if value.startswith(_SECRETS):
            Path(local[name]).write_text(_A_SECRET.get(value.removeprefix(_SECRETS), "") + "\n")
    return read_catalogue(ROOT / "config", local).settings


def _published(service: dict[str, Any]) -> list[tuple[str, int]]:
    """The address of the host and the port of the container, for each published port."""
    parts = [port.split(":") for port in service.get("ports", ())]
    return [(address, int(inside)) for address, _, inside in parts]


def test_docker_compose_accepts_the_file(tmp_path: Path, compose: dict[str, Any]) -> None:
    """`docker-compose config` finds nothing wrong, and sees the database and the three services."""
    shutil.copy(ROOT / "docker-compose.yml", tmp_path)
    for secret in compose["secrets"].values():
        path = tmp_path / secret["file"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()

    done = subprocess.run(
        ["docker-compose", "config", "--services"],  # noqa: S607  where it lies differs between installations
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert (done.returncode, sorted(done.stdout.split())) == (0, sorted(EVERYTHING)), done.stderr


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_service_runs_the_command_of_its_name(name: str, compose: dict[str, Any]) -> None:
    """Each container runs one service that the command line has."""
    assert compose["services"][name]["command"] == [name]
    assert name in SERVICES


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_health_check_is_a_command_of_the_program(
    name: str, compose: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    """The command line knows what the health check calls."""
    how, program, *arguments = compose["services"][name]["healthcheck"]["test"]

    with pytest.raises(SystemExit) as ended:
        main([*arguments, "--help"])

    assert (how, program, ended.value.code) == ("CMD", "ideenkanal", 0)
    assert arguments[0] in capsys.readouterr().out


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_program_starts_with_its_environment(name: str, compose: dict[str, Any], tmp_path: Path) -> None:
    """Every variable is a setting, and the settings are the ones that containers need."""
    settings = _settings(compose["services"][name]["environment"], tmp_path / "secrets")

    assert settings.storage.url == _A_SECRET["database_url"]
    assert settings.security.secret_key.get_secret_value() == _A_SECRET["secret_key"]
    assert str(settings.storage.data_dir) == "/data"


@pytest.mark.parametrize("name", PROGRAMS)
def test_what_a_program_keeps_outlives_its_container(name: str, compose: dict[str, Any], tmp_path: Path) -> None:
    """Its data directory is a volume with a name: what one notifier has sent the next one knows."""
    service = compose["services"][name]
    data_dir = _settings(service["environment"], tmp_path / "secrets").storage.data_dir
    volumes = dict(reversed(volume.split(":")[:2]) for volume in service["volumes"])

    assert volumes[str(data_dir)] == "data"
    assert "data" in compose["volumes"]


def test_the_published_ports_are_where_intake_listens(compose: dict[str, Any], tmp_path: Path) -> None:
    """Mail reaches the SMTP server and Telegram's posts the webhook, and only the host itself can send them."""
    intake = compose["services"]["intake"]
    settings = _settings(intake["environment"], tmp_path / "secrets")

    assert _published(intake) == [("127.0.0.1", settings.email.port), ("127.0.0.1", settings.web.port)]
    assert (settings.email.host, settings.web.host) == ("0.0.0.0", "0.0.0.0")  # noqa: S104  inside a container


def test_the_published_web_port_is_where_the_desk_listens(compose: dict[str, Any], tmp_path: Path) -> None:
    """Requests to the published port reach the desk, and only the host itself can send them."""
    desk = compose["services"]["desk"]
    web = _settings(desk["environment"], tmp_path / "secrets").web

    assert _published(desk) == [("127.0.0.1", web.port)]
    assert web.host == "0.0.0.0"  # noqa: S104  inside a container


@pytest.mark.parametrize("name", ["db", "notifier"])
def test_what_nobody_calls_publishes_nothing(name: str, compose: dict[str, Any]) -> None:
    """The database and the notifier cannot be reached from outside."""
    assert _published(compose["services"][name]) == []


@pytest.mark.parametrize("name", EVERYTHING)
def test_a_container_cannot_become_more_than_it_is(name: str, compose: dict[str, Any]) -> None:
    """No container is root, has a capability, can gain one, or writes to its root file system."""
    service = compose["services"][name]

    assert service["user"].partition(":")[0] not in {"", "0", "root"}
    assert (service["cap_drop"], service["read_only"]) == (["ALL"], True)
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "/tmp" in service["tmpfs"]  # noqa: S108  the container's own
    assert "cap_add" not in service


@pytest.mark.parametrize("name", EVERYTHING)
def test_a_secret_that_is_read_is_handed_over(name: str, compose: dict[str, Any]) -> None:
    """Each secret file that a variable names is given to the container and no secret stands in the file itself."""
    service = compose["services"][name]
    read = {value.removeprefix(_SECRETS) for key, value in service["environment"].items() if key.endswith("_FILE")}

    assert read == set(service["secrets"])
    assert read <= set(compose["secrets"])
    assert all(source["file"].startswith("./var/") for source in compose["secrets"].values())


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_waits_for_the_database(name: str, compose: dict[str, Any]) -> None:
    """No service starts before the database takes connections."""
    assert compose["services"][name]["depends_on"] == {"db": {"condition": "service_healthy"}}


def test_the_image_runs_as_the_user_that_compose_names(compose: dict[str, Any]) -> None:
    """Image and compose agree on the user, so that both can write to the same volume."""
    user = re.findall(r"^USER (\S+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)

    assert {compose["services"][name]["user"] for name in PROGRAMS} == set(user)
    assert user != []


def test_the_image_starts_with_its_own_environment(tmp_path: Path) -> None:
    """The variables that the image sets are settings, and open its ports to other containers."""
    found = re.findall(r"(IDEENKANAL_\w+)=(\S+)", (ROOT / "Dockerfile").read_text())

    settings = _settings(dict(found), tmp_path / "secrets")

    assert (settings.email.host, settings.web.host) == ("0.0.0.0", "0.0.0.0")  # noqa: S104  inside a container


def test_what_the_image_is_made_of_is_in_the_tree() -> None:
    """Every path that the Dockerfile copies exists."""
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    paths = [path for line in copied for path in line.split()]

    assert paths != []
    assert [path for path in paths if not (ROOT / path).exists()] == []
