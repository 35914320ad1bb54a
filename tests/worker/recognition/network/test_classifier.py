"""The classifier: one view where the network is sure, five where it is not."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from worker.recognition.network.calibration import Calibration
from worker.recognition.network.classifier import SURE, VIEW_SHIFTS, Classifier

CALIBRATION = Calibration()


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    keras.utils.set_random_seed(3)
    layers = [keras.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Dense(10)]
    return Classifier(keras.Sequential(layers, name="small"), CALIBRATION)


@pytest.fixture(scope="module")
def inks() -> np.ndarray:
    """Noise of growing contrast: the network doubts the pale ones and is sure of the bright."""
    noise = np.random.default_rng(0).random((200, 28, 28), dtype=np.float32)
    return noise * np.linspace(0.1, 12, 200, dtype=np.float32)[:, None, None]


def is_sure_at_first_sight(classifier: Classifier, inks: np.ndarray) -> np.ndarray:
    logits = classifier.logits(inks)
    confidence = CALIBRATION.probabilities(logits).max(axis=1)
    return (confidence >= SURE) & (CALIBRATION.in_distribution_score(logits) >= SURE)


def test_what_is_sure_is_looked_at_once(classifier: Classifier, inks: np.ndarray) -> None:
    sure = inks[is_sure_at_first_sight(classifier, inks)]

    assert len(sure) > 20
    first = CALIBRATION.probabilities(classifier.logits(sure))
    assert np.array_equal(classifier.classify(sure).probabilities, first)


def test_what_is_in_doubt_is_looked_at_from_five_places(
    classifier: Classifier, inks: np.ndarray
) -> None:
    doubtful = inks[~is_sure_at_first_sight(classifier, inks)]
    doubtful = doubtful[CALIBRATION.in_distribution_score(classifier.logits(doubtful)) > 0.1]

    assert len(doubtful) > 20
    places = [(0, 0), *VIEW_SHIFTS]
    views = [classifier.logits(np.roll(doubtful, place, axis=(1, 2))) for place in places]
    expected = CALIBRATION.probabilities(np.mean(views, axis=0))
    got = classifier.classify(doubtful).probabilities
    np.testing.assert_allclose(got, expected, atol=1e-5)


def test_a_score_does_not_depend_on_what_else_is_asked(
    classifier: Classifier, inks: np.ndarray
) -> None:
    together = classifier.classify(inks).probabilities
    alone = np.concatenate([classifier.classify(ink[None]).probabilities for ink in inks])

    np.testing.assert_allclose(together, alone, atol=1e-5)
