"""The evaluation sets: labelled pictures that challenger and champion are both scored on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from webapp.models.evaluation import (
    MNIST,
    MNIST_VALIDATION,
    NEVER_AGAIN,
    VALIDATION_CORRECTIONS,
)
from worker.recognition.arrays import NO_DIGIT, Images, Labels
from worker.recognition.evaluation.datasets import Mnist
from worker.recognition.network.classifier import Classifier
from worker.training.correction_dataset import CorrectionDataset

# The shares of the pictures that a challenger may read worse than its opponent. Two trainings that
# differ in their seed alone lie about 0.2 points apart on 2,000 pictures, and a point on one digit.
OVERALL_MARGIN = 0.002
DIGIT_MARGIN = 0.015  # two or three of a digit's 180 to 220 pictures
# Corrections are few and hard, so that chance weighs more.
CORRECTIONS_MARGIN = 0.02
# In a small set a difference of one picture is chance, whatever share of the set it is.
CHANCE = 1
# The accuracy below which nothing is published by itself, however poor its opponents are. A linear
# classifier reads 92 % of MNIST, every network of the catalogue over 97 %.
FLOOR = 0.95


@dataclass(frozen=True)
class EvaluationSet:
    """n labelled pictures, and how many of them a challenger may lose."""

    name: str
    images: Images  # (n, 28, 28) uint8
    labels: Labels  # (n,), 0..9 or NO_DIGIT
    margin: float  # of all pictures
    digit_margin: float | None = None  # of each digit's pictures; None: not judged by digit
    floor: float = 0.0  # the least accuracy, 0..1
    decides: bool = True  # False: the result is reported, and decides nothing
    none_lost: bool = False  # whether each picture that the opponent reads right must stay right
    with_best: bool = False  # whether the best version ever published is an opponent here
    may_refuse: bool = True  # whether NO_DIGIT is a valid prediction, as it is on users' pictures
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
    """Three sets that decide, none of which a training uses in full, and MNIST's test set.

    The test set stays a measure of what is published because it decides nothing.
    """
    return [
        mnist_validation_set(mnist),
        EvaluationSet(
            VALIDATION_CORRECTIONS,
            corrections.validation_part.images,
            corrections.validation_part.labels,
            CORRECTIONS_MARGIN,
            with_best=True,
            ink_sha256=corrections.validation_part.ink_sha256,
        ),
        EvaluationSet(
            NEVER_AGAIN,
            corrections.misread.images,
            corrections.misread.labels,
            margin=0.0,
            none_lost=True,
            ink_sha256=corrections.misread.ink_sha256,
        ),
        EvaluationSet(
            MNIST,
            mnist.test_images,
            mnist.test_labels,
            OVERALL_MARGIN,
            decides=False,
            may_refuse=False,
        ),
    ]


def mnist_validation_set(mnist: Mnist) -> EvaluationSet:
    """The pictures of MNIST's training set that no recipe trains on."""
    return EvaluationSet(
        MNIST_VALIDATION,
        mnist.validation_images,
        mnist.validation_labels,
        OVERALL_MARGIN,
        DIGIT_MARGIN,
        floor=FLOOR,
        with_best=True,
        may_refuse=False,
    )


def predict_labels(evaluation_set: EvaluationSet, classifier: Classifier) -> LabelPredictions:
    """The labels that a network gives, with its refusals where they are allowed."""
    scores = classifier.classify(evaluation_set.images.astype(np.float32) / np.float32(255))
    labels = scores.probabilities.argmax(axis=1).astype(np.uint8)
    if evaluation_set.may_refuse:
        labels[scores.in_distribution_score < classifier.calibration.refuse_below] = NO_DIGIT
    return LabelPredictions(labels, scores.probabilities.max(axis=1))
