"""A training run's curves, as points for an SVG picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT, MARGIN = 600, 200, 12

# Measures a run may record at each epoch, in the order of the legend. Losses have their own scale.
ACCURACIES = ("accuracy", "val_accuracy")
LOSSES = ("loss", "val_loss")
LABELS = {
    "accuracy": "accuracy while training",
    "val_accuracy": "accuracy on held-back digits",
    "loss": "loss while training",
    "val_loss": "loss on held-back digits",
}


@dataclass(frozen=True)
class Curve:
    """One measure over the epochs: `points` is an SVG polyline, `last` its latest value."""

    name: str
    label: str
    points: str
    last: float


def curves_of(epochs: Sequence[dict[str, Any]]) -> list[list[Curve]]:
    """The accuracies and the losses, each group to one scale; none before the first epoch."""
    groups = (_curves(epochs, names) for names in (ACCURACIES, LOSSES))
    return [group for group in groups if group]


def _curves(epochs: Sequence[dict[str, Any]], names: Sequence[str]) -> list[Curve]:
    series = {name: [float(epoch[name]) for epoch in epochs if name in epoch] for name in names}
    values = [value for line in series.values() for value in line]
    return [
        Curve(name, LABELS[name], _points(line, min(values), max(values)), line[-1])
        for name, line in series.items()
        if line
    ]


def _points(line: Sequence[float], lowest: float, highest: float) -> str:
    """Left to right over the epochs, low values at the bottom."""
    step = (WIDTH - 2 * MARGIN) / max(len(line) - 1, 1)
    scale = (HEIGHT - 2 * MARGIN) / max(highest - lowest, 1e-9)
    return " ".join(
        f"{MARGIN + index * step:.1f},{HEIGHT - MARGIN - (value - lowest) * scale:.1f}"
        for index, value in enumerate(line)
    )
