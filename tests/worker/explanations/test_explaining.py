"""Explaining a reading: claimed once, stored beside the picture, deleted with it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.support.pictures import photo_of
from tests.support.records import prediction_of, stored_version, waiting_prediction
from webapp.explanations.files import open_explanation, open_network, training_digits_sample
from webapp.models import Explanation, ExplanationStatus, Prediction
from webapp.models.explanation import NETWORK
from webapp.platform.array_archive import ArrayArchive
from webapp.platform.database import db, writing
from webapp.platform.extensions import Extensions, extensions
from webapp.predictions.deletion import delete_batch
from worker import tasks


def asked(prediction_id: str, *, position: int = 0, subject: str = NETWORK) -> None:
    with writing() as session:
        Explanation.ask(session, prediction_id, position, subject)


def explanation_of(prediction_id: str, *, position: int = 0, subject: str = NETWORK) -> Explanation:
    with Session(db.engine) as session:
        found = Explanation.find(session, prediction_id, position, subject)
        assert found is not None
        session.expunge(found)
        return found


def keep_training_digits() -> None:
    """A sample of drawn digits, three of each label, where the command writes MNIST's."""
    from worker.recognition.explanation.nearest import TrainingDigits  # noqa: PLC0415 (TensorFlow)

    models_dir = extensions.settings.models_dir
    models_dir.mkdir(exist_ok=True)
    images = np.random.default_rng(5).integers(0, 256, (30, 28, 28), np.uint8)
    digits = TrainingDigits(images, np.repeat(np.arange(10), 3))
    digits.save(training_digits_sample(models_dir))


def opened(prediction_id: str, **which: Any) -> ArrayArchive:
    archive = open_explanation(extensions.storage, explanation_of(prediction_id, **which))
    assert archive is not None
    return archive


def answered(network: Path, number: str = "7") -> str:
    """A picture that was answered by a network."""
    stored_version(network)
    prediction_id = waiting_prediction(photo_of(number))
    tasks.predict()
    return prediction_id


def test_an_explanation_that_is_asked_for_is_computed(app: Flask, network: Path) -> None:
    prediction_id = answered(network)
    asked(prediction_id)

    tasks.explain()

    assert explanation_of(prediction_id).status == ExplanationStatus.DONE
    facts = opened(prediction_id).facts
    digit = prediction_of(prediction_id).digits[0]
    assert facts["decision"]["label"] == digit.label == 7
    assert facts["decision"]["probabilities"] == pytest.approx(digit.probabilities, abs=0.01)


def test_each_digit_has_an_explanation_of_its_own(app: Flask, network: Path) -> None:
    prediction_id = answered(network, "42")
    asked(prediction_id, position=0)
    asked(prediction_id, position=1)
    asked(prediction_id, position=1)

    tasks.explain()

    labels = [opened(prediction_id, position=n).facts["decision"]["label"] for n in (0, 1)]
    assert labels == [4, 2]


def test_the_weights_of_the_network_are_kept_once(app: Flask, network: Path) -> None:
    prediction_id = answered(network)
    asked(prediction_id)
    tasks.explain()

    version = prediction_of(prediction_id).model_version
    assert version is not None
    described = open_network(extensions.settings.models_dir, version.sha256)
    assert described is not None
    assert described.array("0.kernel").shape == (784, 256)


def test_a_digit_that_is_not_there_fails(app: Flask, network: Path) -> None:
    prediction_id = answered(network)
    asked(prediction_id, position=5)

    tasks.explain()

    assert explanation_of(prediction_id, position=5).status == ExplanationStatus.FAILED


def test_a_claim_of_an_ended_worker_is_taken_up_again(app: Flask, network: Path) -> None:
    prediction_id = answered(network)
    asked(prediction_id)
    with writing() as session:
        Explanation.claim(session, by="an ended worker", lease=timedelta(seconds=-1))

    tasks.explain()

    assert explanation_of(prediction_id).status == ExplanationStatus.DONE


def test_an_explanation_that_ends_its_worker_twice_fails(app: Flask, network: Path) -> None:
    prediction_id = answered(network)
    asked(prediction_id)
    for _ in range(2):
        with writing() as session:
            Explanation.claim(session, by="an ended worker", lease=timedelta(seconds=-1))
    with writing() as session:
        assert Explanation.claim(session, by="another", lease=timedelta(0)) is None
        Explanation.give_up(session)

    assert explanation_of(prediction_id).status == ExplanationStatus.FAILED


def test_an_explanation_is_deleted_with_its_prediction(app: Flask, network: Path) -> None:
    prediction_id = answered(network)
    asked(prediction_id)
    tasks.explain()
    storage = Extensions.of(app).storage
    assert "explanation-0-network.zip" in storage.names(prediction_id)

    delete_batch(Prediction.id == prediction_id)

    with Session(db.engine) as session:
        assert Explanation.find(session, prediction_id, 0, NETWORK) is None
    assert storage.names(prediction_id) == []


def test_a_comparison_is_computed_with_its_neighbours(app: Flask, network: Path) -> None:
    prediction_id = answered(network, "4")
    keep_training_digits()
    asked(prediction_id, subject="4-9")

    tasks.explain()

    facts = opened(prediction_id, subject="4-9").facts
    assert (facts["first"], facts["second"]) == (4, 9)
    assert facts["evidence"]["error"] <= 0.01
    assert len(facts["neighbours"]["all"]) == 8
    assert facts["neighbours"]["count"] == 30


def test_the_training_digits_are_seen_once_by_a_network(
    app: Flask, network: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from worker.recognition.explanation.contents import NetworkExplainer  # noqa: PLC0415

    keep_training_digits()
    prediction_id = answered(network, "4")
    asked(prediction_id, subject="4-9")
    tasks.explain()
    monkeypatch.setattr(NetworkExplainer, "directions", None)  # it must not be called again
    asked(prediction_id, subject="4-7")

    tasks.explain()

    assert "neighbours" in opened(prediction_id, subject="4-7").facts


def test_without_training_digits_a_comparison_has_no_neighbours(app: Flask, network: Path) -> None:
    prediction_id = answered(network, "4")
    asked(prediction_id, subject="4-9")

    tasks.explain()

    facts = opened(prediction_id, subject="4-9").facts
    assert "neighbours" not in facts
    assert facts["evidence"]["error"] <= 0.01
