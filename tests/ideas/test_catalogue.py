from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

from services.ideas.catalogue import read_catalogue
from services.ideas.config_checks import cross_check
from services.ideas.errors import ConfigurationError, Problem
from tests.ideas.conftest import Change


def problems(region: Path, environ: Mapping[str, str] | None = None) -> tuple[Problem, ...]:
    """What is wrong with a configuration."""
    with pytest.raises(ConfigurationError) as caught:
        read_catalogue(region, environ or {})
    return caught.value.problems


def places(found: tuple[Problem, ...]) -> list[tuple[str, str]]:
    return [(problem.file, problem.key) for problem in found]


def test_a_missing_settings_file_means_the_defaults(region: Path) -> None:
    """A region that is content with the defaults needs no settings.toml."""
    (region / "settings.toml").unlink()

    assert read_catalogue(region, {}).settings.email.port == 8025


@pytest.mark.parametrize("file", ["topics.toml", "stages.toml", "bodies.toml", "places/districts.toml"])
def test_a_missing_file_is_named(region: Path, file: str) -> None:
    """Every other file has to be there."""
    (region / file).unlink()

    assert problems(region) == (Problem(file, "-", "expected this file to exist"),)


def test_an_empty_folder_names_everything_that_is_missing(tmp_path: Path) -> None:
    """A wrong path is told by all that it lacks."""
    assert places(problems(tmp_path / "nowhere")) == [
        ("topics.toml", "-"),
        ("stages.toml", "-"),
        ("bodies.toml", "-"),
        ("places/districts.toml", "-"),
        ("texts", "-"),
    ]


def test_a_file_in_place_of_the_folder_is_named(region: Path) -> None:
    """Whoever gives a file as the folder reads that none of its files can be read."""
    assert ("topics.toml", "-") in places(problems(region / "settings.toml"))


def test_broken_toml_is_named_with_its_line(region: Path, change: Change) -> None:
    """What is no TOML is told with the place that the reader stumbled over."""
    change("stages.toml", "initial =", "initial")
    (found,) = problems(region)

    assert (found.file, found.key) == ("stages.toml", "-")
    assert "line" in found.expected


def test_another_encoding_is_named(region: Path) -> None:
    """A TOML file that an editor saved in Latin-1 is told as such."""
    (region / "topics.toml").write_bytes(
        (region / "topics.toml").read_text(encoding="utf-8").encode("latin-1", "replace")
    )
    (found,) = problems(region)

    assert (found.file, found.expected[:28]) == ("topics.toml", "expected valid TOML in UTF-8")


def test_a_template_in_another_encoding_is_named(region: Path) -> None:
    """A text that an editor saved in Latin-1 is told as such, and is no traceback."""
    (region / "texts/de/welcome/telegram.txt").write_bytes("Schön, dass Sie da sind.".encode("latin-1"))
    (found,) = problems(region)

    assert (found.file, found.expected[:24]) == ("texts/de/welcome/telegram.txt", "expected a text in UTF-8")


def test_an_unknown_key_is_named(region: Path, change: Change) -> None:
    """A misspelt setting is not silently without effect."""
    change("settings.toml", "max_bytes", "max_byte")

    assert places(problems(region)) == [("settings.toml", "email.max_byte")]


