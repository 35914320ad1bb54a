"""A prediction: one picture a person gave, and what became of it. The row is the work to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Select,
    String,
    Text,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from webapp.models.base import Base, new_token, utc_now
from webapp.models.digit import Digit

if TYPE_CHECKING:
    from webapp.models.model_version import ModelVersion

MAX_CLAIMS = 3  # a picture that ends its worker this often is poisonous, and fails alone


class Status(StrEnum):
    """Where a prediction stands. The last three are final."""

    PENDING = "pending"
    READING = "reading"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


SETTLED = (Status.DONE, Status.REFUSED, Status.FAILED)


class Prediction(Base):
    """One accepted upload, from pending to its one answer."""

    __tablename__ = "predictions"
    __table_args__ = (
        CheckConstraint(
            "status in ('pending', 'reading', 'done', 'refused', 'failed')", name="known_status"
        ),
        Index("ix_predictions_owner_id_created_at", "owner_id", "created_at"),
        Index("ix_predictions_status_created_at", "status", "created_at"),
    )

    id: Mapped[str] = mapped_column(String(22), primary_key=True, default=new_token)
    owner_id: Mapped[str] = mapped_column(ForeignKey("owners.id"))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    status: Mapped[str] = mapped_column(String(16), default=Status.PENDING)

    # The picture, as it was given. Its files live in the storage under this prediction's id.
    filename: Mapped[str] = mapped_column(String(255))  # what the person called it
    media_type: Mapped[str] = mapped_column(String(64))
    width: Mapped[int]  # pixels, upright
    height: Mapped[int]  # pixels, upright

    # The claim of a worker: who reads it, until when, and how often that has been tried.
    claimed_by: Mapped[str | None] = mapped_column(String(64))
    lease_until: Mapped[datetime | None]
    claim_count: Mapped[int] = mapped_column(default=0)

    # The answer.
    settled_at: Mapped[datetime | None]
    number: Mapped[str | None] = mapped_column(String(255))  # "42"; rows are parted by a bar
    confidence: Mapped[float | None]  # of the least sure digit, 0..1
    reason: Mapped[str | None] = mapped_column(Text)  # why it was refused or failed, in a sentence
    model_version_id: Mapped[int | None] = mapped_column(ForeignKey("model_versions.id"))

    digits: Mapped[list[Digit]] = relationship(
        order_by=Digit.position, cascade="all, delete-orphan", lazy="selectin"
    )
    model_version: Mapped[ModelVersion | None] = relationship(lazy="joined")

    @property
    def is_settled(self) -> bool:
        return self.status in SETTLED

    @classmethod
    def newest_first(cls) -> Select[tuple[Prediction]]:
        return select(cls).order_by(cls.created_at.desc(), cls.id)

    @classmethod
    def of_owner(cls, owner_id: str) -> Select[tuple[Prediction]]:
        return cls.newest_first().where(cls.owner_id == owner_id)

    @classmethod
    def waiting(cls) -> Select[tuple[Prediction]]:
        """Work that a worker may take: pending, or left by a worker whose lease ran out."""
        abandoned = (cls.status == Status.READING) & (cls.lease_until < utc_now())
        return (
            select(cls)
            .where(or_(cls.status == Status.PENDING, abandoned), cls.claim_count < MAX_CLAIMS)
            .order_by(cls.created_at)
        )

    @classmethod
    def any_waiting(cls, session: Session) -> bool:
        """Whether there is work to take; a plain read, which holds up no writer."""
        return session.scalar(cls.waiting().with_only_columns(cls.id).limit(1)) is not None

    @classmethod
    def transfer(cls, session: Session, owner_id: str, *, to: str) -> None:
        """Give one visitor's whole history to another, in the caller's transaction."""
        session.execute(update(cls).where(cls.owner_id == owner_id).values(owner_id=to))

    @classmethod
    def known(cls, session: Session, ids: Iterable[str]) -> set[str]:
        """Those of the ids that have a row."""
        return set(session.scalars(select(cls.id).where(cls.id.in_(ids))))

    @classmethod
    def count_waiting(cls, session: Session) -> int:
        """How many pictures no worker has taken yet."""
        return session.scalar(select(func.count()).where(cls.status == Status.PENDING)) or 0

    @classmethod
    def claim(
        cls, session: Session, *, by: str, limit: int, lease: timedelta
    ) -> Sequence[Prediction]:
        """Take up to `limit` rows of waiting work, oldest first, in the caller's transaction.

        On PostgreSQL rows that another worker is taking are skipped; on SQLite the caller's
        transaction must have begun as IMMEDIATE, so that only one worker takes at a time.
        A row whose lease has run out is taken again: its worker is presumed dead. Such a row is
        taken alone, so that a picture which ends its worker drags no other down with it.
        """
        waiting = session.scalars(
            cls.waiting().limit(limit).with_for_update(skip_locked=True, of=cls)
        ).all()
        if waiting and waiting[0].claim_count > 0:
            claimed = waiting[:1]
        else:
            claimed = [prediction for prediction in waiting if prediction.claim_count == 0]
        now = utc_now()
        for prediction in claimed:
            prediction.status = Status.READING
            prediction.claimed_by = by
            prediction.lease_until = now + lease
            prediction.claim_count += 1
        return claimed

    @classmethod
    def locked(cls, ids: Iterable[str]) -> Select[tuple[Prediction]]:
        """These rows, held against every other writer until the caller's transaction ends."""
        return select(cls).where(cls.id.in_(ids)).with_for_update(of=cls)

    @classmethod
    def give_up_on_poison(cls, session: Session, *, reason: str) -> int:
        """Fail the rows that ended their worker too often; returns how many there were."""
        now = utc_now()
        result = session.execute(
            update(cls)
            .where(
                cls.status == Status.READING,
                cls.lease_until < now,
                cls.claim_count >= MAX_CLAIMS,
            )
            .values(status=Status.FAILED, reason=reason, settled_at=now, lease_until=None)
        )
        return int(result.rowcount)  # type: ignore[attr-defined]

    def is_held_by(self, worker: str) -> bool:
        """Whether this worker may still answer: nobody took the row over or settled it."""
        return self.status == Status.READING and self.claimed_by == worker

    def succeed(self, digits: Sequence[Digit], *, number: str, by: ModelVersion) -> None:
        self.digits = list(digits)
        self.number = number
        self.confidence = min(digit.confidence for digit in digits)
        self._settle(Status.DONE, by=by)

    def refuse(
        self, reason: str, *, by: ModelVersion | None = None, digits: Sequence[Digit] = ()
    ) -> None:
        """Answer "I can't tell". What was seen, if anything, is kept so that it can be shown."""
        self.digits = list(digits)
        self.reason = reason
        self._settle(Status.REFUSED, by=by)

    def fail(self, reason: str) -> None:
        self.reason = reason
        self._settle(Status.FAILED, by=None)

    def try_again(self) -> None:
        """Put a failed prediction back to work; its address stays. Others are left as they are."""
        if self.status != Status.FAILED:
            return
        self.status = Status.PENDING
        self.claim_count = 0
        self.reason = self.settled_at = None

    def _settle(self, status: Status, *, by: ModelVersion | None) -> None:
        if self.is_settled:
            raise AlreadySettledError(self.id)
        self.status = status
        self.model_version = by
        self.settled_at = utc_now()
        self.lease_until = None


class AlreadySettledError(Exception):
    """A prediction gets one answer; a second one is a mistake in the program."""
