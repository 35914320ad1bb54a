"""An explanation: how a network read one digit. The row is the work; its numbers are in a file."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from webapp.models.base import Base, utc_now
from webapp.models.prediction import Prediction

MAX_CLAIMS = 2  # an explanation that ends its worker this often fails
NETWORK = "network"  # the subject of the explanation of all layers; a comparison has "4-9"
SUBJECT = re.compile(rf"{NETWORK}|[0-9]-[0-9]")


class ExplanationStatus(StrEnum):
    """The state of an explanation. The last two are final."""

    PENDING = "pending"
    COMPUTING = "computing"
    DONE = "done"
    FAILED = "failed"


class Explanation(Base):
    """One subject about one digit, from the moment when it is asked for."""

    __tablename__ = "explanations"
    __table_args__ = (
        UniqueConstraint("prediction_id", "position", "subject"),
        CheckConstraint(
            "status in ('pending', 'computing', 'done', 'failed')", name="known_status"
        ),
        Index("ix_explanations_status_created_at", "status", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    prediction_id: Mapped[str] = mapped_column(ForeignKey("predictions.id", ondelete="CASCADE"))
    position: Mapped[int]  # of the digit
    subject: Mapped[str] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(16), default=ExplanationStatus.PENDING)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    settled_at: Mapped[datetime | None]

    # The claim of a worker: its name, the end of its lease, and the number of claims so far.
    claimed_by: Mapped[str | None] = mapped_column(String(64))
    lease_until: Mapped[datetime | None]
    claim_count: Mapped[int] = mapped_column(default=0)

    prediction: Mapped[Prediction] = relationship()

    @property
    def is_settled(self) -> bool:
        return self.status in (ExplanationStatus.DONE, ExplanationStatus.FAILED)

    @property
    def filename(self) -> str:
        """The name of its file in the storage, among those of its prediction."""
        return f"explanation-{self.position}-{self.subject}.zip"

    @property
    def compared(self) -> tuple[int, int] | None:
        """The two labels that a comparison is about; None for the network."""
        if self.subject == NETWORK:
            return None
        first, second = self.subject.split("-")
        return int(first), int(second)

    @classmethod
    def find(
        cls, session: Session, prediction_id: str, position: int, subject: str
    ) -> Explanation | None:
        key = {"prediction_id": prediction_id, "position": position, "subject": subject}
        return session.scalar(select(cls).filter_by(**key))

    @classmethod
    def ask(cls, session: Session, prediction_id: str, position: int, subject: str) -> None:
        """Store a pending row, unless there is one for this subject already."""
        dialect = {"sqlite": sqlite, "postgresql": postgresql}[session.get_bind().dialect.name]
        values = {"prediction_id": prediction_id, "position": position, "subject": subject}
        new = dialect.insert(cls).values(
            **values, status=ExplanationStatus.PENDING, created_at=utc_now(), claim_count=0
        )
        session.execute(new.on_conflict_do_nothing())

    @classmethod
    def any_waiting(cls, session: Session) -> bool:
        """Whether a worker could claim one."""
        return session.scalar(select(cls.id).where(cls._is_claimable()).limit(1)) is not None

    @classmethod
    def count_waiting_of(cls, session: Session, owner_id: str) -> int:
        """The number of an owner's explanations that are not settled."""
        waiting = select(func.count()).select_from(cls).join(Prediction)
        is_open = cls.status.in_((ExplanationStatus.PENDING, ExplanationStatus.COMPUTING))
        return session.scalar(waiting.where(is_open, Prediction.owner_id == owner_id)) or 0

    @classmethod
    def claim(cls, session: Session, *, by: str, lease: timedelta) -> Explanation | None:
        """Claim the oldest that waits, in the caller's transaction; None where nothing waits.

        On SQLite the caller's transaction must have begun as IMMEDIATE.
        """
        oldest = select(cls).where(cls._is_claimable()).order_by(cls.created_at, cls.id).limit(1)
        found = session.scalar(oldest.with_for_update(of=cls, skip_locked=True))
        if found is not None:
            found.status = ExplanationStatus.COMPUTING
            found.claimed_by = by
            found.lease_until = utc_now() + lease
            found.claim_count += 1
        return found

    @classmethod
    def give_up(cls, session: Session) -> int:
        """Fail the rows that ended their worker too often; returns their number."""
        ended = update(cls).where(cls._has_expired(), cls.claim_count >= MAX_CLAIMS)
        failed = {"status": ExplanationStatus.FAILED, "settled_at": utc_now(), "lease_until": None}
        return int(session.execute(ended.values(**failed)).rowcount)  # type: ignore[attr-defined]

    def is_held_by(self, worker: str) -> bool:
        """Whether this worker may still settle the row."""
        return self.status == ExplanationStatus.COMPUTING and self.claimed_by == worker

    def succeed(self) -> None:
        self._settle(ExplanationStatus.DONE)

    def fail(self) -> None:
        self._settle(ExplanationStatus.FAILED)

    def restart(self) -> None:
        """Make a settled explanation pending again, where its file is missing or outdated."""
        if self.is_settled:
            self.status, self.claim_count, self.settled_at = ExplanationStatus.PENDING, 0, None

    def _settle(self, status: ExplanationStatus) -> None:
        self.status, self.settled_at, self.lease_until = status, utc_now(), None

    @classmethod
    def _is_claimable(cls) -> ColumnElement[bool]:
        is_pending = cls.status == ExplanationStatus.PENDING
        return or_(is_pending, cls._has_expired() & (cls.claim_count < MAX_CLAIMS))

    @classmethod
    def _has_expired(cls) -> ColumnElement[bool]:
        return (cls.status == ExplanationStatus.COMPUTING) & (cls.lease_until < utc_now())
