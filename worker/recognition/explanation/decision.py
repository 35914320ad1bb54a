"""The decision on one digit: its views, their scores, the softmax, and the answer or refusal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from worker.recognition.arrays import Ink, Logits
from worker.recognition.network.calibration import Calibration
from worker.recognition.network.classifier import VIEW_SHIFTS, Scores, is_doubtful


def decision(
    ink: Ink, forward: Callable[[np.ndarray], Logits], calibration: Calibration
) -> dict[str, Any]:
    """The numbers between the scores and the answer, as JSON. `forward`: (n, 28, 28) to (n, 10)."""
    views = forward(ink[None])
    if is_doubtful(_scores(views, calibration))[0]:
        shifted = [np.roll(ink, shift, axis=(0, 1)) for shift in VIEW_SHIFTS]
        views = np.concatenate([views, forward(np.stack(shifted))])
    mean = views.mean(axis=0, keepdims=True)
    scores = _scores(mean, calibration)
    probabilities = scores.probabilities[0]
    return {
        "views": views.tolist(),  # the ink as it is, then shifted by a pixel where it is doubtful
        "scores": mean[0].tolist(),
        "probabilities": probabilities.tolist(),
        "label": int(probabilities.argmax()),
        "energy": float(np.logaddexp.reduce(mean[0].astype(np.float64))),
        "in_distribution_score": float(scores.in_distribution_score[0]),
        "calibration": calibration.to_dict(),
    }


def _scores(logits: Logits, calibration: Calibration) -> Scores:
    return Scores(calibration.probabilities(logits), calibration.in_distribution_score(logits))
