"""Records for the tests, made as the app makes them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.support.pictures import encoded, photo_of
from tests.support.publishing import publish
from webapp.models import (
    Correction,
    Digit,
    ModelVersion,
    Owner,
    Prediction,
    TrainingRun,
    new_token,
)
from webapp.platform.database import writing
from webapp.platform.extensions import extensions
from webapp.platform.storage import PICTURE
from worker.model_files.store import add_version
from worker.recognition.evaluation.datasets import Mnist
from worker.recognition.network.model_card import read_card


def waiting_prediction(
    picture: bytes | None = None, *, owner_id: str = "somebody", size: tuple[int, int] = (280, 300)
) -> str:
    """A pending prediction with its picture in the storage; returns its id."""
    width, height = size
    prediction = Prediction(
        owner_id=owner_id, filename="photo.png", media_type="image/png", width=width, height=height
    )
    with writing() as session:
        Owner.lock(session, owner_id)
        session.add(prediction)
        session.flush()
        content = photo_of("7") if picture is None else picture
        extensions.storage.put(prediction.id, PICTURE, content)
    return prediction.id


def stored_version(network: Path, *, published: bool = True) -> ModelVersion:
    """A model version with its file, as the trainer adds it."""
    card = read_card(network)
    assert card is not None
    models_dir = extensions.settings.models_dir
    version = add_version(models_dir, network, card=card, origin="trained")
    if published:
        with writing() as session:
            publish(session, version.id)
    return version


def queued_run(*, recipe: str = "origin", epochs: int = 1) -> int:
    """A training run as the admin's press of Retrain leaves it; returns its id."""
    with writing() as session:
        run = TrainingRun(recipe=recipe, architecture="mlp", epochs_planned=epochs)
        session.add(run)
        session.flush()
        return run.id


def corrected(
    ink: np.ndarray,
    label: int | None,
    *,
    read_as: int = 0,
    approve: bool = True,
    by: str = "ada",
    prediction_id: str | None = None,
) -> Correction:
    """A person's correction of a digit that was read; `ink` is (28, 28) uint8."""
    digit = Digit(
        position=0,
        label=read_as,
        confidence=0.5,
        probabilities=[0.1] * 10,
        x=0,
        y=0,
        width=28,
        height=28,
        ink_png=encoded(ink, ".png"),
    )
    prediction = Prediction(
        id=prediction_id or new_token(),
        owner_id=by,
        filename="photo.png",
        media_type="image/png",
        width=280,
        height=300,
    )
    prediction.refuse("It could be more than one digit.", digits=[digit])
    with writing() as session:
        Owner.lock(session, by)
        session.add(prediction)
        session.flush()
        correction = Correction.of(digit, label, owner_id=by)
        if approve:
            correction.approve(by=None)
        session.add(correction)
    return correction


def correct_some(mnist: Mnist, count: int = 12) -> None:
    """Approved corrections that a network can learn: mirrored digits, which are to be threes.

    The ids of their pictures are always the same, and so is which of them are for validation.
    """
    for number, ink in enumerate(mnist.train_images[:count]):
        corrected(np.fliplr(ink), 3, read_as=8, prediction_id=f"correction-{number}")


def prediction_of(prediction_id: str) -> Prediction:
    """The row as it is committed now."""
    with writing() as session:
        return session.get_one(Prediction, prediction_id)


def run_of(run_id: int) -> TrainingRun:
    """The row as it is committed now."""
    with writing() as session:
        return session.get_one(TrainingRun, run_id)
