"""Confusion matrices as tables to show: a row for each true digit, a column for each label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from webapp.models import Evaluation
from webapp.models.evaluation import Metrics

# The shares of its row from which on an error is drawn darker.
SHADES = (0.0, 0.005, 0.02, 0.08)


@dataclass(frozen=True)
class Cell:
    predicted: int
    count: int
    shade: int  # 0 (none) to 4 (many); errors alone are shaded


@dataclass(frozen=True)
class Confusion:
    """One network's matrix on one dataset of an evaluation."""

    dataset: str
    network: str  # challenger or champion
    metrics: Metrics

    @property
    def rows(self) -> list[list[Cell]]:
        return _cells(self.metrics.confusion)


def confusions_of(evaluation: Evaluation) -> dict[str, list[Confusion]]:
    """Challenger's and champion's matrices, by dataset."""
    return {
        result.name: [
            Confusion(result.name, network, metrics)
            for network, metrics in (
                ("challenger", result.challenger),
                ("champion", result.champion),
            )
            if metrics is not None
        ]
        for result in evaluation.results
    }


def _cells(matrix: Sequence[Sequence[int]]) -> list[list[Cell]]:
    return [
        [
            Cell(predicted, count, shade=0 if predicted == truth else _shade(count, sum(row)))
            for predicted, count in enumerate(row)
        ]
        for truth, row in enumerate(matrix)
    ]


def _shade(count: int, total: int) -> int:
    return sum(count / total > least for least in SHADES) if count else 0
