from __future__ import annotations

import io
import json
import socket
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from nlp.understanding import Understanding
from services.cli import main, tools
from services.ideas.catalogue import Catalogue

Output = pytest.CaptureFixture[str]
TypeIn = Callable[[bytes], None]


class Stub:
    """A classifier that understands nothing and notes what it was given."""

    def __init__(self) -> None:
        self.read: list[tuple[str, str]] = []

    def understand_many(self, messages: Iterable[tuple[str, str]]) -> Iterator[Understanding]:
        """One empty understanding for each message."""
        for message in messages:
            self.read.append(message)
            yield Understanding.nothing()


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch) -> Stub:
    stub = Stub()

    def load(_catalogue: Catalogue) -> Stub:
        return stub

    monkeypatch.setattr(tools, "load_model", load)
    return stub


@pytest.fixture
def type_in(monkeypatch: pytest.MonkeyPatch) -> TypeIn:
    def give(content: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content), encoding="utf-8"))

    return give


def test_understand_answers_each_line_in_order(stub: Stub, type_in: TypeIn, capsys: Output) -> None:
    """One JSON line for each line of input, in order, with the keys of the contract."""
    rows = [{"id": number, "subject": "Betreff", "text": f"Text {number} ä"} for number in (3, 1, 2)]
    type_in("\n\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode())

    assert main(["understand"]) == 0

    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [answer["id"] for answer in answers] == [3, 1, 2]
    assert set(answers[0]) == {
        *("id", "kind", "topics", "suggestions", "districts", "municipalities", "evidence", "candidates"),
        *("abstained", "model"),
    }
    assert stub.read == [("Betreff", f"Text {number} ä") for number in (3, 1, 2)]


@pytest.mark.parametrize("sign", ["\u2028", "\u0085", "\x7f", "\ufeff"])
def test_a_rare_sign_ends_no_line(stub: Stub, type_in: TypeIn, sign: str) -> None:
    """Signs that some take for line ends stay within their text."""
    type_in(json.dumps({"id": 1, "text": f"a{sign}b"}, ensure_ascii=False).encode())

    assert main(["understand"]) == 0
    assert stub.read == [("", f"a{sign}b")]


@pytest.mark.parametrize(
    "bad",
    [
        b"no JSON",
        b"[]",
        b'"text"',
        b'{"id": 1}',
        b'{"text": "no id"}',
        b'{"id": 1, "text": null}',
        b'{"id": 1, "text": ["a"]}',
        b'{"id": 1, "text": "a", "subject": 5}',
        b'{"id": 1, "text": "\xff"}',
        b"[" * 100_000,
    ],
    ids=range(10),
)
def test_understand_names_the_line_that_is_wrong(stub: Stub, type_in: TypeIn, capsys: Output, bad: bytes) -> None:
    """A line that is no message is named by its number, nothing is written, and the code is 1."""
    type_in(b'{"id": 1, "text": "gut"}\n' + bad + b"\n")

    assert main(["understand"]) == 1

    output = capsys.readouterr()
    assert output.err.startswith("line 2: expected")
    assert output.out == ""
    assert stub.read == []


def test_understand_without_a_model_says_what_to_do(
    type_in: TypeIn, capsys: Output, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Without a model the command ends with code 1 and names the folder and the remedy."""
    monkeypatch.setattr("services.cli.models.MODEL_DIR", tmp_path / "model")
    type_in(b"")

    assert main(["understand"]) == 1
    assert str(tmp_path / "model") in capsys.readouterr().err


def test_migrate_makes_the_schema_and_can_be_repeated(capsys: Output, installation: Path) -> None:
    """`migrate` creates the database, and the second time finds nothing to do."""
    assert [main(["migrate"]), main(["migrate"])] == [0, 0]

    first, second = capsys.readouterr().out.splitlines()
    assert first == second
    assert (installation / "ideenkanal.sqlite3").is_file()


def test_migrate_refuses_a_newer_database(capsys: Output, installation: Path) -> None:
    """A schema that this version does not know ends with code 1 and says so."""
    main(["migrate"])
    connection = sqlite3.connect(installation / "ideenkanal.sqlite3")
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()

    assert main(["migrate"]) == 1
    assert "9999" in capsys.readouterr().err


@contextmanager
def answering(status: int) -> Iterator[int]:
    """The port of a server that answers /readyz with `status`."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/readyz" else 404)
            self.end_headers()
            self.wfile.write(b'{"status": "whatever"}')

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1), (404, 1)])
def test_healthcheck_tells_whether_the_service_is_ready(
    capsys: Output, monkeypatch: pytest.MonkeyPatch, status: int, code: int
) -> None:
    """Code 0 for a service that answers 200, also when an HTTP proxy is configured; 1 for any other answer."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with answering(status) as port:
        monkeypatch.setenv("IDEENKANAL_WEB_PORT", str(port))

        assert main(["healthcheck"]) == code
    assert '{"status": "whatever"}' in capsys.readouterr().out


def test_healthcheck_fails_where_nobody_answers(capsys: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a service the code is 1, with one line that names the port."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        monkeypatch.setenv("IDEENKANAL_WEB_PORT", str(port))

        assert main(["healthcheck"]) == 1
    assert f"port {port}" in capsys.readouterr().err


def test_healthcheck_fails_where_something_else_answers(capsys: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    """A port on which no HTTP is spoken is not healthy."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("IDEENKANAL_WEB_PORT", str(server.getsockname()[1]))

        def greet() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(b"220 mail.example.org ESMTP\r\n")

        thread = threading.Thread(target=greet)
        thread.start()
        assert main(["healthcheck"]) == 1
        thread.join()
    assert "nothing healthy" in capsys.readouterr().err


def test_config_check_counts_what_it_found(capsys: Output) -> None:
    """The shipped configuration is well, and the command says what is in it."""
    assert main(["config", "check"]) == 0
    assert " 12 topics, " in capsys.readouterr().out


def test_a_wrong_configuration_ends_with_code_2_and_all_problems(
    capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each problem is a line with file, key and what was expected, and no secret is repeated."""
    monkeypatch.setenv("IDEENKANAL_WEB_PORT", "many")
    monkeypatch.setenv("IDEENKANAL_NO_SUCH", "x")
    monkeypatch.setenv("IDEENKANAL_STORAGE_DATABASE_URL", "mysql://someone:canary@db/ideas")

    assert main(["config", "check"]) == 2

    told = capsys.readouterr().err
    assert told.startswith("3 problem(s)")
    assert "IDEENKANAL_NO_SUCH" in told
    assert "canary" not in told


def test_a_file_that_is_missing_is_named(capsys: Output) -> None:
    """`read-mail` of a file that does not exist ends with code 1 and its name."""
    assert main(["read-mail", "/nowhere/mail.eml"]) == 1
    assert "/nowhere/mail.eml" in capsys.readouterr().err
