"""Settings: everything that differs between two installations, read once and validated at start."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from environs import Env
from marshmallow.validate import Length, Range

ROOT = Path(__file__).resolve().parent.parent
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Settings:
    """One installation's settings. `.env.example` explains each by its environment variable."""

    secret_key: str = field(repr=False)
    data_dir: Path = ROOT / "instance"  # database, uploads and trained models live here
    database_url: str = ""  # empty: SQLite in data_dir
    redis_url: str = "redis://127.0.0.1:6379/0"
    max_upload_bytes: int = 20 * MEGABYTE
    max_pixels: int = 64_000_000
    decoders: int = 2  # processes that open uploads, for each web process
    uploads_in_progress: int = 20  # that are opened or wait for it; fewer than the web's threads
    page_size: int = 24
    batch_size: int = 32  # predictions a worker claims at once
    lease: timedelta = timedelta(seconds=60)
    sweep_every: timedelta = timedelta(seconds=5)
    stalled_after: timedelta = timedelta(seconds=30)  # a worker without a bell while pictures wait
    max_waiting: int = 1000  # uploads; more are asked to come again later
    busy_timeout: timedelta = timedelta(seconds=5)  # for SQLite's lock, or for PostgreSQL to answer
    corrections_per_person: int = 200  # that wait for an admin
    retention: timedelta | None = None  # how long pictures are kept; None: until they are deleted
    uploads_per_person: int = 600  # a minute; here and below, 0 is no limit
    uploads_per_address: int = 3000  # a minute; a classroom shares one
    sign_ins_per_address: int = 60  # a minute
    sign_ups_per_address: int = 60  # an hour
    retrains_per_person: int = 20  # an hour
    exports_per_person: int = 20  # an hour
    mnist_path: Path | None = None  # mnist.npz; None: keras.datasets fetches it
    trusted_proxies: int = 0
    secure_cookies: bool = False  # always; without it, only for requests that came over TLS

    @property
    def sqlalchemy_url(self) -> str:
        return self.database_url or f"sqlite:///{self.data_dir / 'cifra.db'}"

    @property
    def uploads_dir(self) -> Path:
        return self.data_dir / "uploads"

    @property
    def models_dir(self) -> Path:
        return self.data_dir / "models"

    @classmethod
    def from_environment(cls) -> Settings:
        """Read the environment. Raises environs.EnvValidationError naming each bad variable."""
        env = Env(eager=False)
        positive = Range(min=1)
        kept_for = env.str("RETENTION_DAYS", "")
        days = kept_for and env.int("RETENTION_DAYS", validate=Range(min=0, max=36500))
        values: dict[str, Any] = {
            "secret_key": env.str("SECRET_KEY", validate=Length(min=16)),
            "data_dir": env.path("DATA_DIR", cls.data_dir),
            "database_url": env.str("DATABASE_URL", ""),
            "redis_url": env.str("REDIS_URL", cls.redis_url),
            "max_upload_bytes": env.int(
                "MAX_UPLOAD_BYTES", cls.max_upload_bytes, validate=positive
            ),
            "max_pixels": env.int("MAX_PIXELS", cls.max_pixels, validate=positive),
            "decoders": env.int("DECODERS", cls.decoders, validate=Range(min=1, max=16)),
            "uploads_in_progress": env.int(
                "UPLOADS_IN_PROGRESS", cls.uploads_in_progress, validate=positive
            ),
            "page_size": env.int("PAGE_SIZE", cls.page_size, validate=Range(min=1, max=200)),
            "batch_size": env.int("BATCH_SIZE", cls.batch_size, validate=Range(min=1, max=256)),
            "lease": env.timedelta("LEASE_SECONDS", cls.lease),
            "sweep_every": env.timedelta("SWEEP_SECONDS", cls.sweep_every),
            "stalled_after": env.timedelta("STALLED_CONSUMER_SECONDS", cls.stalled_after),
            "max_waiting": env.int("MAX_WAITING", cls.max_waiting, validate=positive),
            "corrections_per_person": env.int(
                "CORRECTIONS_PER_PERSON", cls.corrections_per_person, validate=positive
            ),
            "uploads_per_person": env.int(
                "UPLOADS_PER_PERSON", cls.uploads_per_person, validate=Range(min=0)
            ),
            "uploads_per_address": env.int(
                "UPLOADS_PER_ADDRESS", cls.uploads_per_address, validate=Range(min=0)
            ),
            "sign_ins_per_address": env.int(
                "SIGN_INS_PER_ADDRESS", cls.sign_ins_per_address, validate=Range(min=0)
            ),
            "sign_ups_per_address": env.int(
                "SIGN_UPS_PER_ADDRESS", cls.sign_ups_per_address, validate=Range(min=0)
            ),
            "retrains_per_person": env.int(
                "RETRAINS_PER_PERSON", cls.retrains_per_person, validate=Range(min=0)
            ),
            "exports_per_person": env.int(
                "EXPORTS_PER_PERSON", cls.exports_per_person, validate=Range(min=0)
            ),
            "retention": timedelta(days=days) if days else None,
            "mnist_path": env.path("MNIST_PATH", None),
            "trusted_proxies": env.int("TRUSTED_PROXIES", 0, validate=Range(min=0)),
            "secure_cookies": env.bool("SECURE_COOKIES", cls.secure_cookies),
        }
        env.seal()
        return cls(**values)
