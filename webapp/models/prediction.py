"""A prediction: one uploaded picture and its reading. The row is the work to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    String,
    Text,
    exists,
    func,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, lazyload, mapped_column, relationship
from sqlalchemy.orm.attributes import set_committed_value

from webapp.models.base import Base, new_token, utc_now
from webapp.models.digit import Digit
from webapp.models.missed_digit import MissedDigit
from webapp.models.status import SETTLED, AlreadySettledError, Status

if TYPE_CHECKING:
    from webapp.models.model_version import ModelVersion

MAX_CLAIMS = 3  # a picture that ends its worker this often fails

# Pictures of one owner in a batch. A picture may take a second to read, so these bound the time
# that a picture which arrives next waits for the batch in hand.
MAX_OF_ONLY_OWNER = 4
MAX_OF_EACH_OWNER = 1


class Prediction(Base):
    """One accepted upload, from pending until it is settled once."""

    __tablename__ = "predictions"
    __table_args__ = (
        CheckConstraint(
            "status in ('pending', 'reading', 'done', 'refused', 'failed')", name="known_status"
        ),
        Index("ix_predictions_owner_id_created_at", "owner_id", "created_at"),
        Index("ix_predictions_owner_id_batch_id", "owner_id", "batch_id"),
        Index("ix_predictions_status_created_at", "status", "created_at"),
        Index("ix_predictions_status_owner_id_created_at", "status", "owner_id", "created_at"),
        # Holds all that the admin's overview counts, so that it reads no row.
        Index("ix_predictions_settled_at", "settled_at", "status", "confidence"),
    )

    id: Mapped[str] = mapped_column(String(22), primary_key=True, default=new_token)
    owner_id: Mapped[str] = mapped_column(ForeignKey("owners.id"))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    status: Mapped[str] = mapped_column(String(16), default=Status.PENDING)
    batch_id: Mapped[str | None] = mapped_column(String(22))  # of pictures that came together

    # The picture as it was uploaded. Its files are in the storage under this prediction's id.
    filename: Mapped[str] = mapped_column(String(255))  # for display only
    media_type: Mapped[str] = mapped_column(String(64))
    width: Mapped[int]  # pixels, upright
    height: Mapped[int]  # pixels, upright

    # The claim of a worker: its name, the end of its lease, and the number of claims so far.
    claimed_by: Mapped[str | None] = mapped_column(String(64))
    lease_until: Mapped[datetime | None]
    claim_count: Mapped[int] = mapped_column(default=0)

    # The result.
    settled_at: Mapped[datetime | None]
    number: Mapped[str | None] = mapped_column(String(255))  # "-4.2"; a bar separates rows
    confidence: Mapped[float | None]  # 0..1, the lowest of its digits and signs
    is_unsure: Mapped[bool] = mapped_column(default=False)  # the networks disagree about it
    reason: Mapped[str | None] = mapped_column(Text)  # a `Reason`: why it was refused or failed
    model_version_id: Mapped[int | None] = mapped_column(ForeignKey("model_versions.id"))

    digits: Mapped[list[Digit]] = relationship(
        order_by=Digit.position, cascade="all, delete-orphan", lazy="selectin"
    )
    missed_digits: Mapped[list[MissedDigit]] = relationship(
        order_by=(MissedDigit.position, MissedDigit.x, MissedDigit.id),
        cascade="all, delete-orphan",
        lazy="selectin",
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
    def any_waiting(cls, session: Session) -> bool:
        """Whether a worker could claim anything; a plain read, which blocks no writer."""
        waits = exists().where(cls._is_pending()) | exists().where(cls._is_abandoned())
        return bool(session.scalar(select(waits)))

    @classmethod
    def transfer(cls, session: Session, owner_id: str, *, to: str) -> None:
        """Move one owner's whole history to another owner, in the caller's transaction."""
        session.execute(update(cls).where(cls.owner_id == owner_id).values(owner_id=to))

    @classmethod
    def known(cls, session: Session, ids: Iterable[str]) -> set[str]:
        """The given ids that have a row."""
        return set(session.scalars(select(cls.id).where(cls.id.in_(ids))))

    @classmethod
    def count_waiting(cls, session: Session) -> int:
        """The number of pictures that no worker has claimed yet."""
        return session.scalar(select(func.count()).where(cls.status == Status.PENDING)) or 0

    @classmethod
    def claim(cls, session: Session, *, by: str, limit: int, lease: timedelta) -> list[Prediction]:
        """Claim up to `limit` waiting rows for a worker, in the caller's transaction.

        Owners take turns, so that one owner's many pictures do not delay another's few. A row
        with an expired lease is claimed alone, so that a picture which ends its worker does not
        take others with it. On SQLite the caller's transaction must have begun as IMMEDIATE; on
        PostgreSQL rows that another worker is claiming are skipped.
        """
        skipped: set[str] = set()
        while ids := cls._next_in_turn(session, limit, skipped):
            waiting = cls.locked(ids, skip=True).where(cls._is_pending() | cls._is_abandoned())
            claimed = session.scalars(waiting.options(lazyload("*"))).all()
            for prediction in claimed:
                prediction._claim(by, lease)
            if claimed:
                return sorted(claimed, key=lambda prediction: ids.index(prediction.id))
            skipped.update(ids)
        return []

    @classmethod
    def _next_in_turn(cls, session: Session, limit: int, skipped: set[str]) -> list[str]:
        """The ids of one abandoned row, or of pending rows, one of each owner in turn.

        They are found without a lock, as PostgreSQL locks no rows of a grouped query.
        """
        others = cls.id.not_in(skipped)
        oldest = func.min(cls.created_at)
        by_owner = select(cls.owner_id, oldest).where(cls._is_pending(), others)
        in_turn = by_owner.group_by(cls.owner_id).order_by(oldest).limit(limit)
        owners = session.execute(in_turn).all()
        left = select(cls.id, cls.created_at).where(cls._is_abandoned(), others)
        abandoned = session.execute(left.order_by(cls.created_at).limit(1)).first()
        if abandoned and (not owners or abandoned[1] <= owners[0][1]):
            return [abandoned[0]]
        share = MAX_OF_ONLY_OWNER if len(owners) == 1 else MAX_OF_EACH_OWNER
        pending = select(cls.id).where(cls._is_pending(), others).order_by(cls.created_at)
        return [
            prediction_id
            for owner_id, _ in owners
            for prediction_id in session.scalars(
                pending.where(cls.owner_id == owner_id).limit(min(share, limit))
            )
        ]

    @classmethod
    def _is_pending(cls) -> ColumnElement[bool]:
        return cls.status == Status.PENDING

    @classmethod
    def _is_abandoned(cls) -> ColumnElement[bool]:
        return cls._has_expired() & (cls.claim_count < MAX_CLAIMS)

    @classmethod
    def _has_expired(cls) -> ColumnElement[bool]:
        """Whether the lease has expired, so that the worker is presumed dead."""
        return (cls.status == Status.READING) & (cls.lease_until < utc_now())

    def _claim(self, by: str, lease: timedelta) -> None:
        self.status = Status.READING
        self.claimed_by = by
        self.renew(lease)
        self.claim_count += 1

    def renew(self, lease: timedelta) -> None:
        """Extend a claim that its worker still holds."""
        self.lease_until = utc_now() + lease

    @classmethod
    def locked(cls, ids: Iterable[str], *, skip: bool = False) -> Select[tuple[Prediction]]:
        """These rows, locked until the transaction ends; `skip` leaves out those locked already."""
        return select(cls).where(cls.id.in_(ids)).with_for_update(of=cls, skip_locked=skip)

    @classmethod
    def held(cls, session: Session, ids: Iterable[str], *, by: str) -> list[Prediction]:
        """Those of these rows that a worker may still settle, locked; they have no digits yet."""
        own = cls.locked(ids).where(cls.status == Status.READING, cls.claimed_by == by)
        rows = list(session.scalars(own.options(lazyload("*"))))
        for row in rows:
            set_committed_value(row, "digits", [])
        return rows

    @classmethod
    def give_up_on_poison(cls, session: Session, *, reason: str) -> int:
        """Fail the rows that ended their worker too often; returns their number."""
        failed = {"status": Status.FAILED, "settled_at": utc_now(), "lease_until": None}
        poison = update(cls).where(cls._has_expired(), cls.claim_count >= MAX_CLAIMS)
        result = session.execute(poison.values(reason=reason, **failed))
        return int(result.rowcount)  # type: ignore[attr-defined]

    def succeed(
        self, digits: Sequence[Digit], *, number: str, by: ModelVersion, is_unsure: bool = False
    ) -> None:
        self.digits = list(digits)
        self.number, self.is_unsure = number, is_unsure
        self.confidence = min(digit.confidence for digit in digits)
        self._settle(Status.DONE, by=by)

    def refuse(
        self, reason: str, *, by: ModelVersion | None = None, digits: Sequence[Digit] = ()
    ) -> None:
        """Settle without a number. The digits that were found, if any, are kept for display."""
        self.digits = list(digits)
        self.reason = reason
        self._settle(Status.REFUSED, by=by)

    def fail(self, reason: str) -> None:
        self.reason = reason
        self._settle(Status.FAILED, by=None)

    def retry(self) -> None:
        """Make a failed prediction pending again. Does nothing in any other state."""
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
