"""A correction: what a person says a digit really is, apart from what the model read."""

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

from webapp.models.base import Base, utc_now
from webapp.models.digit import Digit
from webapp.models.user import User

VALIDATION_ONE_IN = 5  # of the pictures: never trained on, but used to evaluate
NOT_A_DIGIT = "not a digit"


class Verdict(StrEnum):
    """What an admin made of a correction."""

    WAITING = "waiting"
    APPROVED = "approved"
    REJECTED = "rejected"


class Correction(Base):
    """One person's word on one digit. It teaches a model once an admin has approved it."""

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
    owner_id: Mapped[str] = mapped_column(ForeignKey("owners.id"), index=True)

    label: Mapped[int | None]  # 0..9; None: not a digit
    read_as: Mapped[int]  # the model's reading at the time, which stays as it was
    ink_sha256: Mapped[str] = mapped_column(String(64), index=True)  # of the digit's 28×28 PNG

    verdict: Mapped[str] = mapped_column(String(16), default=Verdict.WAITING)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    digit: Mapped[Digit] = relationship(lazy="joined")
    decided_by: Mapped[User | None] = relationship()

    @classmethod
    def of(cls, digit: Digit, label: int | None, *, owner_id: str) -> Correction:
        """This visitor's word on a digit, which waits for an admin."""
        return cls(
            digit_id=digit.id,
            owner_id=owner_id,
            label=label,
            read_as=digit.label,
            ink_sha256=sha256(digit.ink_png).hexdigest(),
            verdict=Verdict.WAITING,
        )

    @property
    def confirms(self) -> bool:
        """Whether the person says that the reading was right."""
        return self.label == self.read_as

    @property
    def says(self) -> str:
        """The label in words: "7", or "not a digit"."""
        return NOT_A_DIGIT if self.label is None else str(self.label)

    @property
    def is_validation(self) -> bool:
        """Whether it is kept from training: decided by the picture alone, so that it stays so."""
        return int(self.ink_sha256[:8], 16) % VALIDATION_ONE_IN == 0

    @property
    def can_be_undone(self) -> bool:
        return self.verdict == Verdict.WAITING

    @classmethod
    def least_sure_first(cls) -> Select[tuple[Correction]]:
        """The waiting ones, those first that the model was least sure about."""
        return (
            select(cls)
            .join(cls.digit)
            .where(cls.verdict == Verdict.WAITING)
            .order_by(Digit.confidence, cls.id)
        )

    @classmethod
    def latest_decisions(cls, verdict: Verdict) -> Select[tuple[Correction]]:
        """The approved or the rejected ones, the latest decision first."""
        return select(cls).where(cls.verdict == verdict).order_by(cls.decided_at.desc(), cls.id)

    @classmethod
    def approved(cls) -> Select[tuple[Correction]]:
        return select(cls).where(cls.verdict == Verdict.APPROVED).order_by(cls.id)

    @classmethod
    def of_ink(cls, fingerprints: Collection[str]) -> Select[tuple[Correction]]:
        """All corrections of the same pictures: repetitions, and contradictions."""
        return select(cls).where(cls.ink_sha256.in_(fingerprints)).order_by(cls.id)

    @classmethod
    def of_predictions(cls, ids: Collection[str]) -> Select[tuple[Correction]]:
        """Everybody's words on the digits of these predictions."""
        return select(cls).join(cls.digit).where(Digit.prediction_id.in_(ids)).order_by(cls.id)

    @classmethod
    def of_owner(cls, owner_id: str) -> Select[tuple[Correction]]:
        """All that one person said, oldest first."""
        return select(cls).where(cls.owner_id == owner_id).order_by(cls.id)

    @classmethod
    def waiting(cls) -> Select[tuple[int]]:
        """How many wait for an admin."""
        return select(func.count()).select_from(cls).where(cls.verdict == Verdict.WAITING)

    @classmethod
    def waiting_of(cls, owner_id: str) -> Select[tuple[int]]:
        """How many of one person's corrections wait."""
        return cls.waiting().where(cls.owner_id == owner_id)

    @classmethod
    def transfer(cls, session: Session, owner_id: str, *, to: str) -> None:
        """Make one visitor's words another's, in the caller's transaction.

        Where both spoke of a digit, the decided word stays; of two alike, that of the other.
        """
        theirs = aliased(cls)
        both = session.execute(
            select(cls, theirs)
            .join(theirs, theirs.digit_id == cls.digit_id)
            .where(cls.owner_id == owner_id, theirs.owner_id == to)
        )
        for given, kept in both.tuples().all():
            session.delete(kept if kept.can_be_undone and not given.can_be_undone else given)
        session.flush()
        session.execute(update(cls).where(cls.owner_id == owner_id).values(owner_id=to))

    def approve(self, *, by: User | None) -> None:
        self._decide(Verdict.APPROVED, by)

    def reject(self, *, by: User | None) -> None:
        self._decide(Verdict.REJECTED, by)

    def _decide(self, verdict: Verdict, by: User | None) -> None:
        self.verdict = verdict
        self.decided_at = utc_now()
        self.decided_by_id = by.id if by else None


def uncontested(corrections: Iterable[Correction]) -> list[Correction]:
    """One correction for each picture, the oldest; none where labels contradict each other."""
    by_ink: dict[str, list[Correction]] = defaultdict(list)
    for correction in corrections:
        by_ink[correction.ink_sha256].append(correction)
    return [same[0] for same in by_ink.values() if len({one.label for one in same}) == 1]
