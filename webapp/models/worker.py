"""A worker: a running worker process, the queue it serves, and the version it has loaded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Select, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from webapp.models.base import Base, utc_now
from webapp.models.model_version import ModelVersion

PREDICTIONS_QUEUE, TRAINING_QUEUE, EXPLANATIONS_QUEUE = "predictions", "training", "explanations"
STALE_AFTER = timedelta(seconds=20)  # without an update, which a worker writes every five seconds
FORGOTTEN_AFTER = timedelta(minutes=10)  # then the row is deleted


class Worker(Base):
    """One process. It writes its row every few seconds; a row without updates is stale."""

    __tablename__ = "workers"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)  # unique to the process
    queue: Mapped[str] = mapped_column(String(32))  # one of the three above
    started_at: Mapped[datetime] = mapped_column(default=utc_now)
    seen_at: Mapped[datetime] = mapped_column(default=utc_now)
    # The version that it answers with; None: it has loaded none yet, or it trains.
    model_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("model_versions.id", ondelete="SET NULL")
    )

    model_version: Mapped[ModelVersion | None] = relationship(lazy="joined")

    @classmethod
    def record(
        cls, session: Session, name: str, *, queue: str, model_version_id: int | None
    ) -> None:
        """Write that this process runs, and what it has loaded; delete rows long out of date."""
        now = utc_now()
        worker = session.get(cls, name)
        if worker is None:
            worker = cls(name=name, queue=queue, started_at=now)
            session.add(worker)
        worker.seen_at = now
        worker.model_version_id = model_version_id
        session.execute(delete(cls).where(cls.seen_at < now - FORGOTTEN_AFTER))

    @classmethod
    def remove(cls, session: Session, name: str) -> None:
        """Delete the row of a process that ends."""
        session.execute(delete(cls).where(cls.name == name))

    @property
    def is_stale(self) -> bool:
        """Whether it has not been seen lately: its process ended without removing its row."""
        return self.seen_at < utc_now() - STALE_AFTER

    @classmethod
    def remembered(cls) -> Select[tuple[Worker]]:
        """All workers seen in the last minutes, stale ones too, by queue and age."""
        return select(cls).order_by(cls.queue, cls.started_at, cls.name)

    @classmethod
    def running(cls) -> Select[tuple[Worker]]:
        """The workers that are not stale, by queue and age."""
        return cls.remembered().where(cls.seen_at >= utc_now() - STALE_AFTER)


@dataclass(frozen=True)
class Rollout:
    """How far the prediction workers have loaded the live version."""

    live: ModelVersion | None
    workers: list[Worker]  # those that serve predictions and are not stale

    @classmethod
    def now(cls, session: Session) -> Rollout:
        serving = Worker.running().where(Worker.queue == PREDICTIONS_QUEUE)
        return cls(session.scalar(ModelVersion.current()), list(session.scalars(serving)))

    @property
    def ready(self) -> int:
        """The number of workers that answer with the live version."""
        if self.live is None:
            return 0
        return sum(worker.model_version_id == self.live.id for worker in self.workers)

    @property
    def is_switching(self) -> bool:
        """Whether a worker still answers with another version, or with none."""
        return self.live is not None and self.ready < len(self.workers)
