"""A training run's curves, as points for SVG pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT, MARGIN = 600, 200, 12

LABELS = {
    "accuracy": "Accuracy on held-back digits",
    "loss": "Loss while training",
}


@dataclass(frozen=True)
class Curve:
    """One measure over the epochs: `points` is an SVG polyline, `last` its latest value."""

    name: str
    label: str
    points: str
    last: float


def curves_of(epochs: Sequence[dict[str, Any]]) -> list[Curve]:
    """A curve for each measure that was recorded; none before the first epoch."""
    series = {name: [float(epoch[name]) for epoch in epochs if name in epoch] for name in LABELS}
    return [
        Curve(name, LABELS[name], _points(values), values[-1])
        for name, values in series.items()
        if values
    ]


def _points(values: Sequence[float]) -> str:
    """Left to right over the epochs, the lowest value at the bottom and the highest at the top."""
    step = (WIDTH - 2 * MARGIN) / max(len(values) - 1, 1)
    scale = (HEIGHT - 2 * MARGIN) / max(max(values) - min(values), 1e-9)
    return " ".join(
        f"{MARGIN + index * step:.1f},{HEIGHT - MARGIN - (value - min(values)) * scale:.1f}"
        for index, value in enumerate(values)
    )
