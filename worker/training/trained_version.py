"""A trained network becomes a model version: its file is stored, and its row committed."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from webapp.models import ModelVersion
from worker.model_files.store import StoredFile, add_version, store_file
from worker.recognition.evaluation.metrics import milliseconds_a_picture
from worker.recognition.network import files
from worker.recognition.network.classifier import Classifier
from worker.recognition.network.model_card import ModelCard, read_card
from worker.recognition.training.loop import Trained


def store_trained(trained: Trained, models_dir: Path) -> StoredFile:
    """Write the network's file into the model folder. Raises OSError."""
    with _written(trained) as (path, card):
        return store_file(models_dir, path, card)


def store_version(trained: Trained, models_dir: Path) -> ModelVersion:
    """Store the network's file and commit its version. Raises AlreadyStoredError or OSError."""
    with _written(trained) as (path, card):
        return add_version(models_dir, path, card=card, origin="trained")


@contextmanager
def _written(trained: Trained) -> Iterator[tuple[Path, ModelCard]]:
    with tempfile.TemporaryDirectory(prefix="cifra-") as folder:
        path = Path(folder) / "trained.keras"
        save_trained(trained, path)
        card = read_card(path)
        assert card is not None  # save_trained wrote it
        yield path, card


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
