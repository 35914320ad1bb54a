"""A filter snapshot: the weights of a network's first layer as they were in one epoch."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, Select, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from webapp.models.base import Base, utc_now


class FilterSnapshot(Base):
    """Some filters of the first layer; epoch 0 is before the training.

    The snapshot of the epoch under way is replaced as the training goes on.
    """

    __tablename__ = "filter_snapshots"
    __table_args__ = (UniqueConstraint("training_run_id", "epoch"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    training_run_id: Mapped[int] = mapped_column(ForeignKey("training_runs.id", ondelete="CASCADE"))
    epoch: Mapped[int]
    recorded_at: Mapped[datetime] = mapped_column(default=utc_now)

    count: Mapped[int]  # of the filters
    height: Mapped[int]  # of each filter, in weights
    width: Mapped[int]
    weights: Mapped[bytes] = mapped_column(LargeBinary)  # int8; 127 is the largest magnitude

    @classmethod
    def keep(
        cls,
        session: Session,
        run_id: int,
        *,
        epoch: int,
        shape: tuple[int, int, int],
        weights: bytes,
    ) -> None:
        """Store the filters of an epoch in place of earlier ones of the same epoch."""
        session.execute(delete(cls).where(cls.training_run_id == run_id, cls.epoch == epoch))
        count, height, width = shape
        session.add(
            cls(
                training_run_id=run_id,
                epoch=epoch,
                count=count,
                height=height,
                width=width,
                weights=weights,
            )
        )

    @classmethod
    def of_run(cls, run_id: int) -> Select[tuple[FilterSnapshot]]:
        """A run's snapshots, in the order of its epochs."""
        return select(cls).where(cls.training_run_id == run_id).order_by(cls.epoch)

    @classmethod
    def epochs_of_run(cls, run_id: int) -> Select[tuple[int]]:
        """The epochs that a run has a snapshot of, in order."""
        return select(cls.epoch).where(cls.training_run_id == run_id).order_by(cls.epoch)
