"""The evaluation sets: labelled pictures that challenger and champion are both scored on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from webapp.models.evaluation import MNIST, NEVER_AGAIN, VALIDATION_CORRECTIONS
from worker.recognition.arrays import NO_DIGIT, Images, Labels
from worker.recognition.evaluation.datasets import Mnist
from worker.recognition.network.classifier import Classifier
from worker.training.correction_dataset import CorrectionDataset

# The share of the pictures that a challenger may read worse. Two trainings that differ in their
# seed alone lie about 0.1 points apart on MNIST, and half a point on one of its digits.
OVERALL_MARGIN = 0.001
DIGIT_MARGIN = 0.005
# Corrections are few and hard, so that chance weighs more.
CORRECTIONS_MARGIN = 0.02
# In a small set a difference of one picture is chance, whatever share of the set it is.
CHANCE = 1


@dataclass(frozen=True)
class EvaluationSet:
    """n labelled pictures, and how many of them a challenger may lose."""

    name: str
    images: Images  # (n, 28, 28) uint8
    labels: Labels  # (n,), 0..9 or NO_DIGIT
    margin: float  # of all pictures
    digit_margin: float | None = None  # of each digit's pictures; None: not judged by digit
    may_refuse: bool = True  # whether NO_DIGIT is a valid prediction, as it is on people's pictures
    ink_sha256: NDArray[np.str_] | None = None  # (n,), of corrections
    always_kept: Sequence[int] = ()  # indices of pictures to keep whatever the predictions are

    def __len__(self) -> int:
        return len(self.labels)

    def allowed(self, count: int, margin: float) -> int:
        """The number of pictures that may be lost of `count`."""
        return max(CHANCE, int(margin * count))


@dataclass(frozen=True)
class LabelPredictions:
    """The predictions of one network on an evaluation set."""

    labels: Labels  # (n,), 0..9 or NO_DIGIT
    confidence: NDArray[np.float32]  # (n,), 0..1


def evaluation_sets(mnist: Mnist, corrections: CorrectionDataset) -> list[EvaluationSet]:
    """MNIST's test set, the validation corrections, and all that was ever misread."""
    return [
        EvaluationSet(
            MNIST,
            mnist.test_images,
            mnist.test_labels,
            OVERALL_MARGIN,
            DIGIT_MARGIN,
            may_refuse=False,
        ),
        _of_corrections(VALIDATION_CORRECTIONS, corrections.validation_part),
        _of_corrections(NEVER_AGAIN, corrections.misread),
    ]


def _of_corrections(name: str, corrections: CorrectionDataset) -> EvaluationSet:
    return EvaluationSet(
        name,
        corrections.images,
        corrections.labels,
        CORRECTIONS_MARGIN,
        ink_sha256=corrections.ink_sha256,
    )


def predict_labels(evaluation_set: EvaluationSet, classifier: Classifier) -> LabelPredictions:
    """The labels that a network gives, with its refusals where they are allowed."""
    scores = classifier.classify(evaluation_set.images.astype(np.float32) / np.float32(255))
    labels = scores.probabilities.argmax(axis=1).astype(np.uint8)
    if evaluation_set.may_refuse:
        labels[scores.in_distribution_score < classifier.calibration.refuse_below] = NO_DIGIT
    return LabelPredictions(labels, scores.probabilities.max(axis=1))
