"""The choice of the evaluation pictures: which misread digits are kept to be shown."""

from __future__ import annotations

from collections import Counter

import cv2
import numpy as np
from numpy.typing import NDArray

from webapp.models import EvaluationPicture
from worker.recognition.arrays import NO_DIGIT
from worker.training.evaluation_sets import EvaluationSet, LabelPredictions

PER_CONFUSION = 8  # pictures with the same true label and the same two predictions
PER_DATASET = 160


def pictures_to_keep(
    evaluation_set: EvaluationSet,
    challenger: LabelPredictions,
    champion: LabelPredictions | None,
) -> list[EvaluationPicture]:
    """Pictures that either network misreads: gained and lost ones first, few per confusion."""
    others = champion.labels if champion else np.full_like(challenger.labels, NO_DIGIT)
    hashes = evaluation_set.ink_sha256
    return [
        EvaluationPicture(
            dataset=evaluation_set.name,
            truth=_label(evaluation_set.labels[index]),
            challenger=_label(challenger.labels[index]),
            champion=_label(others[index]),
            png=cv2.imencode(".png", evaluation_set.images[index])[1].tobytes(),
            ink_sha256=None if hashes is None else str(hashes[index]),
        )
        for index in _chosen(evaluation_set, challenger, champion, others)
    ]


def _chosen(
    evaluation_set: EvaluationSet,
    challenger: LabelPredictions,
    champion: LabelPredictions | None,
    others: NDArray[np.uint8],
) -> list[int]:
    """The indices of the pictures to keep."""
    misread = challenger.labels != evaluation_set.labels
    if champion:
        misread |= others != evaluation_set.labels
    candidates = sorted(
        np.flatnonzero(misread), key=lambda index: challenger.labels[index] == others[index]
    )
    chosen = dict.fromkeys(evaluation_set.always_kept)
    confusions: Counter[tuple[int, int, int]] = Counter()
    for index in candidates:
        confusion = (
            int(evaluation_set.labels[index]),
            int(challenger.labels[index]),
            int(others[index]),
        )
        confusions[confusion] += 1
        if confusions[confusion] <= PER_CONFUSION and len(chosen) < PER_DATASET:
            chosen[int(index)] = None
    return list(chosen)


def _label(label: int) -> int | None:
    return None if label == NO_DIGIT else int(label)
