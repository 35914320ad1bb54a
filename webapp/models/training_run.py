"""A training run: one press of Retrain, from queued to done, with a record of every epoch."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    Select,
    String,
    Text,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship
from sqlalchemy.orm.attributes import flag_modified

from webapp.models.base import Base, utc_now
from webapp.models.catalogue import QUICK
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

LEAST_MEASURED = 0.02  # of an epoch; before, its speed is that of the start
MAX_STARTS = 3  # then a run that does not start is given up, so that the next one can


class TrainingRun(Base):
    """One training that an admin requested. The database allows a single unfinished one."""

    __tablename__ = "training_runs"
    __table_args__ = (
        CheckConstraint(
            "status in ('queued', 'running', 'done', 'failed', 'cancelled', 'interrupted')",
            name="known_status",
        ),
        # One run at a time, without a race: `unfinished` is 1 or NULL.
        Index("uq_training_runs_unfinished", "unfinished", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    started_at: Mapped[datetime | None]
    heartbeat_at: Mapped[datetime | None]  # written by the trainer every two seconds
    cancel_requested_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    status: Mapped[str] = mapped_column(String(16), default=RunStatus.QUEUED)
    start_count: Mapped[int] = mapped_column(default=0)  # how often a trainer tried to start it
    unfinished: Mapped[int | None] = mapped_column(default=1)
    requested_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    requested_by: Mapped[User | None] = relationship(lazy="joined")

    architecture: Mapped[str] = mapped_column(String(32), default="cnn")
    recipe: Mapped[str] = mapped_column(String(32), default=QUICK)
    epochs_planned: Mapped[int | None]
    epochs: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    # The epoch under way: the step it has reached, of how many, and the seconds that they took.
    step: Mapped[int | None]
    steps: Mapped[int | None]
    step_seconds: Mapped[float | None]
    reason: Mapped[str | None] = mapped_column(Text)  # why it ended without a version

    # Enough to repeat it: seed, recipe, data hash, corrections used, library versions, seconds.
    provenance: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    versions: Mapped[list[ModelVersion]] = relationship(lazy="selectin")

    @property
    def is_finished(self) -> bool:
        return self.status not in UNFINISHED

    @property
    def is_training(self) -> bool:
        """Whether an epoch is under way; before, data is loaded, and afterwards it is evaluated."""
        planned = self.epochs_planned
        return (
            self.status == RunStatus.RUNNING and planned is not None and len(self.epochs) < planned
        )

    @property
    def share_done(self) -> float:
        """The share of its training that is done, 0..1, by steps within an epoch."""
        if not self.epochs_planned:
            return 0.0
        within = self.step / self.steps if self.step and self.steps else 0.0
        return min((len(self.epochs) + within) / self.epochs_planned, 1.0)

    @property
    def seconds_elapsed(self) -> float | None:
        """Since it started, until it ended or now; None before the start."""
        if self.started_at is None:
            return None
        return ((self.finished_at or utc_now()) - self.started_at).total_seconds()

    @property
    def seconds_left(self) -> float | None:
        """Until the last epoch ends, by this run's own speed; None before there is one."""
        if self.epochs_planned is None:
            return None
        lasted = [float(epoch["seconds"]) for epoch in self.epochs if "seconds" in epoch]
        within = self.step / self.steps if self.step and self.steps else 0.0
        if len(lasted) + within < LEAST_MEASURED:
            return None
        seconds_an_epoch = (sum(lasted) + (self.step_seconds or 0.0)) / (len(lasted) + within)
        return seconds_an_epoch * max(self.epochs_planned - len(self.epochs) - within, 0.0)

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
        """The running runs without a heartbeat since then, locked until the transaction ends."""
        return (
            select(cls)
            .where(cls.status == RunStatus.RUNNING, cls.heartbeat_at < moment)
            .with_for_update(of=cls)
        )

    @classmethod
    def locked(cls, session: Session, run_id: int) -> TrainingRun | None:
        """The run, locked until the transaction ends; the nullable requester is not locked."""
        return session.get(cls, run_id, with_for_update={"of": cls})

    @classmethod
    def count_start(cls, session: Session, run_id: int) -> int | None:
        """Count a trainer's attempt to start a queued run, and return the number of attempts.

        None: the run is not queued. It is one plain UPDATE, which works where loading a run fails.
        """
        return session.scalar(
            update(cls)
            .where(cls.id == run_id, cls.status == RunStatus.QUEUED)
            .values(start_count=cls.start_count + 1)
            .returning(cls.start_count)
        )

    @classmethod
    def give_up(cls, session: Session, run_id: int, reason: str) -> None:
        """End a run that does not start, so that the next one can; it is one plain UPDATE too."""
        session.execute(
            update(cls)
            .where(cls.id == run_id, cls.status == RunStatus.QUEUED)
            .values(status=RunStatus.FAILED, unfinished=None, reason=reason, finished_at=utc_now())
        )

    def start(self, *, epochs_planned: int | None = None) -> None:
        self.status = RunStatus.RUNNING
        self.started_at = self.heartbeat_at = utc_now()
        self.epochs_planned = epochs_planned

    def record_epoch(self, **measures: float) -> None:
        """Keep one epoch's measures (epoch, loss, accuracy, …), with a heartbeat."""
        self.epochs.append(dict(measures))
        flag_modified(self, "epochs")
        self.step = self.step_seconds = None
        self.heartbeat_at = utc_now()

    def record_step(self, *, epoch: int, step: int, steps: int, seconds: float) -> None:
        """Keep how far the epoch is; a message about an epoch that has ended is ignored."""
        if epoch == len(self.epochs) + 1:
            self.step, self.steps, self.step_seconds = step, steps, seconds

    def record_heartbeat(self) -> None:
        self.heartbeat_at = utc_now()

    def resume(self) -> None:
        """Make an interrupted run a running one again: its trainer was only cut off for a while.

        The flush raises IntegrityError where another run was queued meanwhile.
        """
        self.status = RunStatus.RUNNING
        self.unfinished = 1
        self.reason = self.finished_at = None
        self.heartbeat_at = utc_now()

    def request_cancel(self) -> None:
        """Ask the trainer to stop at its next step; a run that waits in the queue ends at once."""
        self.cancel_requested_at = utc_now()
        if self.status == RunStatus.QUEUED:
            self.cancel("Cancelled before it started.")

    def finish(self, reason: str | None = None) -> None:
        self._end(RunStatus.DONE, reason)

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
