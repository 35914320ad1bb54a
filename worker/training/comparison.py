"""The comparison: one version of each architecture, and the test pictures they disagree on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from sqlalchemy.orm import Session

from webapp.models import ModelVersion
from webapp.platform.database import db, writing
from worker.recognition.arrays import Labels
from worker.recognition.evaluation.datasets import Mnist
from worker.recognition.network.classifier import Classifier
from worker.recognition.training.loop import Trained
from worker.training.correction_dataset import load_corrections
from worker.training.evaluation_sets import evaluation_sets, predict_labels
from worker.training.opponents import load_opponents
from worker.training.promotion_gate import evaluate_challenger

PICTURES_KEPT = 60


@dataclass(frozen=True)
class TrainedVersion:
    """A version that was just trained."""

    version_id: int
    trained: Trained


def compare_versions(versions: Sequence[TrainedVersion], mnist: Mnist, models_dir: Path) -> int:
    """Evaluate every version, and keep the same disputed pictures with each evaluation.

    Returns the number of pictures of MNIST's test set that they disagree on.
    """
    with Session(db.engine) as session:
        corrections = load_corrections(session)
    opponents = load_opponents(mnist, models_dir)
    classifiers = [Classifier(one.trained.model, one.trained.calibration) for one in versions]
    *that_decide, on_mnist = evaluation_sets(mnist, corrections)
    disputed = most_disputed([predict_labels(on_mnist, one).labels for one in classifiers])
    sets = [*that_decide, replace(on_mnist, always_kept=disputed[:PICTURES_KEPT])]
    evaluated = [
        evaluate_challenger(sets, one, opponents.champion, opponents.best).with_remarks(
            opponents.remarks
        )
        for one in classifiers
    ]
    with writing() as session:
        for one, result in zip(versions, evaluated, strict=True):
            version = session.get_one(ModelVersion, one.version_id)
            version.record_evaluation(result.evaluation, result.pictures)
    return len(disputed)


def most_disputed(predictions: Sequence[Labels]) -> list[int]:
    """The indices at which several (n,) predictions differ, most different labels first."""
    sorted_predictions = np.sort(np.stack(predictions), axis=0)
    labels = 1 + (np.diff(sorted_predictions, axis=0) != 0).sum(axis=0)
    order = np.argsort(-labels, kind="stable")
    return [int(index) for index in order[: int((labels > 1).sum())]]
