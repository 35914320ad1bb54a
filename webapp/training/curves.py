"""A training run's curves, as points for SVG pictures that grow with every epoch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT, MARGIN = 600, 200, 12

LABELS = {
    "accuracy": "Accuracy on the validation set",
    "loss": "Training loss",
}


@dataclass(frozen=True)
class Curve:
    """One measure over the epochs, in a picture of WIDTH by HEIGHT."""

    name: str
    label: str
    points: str  # an SVG polyline
    values: list[float]

    @property
    def last(self) -> float:
        return self.values[-1]

    @property
    def end(self) -> list[str]:
        """Where the line ends: x and y."""
        return self.points.split()[-1].split(",")


def curves_of(epochs: Sequence[dict[str, Any]], planned: int | None) -> list[Curve]:
    """A curve for each measure that was recorded; none before the first epoch."""
    series = {name: [float(epoch[name]) for epoch in epochs if name in epoch] for name in LABELS}
    return [
        Curve(name, LABELS[name], _points(values, planned or len(values)), values)
        for name, values in series.items()
        if values
    ]


def _points(values: Sequence[float], planned: int) -> str:
    """Left to right over the planned epochs; the lowest value at the bottom, the highest on top."""
    step = (WIDTH - 2 * MARGIN) / max(planned - 1, 1)
    scale = (HEIGHT - 2 * MARGIN) / max(max(values) - min(values), 1e-9)
    return " ".join(
        f"{MARGIN + index * step:.1f},{HEIGHT - MARGIN - (value - min(values)) * scale:.1f}"
        for index, value in enumerate(values)
    )
