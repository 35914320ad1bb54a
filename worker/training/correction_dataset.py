"""Corrections as arrays: approved labels, ready for training and evaluation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from webapp.models import Correction
from webapp.models.correction import uncontested
from worker.recognition.arrays import NO_DIGIT, Images, Labels


@dataclass(frozen=True)
class CorrectionDataset:
    """n corrected digits, each picture once, oldest first."""

    images: Images  # (n, 28, 28): the ink that was read
    labels: Labels  # (n,): the corrected labels, 0..9 or NO_DIGIT
    read_as: Labels  # (n,): the labels that the model of the time gave, 0..9
    validation: NDArray[np.bool_]  # (n,): never trained on
    ink_sha256: NDArray[np.str_]  # (n,): a picture is found by it when its owner deletes it

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def training_part(self) -> CorrectionDataset:
        return self.where(~self.validation)

    @property
    def validation_part(self) -> CorrectionDataset:
        return self.where(self.validation)

    @property
    def misread(self) -> CorrectionDataset:
        """The ones that a published version misread."""
        return self.where(self.labels != self.read_as)

    def where(self, chosen: NDArray[np.bool_]) -> CorrectionDataset:
        """The ones that a mask (n,) chooses."""
        return CorrectionDataset(
            self.images[chosen],
            self.labels[chosen],
            self.read_as[chosen],
            self.validation[chosen],
            self.ink_sha256[chosen],
        )

    def to_dict(self) -> dict[str, Any]:
        """The counts by label, 0 to 9 and then "not a digit", and a hash over all."""
        return {
            "training": np.bincount(self.training_part.labels, minlength=NO_DIGIT + 1).tolist(),
            "validation": np.bincount(self.validation_part.labels, minlength=NO_DIGIT + 1).tolist(),
            "sha256": sha256(self.images.tobytes() + self.labels.tobytes()).hexdigest(),
        }


def load_corrections(session: Session) -> CorrectionDataset:
    """All approved corrections. A picture with contradicting labels is left out."""
    agreed = uncontested(session.scalars(Correction.approved()))
    validation = Correction.validation_hashes(session)
    labels = [NO_DIGIT if one.label is None else one.label for one in agreed]
    return CorrectionDataset(
        images=_inks(agreed),
        labels=np.array(labels, np.uint8),
        read_as=np.array([one.read_as for one in agreed], np.uint8),
        validation=np.array([one.ink_sha256 in validation for one in agreed], np.bool_),
        ink_sha256=np.array([one.ink_sha256 for one in agreed], np.str_),
    )


def _inks(corrections: Sequence[Correction]) -> Images:
    """(n, 28, 28) uint8, from the PNGs that are stored with the digits."""
    inks = np.zeros((len(corrections), 28, 28), np.uint8)
    for ink, correction in zip(inks, corrections, strict=True):
        png = np.frombuffer(correction.digit.ink_png, np.uint8)
        ink[:] = np.asarray(cv2.imdecode(png, cv2.IMREAD_GRAYSCALE))
    return inks
