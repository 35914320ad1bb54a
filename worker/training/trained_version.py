"""A trained network becomes a model version: its file is stored, and its row committed."""

from __future__ import annotations

import tempfile
from pathlib import Path

from webapp.models import ModelVersion
from worker.model_files.store import add_version
from worker.recognition.evaluation.metrics import milliseconds_a_picture
from worker.recognition.network import files
from worker.recognition.network.classifier import Classifier
from worker.recognition.network.model_card import read_card
from worker.recognition.training.loop import Trained
from worker.training.promotion_gate import EvaluatedChallenger


def store_version(
    trained: Trained,
    models_dir: Path,
    *,
    training_run_id: int | None = None,
    parent_id: int | None = None,
    evaluated: EvaluatedChallenger | None = None,
) -> ModelVersion:
    """Store the network's file and commit its version. Raises AlreadyStoredError or OSError."""
    with tempfile.TemporaryDirectory(prefix="cifra-") as folder:
        path = Path(folder) / "trained.keras"
        save_trained(trained, path)
        card = read_card(path)
        assert card is not None  # it was written a line above
        return add_version(
            models_dir,
            path,
            card=card,
            origin="trained",
            training_run_id=training_run_id,
            parent_id=parent_id,
            evaluation=evaluated.evaluation if evaluated else None,
            pictures=evaluated.pictures if evaluated else (),
        )


def save_trained(trained: Trained, path: Path) -> None:
    """Write the network with its calibration and scores."""
    classifier = Classifier(trained.model, trained.calibration)
    scores = {
        "accuracy": trained.accuracy,
        "recipe": trained.recipe.name,
        "epochs": len(trained.epochs),
        "seconds": round(trained.seconds, 1),
        "milliseconds": round(milliseconds_a_picture(classifier), 3),
        "data_sha256": trained.data_sha256,
    }
    files.save(trained.model, path, trained.calibration, scores=scores)
