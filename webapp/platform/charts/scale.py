"""The scale of an axis: from a lowest to a highest value, with ticks at round numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

ROUND = (1.0, 2.0, 2.5, 5.0, 10.0)  # the leading figures of the steps between ticks
MOST_TICKS = 5
TOLERANCE = 1e-9  # of a step, for sums of binary fractions


@dataclass(frozen=True)
class Scale:
    """Values along an axis."""

    low: float
    high: float
    step: float  # between two ticks

    @classmethod
    def fitting(
        cls, values: Iterable[float], *, least: float = -math.inf, most: float = math.inf
    ) -> Scale:
        """The narrowest scale of round numbers around the values, not beyond `least` and `most`."""
        known = list(values) or [0.0]
        low, high = min(known), max(known)
        if high - low < TOLERANCE:  # one value: some room on both sides of it
            room = abs(high) * 0.01 or 1.0
            low, high = low - room, high + room
        step = _round_step((high - low) / (MOST_TICKS - 1))
        low = math.floor(low / step + TOLERANCE) * step
        high = math.ceil(high / step - TOLERANCE) * step
        return cls(max(low, least), min(high, most), step)

    @classmethod
    def from_zero(cls, values: Iterable[float], *, at_least: float = 1.0) -> Scale:
        """From zero to a round number above all values, and to `at_least`."""
        high = max([*values, at_least])
        step = _round_step(high / (MOST_TICKS - 1))
        return cls(0.0, math.ceil(high / step - TOLERANCE) * step, step)

    @property
    def ticks(self) -> list[float]:
        first = math.ceil(self.low / self.step - TOLERANCE)
        last = math.floor(self.high / self.step + TOLERANCE)
        return [number * self.step for number in range(first, last + 1)]

    @property
    def decimals(self) -> int:
        """The decimals that tell two neighbouring ticks apart."""
        return next(
            (
                places
                for places in range(6)
                if abs(round(self.step, places) - self.step) < self.step * 1e-6
            ),
            6,
        )

    def position(self, value: float) -> float:
        """Where a value lies, from 0 (low) to 1 (high); one beyond the scale lies at its end."""
        share = (value - self.low) / (self.high - self.low)
        return min(max(share, 0.0), 1.0)


def _round_step(least: float) -> float:
    """The smallest round number that is not under `least`, which is above zero."""
    magnitude = 10.0 ** math.floor(math.log10(least))
    return next(lead * magnitude for lead in ROUND if lead * magnitude >= least * (1 - TOLERANCE))
