"""The promotion gate: a challenger passes if it is no worse than the champion, within margins."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from webapp.models import Evaluation, EvaluationPicture
from webapp.models.evaluation import DatasetResult, Metrics
from worker.recognition.arrays import NO_DIGIT
from worker.recognition.evaluation.metrics import calibration_error
from worker.recognition.network.classifier import Classifier
from worker.training.evaluation_pictures import pictures_to_keep
from worker.training.evaluation_sets import (
    CHANCE,
    OVERALL_MARGIN,
    EvaluationSet,
    LabelPredictions,
    predict_labels,
)

# A calibration error that is a hundredth larger misleads nobody.
CALIBRATION_MARGIN = 0.01


@dataclass(frozen=True)
class EvaluatedChallenger:
    """The evaluation of a challenger, and the pictures that are kept with it."""

    evaluation: Evaluation
    pictures: list[EvaluationPicture]


@dataclass(frozen=True)
class _Comparison:
    """Challenger and champion on one evaluation set."""

    result: DatasetResult
    pictures: list[EvaluationPicture]
    summary: str
    objections: list[str]


def evaluate_challenger(
    sets: Iterable[EvaluationSet],
    challenger: Classifier,
    champion: Classifier | None,
    champion_id: int | None,
) -> EvaluatedChallenger:
    """Score both on every evaluation set, and decide. Empty sets are left out."""
    comparisons = [
        _compare(
            one,
            predict_labels(one, challenger),
            predict_labels(one, champion) if champion else None,
        )
        for one in sets
        if len(one)
    ]
    objections = [sentence for one in comparisons for sentence in one.objections]
    decision = "It did not pass its evaluation." if objections else "It passed its evaluation."
    evaluation = Evaluation(
        passed=not objections,
        summary=[decision, *objections, *(one.summary for one in comparisons)],
        champion_id=champion_id,
        margin=OVERALL_MARGIN,
        results=[one.result for one in comparisons],
    )
    return EvaluatedChallenger(
        evaluation, [picture for one in comparisons for picture in one.pictures]
    )


def _compare(
    evaluation_set: EvaluationSet, challenger: LabelPredictions, champion: LabelPredictions | None
) -> _Comparison:
    return _Comparison(
        result=DatasetResult(
            name=evaluation_set.name,
            count=len(evaluation_set),
            challenger=_metrics(evaluation_set, challenger),
            champion=_metrics(evaluation_set, champion) if champion else None,
        ),
        pictures=pictures_to_keep(evaluation_set, challenger, champion),
        summary=_summary(evaluation_set, challenger, champion),
        objections=_objections(evaluation_set, challenger, champion) if champion else [],
    )


def _metrics(evaluation_set: EvaluationSet, predictions: LabelPredictions) -> Metrics:
    right = predictions.labels == evaluation_set.labels
    confusion = np.zeros((NO_DIGIT + 1, NO_DIGIT + 1), np.int64)
    np.add.at(confusion, (evaluation_set.labels, predictions.labels), 1)
    return Metrics(
        accuracy=float(right.mean()),
        confusion=confusion[:NO_DIGIT, :NO_DIGIT].tolist(),
        calibration_error=calibration_error(predictions.confidence, right),
    )


def _objections(
    evaluation_set: EvaluationSet, challenger: LabelPredictions, champion: LabelPredictions
) -> list[str]:
    """The reasons why the challenger does not pass, a sentence each."""
    name, labels = evaluation_set.name, evaluation_set.labels
    right, before = challenger.labels == labels, champion.labels == labels
    sentences = []
    if _lost(right, before) > evaluation_set.allowed(len(right), evaluation_set.margin):
        sentences.append(
            f"{name}: it reads {right.sum():,} of {len(right):,} right, "
            f"the live model {before.sum():,}."
        )
    if evaluation_set.digit_margin is None:
        return sentences
    sentences += _objections_by_digit(evaluation_set, right, before)
    error = calibration_error(challenger.confidence, right)
    error_before = calibration_error(champion.confidence, before)
    if error > error_before + CALIBRATION_MARGIN + CHANCE / len(right):
        sentences.append(
            f"{name}: its confidence is off by {error:.1%} on average, "
            f"the live model's by {error_before:.1%}."
        )
    return sentences


def _objections_by_digit(
    evaluation_set: EvaluationSet, right: NDArray[np.bool_], before: NDArray[np.bool_]
) -> list[str]:
    sentences = []
    for digit in range(NO_DIGIT):
        of_digit = evaluation_set.labels == digit
        allowed = evaluation_set.allowed(int(of_digit.sum()), evaluation_set.digit_margin or 0.0)
        if _lost(right[of_digit], before[of_digit]) > allowed:
            sentences.append(
                f"{evaluation_set.name}: of the {of_digit.sum():,} pictures of a {digit} it reads "
                f"{right[of_digit].sum():,} right, the live model {before[of_digit].sum():,}."
            )
    return sentences


def _lost(right: NDArray[np.bool_], before: NDArray[np.bool_]) -> int:
    return int(before.sum()) - int(right.sum())


def _summary(
    evaluation_set: EvaluationSet, challenger: LabelPredictions, champion: LabelPredictions | None
) -> str:
    right = challenger.labels == evaluation_set.labels
    sentence = f"{evaluation_set.name}: {right.sum():,} of {len(right):,} read right"
    if champion is None:
        return f"{sentence}."
    before = champion.labels == evaluation_set.labels
    gained, lost = int((right & ~before).sum()), int((before & ~right).sum())
    return f"{sentence}; {before.sum():,} by the live model. {gained:,} gained, {lost:,} lost."
