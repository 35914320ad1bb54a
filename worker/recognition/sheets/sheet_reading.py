"""A sheet: the recogniser's answer for a photographed page, cell by cell."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from worker.recognition.arrays import Image
from worker.recognition.reading import Box


class CellKind(StrEnum):
    """The content of a cell."""

    EMPTY = "empty"
    NUMBER = "number"  # handwritten
    MARK = "mark"  # handwriting that is no number: a tick, a dash, strokes, a word
    PRINT = "print"


@dataclass(frozen=True)
class CellReading:
    """One cell of a sheet; its box is in the pixels of the straightened page."""

    row: int  # 0 at the top
    column: int  # 0 at the left
    box: Box
    kind: CellKind
    text: str = ""  # of a number as it is written; of a mark its name: "tick", "dash", "strokes 4"
    confidence: float = 1.0  # 0..1
    is_unsure: bool = False  # a person should look at it
    row_span: int = 1
    column_span: int = 1


@dataclass(frozen=True)
class SheetReading:
    """A page as rows and columns. Tables and lists of one page stand below one another."""

    rows: int
    columns: int
    cells: tuple[CellReading, ...]
    page: Image  # (height, width, 3) RGB uint8, straightened
    is_complete: bool = True  # False where the page has more cells or writing than are read

    @property
    def numbers(self) -> list[CellReading]:
        return [cell for cell in self.cells if cell.kind is CellKind.NUMBER]

    def table(self) -> list[list[str]]:
        """The texts of the handwritten numbers, row by row; "" for every other cell."""
        texts = [[""] * self.columns for _ in range(self.rows)]
        for cell in self.numbers:
            texts[cell.row][cell.column] = cell.text
        return texts
