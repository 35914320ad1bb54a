"""The opponents of a challenger: the live version, and the best version ever published."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from webapp.models import ModelVersion
from webapp.platform.database import db, writing
from worker.recognition.evaluation.datasets import Mnist
from worker.recognition.network.classifier import Classifier
from worker.training.champion import load_champion
from worker.training.evaluation_sets import mnist_validation_set, predict_labels
from worker.training.promotion_gate import Opponent

UNCERTAIN_SCORE = (
    "{version} was trained elsewhere, perhaps on the validation pictures too, so that its score on "
    "them may be too high."
)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Opponents:
    """The versions that a challenger is compared with, as the database named them once."""

    live_id: int | None  # the live version, whether it loads or not; None: there is none
    champion: Opponent | None  # the live version's network; None where it does not load
    best: Opponent | None  # the best version ever published, where it is another one

    @property
    def remarks(self) -> list[str]:
        """Sentences that an evaluation's reader should know."""
        if self.champion is None or not self.champion.may_know_validation_set:
            return []
        return [UNCERTAIN_SCORE.format(version=f"Version {self.champion.version_id}")]


def load_opponents(mnist: Mnist, models_dir: Path) -> Opponents:
    """Load the live version and the best one. A published version without a score is scored."""
    with Session(db.engine) as session:  # a short one: networks are loaded after it has ended
        published = session.scalars(ModelVersion.latest_publications()).all()
    live = published[0] if published else None
    return Opponents(
        live_id=live.id if live else None,
        champion=_load(live, models_dir) if live else None,
        best=_best_but_live(published, mnist, models_dir),
    )


def _best_but_live(
    published: Sequence[ModelVersion], mnist: Mnist, models_dir: Path
) -> Opponent | None:
    """The most accurate version that loads; None if that is the live one, which wins a draw."""
    accuracies = {
        version.id: _validation_accuracy(version, mnist, models_dir)
        for version in published
        if not version.may_know_validation_set
    }
    known = {version_id: value for version_id, value in accuracies.items() if value is not None}
    live_id = published[0].id if published else None
    by_id = {version.id: version for version in published}
    for version_id in sorted(known, key=lambda one: (known[one], one == live_id, one))[::-1]:
        if version_id == live_id:
            return None
        opponent = _load(by_id[version_id], models_dir)
        if opponent is not None:
            return opponent
    return None


def _validation_accuracy(version: ModelVersion, mnist: Mnist, models_dir: Path) -> float | None:
    """The accuracy on MNIST's validation set, measured once; None where it does not load."""
    stored = version.scores.get("validation", {})
    if stored.get("sha256") == mnist.validation_sha256:
        return float(stored["accuracy"])
    opponent = _load(version, models_dir)
    if opponent is None:
        return None
    validation = mnist_validation_set(mnist)
    labels = predict_labels(validation, opponent.classifier).labels
    accuracy = float((labels == validation.labels).mean())
    score = {"sha256": mnist.validation_sha256, "accuracy": accuracy}
    with writing() as session:
        row = session.get_one(ModelVersion, version.id, with_for_update={"of": ModelVersion})
        row.scores = {**row.scores, "validation": score}
    return accuracy


def _load(version: ModelVersion, models_dir: Path) -> Opponent | None:
    loaded = load_champion(version, models_dir)
    if loaded is None:
        return None
    classifier = Classifier(loaded.model, loaded.calibration)
    return Opponent(version.id, classifier, version.may_know_validation_set)
