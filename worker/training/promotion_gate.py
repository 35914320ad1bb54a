"""The promotion gate: a challenger passes if it is no worse than the published versions.

"No worse" has margins, since chance moves every score a little. The decision uses validation
data alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

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

# An expected calibration error that is a hundredth larger makes no difference to a reader.
CALIBRATION_MARGIN = 0.01


@dataclass(frozen=True)
class EvaluatedChallenger:
    """The evaluation of a challenger, and the pictures that are kept with it."""

    evaluation: Evaluation
    pictures: list[EvaluationPicture]

    def with_remarks(self, remarks: Sequence[str]) -> EvaluatedChallenger:
        """The same with more sentences at the end of the summary."""
        summary = [*self.evaluation.summary, *remarks]
        return EvaluatedChallenger(replace(self.evaluation, summary=summary), self.pictures)


@dataclass(frozen=True)
class Opponent:
    """A published version that a challenger is compared with."""

    version_id: int
    classifier: Classifier
    may_know_validation_set: bool = False  # as ModelVersion's


@dataclass(frozen=True)
class _Comparison:
    """The challenger and its opponents on one evaluation set."""

    result: DatasetResult
    pictures: list[EvaluationPicture]
    summary: str
    objections: list[str]


def evaluate_challenger(
    sets: Iterable[EvaluationSet],
    challenger: Classifier,
    champion: Opponent | None,
    best: Opponent | None = None,
) -> EvaluatedChallenger:
    """Score all networks on every evaluation set, and decide. Empty sets are left out.

    The champion is the live version; `best` is the best version that was ever published, where it
    is another one, so that small losses do not add up from version to version.
    """
    comparisons = [_compare(one, challenger, champion, best) for one in sets if len(one)]
    objections = [sentence for one in comparisons for sentence in one.objections]
    decision = "It did not pass its evaluation." if objections else "It passed its evaluation."
    evaluation = Evaluation(
        passed=not objections,
        summary=[decision, *objections, *(one.summary for one in comparisons)],
        champion_id=champion.version_id if champion else None,
        margin=OVERALL_MARGIN,
        results=[one.result for one in comparisons],
        best_id=best.version_id if best else None,
    )
    return EvaluatedChallenger(
        evaluation, [picture for one in comparisons for picture in one.pictures]
    )


def _compare(
    evaluation_set: EvaluationSet,
    challenger: Classifier,
    champion: Opponent | None,
    best: Opponent | None,
) -> _Comparison:
    predictions = predict_labels(evaluation_set, challenger)
    before = predict_labels(evaluation_set, champion.classifier) if champion else None
    objections = _objections_to_accuracy(evaluation_set, predictions)
    if before:
        objections += _objections(evaluation_set, predictions, before, "the live model")
    if best and evaluation_set.with_best:
        name = f"version {best.version_id}, the best ever published,"
        of_best = predict_labels(evaluation_set, best.classifier)
        objections += _objections(evaluation_set, predictions, of_best, name)
    return _Comparison(
        result=DatasetResult(
            name=evaluation_set.name,
            count=len(evaluation_set),
            challenger=_metrics(evaluation_set, predictions),
            champion=_metrics(evaluation_set, before) if before else None,
        ),
        pictures=pictures_to_keep(evaluation_set, predictions, before),
        summary=_summary(evaluation_set, predictions, before),
        objections=objections if evaluation_set.decides else [],
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


def _objections_to_accuracy(
    evaluation_set: EvaluationSet, challenger: LabelPredictions
) -> list[str]:
    accuracy = float((challenger.labels == evaluation_set.labels).mean())
    if accuracy >= evaluation_set.floor:
        return []
    return [
        f"{evaluation_set.name}: it reads {accuracy:.1%} right; "
        f"at least {evaluation_set.floor:.0%} are required."
    ]


def _objections(
    evaluation_set: EvaluationSet,
    challenger: LabelPredictions,
    opponent: LabelPredictions,
    opponent_name: str,
) -> list[str]:
    """The reasons why the challenger is worse than one opponent, a sentence each."""
    name, labels = evaluation_set.name, evaluation_set.labels
    right, before = challenger.labels == labels, opponent.labels == labels
    if evaluation_set.none_lost:
        count = int((before & ~right).sum())
        pictures = "picture" if count == 1 else "pictures"
        lost = f"{name}: it misreads {count:,} {pictures} that {opponent_name} reads right."
        return [lost] if count else []
    sentences = []
    if _lost(right, before) > evaluation_set.allowed(len(right), evaluation_set.margin):
        sentences.append(
            f"{name}: it reads {right.sum():,} of {len(right):,} right, "
            f"{opponent_name} {before.sum():,}."
        )
    if evaluation_set.digit_margin is None:
        return sentences
    sentences += _objections_by_digit(evaluation_set, right, before, opponent_name)
    error = calibration_error(challenger.confidence, right)
    error_before = calibration_error(opponent.confidence, before)
    if error > error_before + CALIBRATION_MARGIN + CHANCE / len(right):
        sentences.append(
            f"{name}: its confidence is off by {error:.1%} on average, "
            f"that of {opponent_name} by {error_before:.1%}."
        )
    return sentences


def _objections_by_digit(
    evaluation_set: EvaluationSet,
    right: NDArray[np.bool_],
    before: NDArray[np.bool_],
    opponent_name: str,
) -> list[str]:
    sentences = []
    for digit in range(NO_DIGIT):
        of_digit = evaluation_set.labels == digit
        allowed = evaluation_set.allowed(int(of_digit.sum()), evaluation_set.digit_margin or 0.0)
        if _lost(right[of_digit], before[of_digit]) > allowed:
            sentences.append(
                f"{evaluation_set.name}: of the {of_digit.sum():,} pictures of a {digit} it reads "
                f"{right[of_digit].sum():,} right, {opponent_name} {before[of_digit].sum():,}."
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
