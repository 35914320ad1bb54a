"""The grid of a sheet: what was read, with what a person changed, and the checks of both."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from webapp.models import Sheet, SheetCell
from webapp.sheets.values import value_of

MAX_TEXT = 60  # characters of a cell
NUMBER, MARK = "number", "mark"
STROKES = re.compile(r"strokes (\d+)")


@dataclass(frozen=True)
class GridCell:
    """One cell as it is shown and exported."""

    read: SheetCell
    text: str  # what the person typed, else what was read; of a mark its value, else ""
    is_edited: bool
    problems: tuple[str, ...] = ()  # "range", "sum"

    @property
    def key(self) -> str:
        return f"{self.read['row']},{self.read['column']}"

    @property
    def name(self) -> str:
        """Its name in the form and in the page."""
        return f"cell-{self.read['row']}-{self.read['column']}"

    @property
    def is_unsure(self) -> bool:
        """Whether a person should look at the cell and has not yet."""
        return self.read["unsure"] and not self.is_edited

    @property
    def value(self) -> Decimal | None:
        return value_of(self.text)

    @property
    def mark(self) -> str | None:
        """The name of the mark in the cell; None for anything else."""
        return self.read["text"] if self.read["kind"] == MARK else None


@dataclass(frozen=True)
class Checks:
    """What every number must meet."""

    minimum: Decimal | None = None
    maximum: Decimal | None = None
    last_row_is_sum: bool = False
    last_column_is_sum: bool = False

    @classmethod
    def of(cls, sheet: Sheet) -> Checks:
        stored = sheet.checks or {}
        return cls(
            as_decimal(stored.get("minimum", "")),
            as_decimal(stored.get("maximum", "")),
            bool(stored.get("last_row_is_sum")),
            bool(stored.get("last_column_is_sum")),
        )

    def allow(self, value: Decimal) -> bool:
        return (self.minimum is None or value >= self.minimum) and (
            self.maximum is None or value <= self.maximum
        )


@dataclass(frozen=True)
class Sums:
    """The sums of the rows and columns with at least two numbers, without cells that hold sums."""

    of_rows: Mapping[int, Decimal]
    of_columns: Mapping[int, Decimal]


@dataclass(frozen=True)
class Grid:
    """The cells of a sheet by row; a cell that others span over is missing."""

    rows: int
    columns: int
    cells: tuple[GridCell, ...]
    sums: Sums

    @classmethod
    def of(cls, sheet: Sheet) -> Grid:
        edits, values = sheet.edits or {}, sheet.mark_values or {}
        cells = [_cell(read, edits, values) for read in sheet.cells or ()]
        checks = Checks.of(sheet)
        rows, columns = sheet.rows or 0, sheet.columns or 0
        sums = Sums(
            _sums(cells, "row", columns - 1 if checks.last_column_is_sum else None),
            _sums(cells, "column", rows - 1 if checks.last_row_is_sum else None),
        )
        checked = tuple(
            replace(cell, problems=tuple(_problems(cell, checks, (rows, columns), sums)))
            for cell in cells
        )
        return cls(rows, columns, checked, sums)

    def layout(self) -> list[list[GridCell | None]]:
        """The cells of each row in order; None for a place that no cell covers."""
        covered: set[tuple[int, int]] = set()
        starts = {(cell.read["row"], cell.read["column"]): cell for cell in self.cells}
        lines = []
        for row in range(self.rows):
            line: list[GridCell | None] = []
            for column in range(self.columns):
                cell = starts.get((row, column))
                if cell is not None:
                    line.append(cell)
                    covered.update(_places(cell.read))
                elif (row, column) not in covered:
                    line.append(None)
            lines.append(line)
        return lines

    @property
    def unsure(self) -> list[GridCell]:
        return [cell for cell in self.cells if cell.is_unsure]

    @property
    def marks(self) -> list[str]:
        """The names of the marks on the page, each once."""
        return sorted({cell.mark for cell in self.cells if cell.mark})


def _cell(read: SheetCell, edits: Mapping[str, str], values: Mapping[str, str]) -> GridCell:
    typed = edits.get(f"{read['row']},{read['column']}")
    if typed is not None:
        return GridCell(read, typed, is_edited=True)
    if read["kind"] == NUMBER:
        return GridCell(read, read["text"], is_edited=False)
    return GridCell(read, _value_of_mark(read, values), is_edited=False)


def _places(read: SheetCell) -> Iterator[tuple[int, int]]:
    for row in range(read["row"], read["row"] + read["row_span"]):
        for column in range(read["column"], read["column"] + read["column_span"]):
            yield row, column


def _value_of_mark(read: SheetCell, values: Mapping[str, str]) -> str:
    if read["kind"] != MARK:
        return ""
    strokes = STROKES.fullmatch(read["text"])
    if strokes and values.get("strokes") == "count":
        return strokes[1]
    return values.get(read["text"], "")


def _sums(cells: list[GridCell], axis: str, sum_at: int | None) -> dict[int, Decimal]:
    """The sum of each row or column, by its number."""
    other = "column" if axis == "row" else "row"
    numbers: dict[int, list[Decimal]] = {}
    for cell in cells:
        value = cell.value
        if value is not None and cell.read[other] != sum_at:  # type: ignore[literal-required]
            numbers.setdefault(cell.read[axis], []).append(value)  # type: ignore[literal-required]
    return {place: sum(values, Decimal()) for place, values in numbers.items() if len(values) > 1}


def _problems(cell: GridCell, checks: Checks, size: tuple[int, int], sums: Sums) -> Iterator[str]:
    """The names of the checks that a cell fails; `size` is the number of rows and of columns."""
    value = cell.value
    if value is None:
        return
    row, column = cell.read["row"], cell.read["column"]
    expected = None
    if checks.last_row_is_sum and row == size[0] - 1:
        expected = sums.of_columns.get(column, value)
    elif checks.last_column_is_sum and column == size[1] - 1:
        expected = sums.of_rows.get(row, value)
    elif not checks.allow(value):
        yield "range"
    if expected is not None and expected != value:
        yield "sum"


def as_decimal(text: str) -> Decimal | None:
    """A number that a person typed, with a point or a comma; None for anything else."""
    try:
        value = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        return None
    return value if value.is_finite() else None