@pytest.mark.parametrize(
    ("file", "old", "new", "key"),
    [
        ("settings.toml", "port = 8025", 'port = "many"', "email.port"),
        ("settings.toml", "port = 8025", "port = 70000", "email.port"),
        ("settings.toml", 'timezone = "Europe/Berlin"', 'timezone = "Europe/Chemnitz"', "region.timezone"),
        ("settings.toml", 'reference_prefix = "SWS"', 'reference_prefix = "sws"', "region.reference_prefix"),
        ("settings.toml", '["ideen@example.org"]', "[]", "email.addresses"),
        ("settings.toml", '["ideen@example.org"]', '["Ideen <ideen@example.org>"]', "email.addresses.0"),
        ("settings.toml", "poll_seconds = 1.0", "poll_seconds = 0", "work.poll_seconds"),
        ("settings.toml", 'public_url = "http', 'public_url = "ftp', "web.public_url"),
        ("settings.toml", 'security = "starttls"', 'security = "ssl"', "relay.security"),
        (
            "bodies.toml",
            'digest = { every = "weekly", weekday = 1, hour = 7 }',
            'digest = { every = "weekly", weekday = 8, hour = 7 }',
            "body.2.digest.weekday",
        ),
        ("bodies.toml", '["ideen@imag.example.org"]', "[]", "body.2.email"),
        ("bodies.toml", 'id = "imag"', 'id = "Die IMAG"', "body.2.id"),
        ("bodies.toml", 'id = "ort-chemnitz"', f'id = "{"o" * 65}"', "route.0.id"),
        ("stages.toml", "needs_note = true", 'needs_note = "perhaps"', "stage.7.needs_note"),
        ("topics.toml", 'label = "Digitalisierung"', 'label = ""', "topic.6.label"),
        ("places/districts.toml", 'key = "14511"', 'key = "Chemnitz"', "district.0.key"),
    ],
)
def test_a_wrong_value_is_named(  # noqa: PLR0917 - a table's columns
    region: Path, change: Change, file: str, old: str, new: str, key: str
) -> None:
    """A value of the wrong type, range or form is told with its file and key."""
    change(file, old, new)

    assert (file, key) in places(problems(region))


@pytest.mark.parametrize(
    ("file", "old", "new", "key"),
    [
        ("bodies.toml", 'catch_all = "regionalkonvent"', 'catch_all = "nobody"', "catch_all"),
        ("bodies.toml", 'bodies = ["stadt-chemnitz"]', 'bodies = ["chemnitz"]', "route.ort-chemnitz.bodies"),
        ("bodies.toml", 'districts = ["14511"]', 'districts = ["14999"]', "route.ort-chemnitz.districts"),
        (
            "bodies.toml",
            'topics = ["governance"]',
            'topics = ["ruling"]',
            "route.fachpruefung-verwaltung-sicherheit.topics",
        ),
        ("bodies.toml", 'stages = ["umgesetzt"]', 'stages = ["fertig"]', "route.stufe-umsetzung.stages"),
        ("stages.toml", 'initial = "eingegangen"', 'initial = "neu"', "initial"),
        ("stages.toml", 'routed = "zugeordnet"', 'routed = "verteilt"', "routed"),
        ("stages.toml", 'next = ["aufgenommen", "fach', 'next = ["aufgenommen", "flach', "stage.lenkungskreis.next"),
        ("stages.toml", 'accept = "lenkungskreis"', 'accept = "umgesetzt"', "stage.fachpruefung-imag.accept"),
        ("stages.toml", 'declined = "nicht-', 'declined = "nie-', "declined"),
        ("stages.toml", 'watches = "regionalkonvent"', 'watches = "niemand"', "watches"),
        ("stages.toml", 'body = "imag"', 'body = "img"', "stage.fachpruefung-imag.body"),
    ],
)
def test_a_name_that_nothing_bears_is_named(  # noqa: PLR0917 - a table's columns
    region: Path, change: Change, file: str, old: str, new: str, key: str
) -> None:
    """A body, district, topic, kind or stage that does not exist is told with those that do."""
    change(file, old, new)
    (found,) = problems(region)

    assert (found.file, found.key, found.expected[:16]) == (file, key, "expected one of ")


def test_an_unknown_kind_is_named(region: Path, change: Change) -> None:
    """Kinds are what the model tells apart."""
    change("bodies.toml", 'kinds = ["idea", "complaint", "question"]', 'kinds = ["praise"]')

    assert {problem.expected for problem in problems(region)} == {
        "expected one of complaint, idea, other, question, spam, found 'praise'"
    }


