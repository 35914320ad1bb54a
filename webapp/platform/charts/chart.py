"""A chart: one or more series over the same places, as coordinates for an SVG picture.

`templates/charts/_chart.html` draws it. Each place has a column that shows its values when it is
pointed at or tapped, and a row in the table behind the picture.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from webapp.platform.charts.scale import Scale

WIDTH, HEIGHT = 360, 220  # of the picture, in SVG's units
LEFT, RIGHT, TOP, BOTTOM = 52, 350, 28, 182  # of the area in which values lie
MOST_LABELS = 6  # under the horizontal axis
BAR_SHARE = 0.7  # of a column's width

LINES, BARS = "lines", "bars"


@dataclass(frozen=True)
class Series:
    """One measure: a value for each place, None where there is none."""

    name: str
    values: Sequence[float | None]
    colour: str = "accent"  # accent, blue, green, amber or red


class Tick(NamedTuple):
    at: float
    label: str


class Bar(NamedTuple):
    colour: str
    x: float
    y: float
    width: float
    height: float


class Dot(NamedTuple):
    x: float
    y: float


@dataclass(frozen=True)
class Line:
    """A series as lines, which break where a value is missing."""

    name: str
    colour: str
    polylines: list[str]
    dots: list[Dot]  # of values without a neighbour, and of the last one


@dataclass(frozen=True)
class Column:
    """A place along the horizontal axis, with its values as text."""

    label: str
    x: float  # its left edge
    width: float
    values: list[tuple[str, str]]  # name and text of each series; a dash where there is none
    is_last: bool

    @property
    def centre(self) -> float:
        return self.x + self.width / 2


@dataclass(frozen=True)
class Chart:
    """Series over places. Bars of several series stand on each other."""

    title: str
    series: Sequence[Series]
    labels: Sequence[str]  # of the places, also of those that have no value yet
    scale: Scale
    text: Callable[[float], str]  # a value as text, with its unit
    tick_text: Callable[[float], str]
    places_title: str  # what the places are: "Epoch", "Day"
    kind: str = LINES
    summary: str = ""  # one sentence below the picture

    @property
    def is_empty(self) -> bool:
        return not any(value is not None for one in self.series for value in one.values)

    @property
    def vertical_ticks(self) -> list[Tick]:
        return [Tick(round(self._y(tick), 1), self.tick_text(tick)) for tick in self.scale.ticks]

    @property
    def horizontal_ticks(self) -> list[Tick]:
        """Some of the places' labels, evenly spaced and with the last one."""
        every = -(-len(self.labels) // MOST_LABELS) or 1
        last = len(self.labels) - 1
        return [
            Tick(round(self._centre(index), 1), label)
            for index, label in enumerate(self.labels)
            if (last - index) % every == 0
        ]

    @property
    def lines(self) -> list[Line]:
        return [self._line(one) for one in self.series] if self.kind == LINES else []

    @property
    def bars(self) -> list[Bar]:
        if self.kind != BARS:
            return []
        return [bar for index in range(len(self.labels)) for bar in self._bars_at(index)]

    @property
    def columns(self) -> list[Column]:
        """The places that have a value."""
        filled = [index for index in range(len(self.labels)) if self._has_value(index)]
        width = (RIGHT - LEFT) / max(len(self.labels), 1)
        return [
            Column(
                label=self.labels[index],
                x=round(LEFT + index * width, 1),
                width=round(width, 1),
                values=[(one.name, self._text_at(one, index)) for one in self.series],
                is_last=index == filled[-1],
            )
            for index in filled
        ]

    def _has_value(self, index: int) -> bool:
        return any(_value(one, index) is not None for one in self.series)

    def _text_at(self, series: Series, index: int) -> str:
        value = _value(series, index)
        return "–" if value is None else self.text(value)

    def _centre(self, index: int) -> float:
        return LEFT + (index + 0.5) * (RIGHT - LEFT) / max(len(self.labels), 1)

    def _y(self, value: float) -> float:
        return BOTTOM - self.scale.position(value) * (BOTTOM - TOP)

    def _line(self, series: Series) -> Line:
        pieces: list[list[Dot]] = [[]]
        for index, value in enumerate(series.values):
            if value is None:
                pieces.append([])
            else:
                pieces[-1].append(Dot(round(self._centre(index), 1), round(self._y(value), 1)))
        pieces = [piece for piece in pieces if piece]
        dots = [piece[0] for piece in pieces if len(piece) == 1]
        if pieces and len(pieces[-1]) > 1:
            dots.append(pieces[-1][-1])
        polylines = [" ".join(f"{x},{y}" for x, y in piece) for piece in pieces if len(piece) > 1]
        return Line(series.name, series.colour, polylines, dots)

    def _bars_at(self, index: int) -> list[Bar]:
        width = (RIGHT - LEFT) / max(len(self.labels), 1) * BAR_SHARE
        bars, below = [], 0.0
        for series in self.series:
            value = _value(series, index) or 0.0
            if value > 0:
                top, bottom = self._y(below + value), self._y(below)
                x = self._centre(index) - width / 2
                bar = (round(x, 1), round(top, 1), round(width, 1), round(bottom - top, 1))
                bars.append(Bar(series.colour, *bar))
                below += value
        return bars


def _value(series: Series, index: int) -> float | None:
    return series.values[index] if index < len(series.values) else None
