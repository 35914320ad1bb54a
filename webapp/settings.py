"""Settings: everything that differs between two installations, declared and validated once."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from sqlalchemy import URL

ROOT = Path(__file__).resolve().parent.parent
MEGABYTE = 1024 * 1024
MOST_SECONDS = 24 * 3600
MOST_DAYS = 36500

T = TypeVar("T")


class SettingsError(Exception):
    """The environment holds unusable settings; one line names each variable and its fault."""


def setting(default: Any = ..., *, variable: str | None = None, **bounds: Any) -> Any:
    """A field; its environment variable is its name in capitals unless `variable` names it."""
    return Field(default, validation_alias=variable, **bounds)


def _days(value: object) -> object:
    """Read RETENTION_DAYS: a whole number of days; 0 keeps pictures until they are deleted."""
    if not isinstance(value, str):
        return value
    if not value.isdecimal() or int(value) > MOST_DAYS:
        raise ValueError(f"should be a whole number of days from 0 to {MOST_DAYS}")
    return timedelta(days=int(value)) if int(value) else None


def _seconds(value: object) -> object:
    """Read a duration that the environment gives in seconds."""
    if not isinstance(value, str):
        return value
    if not re.fullmatch(r"\d{1,9}(\.\d{1,9})?", value) or not 0 < float(value) <= MOST_SECONDS:
        raise ValueError(f"should be a number of seconds above 0, at most {MOST_SECONDS}")
    return timedelta(seconds=float(value))


def _names(value: object) -> object:
    """Read a list that the environment gives with commas."""
    if not isinstance(value, str):
        return value
    return tuple(name.strip() for name in value.split(",") if name.strip())


Count = Annotated[int, Field(ge=1)]
Limit = Annotated[int, Field(ge=0)]
Seconds = Annotated[timedelta, BeforeValidator(_seconds)]


DECLARATION = ConfigDict(
    alias_generator=str.upper, validate_by_name=True, hide_input_in_errors=True, extra="forbid"
)


@dataclass(frozen=True, config=DECLARATION)
class Settings:
    """One installation's settings. `.env.example` explains each environment variable."""

    secret_key: str = setting(min_length=16, repr=False)
    data_dir: Path = setting(ROOT / "instance")  # database, uploads and trained models
    database_url: str = setting("", repr=False)  # empty: the five below, or SQLite in data_dir
    database_host: str = setting("")
    database_port: int = setting(5432, ge=1, le=65535)
    database_name: str = setting("cifra")
    database_user: str = setting("cifra")
    database_password: str = setting("", repr=False)
    redis_url: str = setting("redis://127.0.0.1:6379/0", repr=False)
    max_upload_bytes: Count = 20 * MEGABYTE
    max_pixels: Count = 64_000_000
    decoders: int = setting(2, ge=1, le=16)  # processes of each web process that open uploads
    uploads_in_progress: Count = 20  # that are opened or wait for a decoder
    page_size: int = setting(24, ge=1, le=200)
    batch_size: int = setting(32, ge=1, le=256)  # predictions that a worker claims at once
    lease: Seconds = setting(timedelta(seconds=60), variable="LEASE_SECONDS")
    sweep_every: Seconds = setting(timedelta(seconds=5), variable="SWEEP_SECONDS")
    # A worker that receives no task for this long while pictures wait is restarted.
    stalled_after: Seconds = setting(timedelta(seconds=30), variable="STALLED_CONSUMER_SECONDS")
    max_waiting: Count = 1000  # uploads; further ones are refused with 503
    # The wait for SQLite's lock, or for PostgreSQL to answer.
    busy_timeout: Seconds = setting(timedelta(seconds=5), variable="BUSY_SECONDS")
    # The time for a client's headers, and for what a body takes beyond 4 KiB a second.
    client_timeout: Seconds = setting(timedelta(seconds=20), variable="CLIENT_TIMEOUT_SECONDS")
    corrections_per_person: Count = 200  # that wait for an admin
    # How long pictures are kept; None: until they are deleted.
    retention: Annotated[timedelta | None, BeforeValidator(_days)] = setting(
        None, variable="RETENTION_DAYS"
    )
    uploads_per_person: Limit = 600  # a minute; here and below, 0 is no limit
    uploads_per_address: Limit = 3000  # a minute; a classroom shares one address
    sign_ins_per_address: Limit = 60  # a minute
    sign_ups_per_address: Limit = 60  # an hour
    retrains_per_person: Limit = 20  # an hour
    exports_per_person: Limit = 20  # an hour
    mnist_path: Path | None = None  # mnist.npz; None: keras.datasets downloads it
    trusted_proxies: Limit = 0  # reverse proxies in front whose X-Forwarded headers are valid
    # Names under which the site is reachable; empty: any.
    trusted_hosts: Annotated[tuple[str, ...], BeforeValidator(_names)] = ()
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"  # of the web and the sweep
    secure_cookies: bool = False  # True: always; False: for requests over TLS only

    @property
    def sqlalchemy_url(self) -> str:
        if self.database_url:
            return self.database_url
        if not self.database_host:
            return f"sqlite:///{self.data_dir / 'cifra.db'}"
        return URL.create(
            "postgresql+psycopg",
            username=self.database_user,
            password=self.database_password or None,
            host=self.database_host,
            port=self.database_port,
            database=self.database_name,
        ).render_as_string(hide_password=False)

    @property
    def uploads_dir(self) -> Path:
        return self.data_dir / "uploads"

    @property
    def models_dir(self) -> Path:
        return self.data_dir / "models"

    @classmethod
    def from_environment(cls) -> Settings:
        """Read the environment. Raises SettingsError, which names each unusable variable."""
        return read_environment(cls, os.environ)


def declared_variables(declaration: type) -> dict[str, FieldInfo]:
    """The fields of a declaration, by the names of their environment variables."""
    declared: dict[str, FieldInfo] = declaration.__pydantic_fields__  # type: ignore[attr-defined]
    return {str(field.validation_alias or name.upper()): field for name, field in declared.items()}


def read_environment(declaration: type[T], environment: Mapping[str, str]) -> T:
    """Make a declaration's values from an environment; an empty variable counts as unset.

    Raises SettingsError, which names each unusable variable.
    """
    names = declared_variables(declaration)
    given = {name: environment[name] for name in names if environment.get(name)}
    try:
        return TypeAdapter(declaration).validate_python(given)
    except ValidationError as error:
        raise SettingsError("\n".join(map(_sentence, error.errors()))) from None


def _sentence(error: ErrorDetails) -> str:
    """One error of pydantic as a sentence that names the variable, without its value."""
    variable = error["loc"][0]
    if error["type"] == "missing":
        return f"{variable} is not set."
    fault = re.sub(r"^(Value error, |Input |String )", "", error["msg"])
    return f"{variable} {fault}."
