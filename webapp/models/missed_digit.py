"""A missed digit: one that is in the picture and that segmentation did not find."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Base, utc_now


class MissedDigit(Base):
    """A digit that the owner of a picture added between the digits that were found.

    A correction of segmentation needs no more than these and the label "not a digit": two halves
    that belong together are no digits, and their whole was missed.
    """

    __tablename__ = "missed_digits"
    __table_args__ = (CheckConstraint("label between 0 and 9", name="known_label"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    prediction_id: Mapped[str] = mapped_column(
        ForeignKey("predictions.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    # The position of the digit that it precedes; the number of digits where it follows them all.
    # Those of one position are ordered by their boxes, or by their ids.
    position: Mapped[int]
    row: Mapped[int] = mapped_column(default=0)
    label: Mapped[int]  # 0..9

    # The box in the upright picture, pixels; None where the person typed the number alone.
    x: Mapped[int | None]
    y: Mapped[int | None]
    width: Mapped[int | None]
    height: Mapped[int | None]
