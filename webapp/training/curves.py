"""A training run's curves: accuracy and loss, on a fixed scale and on one that fits the values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext

from webapp.platform.charts import Chart, Scale, Series
from webapp.platform.charts.number_texts import number, percent

Epochs = Sequence[dict[str, Any]]

WHOLE_ACCURACY = Scale(0.0, 1.0, 0.25)
WHOLE_LOSS = Scale(0.0, 2.5, 0.5)  # a network that guesses among ten digits is at 2.3


def curves_of(epochs: Epochs, planned: int | None) -> list[Chart]:
    """Each measure twice, fixed scale first; none before the first epoch."""
    if not epochs:
        return []
    places = [str(number) for number in range(1, max(planned or 0, len(epochs)) + 1)]
    return [*_accuracy(epochs, places), *_loss(epochs, places)]


def _accuracy(epochs: Epochs, places: list[str]) -> list[Chart]:
    series = _series(epochs, validation="accuracy", training="training_accuracy")
    fitting = Scale.fitting(_values(series), least=0.0, most=1.0)
    return [
        Chart(title, series, places, scale, percent(2), percent(decimals), gettext("Epoch"))
        for title, scale, decimals in (
            (gettext("Accuracy, from 0 to 100 %"), WHOLE_ACCURACY, 0),
            (gettext("Accuracy, enlarged"), fitting, max(fitting.decimals - 2, 0)),
        )
    ]


def _loss(epochs: Epochs, places: list[str]) -> list[Chart]:
    series = _series(epochs, validation="validation_loss", training="loss")
    fitting = Scale.fitting(_values(series), least=0.0)
    return [
        Chart(title, series, places, scale, number(4), number(scale.decimals), gettext("Epoch"))
        for title, scale in (
            (gettext("Loss, from 0 to 2.5"), WHOLE_LOSS),
            (gettext("Loss, enlarged"), fitting),
        )
    ]


def _series(epochs: Epochs, *, validation: str, training: str) -> list[Series]:
    """Both curves; runs of earlier versions of Cifra have one of each measure."""
    both = (
        Series(gettext("Validation pictures"), _of(epochs, validation), "accent"),
        Series(gettext("Training pictures"), _of(epochs, training), "blue"),
    )
    return [one for one in both if any(value is not None for value in one.values)]


def _of(epochs: Epochs, measure: str) -> list[float | None]:
    """The finite values; a loss may have grown beyond all numbers."""
    values = [epoch.get(measure) for epoch in epochs]
    return [None if value is None or value != value else float(value) for value in values]  # noqa: PLR0124


def _values(series: Sequence[Series]) -> list[float]:
    return [value for one in series for value in one.values if value is not None]
