"""A model version: one trained network file, its scores, and whether it was ever published."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Select, String, Text, func, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.models.base import Base, utc_now
from webapp.models.publication import Occasion, Publication
from webapp.models.user import User


class UnexaminedError(Exception):
    """A network from elsewhere answers nobody before its exam."""

    def __init__(self, version: ModelVersion) -> None:
        self.version_id = version.id
        super().__init__(
            f"{version.name.capitalize()} was imported and has not sat its exam. "
            f"Let it, on the server: flask model examine {version.id}"
        )


class ModelVersion(Base):
    """A network that was trained or imported here. The newest publication is the live one."""

    __tablename__ = "model_versions"

    id: Mapped[int] = mapped_column(primary_key=True)  # people call it "version 3"
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    origin: Mapped[str] = mapped_column(String(16))  # shipped, trained or imported
    architecture: Mapped[str] = mapped_column(String(32))  # cnn, mlp, rnn, transformer
    parameters: Mapped[int]
    filename: Mapped[str] = mapped_column(String(255))  # inside the model folder
    sha256: Mapped[str] = mapped_column(String(64), unique=True)  # of the file, verified at load
    size: Mapped[int]  # bytes

    accuracy: Mapped[float | None]  # on the MNIST test set, 0..1
    scores: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    notes: Mapped[str | None] = mapped_column(Text)
    load_error: Mapped[str | None] = mapped_column(Text)  # why a worker could not load it
    training_run_id: Mapped[int | None] = mapped_column(ForeignKey("training_runs.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("model_versions.id"))  # its champion
    # How it did against its champion: Exam.to_json(). Fetched only where it is looked at, as it
    # holds pictures.
    exam: Mapped[dict[str, Any] | None] = mapped_column(JSON, deferred=True)

    publications: Mapped[list[Publication]] = relationship(
        order_by=Publication.id, lazy="selectin", cascade="all, delete-orphan"
    )
    parent: Mapped[ModelVersion | None] = relationship(remote_side="ModelVersion.id")

    @property
    def name(self) -> str:
        return f"version {self.id}"

    @classmethod
    def refused(cls) -> Select[tuple[int]]:
        """The ids of the versions that did not pass their exam."""
        return select(cls.id).where(cls.exam["passed"].as_boolean().is_(False))

    @classmethod
    def unexamined(cls) -> Select[tuple[int]]:
        """The ids of the imported versions without an exam."""
        return select(cls.id).where(
            cls.origin == "imported", cls.exam["passed"].as_boolean().is_(None)
        )

    @classmethod
    def newest_first(cls) -> Select[tuple[ModelVersion]]:
        return select(cls).order_by(cls.id.desc())

    @classmethod
    def current(cls) -> Select[tuple[ModelVersion]]:
        """The version that should answer now: the one published last. None before the first."""
        return cls.latest_publications().limit(1)

    @classmethod
    def before_current(cls) -> Select[tuple[ModelVersion]]:
        """The version that rolling back returns to: the one that was live before this one."""
        return cls.latest_publications().offset(1).limit(1)

    @classmethod
    def latest_publications(cls) -> Select[tuple[ModelVersion]]:
        """The published versions, the live one first, then those to fall back on."""
        latest = (
            select(Publication.model_version_id, func.max(Publication.id).label("line"))
            .group_by(Publication.model_version_id)
            .subquery()
        )
        return (
            select(cls)
            .join(latest, latest.c.model_version_id == cls.id)
            .order_by(latest.c.line.desc())
        )

    @property
    def published_at(self) -> datetime | None:
        """When it was published last; None for a version that never was."""
        return self.publications[-1].published_at if self.publications else None

    @property
    def was_refused(self) -> bool:
        """Whether it failed its exam, so that only an override publishes it."""
        return self.exam is not None and not self.exam["passed"]

    @property
    def must_sit_exam(self) -> bool:
        """Whether it came from elsewhere and was never examined, so that nothing publishes it."""
        return self.origin == "imported" and self.exam is None and not self.publications

    def publish(
        self,
        occasion: Occasion,
        *,
        by: User | None = None,
        reason: str | None = None,
        pinned: bool = False,
    ) -> Publication:
        """Make this the live version, by a line in the ledger. Rolling back is the same deed.

        Raises UnexaminedError.
        """
        if self.must_sit_exam:
            raise UnexaminedError(self)
        line = Publication(
            occasion=occasion,
            published_by_id=by.id if by else None,
            reason=reason,
            pinned=pinned,
        )
        self.publications.append(line)
        return line
