"""Records for the tests, made as the app makes them."""

from __future__ import annotations

from pathlib import Path

from flask import current_app

from tests.support.pictures import photo_of
from webapp.database import writing
from webapp.models import ModelVersion, Occasion, Prediction, TrainingRun
from worker.digits.model_card import read_card
from worker.model_store import add_version


def waiting_prediction(picture: bytes | None = None, *, visitor: str = "somebody") -> str:
    """A pending prediction with its picture in the storage; returns its id."""
    prediction = Prediction(
        visitor=visitor, filename="photo.png", media_type="image/png", width=280, height=300
    )
    with writing() as session:
        session.add(prediction)
        session.flush()
        content = photo_of("7") if picture is None else picture
        current_app.extensions["cifra_storage"].put(prediction.id, "original", content)
    return prediction.id


def stored_version(network: Path, *, publish: bool = True) -> ModelVersion:
    """A model version with its file, as the trainer adds it."""
    card = read_card(network)
    assert card is not None
    models_dir = current_app.extensions["cifra_settings"].models_dir
    version = add_version(models_dir, network, card=card, origin="trained")
    if publish:
        with writing() as session:
            session.get_one(ModelVersion, version.id).publish(Occasion.CHOSEN)
    return version


def queued_run(*, recipe: str = "origin", epochs: int = 1) -> int:
    """A training run as the admin's press of Retrain leaves it; returns its id."""
    with writing() as session:
        run = TrainingRun(recipe=recipe, architecture="mlp", epochs_planned=epochs)
        session.add(run)
        session.flush()
        return run.id


def prediction_of(prediction_id: str) -> Prediction:
    """The row as it is committed now."""
    with writing() as session:
        return session.get_one(Prediction, prediction_id)


def run_of(run_id: int) -> TrainingRun:
    """The row as it is committed now."""
    with writing() as session:
        return session.get_one(TrainingRun, run_id)
