"""A training run: one press of Retrain, from queued to done, with a record of every epoch."""

from __future__ import annotations

from dataclasses import dataclass
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
from webapp.models.catalogue import QUICK, estimated_seconds
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

RUNS_COUNTED = 3  # the latest ones; machines change
MAX_STARTS = 3  # then a run that does not start is given up, so that the next one can


@dataclass(frozen=True)
class Expected:
    """How long a training should take."""

    seconds: float
    from_runs: int  # the number of past runs that it is the mean of; 0: it is a guess


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
    reason: Mapped[str | None] = mapped_column(Text)  # why it ended without a version

    # Enough to repeat it: seed, recipe, data hash, corrections used, library versions, seconds.
    provenance: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    versions: Mapped[list[ModelVersion]] = relationship(lazy="selectin")

    @property
    def is_finished(self) -> bool:
        return self.status not in UNFINISHED

    @property
    def seconds_left(self) -> float | None:
        """Until the last epoch ends, by the mean of those that have; None before the first."""
        lasted = [float(epoch["seconds"]) for epoch in self.epochs if "seconds" in epoch]
        if self.epochs_planned is None or not lasted:
            return None
        return sum(lasted) / len(lasted) * max(self.epochs_planned - len(self.epochs), 0)

    @classmethod
    def newest_first(cls) -> Select[tuple[TrainingRun]]:
        return select(cls).order_by(cls.id.desc())

    @classmethod
    def expected(cls, session: Session, *, recipe: str, architecture: str) -> Expected:
        """How long such a run should take, by the latest ones that are done."""
        past = session.execute(
            select(cls.started_at, cls.finished_at)
            .where(
                cls.status == RunStatus.DONE,
                cls.recipe == recipe,
                cls.architecture == architecture,
                cls.started_at.is_not(None),
            )
            .order_by(cls.id.desc())
            .limit(RUNS_COUNTED)
        ).all()
        if not past:
            return Expected(estimated_seconds(recipe), from_runs=0)
        seconds = [(finished - started).total_seconds() for started, finished in past]
        return Expected(sum(seconds) / len(seconds), from_runs=len(seconds))

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
        self.heartbeat_at = utc_now()

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
