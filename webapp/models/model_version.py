"""A model version: one trained network file, its scores, and whether it was ever published."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Select, String, Text, func, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.messages import gettext_noop
from webapp.models.base import Base, utc_now
from webapp.models.evaluation import Evaluation
from webapp.models.evaluation_picture import EvaluationPicture
from webapp.models.publication import Publication

ORIGINS = (gettext_noop("shipped"), gettext_noop("trained"), gettext_noop("imported"))


class ModelVersion(Base):
    """A network that was trained or imported here. The newest publication is the live one."""

    __tablename__ = "model_versions"

    id: Mapped[int] = mapped_column(primary_key=True)  # people call it "version 3"
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    origin: Mapped[str] = mapped_column(String(16))  # one of ORIGINS
    architecture: Mapped[str] = mapped_column(String(32))  # cnn, mlp, rnn, transformer
    parameters: Mapped[int]
    filename: Mapped[str] = mapped_column(String(255))  # inside the model folder
    sha256: Mapped[str] = mapped_column(String(64), unique=True)  # of the file, verified at load
    size: Mapped[int]  # bytes

    accuracy: Mapped[float | None]  # on the MNIST test set, 0..1
    scores: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    notes: Mapped[str | None] = mapped_column(Text)  # why it waits; None once it is published
    load_error: Mapped[str | None] = mapped_column(Text)  # why a worker could not load it
    training_run_id: Mapped[int | None] = mapped_column(ForeignKey("training_runs.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("model_versions.id"))  # its champion
    # The comparison with its champion, as Evaluation.to_json(); None: it was never evaluated.
    evaluation: Mapped[dict[str, Any] | None] = mapped_column(JSON)

    publications: Mapped[list[Publication]] = relationship(
        order_by=Publication.id, lazy="selectin", cascade="all, delete-orphan"
    )
    evaluation_pictures: Mapped[list[EvaluationPicture]] = relationship(
        order_by=EvaluationPicture.position, cascade="all, delete-orphan"
    )
    parent: Mapped[ModelVersion | None] = relationship(remote_side="ModelVersion.id")

    @property
    def name(self) -> str:
        return f"version {self.id}"

    @classmethod
    def ids_failed(cls) -> Select[tuple[int]]:
        """The ids of the versions that failed their evaluation."""
        return select(cls.id).where(cls.evaluation["passed"].as_boolean().is_(False))

    @classmethod
    def ids_not_evaluated(cls) -> Select[tuple[int]]:
        """The ids of the imported versions that were never evaluated."""
        return select(cls.id).where(
            cls.origin == "imported", cls.evaluation["passed"].as_boolean().is_(None)
        )

    @classmethod
    def newest_first(cls) -> Select[tuple[ModelVersion]]:
        return select(cls).order_by(cls.id.desc())

    @classmethod
    def current(cls) -> Select[tuple[ModelVersion]]:
        """The live version: the one published last. None before the first publication."""
        return cls.latest_publications().limit(1)

    @classmethod
    def latest_publications(cls) -> Select[tuple[ModelVersion]]:
        """The published versions, the live one first, then those to fall back on."""
        latest = (
            select(Publication.model_version_id, func.max(Publication.id).label("publication_id"))
            .group_by(Publication.model_version_id)
            .subquery()
        )
        return (
            select(cls)
            .join(latest, latest.c.model_version_id == cls.id)
            .order_by(latest.c.publication_id.desc())
        )

    @property
    def published_at(self) -> datetime | None:
        """When it was published last; None for a version that never was."""
        return self.publications[-1].published_at if self.publications else None

    @property
    def failed_evaluation(self) -> bool:
        """Whether it failed its evaluation, so that only an override publishes it."""
        return self.evaluation is not None and not self.evaluation["passed"]

    @property
    def may_know_validation_set(self) -> bool:
        """Whether it, or a network that it was fine-tuned from, was trained elsewhere.

        Such a network may have been trained on MNIST's validation pictures, so that its score on
        them says little.
        """
        return self.origin == "imported" or bool(self.scores.get("may_know_validation_set"))

    @property
    def needs_evaluation(self) -> bool:
        """Whether it was imported and never evaluated, so that nothing publishes it."""
        return self.origin == "imported" and self.evaluation is None and not self.publications

    def record_evaluation(
        self, evaluation: Evaluation, pictures: Sequence[EvaluationPicture]
    ) -> None:
        """Keep the result of an evaluation and its pictures, in place of an earlier one's."""
        self.evaluation = evaluation.to_json()
        self.evaluation_pictures = [
            picture.copy_at(position) for position, picture in enumerate(pictures)
        ]
