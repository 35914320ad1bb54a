"""A digit that was found in a picture: where it stood, and what it was read as."""

from __future__ import annotations

from sqlalchemy import JSON, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Base


class Digit(Base):
    """One digit of a prediction, in reading order."""

    __tablename__ = "digits"
    __table_args__ = (UniqueConstraint("prediction_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    prediction_id: Mapped[str] = mapped_column(ForeignKey("predictions.id", ondelete="CASCADE"))
    position: Mapped[int]  # 0, 1, 2, … left to right, rows top to bottom
    row: Mapped[int] = mapped_column(default=0)

    label: Mapped[int]  # 0..9
    confidence: Mapped[float]  # 0..1, calibrated
    probabilities: Mapped[list[float]] = mapped_column(JSON)  # ten, one a label

    # The box in the upright picture, pixels.
    x: Mapped[int]
    y: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]

    ink_png: Mapped[bytes] = mapped_column(LargeBinary)  # the 28×28 the network saw, 8-bit grey PNG
