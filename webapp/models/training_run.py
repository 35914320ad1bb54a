"""A training run: one press of Retrain, from queued to done, with every epoch on record."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Select, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.orm.attributes import flag_modified

from webapp.models.base import Base, utc_now
from webapp.models.model_version import ModelVersion
from webapp.models.user import User


class RunStatus(StrEnum):
    """Where a training run stands. The last four are final."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"


UNFINISHED = (RunStatus.QUEUED, RunStatus.RUNNING)


class TrainingRun(Base):
    """One training, asked for by an admin. The database allows a single unfinished one."""

    __tablename__ = "training_runs"
    __table_args__ = (
        CheckConstraint(
            "status in ('queued', 'running', 'done', 'failed', 'cancelled', 'interrupted')",
            name="known_status",
        ),
        # One run at a time, enforced where no race can slip by: `unfinished` is 1 or NULL.
        Index("uq_training_runs_unfinished", "unfinished", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    started_at: Mapped[datetime | None]
    heartbeat_at: Mapped[datetime | None]  # the trainer's last sign of life
    cancel_requested_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    status: Mapped[str] = mapped_column(String(16), default=RunStatus.QUEUED)
    unfinished: Mapped[int | None] = mapped_column(default=1)
    requested_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    requested_by: Mapped[User | None] = relationship(lazy="joined")

    architecture: Mapped[str] = mapped_column(String(32), default="cnn")
    recipe: Mapped[str] = mapped_column(String(32), default="quick")
    epochs_planned: Mapped[int | None]
    epochs: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    reason: Mapped[str | None] = mapped_column(Text)  # why it ended otherwise than done

    # Enough to make it again: seed, recipe, data hash, corrections used, library versions, seconds.
    provenance: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    versions: Mapped[list[ModelVersion]] = relationship(lazy="selectin")

    @property
    def is_finished(self) -> bool:
        return self.status not in UNFINISHED

    @classmethod
    def newest_first(cls) -> Select[tuple[TrainingRun]]:
        return select(cls).order_by(cls.id.desc())

    @classmethod
    def under_way(cls) -> Select[tuple[TrainingRun]]:
        """The one run that is queued or running, if any."""
        return select(cls).where(cls.unfinished == 1)

    @classmethod
    def queued(cls) -> Select[tuple[TrainingRun]]:
        return select(cls).where(cls.status == RunStatus.QUEUED)

    @classmethod
    def silent_since(cls, moment: datetime) -> Select[tuple[TrainingRun]]:
        """Runs that should be running, but whose trainer gave no sign of life since then."""
        return select(cls).where(cls.status == RunStatus.RUNNING, cls.heartbeat_at < moment)

    def start(self, *, epochs_planned: int) -> None:
        self.status = RunStatus.RUNNING
        self.started_at = self.heartbeat_at = utc_now()
        self.epochs_planned = epochs_planned

    def record_epoch(self, **measures: float) -> None:
        """Keep one epoch's measures (epoch, loss, accuracy, …), and show a sign of life."""
        self.epochs.append(dict(measures))
        flag_modified(self, "epochs")
        self.heartbeat_at = utc_now()

    def show_life(self) -> None:
        self.heartbeat_at = utc_now()

    def request_cancel(self) -> None:
        """Ask the trainer to stop at its next step; a run that waits in the queue ends at once."""
        self.cancel_requested_at = utc_now()
        if self.status == RunStatus.QUEUED:
            self.cancel("Cancelled before it started.")

    def finish(self) -> None:
        self._end(RunStatus.DONE)

    def fail(self, reason: str) -> None:
        self._end(RunStatus.FAILED, reason)

    def cancel(self, reason: str) -> None:
        self._end(RunStatus.CANCELLED, reason)

    def interrupt(self, reason: str) -> None:
        self._end(RunStatus.INTERRUPTED, reason)

    def _end(self, status: RunStatus, reason: str | None = None) -> None:
        self.status = status
        self.unfinished = None
        self.reason = reason
        self.finished_at = utc_now()
