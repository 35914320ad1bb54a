"""The approved corrections that the next training would use, counted by digit."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session, lazyload

from webapp.models import Correction
from webapp.models.correction import NOT_A_DIGIT, uncontested

LABELS = (*range(10), None)


@dataclass
class CorrectionCount:
    """The approved corrections to one label, each picture counted once."""

    label: int | None  # None: not a digit
    training: int = 0
    validation: int = 0  # used for the evaluation, and never trained on

    @property
    def name(self) -> str:
        return NOT_A_DIGIT if self.label is None else str(self.label)

    @property
    def count(self) -> int:
        return self.training + self.validation


def correction_counts(session: Session) -> list[CorrectionCount]:
    """A count for each digit, and one for "not a digit". Contested pictures are left out."""
    counts = {label: CorrectionCount(label) for label in LABELS}
    approved = session.scalars(Correction.approved().options(lazyload(Correction.digit)))
    validation = Correction.validation_hashes(session)
    for correction in uncontested(approved):
        count = counts[correction.label]
        if correction.ink_sha256 in validation:
            count.validation += 1
        else:
            count.training += 1
    return list(counts.values())
