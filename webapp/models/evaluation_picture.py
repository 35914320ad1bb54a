"""An evaluation picture: a digit that challenger or champion misread in an evaluation."""

from __future__ import annotations

from sqlalchemy import (
    ForeignKey,
    LargeBinary,
    Select,
    String,
    UniqueConstraint,
    delete,
    exists,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from webapp.models.base import Base
from webapp.models.correction import Correction


class EvaluationPicture(Base):
    """One 28×28 picture with its true label and both predictions.

    It stays only as long as a correction of the same ink does, unless it comes from MNIST.
    """

    __tablename__ = "evaluation_pictures"
    __table_args__ = (UniqueConstraint("model_version_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    model_version_id: Mapped[int] = mapped_column(
        ForeignKey("model_versions.id", ondelete="CASCADE")
    )
    position: Mapped[int]  # 0, 1, 2, …; it is part of the picture's address, and never changes
    dataset: Mapped[str] = mapped_column(String(40))  # the name of its DatasetResult
    truth: Mapped[int | None]  # 0..9; None: not a digit
    challenger: Mapped[int | None]  # 0..9; None: rejected as not a digit
    champion: Mapped[int | None]  # 0..9; None as well when there was no champion
    png: Mapped[bytes] = mapped_column(LargeBinary)  # the 28×28 ink as an 8-bit grey PNG
    # Of the correction that the picture comes from; None for MNIST's own.
    ink_sha256: Mapped[str | None] = mapped_column(String(64), index=True)

    @property
    def is_gained(self) -> bool:
        """Whether the challenger reads it right and the champion does not."""
        return self.challenger == self.truth != self.champion

    @property
    def is_lost(self) -> bool:
        """Whether the champion reads it right and the challenger does not."""
        return self.champion == self.truth != self.challenger

    def predicted_by(self, network: str) -> int | None:
        """The label that "challenger" or "champion" gave; None: rejected, or no champion."""
        return self.challenger if network == "challenger" else self.champion

    def copy_at(self, position: int) -> EvaluationPicture:
        """The same picture as a new row; a transaction that is repeated needs new ones."""
        return EvaluationPicture(
            position=position,
            dataset=self.dataset,
            truth=self.truth,
            challenger=self.challenger,
            champion=self.champion,
            png=self.png,
            ink_sha256=self.ink_sha256,
        )

    @classmethod
    def of_version(
        cls, version_id: int, *, dataset: str | None = None
    ) -> Select[tuple[EvaluationPicture]]:
        """The pictures of one version's evaluation in order, or those of one dataset."""
        pictures = select(cls).where(cls.model_version_id == version_id).order_by(cls.position)
        return pictures if dataset is None else pictures.where(cls.dataset == dataset)

    @classmethod
    def delete_orphans(cls, session: Session) -> None:
        """Delete the pictures whose last correction is gone, in the caller's transaction."""
        corrections = exists().where(Correction.ink_sha256 == cls.ink_sha256)
        session.execute(delete(cls).where(cls.ink_sha256.is_not(None), ~corrections))