@pytest.mark.parametrize(
    ("file", "old", "new", "key"),
    [
        ("bodies.toml", 'id = "imag"', 'id = "regionalkonvent"', "body.regionalkonvent"),
        ("bodies.toml", 'id = "ort-mittelsachsen"', 'id = "ort-chemnitz"', "route.ort-chemnitz"),
        ("topics.toml", 'id = "work"', 'id = "business"', "topic.business"),
        ("stages.toml", 'id = "lenkungskreis"', 'id = "aufgenommen"', "stage.aufgenommen"),
        ("places/districts.toml", 'key = "14522"', 'key = "14521"', "district.14521"),
    ],
)
def test_an_id_that_stands_twice_is_named(  # noqa: PLR0917 - a table's columns
    region: Path, change: Change, file: str, old: str, new: str, key: str
) -> None:
    """Of two blocks with one id none would silently win."""
    change(file, old, new)

    assert Problem(file, key, "expected each id once, found it 2 times") in problems(region)


def test_a_broken_file_hides_no_problem_of_another(region: Path, change: Change) -> None:
    """While one file cannot be read, the names in the others are checked as far as they can be."""
    change("topics.toml", "[[topic]]", "[[topic]")
    change("bodies.toml", 'bodies = ["stadt-chemnitz"]', 'bodies = ["chemnitz"]')
    change("stages.toml", 'routed = "zugeordnet"', 'routed = "verteilt"')

    assert places(problems(region)) == [
        ("topics.toml", "-"),
        ("stages.toml", "routed"),
        ("bodies.toml", "route.ort-chemnitz.bodies"),
    ]


def test_settings_come_from_the_environment(region: Path) -> None:
    """A variable wins over the file; lists are separated by blanks."""
    environ = {"IDEENKANAL_EMAIL_PORT": "2525", "IDEENKANAL_EMAIL_ADDRESSES": "a@example.org  b@example.org"}
    email = read_catalogue(region, environ | {"PATH": "/bin", "IDEENKANAL_CONFIG": str(region)}).settings.email

    assert (email.port, email.addresses, email.hostname) == (2525, ("a@example.org", "b@example.org"), "localhost")


def test_a_secret_comes_from_a_file(region: Path, tmp_path: Path) -> None:
    """A Docker secret is read without the line break at its end."""
    (tmp_path / "token").write_text("123456:secret\n")
    settings = read_catalogue(region, {"IDEENKANAL_TELEGRAM_TOKEN_FILE": str(tmp_path / "token")}).settings

    assert settings.telegram.token.get_secret_value() == "123456:secret"


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_secret_file_that_cannot_be_read_is_named(region: Path, tmp_path: Path, content: bytes | None) -> None:
    """A missing or unreadable secret is no empty secret."""
    if content is not None:
        (tmp_path / "token").write_bytes(content)
    (found,) = problems(region, {"IDEENKANAL_TELEGRAM_TOKEN_FILE": str(tmp_path / "token")})

    assert (found.file, found.key) == ("environment", "IDEENKANAL_TELEGRAM_TOKEN_FILE")
    assert found.expected.startswith("expected a readable file (")


@pytest.mark.parametrize(
    "name", ["IDEENKANAL_EMAIL_PROT", "IDEENKANAL_PORT", "IDEENKANAL_", "IDEENKANAL_EMAIL_PROT_FILE"]
)
def test_a_variable_that_nothing_reads_is_named(region: Path, name: str) -> None:
    """A misspelt variable is not silently without effect."""
    assert places(problems(region, {name: "1"})) == [("environment", name)]


def test_a_wrong_variable_is_named_without_its_value(region: Path) -> None:
    """The problem names the variable, and what stood in it, which may be a secret, stays out."""
    (found,) = problems(region, {"IDEENKANAL_EMAIL_PORT": "hunter2"})

    assert (found.file, found.key) == ("environment", "IDEENKANAL_EMAIL_PORT")
    assert "hunter2" not in str(found)


def test_a_wrong_database_url_is_named_without_its_password(region: Path) -> None:
    """A URL of another kind is refused, and its password is not repeated."""
    (found,) = problems(region, {"IDEENKANAL_STORAGE_DATABASE_URL": "mysql://someone:hunter2@db/ideas"})

    assert "expected sqlite+aiosqlite:///PATH or postgresql+asyncpg://" in found.expected
    assert "hunter2" not in str(found)


