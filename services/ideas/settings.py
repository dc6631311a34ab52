"""The settings of one installation: `config/settings.toml`, overridden by environment variables and secret files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from services.ideas.errors import Problem
from services.ideas.setting_kinds import MailAddress, Network, OptionalAddress, Port, Selector, Zone

PREFIX = "IDEENKANAL_"
SECRET_LENGTH = 32


class Section(BaseModel):
    """What all sections share: they are values, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Region(Section):
    """Whose ideas these are."""

    name: str = "Südwestsachsen"
    reference_prefix: Annotated[str, Field(pattern="^[A-Z]{2,5}$")] = "SWS"
    timezone: Zone = "Europe/Berlin"

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which people of the region live."""
        return ZoneInfo(self.timezone)


class Storage(Section):
    """Where everything is kept. `database_url` empty: SQLite in `data_dir`."""

    data_dir: Path = Path("var")
    database_url: SecretStr = SecretStr("")

    @model_validator(mode="after")
    def _known_database(self) -> Storage:
        url = self.database_url.get_secret_value()
        if url and not url.startswith(("sqlite+aiosqlite://", "postgresql+asyncpg://")):
            raise ValueError("database_url: expected sqlite+aiosqlite:///PATH or postgresql+asyncpg://USER@HOST/NAME")
        return self

    @property
    def sqlite_file(self) -> Path | None:
        """The file of a SQLite database; None for a server."""
        return None if self.is_server else Path(self.url.partition(":///")[2])

    @property
    def is_server(self) -> bool:
        """Whether the database is one that several processes share over the network."""
        return self.url.startswith("postgresql")

    @property
    def url(self) -> str:
        """The SQLAlchemy URL of the database."""
        return self.database_url.get_secret_value() or f"sqlite+aiosqlite:///{self.data_dir / 'ideenkanal.sqlite3'}"


class Email(Section):
    """The server that takes ideas by SMTP or LMTP. The From of all mail is the first of `addresses`."""

    host: str = "127.0.0.1"
    port: Port = 8025
    lmtp: Annotated[str, Field(pattern=r"^$|^unix:/.+$|^.+:\d+$")] = ""
    hostname: str = "localhost"
    addresses: Annotated[tuple[MailAddress, ...], Field(min_length=1)] = ("ideen@example.org",)
    reply_address: OptionalAddress = ""
    return_address: OptionalAddress = ""
    sender_name: str = "Ideenkanal Südwestsachsen"
    max_bytes: Annotated[int, Field(ge=65536)] = 26_214_400
    reserve_bytes: Annotated[int, Field(ge=0)] = 67_108_864
    tls_certificate: str = ""
    tls_key: str = ""
    proxy_protocol: bool = False
    trusted_networks: tuple[Network, ...] = ("127.0.0.0/8", "::1/128")
    most_connections: Annotated[int, Field(ge=1)] = 200
    most_connections_per_address: Annotated[int, Field(ge=1)] = 20
    most_mails_per_minute: Annotated[int, Field(ge=1)] = 60
    most_recipients: Annotated[int, Field(ge=1)] = 100
    most_errors: Annotated[int, Field(ge=1)] = 20
    idle_seconds: Annotated[float, Field(gt=0)] = 300.0
    most_attachments: Annotated[int, Field(ge=0)] = 20
    most_attachment_bytes: Annotated[int, Field(ge=0)] = 10_485_760
    most_answers_per_hour: Annotated[int, Field(ge=0)] = 200

    @model_validator(mode="after")
    def _certificate_and_key(self) -> Email:
        if bool(self.tls_certificate) != bool(self.tls_key):
            raise ValueError("tls_key: expected both tls_certificate and tls_key, or neither")
        return self

    @property
    def domain(self) -> str:
        """The domain in whose name mail is sent."""
        return self.addresses[0].rpartition("@")[2]


class Authentication(Section):
    """Who says whether a mail really comes from its sender's domain (SPF, DKIM, DMARC).

    `authserv_id` is the name with which a trusted relay signs its Authentication-Results (RFC 8601); with it, the relay
    is believed. Without it, this program asks the DNS itself: `resolver` is "system", "off", or HOST:PORT.
    """

    authserv_id: str = ""
    resolver: Annotated[str, Field(pattern=r"^system$|^off$|^.+:\d+$")] = "system"


class Dkim(Section):
    """The keys with which outgoing mail is signed (PEM). Empty: no signature of that kind."""

    rsa_selector: Selector = "rsa"
    rsa_key: SecretStr = SecretStr("")
    ed25519_selector: Selector = "ed25519"
    ed25519_key: SecretStr = SecretStr("")


class Relay(Section):
    """The mail server that outgoing mail is handed to. `host` empty: a Maildir in the data directory.

    `most_per_minute` 0: as fast as it takes them.
    """

    host: str = ""
    port: Port = 25
    security: Literal["none", "starttls", "tls"] = "starttls"
    user: str = ""
    password: SecretStr = SecretStr("")
    most_connections: Annotated[int, Field(ge=1)] = 10
    most_per_minute: Annotated[int, Field(ge=0)] = 0


class Telegram(Section):
    """The bot. `token` empty or `enabled` false: the channel is off, and what was received is read all the same."""

    enabled: bool = True
    token: SecretStr = SecretStr("")
    mode: Literal["polling", "webhook"] = "polling"
    webhook_secret: SecretStr = SecretStr("")
    base_url: str = "https://api.telegram.org/bot"
    base_file_url: str = "https://api.telegram.org/file/bot"
    most_file_bytes: Annotated[int, Field(ge=0)] = 20_000_000
    follow_minutes: Annotated[float, Field(ge=0)] = 5.0
    most_per_second: Annotated[int, Field(ge=1)] = 30

    @property
    def is_on(self) -> bool:
        """Whether the bot receives and sends."""
        return self.enabled and bool(self.token.get_secret_value())

    @model_validator(mode="after")
    def _webhook_needs_a_secret(self) -> Telegram:
        if self.mode == "webhook" and len(self.webhook_secret.get_secret_value()) < 16:
            raise ValueError("webhook_secret: expected at least 16 characters, because mode is webhook")
        return self


class Operator(Section):
    """Who answers for this installation (Art. 4 No. 7 GDPR, section 5 DDG), as the legal texts name them."""

    name: str = "Musterstelle der Region"
    address: str = "Musterstraße 1, 09111 Chemnitz"
    phone: str = "0371 000000"
    email: MailAddress = "kontakt@example.org"
    data_protection_officer: str = "datenschutz@example.org"
    supervisory_authority: str = "Sächsische Datenschutz- und Transparenzbeauftragte, Maternistraße 17, 01067 Dresden"


class Privacy(Section):
    """How long personal data is kept, and which version of the notice people are shown (Art. 5, 13 and 17 GDPR).

    `archive_released`: the competent archive wants none of the ideas, so that their texts may be erased at once
    (section 7 SächsDSDG); until then they are locked.
    """

    notice_version: Annotated[str, Field(min_length=1, max_length=16)] = "2026-11"
    raw_days: Annotated[int, Field(ge=1)] = 30
    contact_months: Annotated[int, Field(ge=1)] = 6
    archive_released: bool = False


class Web(Section):
    """The web server; `public_url` is how people reach it, and what links are made of."""

    host: str = "127.0.0.1"
    port: Port = 8080
    public_url: Annotated[str, Field(pattern="^https?://[!-.0-~]+(/[!-~]*)?$")] = "http://127.0.0.1:8080"


class Security(Section):
    """`secret_key` is what links are derived from. Empty: one is made and kept in the data directory."""

    secret_key: SecretStr = SecretStr("")

    @model_validator(mode="after")
    def _long_enough(self) -> Security:
        if 0 < len(self.secret_key.get_secret_value()) < SECRET_LENGTH:
            raise ValueError(f"secret_key: expected at least {SECRET_LENGTH} characters, because links are made of it")
        return self


class Work(Section):
    """How often idle loops look for work that another process left, and how long a claimed piece is theirs.

    `undo_minutes` is how long staff can take back what they did; until then its submitter hears nothing.
    A relay may take minutes over a mail (RFC 5321 section 4.5.3.2). Reading is a matter of milliseconds, but a batch of
    mails whose senders' DNS is slow takes a minute.
    """

    poll_seconds: Annotated[float, Field(gt=0)] = 1.0
    reading_lease_seconds: Annotated[float, Field(gt=0)] = 180.0
    sending_lease_seconds: Annotated[float, Field(gt=0)] = 360.0
    undo_minutes: Annotated[float, Field(ge=0)] = 10.0


class Settings(Section):
    """All sections; each has defaults that work on a laptop."""

    region: Region = Region()
    storage: Storage = Storage()
    email: Email = Email()
    authentication: Authentication = Authentication()
    relay: Relay = Relay()
    dkim: Dkim = Dkim()
    telegram: Telegram = Telegram()
    operator: Operator = Operator()
    privacy: Privacy = Privacy()
    web: Web = Web()
    security: Security = Security()
    work: Work = Work()


def environment_overrides(environ: Mapping[str, str], problems: list[Problem]) -> dict[str, dict[str, Any]]:
    """The settings that IDEENKANAL_<SECTION>_<KEY> variables give, by section and key.

    With the suffix _FILE the value is read from the file that the variable names (a Docker secret, for one).
    Unknown variables and unreadable files are added to `problems`.
    """
    known = {
        f"{PREFIX}{section}_{key}".upper(): (section, key)
        for section, field in Settings.model_fields.items()
        for key in field.default.__class__.model_fields
    }
    found: dict[str, dict[str, Any]] = {}
    for name, value in sorted(environ.items()):
        if not name.startswith(PREFIX) or name == f"{PREFIX}CONFIG":
            continue
        target = known.get(name) or known.get(name.removesuffix("_FILE"))
        if target is None:
            problems.append(Problem("environment", name, "expected IDEENKANAL_<SECTION>_<KEY> of config/settings.toml"))
            continue
        section, key = target
        text = value if name in known else _secret_file(name, value, problems)
        listed = Settings.model_fields[section].default.__class__.model_fields[key].default.__class__ is tuple
        found.setdefault(section, {})[key] = text.split() if listed else text
    return found


def _secret_file(name: str, path: str, problems: list[Problem]) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        problems.append(Problem("environment", name, f"expected a readable file ({error.__class__.__name__})"))
        return ""
