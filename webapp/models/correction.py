"""A correction: what a person says a digit really is, apart from what the model read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Select,
    String,
    UniqueConstraint,
    func,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.models.base import Base, utc_now
from webapp.models.digit import Digit
from webapp.models.user import User

HELD_OUT_ONE_IN = 5  # corrections that are never trained on, to examine with


class Verdict(StrEnum):
    """What an admin made of a correction."""

    WAITING = "waiting"
    APPROVED = "approved"
    REJECTED = "rejected"


class Correction(Base):
    """One person's word on one digit. It teaches a model once an admin has approved it."""

    __tablename__ = "corrections"
    __table_args__ = (
        UniqueConstraint("digit_id", "visitor"),
        CheckConstraint("label is null or label between 0 and 9", name="known_label"),
        CheckConstraint("verdict in ('waiting', 'approved', 'rejected')", name="known_verdict"),
        Index("ix_corrections_verdict", "verdict"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    digit_id: Mapped[int] = mapped_column(ForeignKey("digits.id", ondelete="CASCADE"))
    visitor: Mapped[str] = mapped_column(String(64), index=True)  # who says so

    label: Mapped[int | None]  # 0..9; None: not a digit
    read_as: Mapped[int]  # the model's reading at the time, which stays as it was
    ink_sha256: Mapped[str] = mapped_column(String(64), index=True)  # of the digit's 28×28 PNG

    verdict: Mapped[str] = mapped_column(String(16), default=Verdict.WAITING)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    digit: Mapped[Digit] = relationship(lazy="joined")
    decided_by: Mapped[User | None] = relationship()

    @property
    def confirms(self) -> bool:
        """Whether the person says that the reading was right."""
        return self.label == self.read_as

    @property
    def is_held_out(self) -> bool:
        """Whether it is kept from training: decided by the picture alone, so that it stays so."""
        return int(self.ink_sha256[:8], 16) % HELD_OUT_ONE_IN == 0

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
    def approved(cls) -> Select[tuple[Correction]]:
        return select(cls).where(cls.verdict == Verdict.APPROVED).order_by(cls.id)

    @classmethod
    def of_ink(cls, fingerprints: Sequence[str]) -> Select[tuple[Correction]]:
        """All corrections of the same pictures: repetitions, and contradictions."""
        return select(cls).where(cls.ink_sha256.in_(fingerprints))

    @classmethod
    def waiting_of(cls, visitor: str) -> Select[tuple[int]]:
        """How many of one person's corrections wait."""
        return (
            select(func.count())
            .select_from(cls)
            .where(cls.visitor == visitor, cls.verdict == Verdict.WAITING)
        )

    def approve(self, *, by: User | None) -> None:
        self._decide(Verdict.APPROVED, by)

    def reject(self, *, by: User | None) -> None:
        self._decide(Verdict.REJECTED, by)

    def _decide(self, verdict: Verdict, by: User | None) -> None:
        self.verdict = verdict
        self.decided_at = utc_now()
        self.decided_by = by
