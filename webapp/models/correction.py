"""A correction: the label that a person gives to a digit, beside the label that was read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Select,
    String,
    UniqueConstraint,
    func,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column, relationship

from webapp.messages import gettext_noop
from webapp.models.base import Base, utc_now
from webapp.models.digit import Digit
from webapp.models.user import User

VALIDATION_ONE_IN = 5  # of the writers: their corrections evaluate models, and train none
NOT_A_DIGIT = gettext_noop("not a digit")


class Verdict(StrEnum):
    """An admin's decision on a correction."""

    WAITING = "waiting"
    APPROVED = "approved"
    REJECTED = "rejected"


class Correction(Base):
    """One person's label for one digit. Models are trained on it once an admin approves it."""

    __tablename__ = "corrections"
    __table_args__ = (
        UniqueConstraint("digit_id", "owner_id"),
        CheckConstraint("label is null or label between 0 and 9", name="known_label"),
        CheckConstraint("verdict in ('waiting', 'approved', 'rejected')", name="known_verdict"),
        Index("ix_corrections_verdict", "verdict"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    digit_id: Mapped[int] = mapped_column(ForeignKey("digits.id", ondelete="CASCADE"))
    # The person who made it.
    owner_id: Mapped[str] = mapped_column(ForeignKey("owners.id"), index=True)

    label: Mapped[int | None]  # 0..9; None: not a digit
    read_as: Mapped[int]  # the label that was read; it never changes
    ink_sha256: Mapped[str] = mapped_column(String(64), index=True)  # Digit.ink_sha256

    verdict: Mapped[str] = mapped_column(String(16), default=Verdict.WAITING)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    digit: Mapped[Digit] = relationship(lazy="joined")
    decided_by: Mapped[User | None] = relationship()

    @classmethod
    def of(cls, digit: Digit, label: int | None, *, owner_id: str) -> Correction:
        """An owner's correction of a digit, which waits for an admin."""
        return cls(
            digit_id=digit.id,
            owner_id=owner_id,
            label=label,
            read_as=digit.label,
            ink_sha256=digit.ink_sha256,
            verdict=Verdict.WAITING,
        )

    @property
    def confirms(self) -> bool:
        """Whether the person confirms the reading."""
        return self.label == self.read_as

    @property
    def label_name(self) -> str:
        """The label as text: "7", or "not a digit"."""
        return NOT_A_DIGIT if self.label is None else str(self.label)

    @property
    def can_be_undone(self) -> bool:
        return self.verdict == Verdict.WAITING

    @classmethod
    def least_sure_first(cls) -> Select[tuple[Correction]]:
        """The waiting corrections, those with the lowest confidence first."""
        return (
            select(cls)
            .join(cls.digit)
            .where(cls.verdict == Verdict.WAITING)
            .order_by(Digit.confidence, cls.id)
        )

    @classmethod
    def latest_decisions(cls, verdict: Verdict) -> Select[tuple[Correction]]:
        """The approved or the rejected corrections, the latest decision first."""
        return select(cls).where(cls.verdict == verdict).order_by(cls.decided_at.desc(), cls.id)

    @classmethod
    def approved(cls) -> Select[tuple[Correction]]:
        return select(cls).where(cls.verdict == Verdict.APPROVED).order_by(cls.id)

    @classmethod
    def of_ink(cls, hashes: Collection[str]) -> Select[tuple[Correction]]:
        """All corrections of the same pixels: repetitions and contradictions."""
        return select(cls).where(cls.ink_sha256.in_(hashes)).order_by(cls.id)

    @classmethod
    def of_predictions(cls, ids: Collection[str]) -> Select[tuple[Correction]]:
        """All corrections of these predictions, by whomever."""
        return select(cls).join(cls.digit).where(Digit.prediction_id.in_(ids)).order_by(cls.id)

    @classmethod
    def of_owner(cls, owner_id: str) -> Select[tuple[Correction]]:
        """One owner's corrections, oldest first."""
        return select(cls).where(cls.owner_id == owner_id).order_by(cls.id)

    @classmethod
    def waiting(cls) -> Select[tuple[int]]:
        """The number of corrections that wait for an admin."""
        return select(func.count()).select_from(cls).where(cls.verdict == Verdict.WAITING)

    @classmethod
    def waiting_of(cls, owner_id: str) -> Select[tuple[int]]:
        """The number of one owner's corrections that wait."""
        return cls.waiting().where(cls.owner_id == owner_id)

    @classmethod
    def transfer(cls, session: Session, owner_id: str, *, to: str) -> None:
        """Move one owner's corrections to another owner, in the caller's transaction.

        Where both corrected a digit, a decided correction is kept before a waiting one; of two
        alike, the other owner's is kept.
        """
        existing = aliased(cls)
        pairs = session.execute(
            select(cls, existing)
            .join(existing, existing.digit_id == cls.digit_id)
            .where(cls.owner_id == owner_id, existing.owner_id == to)
        )
        for moved, kept in pairs.tuples().all():
            session.delete(kept if kept.can_be_undone and not moved.can_be_undone else moved)
        session.flush()
        session.execute(update(cls).where(cls.owner_id == owner_id).values(owner_id=to))

    @classmethod
    def validation_hashes(cls, session: Session) -> set[str]:
        """The ink hashes of the approved corrections that no model is trained on, one in five.

        The split is by writer, so that a model is not evaluated on handwriting that it was trained
        on. While all writers fall on one side, as a single writer does, the split is by picture.
        The same pixels are never on both sides: those of any validation correction validate.
        """
        query = select(cls.owner_id, Digit.prediction_id, cls.ink_sha256).join(cls.digit)
        approved = session.execute(query.where(cls.verdict == Verdict.APPROVED)).tuples().all()
        sides = {is_for_validation(writer) for writer, _, _ in approved}
        return {
            ink
            for writer, picture, ink in approved
            if is_for_validation(writer if len(sides) == 2 else picture)
        }

    def approve(self, *, by: User | None) -> None:
        self._decide(Verdict.APPROVED, by)

    def reject(self, *, by: User | None) -> None:
        self._decide(Verdict.REJECTED, by)

    def _decide(self, verdict: Verdict, by: User | None) -> None:
        self.verdict = verdict
        self.decided_at = utc_now()
        self.decided_by_id = by.id if by else None


def uncontested(corrections: Iterable[Correction]) -> list[Correction]:
    """The oldest correction of each ink; none where the labels contradict each other."""
    by_ink: dict[str, list[Correction]] = defaultdict(list)
    for correction in corrections:
        by_ink[correction.ink_sha256].append(correction)
    return [same[0] for same in by_ink.values() if len({one.label for one in same}) == 1]


def is_for_validation(key: str) -> bool:
    """Whether the hash of a key, an owner's or a prediction's id, assigns it to validation."""
    return int(sha256(key.encode()).hexdigest()[:8], 16) % VALIDATION_ONE_IN == 0
