"""Charts: round ticks around the values, and every value in the picture and in the table."""

from __future__ import annotations

import pytest

from webapp.platform.charts import BARS, Chart, Scale, Series


def chart(
    *series: Series, labels: int = 3, scale: Scale | None = None, kind: str = "lines"
) -> Chart:
    return Chart(
        title="A title",
        series=series,
        labels=[f"place {number}" for number in range(labels)],
        scale=scale or Scale(0.0, 10.0, 5.0),
        text="{:.1f}".format,
        tick_text="{:.0f}".format,
        places_title="Place",
        kind=kind,
    )


@pytest.mark.parametrize(
    ("values", "ticks"),
    [
        ([0.9412, 0.988], [0.94, 0.96, 0.98, 1.0]),
        ([0.3, 2.29], [0.0, 0.5, 1.0, 1.5, 2.0, 2.5]),
        ([3.0, 3.0], [2.96, 2.98, 3.0, 3.02, 3.04]),
        ([0.0], [-1.0, -0.5, 0.0, 0.5, 1.0]),
    ],
)
def test_a_fitting_scale_has_round_ticks_around_all_values(
    values: list[float], ticks: list[float]
) -> None:
    scale = Scale.fitting(values)

    assert scale.ticks == pytest.approx(ticks)
    assert scale.low <= min(values) and max(values) <= scale.high


def test_a_fitting_scale_keeps_to_what_is_possible() -> None:
    scale = Scale.fitting([0.9991, 0.9993], least=0.0, most=1.0)

    assert scale.high <= 1.0
    assert round(scale.step, scale.decimals) == pytest.approx(scale.step)


def test_a_scale_from_zero_is_not_empty_where_all_values_are_zero() -> None:
    assert Scale.from_zero([0, 0]).high >= 1


def test_a_line_breaks_where_a_value_is_missing() -> None:
    [line] = chart(Series("one", [1.0, 2.0, None, 4.0]), labels=4).lines

    assert len(line.polylines) == 1, "the last value stands alone"
    assert len(line.dots) == 1


def test_every_value_is_in_a_column_and_a_missing_one_is_a_dash() -> None:
    columns = chart(Series("one", [1.0, None]), Series("two", [3.0, 4.0])).columns

    assert [column.values for column in columns] == [
        [("one", "1.0"), ("two", "3.0")],
        [("one", "–"), ("two", "4.0")],
    ]
    assert [column.is_last for column in columns] == [False, True]


def test_bars_of_several_series_stand_on_each_other() -> None:
    lower, upper = chart(Series("one", [4.0]), Series("two", [5.0]), labels=1, kind=BARS).bars

    assert upper.y + upper.height == pytest.approx(lower.y)
    assert lower.height / upper.height == pytest.approx(4 / 5, rel=0.01)


def test_few_labels_are_written_under_many_places() -> None:
    ticks = chart(Series("one", [1.0] * 60), labels=60).horizontal_ticks

    assert len(ticks) <= 6
    assert ticks[-1].label == "place 59"
