"""Calibration: confidence that means what it says."""

from __future__ import annotations

import numpy as np

from worker.recognition.evaluation.metrics import calibration_error
from worker.recognition.network.calibration import Calibration, fit_calibration


def boastful_scores(count: int = 4000) -> tuple[np.ndarray, np.ndarray]:
    """(n, 10) scores three times as sure as they should be, and the labels they are right of."""
    random = np.random.default_rng(8)
    honest = random.normal(0, 1.5, (count, 10))
    powers = np.exp(honest)
    shares = powers / powers.sum(axis=1, keepdims=True)
    labels = np.array([random.choice(10, p=share) for share in shares])
    return (honest * 3).astype(np.float32), labels


def test_a_boastful_network_is_cooled_until_its_confidence_is_true() -> None:
    scores, labels = boastful_scores()
    fitted = fit_calibration(scores, labels, knows_outliers=True)
    assert 2.6 < fitted.temperature < 3.4
    probabilities = fitted.probabilities(scores)
    right = probabilities.argmax(axis=1) == labels
    assert calibration_error(probabilities.max(axis=1), right) < 0.03


def test_scores_below_zero_are_no_digit_and_high_ones_are() -> None:
    scores = np.full((2, 10), -8.0, np.float32)
    scores[1, 3] = 9.0
    nothing, three = Calibration().in_distribution_score(scores)
    assert nothing < 0.05
    assert three > 0.99


def test_a_network_without_outliers_takes_most_of_its_own_digits_for_digits() -> None:
    scores, labels = boastful_scores()
    fitted = fit_calibration(scores, labels, knows_outliers=False)
    assert 0.98 < (fitted.in_distribution_score(scores) >= 0.5).mean() < 1.0


def test_a_calibration_survives_being_written_down() -> None:
    fitted = Calibration(temperature=1.7, refuse_below=0.9)
    assert Calibration.from_dict(fitted.to_dict()) == fitted
