"""Line charts of the robustness: points for SVG."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from webapp.networks.measurements import Measurements

WIDTH, HEIGHT = 320, 150  # units of the SVG's viewBox
TOP, BOTTOM, LEFT, RIGHT = 8, 22, 34, 8  # the margins around the lines


@dataclass(frozen=True)
class RobustnessLine:
    """One network's accuracy."""

    network: str
    points: str  # "x,y x,y …"


@dataclass(frozen=True)
class RobustnessChart:
    """The accuracy of all networks along one slider."""

    change: str
    values: Sequence[float]
    ticks: Sequence[tuple[float, float]]  # x and value of the first, the middle and the last
    lines: Sequence[RobustnessLine]
    rows: Sequence[tuple[float, Sequence[float]]]  # value, and each network's accuracy


def charts(measured: Measurements) -> Iterator[RobustnessChart]:
    for change, values in measured.changes.items():
        accuracies = [network.robustness[change] for network in measured.networks]
        yield RobustnessChart(
            change=change,
            values=values,
            ticks=[(_x(value, values), value) for value in _ends_and_middle(values)],
            lines=[
                RobustnessLine(network.name, _points(values, network.robustness[change]))
                for network in measured.networks
            ],
            rows=list(zip(values, zip(*accuracies, strict=True), strict=True)),
        )


def _ends_and_middle(values: Sequence[float]) -> list[float]:
    return [values[0], values[len(values) // 2], values[-1]]


def _points(values: Sequence[float], accuracies: Sequence[float]) -> str:
    return " ".join(
        f"{_x(value, values):.1f},{_y(accuracy):.1f}"
        for value, accuracy in zip(values, accuracies, strict=True)
    )


def _x(value: float, values: Sequence[float]) -> float:
    share = (value - values[0]) / (values[-1] - values[0])
    return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)


def _y(accuracy: float) -> float:
    return TOP + (1 - accuracy) * (HEIGHT - TOP - BOTTOM)