@pytest.mark.parametrize("secret", ["", "short"])
def test_a_webhook_without_a_secret_is_refused(region: Path, secret: str) -> None:
    """Telegram's secret header is the webhook's only lock, so it never starts without one."""
    environ = {"IDEENKANAL_TELEGRAM_MODE": "webhook", "IDEENKANAL_TELEGRAM_WEBHOOK_SECRET": secret}

    expected = "environment: IDEENKANAL_TELEGRAM_WEBHOOK_SECRET: expected at least 16 characters"
    assert any(str(problem).startswith(expected) for problem in problems(region, environ))


def test_secrets_do_not_show(region: Path) -> None:
    """Settings that are printed by mistake hide their secrets."""
    environ = {
        f"IDEENKANAL_{name}": "postgresql+asyncpg://hunter2@db/ideas" if name.endswith("URL") else "hunter2" * 5
        for name in ("TELEGRAM_TOKEN", "RELAY_PASSWORD", "SECURITY_SECRET_KEY", "STORAGE_DATABASE_URL")
    }

    assert "hunter2" not in repr(read_catalogue(region, environ).settings)


def test_one_mistake_in_a_file_does_not_hide_another(region: Path) -> None:
    """An unknown key and a name that nothing bears are named together, though the file as a whole is refused."""
    file = region / "stages.toml"
    text = file.read_text()
    file.write_text("unknown = 1\n" + text.replace("next = [", 'next = ["nowhere", ', 1))

    named = [str(problem) for problem in problems(region)]

    assert any(problem.startswith("stages.toml: unknown: ") for problem in named)
    assert any("found 'nowhere'" in problem for problem in named)


def test_a_route_for_the_initial_stage_is_refused(region: Path) -> None:
    """A rule that is met moves a new idea on at once: one for the stage before would never be asked."""
    file = region / "bodies.toml"
    lifecycle = tomllib.loads((region / "stages.toml").read_text())
    body = tomllib.loads(file.read_text())["body"][0]["id"]
    route = f'\n[[route]]\nid = "never"\nbodies = ["{body}"]\nstages = ["{lifecycle["initial"]}"]\n'
    file.write_text(file.read_text() + route)

    assert any(problem.key == "route.never.stages" for problem in problems(region))


def checked(region: Path) -> list[Problem]:
    """What is wrong with names and addresses alone; texts, which take longest, are not read."""
    found: list[Problem] = []
    cross_check(region, found)
    return found


@pytest.mark.parametrize("address", ["ideen@imag.example.com", "ideen@sub.imag.example.org", "ideen@imagexample.org"])
def test_an_address_outside_the_domains_is_refused(region: Path, change: Change, address: str) -> None:
    """Nothing starts with an address that a slip has made a stranger's."""
    change("bodies.toml", '["ideen@imag.example.org"]', f'["{address}"]')
    (found,) = checked(region)

    assert (found.file, found.key) == ("bodies.toml", "body.imag.email")
    assert found.expected.endswith(f"found {address!r}")


def test_domains_do_not_mind_capital_letters(region: Path, change: Change) -> None:
    """A domain is the same however it is written (RFC 1035 section 2.3.3)."""
    change("bodies.toml", '["ideen@imag.example.org"]', '["Ideen@IMAG.example.org"]')

    assert checked(region) == []


def test_without_domains_every_address_is_allowed(region: Path, change: Change) -> None:
    """A region that lists none has not yet said which are its own."""
    change("bodies.toml", "domains = [", "domains = []\nunused = [")
    change("bodies.toml", '["ideen@imag.example.org"]', '["ideen@elsewhere.example.com"]')

    assert checked(region) == []


@pytest.mark.parametrize("name", ["Chemnitz", "stadt-chemnitz", "STADT CHEMNITZ"])
def test_a_name_that_two_bodies_bear_is_refused(region: Path, change: Change, name: str) -> None:
    """What staff pass on to a name must not reach either of two."""
    change("bodies.toml", 'called = ["IMAG"]', f'called = ["{name}"]')
    (found,) = checked(region)

    assert (found.file, found.expected[:31]) == ("bodies.toml", "expected names of its own, foun")


def test_a_body_may_be_called_as_it_is_named(region: Path, change: Change) -> None:
    """A name that one body bears twice leads to it all the same."""
    change("bodies.toml", 'called = ["IMAG"]', 'called = ["imag", "IMAG"]')

    assert checked(region) == []
