"""A digit that was found in a picture: its position, label and probabilities."""

from __future__ import annotations

import io
from hashlib import sha256

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
    probabilities: Mapped[list[float]] = mapped_column(JSON)  # ten, one for each label

    # The box in the upright picture, pixels.
    x: Mapped[int]
    y: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]

    ink_png: Mapped[bytes] = mapped_column(LargeBinary)  # the network's 28×28 input, 8-bit grey PNG

    @property
    def ink_sha256(self) -> str:
        """The hash of the 28×28 grey levels; it is the same for every encoding of the pixels."""
        from PIL import Image  # noqa: PLC0415 (the web needs it for its first correction only)

        with Image.open(io.BytesIO(self.ink_png)) as image:
            return sha256(image.convert("L").tobytes()).hexdigest()
