"""Calibration: turns the ten scores of a network into a confidence and a refusal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from worker.recognition.arrays import Logits

# Of photographed digits, 99 in 100 reach this; of clothes, letters and blots 4 in 100 do.
SURELY_A_DIGIT = 0.9


@dataclass(frozen=True)
class Calibration:
    """A network's temperature and thresholds, fitted on validation data and stored in its file.

    The network learned with an eleventh class "no digit" whose score is fixed at zero, so that
    the log-sum-exp of its ten scores (the energy score of Liu et al. 2020, arXiv:2010.03759)
    measures how much a picture looks like any digit.
    """

    temperature: float = 1.0
    energy_offset: float = 0.0
    energy_scale: float = 1.0
    refuse_below: float = 0.5  # in-distribution score
    unsure_below: float = 0.5  # confidence of the best label

    def probabilities(self, logits: Logits) -> NDArray[np.float32]:
        """(n, 10) scores to (n, 10) probabilities that sum to 1 (Guo et al. 2017)."""
        scaled = logits / self.temperature
        scaled = scaled - scaled.max(axis=1, keepdims=True)
        powers = np.exp(scaled)
        return np.asarray(powers / powers.sum(axis=1, keepdims=True), dtype=np.float32)

    def in_distribution_score(self, logits: Logits) -> NDArray[np.float32]:
        """(n, 10) scores to (n,) in 0..1: how much each picture looks like a digit."""
        top = logits.max(axis=1)
        energy = top + np.log(np.exp(logits - top[:, None]).sum(axis=1))
        evidence = np.clip((energy - self.energy_offset) / self.energy_scale, -40.0, 40.0)
        return np.asarray(1.0 / (1.0 + np.exp(-evidence)), dtype=np.float32)

    def to_dict(self) -> dict[str, float]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Calibration:
        return cls(**{name: float(value) for name, value in values.items()})


def fit_calibration(
    logits: Logits, labels: NDArray[np.integer[Any]], *, knows_outliers: bool
) -> Calibration:
    """Fit temperature and energy on validation digits: (n, 10) scores and their (n,) labels.

    A network trained with outliers has a threshold at zero. For another one, the threshold is
    the first percentile of the validation digits.
    """
    temperature = _best_temperature(logits, labels)
    if knows_outliers:
        return Calibration(temperature=temperature, refuse_below=SURELY_A_DIGIT)
    energy = np.logaddexp.reduce(logits.astype(np.float64), axis=1)
    low, middle = np.quantile(energy, (0.01, 0.5))
    scale = max(float(middle - low) / 4, 1e-3)
    return Calibration(temperature, energy_offset=float(low), energy_scale=scale)


def _best_temperature(logits: Logits, labels: NDArray[np.integer[Any]]) -> float:
    """The temperature with the least negative log-likelihood, found on a fine grid."""

    def negative_log_likelihood(temperature: float) -> float:
        scaled = logits.astype(np.float64) / temperature
        right = scaled[np.arange(len(labels)), labels]
        return float((np.logaddexp.reduce(scaled, axis=1) - right).mean())

    candidates = np.geomspace(0.3, 4.0, 120)
    return float(min(candidates, key=negative_log_likelihood))
