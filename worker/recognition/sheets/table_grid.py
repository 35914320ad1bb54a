"""Table grid: the cells between the rules of a page, with those that span rows or columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from worker.recognition.arrays import Mask
from worker.recognition.reading import Box
from worker.recognition.sheets.rules import Rule, Rules
from worker.recognition.sheets.table_rules import (
    REACH,
    sampled,
    widened,
    with_open_sides,
    without_doubles,
    without_strokes,
)

MAX_CELLS = 2500  # of a page
_LEAST_COLUMN_RULES = 3  # without level rules, fewer are folds and edges of the page
_COLUMN_SHARE = 0.35  # of the page's height that such a rule reaches
_BORDER_SHARE = 0.6  # of a border that is drawn

Grid = NDArray[np.float64]


@dataclass(frozen=True)
class TableCell:
    """A cell of a table with its corners in the page."""

    row: int
    column: int
    row_span: int
    column_span: int
    box: Box


@dataclass(frozen=True)
class TableGrid:
    """A table: its cells, and how many rows and columns they are in."""

    rows: int
    columns: int
    cells: tuple[TableCell, ...]
    box: Box


def find_tables(rules: Rules) -> list[TableGrid]:
    """The tables of a page, from the top; a box inside a cell of another is none."""
    tables = []
    for level, upright in _crossing_groups(rules.level, rules.upright):
        if len(level) >= 2 and len(upright) >= 2:
            table = _grid(level, upright, rules)
            if table is not None:
                tables.append(table)
    tables = tables or _columns_alone(rules)
    tables.sort(key=lambda table: -table.box.width * table.box.height)
    kept: list[TableGrid] = []
    for table in tables:
        if (
            not any(_is_inside(table.box, other.box) for other in kept)
            and sum(len(other.cells) for other in kept) + len(table.cells) <= MAX_CELLS
        ):
            kept.append(table)
    return sorted(kept, key=lambda table: (table.box.y, table.box.x))


def _columns_alone(rules: Rules) -> list[TableGrid]:
    """A table of one row between upright rules, where a page has no level ones, as in old books.

    It is as wide as the page, so that the writing beside the first and the last rule is in it.
    """
    height, width = rules.upright_pixels.shape
    upright = without_doubles([r for r in rules.upright if r.length >= _COLUMN_SHARE * height])
    if len(upright) < _LEAST_COLUMN_RULES or rules.level:
        return []
    top, bottom = min(rule.start for rule in upright), max(rule.end for rule in upright)
    level = [_straight(0, width - 1, place) for place in (top, bottom)]
    edges = [_straight(top, bottom, place) for place in (0, width - 1)]
    xs, ys = _crossings(level, [edges[0], *upright, edges[1]])
    columns = xs.shape[1] - 1
    cells = _cells(xs, ys, np.ones((2, columns), np.bool_), np.ones((1, columns + 1), np.bool_))
    box = Box(0, round(top), width, round(bottom - top))
    return [TableGrid(1, columns, tuple(cells), box)]


def _straight(start: float, end: float, place: float) -> Rule:
    return Rule(np.array([start, end]), np.array([place, place]))


def _is_inside(box: Box, other: Box) -> bool:
    x, y = box.x + box.width / 2, box.y + box.height / 2
    return other.x < x < other.x + other.width and other.y < y < other.y + other.height


def _crossing_groups(
    level: Sequence[Rule], upright: Sequence[Rule]
) -> list[tuple[list[Rule], list[Rule]]]:
    """Rules that meet each other directly or over others, level and upright ones apart."""
    parent = list(range(len(level) + len(upright)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for i, row in enumerate(level):
        for j, column in enumerate(upright):
            if _meet(row, column):
                parent[root(i)] = root(len(level) + j)
    groups: dict[int, tuple[list[Rule], list[Rule]]] = {}
    for i, row in enumerate(level):
        groups.setdefault(root(i), ([], []))[0].append(row)
    for j, column in enumerate(upright):
        groups.setdefault(root(len(level) + j), ([], []))[1].append(column)
    return list(groups.values())


def _meet(row: Rule, column: Rule) -> bool:
    x = float(np.median(column.across))
    y = row.at(x)
    x = column.at(y)
    return (
        row.start - REACH <= x <= row.end + REACH
        and column.start - REACH <= y <= column.end + REACH
    )


def _grid(level: Sequence[Rule], upright: Sequence[Rule], rules: Rules) -> TableGrid | None:
    level, upright = without_doubles(level), without_doubles(upright)
    level, upright = without_strokes(level, upright, rules)
    level, upright = with_open_sides(level, upright), with_open_sides(upright, level)
    if len(level) < 2 or len(upright) < 2 or len(level) * len(upright) > MAX_CELLS:
        return None
    xs, ys = _crossings(level, upright)
    has_level = _drawn(rules.level_pixels, xs, ys)
    has_upright = _drawn(rules.upright_pixels.T, ys.T, xs.T).T
    for index in (0, -1):  # the outer rules may be the ends of open cells
        has_level[index] = has_upright[:, index] = True
    cells = _cells(xs, ys, has_level, has_upright)
    if len(cells) < 2:
        return None
    left, top, right, bottom = xs.min(), ys.min(), xs.max(), ys.max()
    box = Box(round(left), round(top), round(right - left), round(bottom - top))
    return TableGrid(len(level) - 1, len(upright) - 1, tuple(cells), box)


def _crossings(level: Sequence[Rule], upright: Sequence[Rule]) -> tuple[Grid, Grid]:
    """The x and y of each crossing, (levels, uprights) each, in increasing order."""
    xs = np.empty((len(level), len(upright)))
    ys = np.empty_like(xs)
    for i, row in enumerate(level):
        for j, column in enumerate(upright):
            x = float(np.median(column.across))
            for _ in range(3):
                y = row.at(x)
                x = column.at(y)
            xs[i, j], ys[i, j] = x, y
    return np.maximum.accumulate(xs, axis=1), np.maximum.accumulate(ys, axis=0)


def _drawn(pixels: Mask, xs: Grid, ys: Grid) -> NDArray[np.bool_]:
    """Which borders between neighbouring crossings of a row are drawn, (levels, uprights - 1)."""
    wide = widened(pixels)
    share = np.linspace(0.1, 0.9, 24)
    drawn = np.zeros((xs.shape[0], xs.shape[1] - 1), np.bool_)
    for i in range(xs.shape[0]):
        for j in range(xs.shape[1] - 1):
            x = xs[i, j] + share * (xs[i, j + 1] - xs[i, j])
            y = ys[i, j] + share * (ys[i, j + 1] - ys[i, j])
            drawn[i, j] = sampled(wide, x, y).mean() >= _BORDER_SHARE
    return drawn


def _cells(
    xs: Grid, ys: Grid, has_level: NDArray[np.bool_], has_upright: NDArray[np.bool_]
) -> list[TableCell]:
    """The cells: neighbours without a border between them are one, where that is a rectangle."""
    rows, columns = xs.shape[0] - 1, xs.shape[1] - 1
    region = _regions(rows, columns, has_level, has_upright)
    cells = []
    for label in np.unique(region):
        members = np.argwhere(region == label)
        (top, left), (bottom, right) = members.min(axis=0), members.max(axis=0)
        is_rectangle = len(members) == (bottom - top + 1) * (right - left + 1)
        parts = [(top, left, bottom, right)] if is_rectangle else [(r, c, r, c) for r, c in members]
        for a, b, c, d in parts:
            cells.append(_cell((int(a), int(b), int(c), int(d)), xs, ys))
    return sorted(cells, key=lambda cell: (cell.row, cell.column))


def _regions(
    rows: int, columns: int, has_level: NDArray[np.bool_], has_upright: NDArray[np.bool_]
) -> NDArray[np.int_]:
    region = np.arange(rows * columns).reshape(rows, columns)
    for r in range(rows):
        for c, beside in pairwise(range(columns)):
            if not has_upright[r, beside]:
                region[region == region[r, beside]] = region[r, c]
    for r, below in pairwise(range(rows)):
        for c in range(columns):
            if not has_level[below, c]:
                region[region == region[below, c]] = region[r, c]
    return region


def _cell(part: tuple[int, int, int, int], xs: Grid, ys: Grid) -> TableCell:
    """The cell of a part of the grid: its first row and column, and its last ones."""
    top, left, bottom, right = part
    corner_x = (xs[top, left], xs[top, right + 1], xs[bottom + 1, left], xs[bottom + 1, right + 1])
    corner_y = (ys[top, left], ys[top, right + 1], ys[bottom + 1, left], ys[bottom + 1, right + 1])
    x1, x2 = (corner_x[0] + corner_x[2]) / 2, (corner_x[1] + corner_x[3]) / 2
    y1, y2 = (corner_y[0] + corner_y[1]) / 2, (corner_y[2] + corner_y[3]) / 2
    box = Box(round(x1), round(y1), max(1, round(x2 - x1)), max(1, round(y2 - y1)))
    return TableCell(top, left, bottom - top + 1, right - left + 1, box)
