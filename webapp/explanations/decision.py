"""The arithmetic between the ten scores and the answer, for the pages."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple


class SoftmaxRow(NamedTuple):
    """One label on its way from the score to the probability."""

    label: int
    score: float
    scaled: float  # divided by the temperature
    power: float  # e to that, relative to the highest
    probability: float


@dataclass(frozen=True)
class Decision:
    """What the worker computed, with the steps between."""

    facts: Mapping[str, Any]

    @property
    def label(self) -> int:
        return int(self.facts["label"])

    @property
    def scores(self) -> list[float]:
        return list(self.facts["scores"])

    @property
    def views(self) -> list[list[float]]:
        """The scores of each view; more than one where the first was doubtful."""
        return list(self.facts["views"])

    @property
    def temperature(self) -> float:
        return float(self.facts["calibration"]["temperature"])

    @property
    def softmax(self) -> list[SoftmaxRow]:
        """The softmax, label by label. The highest power is 1, so that none overflows."""
        scaled = [score / self.temperature for score in self.scores]
        powers = [math.exp(value - max(scaled)) for value in scaled]
        return [
            SoftmaxRow(label, score, scaled[label], powers[label], powers[label] / sum(powers))
            for label, score in enumerate(self.scores)
        ]

    @property
    def sum_of_powers(self) -> float:
        return sum(row.power for row in self.softmax)

    @property
    def confidence(self) -> float:
        return self.softmax[self.label].probability

    @property
    def best_two(self) -> tuple[int, int]:
        """The labels with the highest scores."""
        first, second = sorted(range(10), key=lambda label: -self.scores[label])[:2]
        return first, second

    @property
    def energy(self) -> float:
        return float(self.facts["energy"])

    @property
    def evidence(self) -> float:
        """The energy on the scale of the calibration; above 0 speaks for a digit."""
        calibration = self.facts["calibration"]
        return float((self.energy - calibration["energy_offset"]) / calibration["energy_scale"])

    @property
    def likeness(self) -> float:
        """How much it looks like any digit, 0..1."""
        return float(self.facts["in_distribution_score"])

    @property
    def refuse_below(self) -> float:
        return float(self.facts["calibration"]["refuse_below"])

    @property
    def unsure_below(self) -> float:
        return float(self.facts["calibration"]["unsure_below"])

    @property
    def looks_like_digit(self) -> bool:
        return self.likeness >= self.refuse_below

    @property
    def is_sure(self) -> bool:
        return self.confidence >= self.unsure_below
