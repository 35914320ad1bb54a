"""Pages: their tables are found as they are ruled, and empty cells stay empty."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.worker.recognition.sheets.drawn_sheets import (
    CELL,
    INK,
    blank,
    line,
    photographed,
    table,
    write,
)
from webapp.settings import ROOT
from worker.recognition.arrays import Image
from worker.recognition.network.classifier import Classifier
from worker.recognition.sheets.cell_reader import CellText, ComponentCellReader
from worker.recognition.sheets.page_ink import measure_ink
from worker.recognition.sheets.rules import MAX_RULES, find_rules
from worker.recognition.sheets.sheet_reader import SheetReader
from worker.recognition.sheets.sheet_reading import CellKind, SheetReading
from worker.recognition.sheets.writing import find_writing

SHIPPED = ROOT / "models" / "cifra.keras"
MARKS = [
    ["3", "7", "", "42"],
    ["", "5", "8", ""],
    ["6", "", "", "9"],
    ["2", "4", "7", "15"],
    ["", "", "3", "8"],
]


class SevenReader:
    """Reads every crop as a sure 7, so that a test sees what was found and not how it is read."""

    def __init__(self) -> None:
        self.crops: list[Image] = []

    def read_cells(self, crops: Sequence[Image]) -> list[CellText]:
        self.crops += crops
        return [CellText("7", 1.0) for _ in crops]


def read(page: Image) -> SheetReading:
    return SheetReader(SevenReader()).read(page)


def filled(reading: SheetReading) -> list[list[bool]]:
    return [[bool(text) for text in row] for row in reading.table()]


EXPECTED = [[bool(text) for text in row] for row in MARKS]


@pytest.mark.parametrize("degrees", [0, 3, -12, 27])
@pytest.mark.parametrize("perspective", [0.0, 0.06])
def test_a_table_in_a_photo_has_its_rows_columns_and_empty_cells(
    degrees: float, perspective: float
) -> None:
    photo = photographed(table(MARKS), degrees=degrees, perspective=perspective)

    reading = read(photo)

    assert (reading.rows, reading.columns) == (5, 4)
    assert filled(reading) == EXPECTED


def test_faint_thin_rules_are_found() -> None:
    page = table(MARKS, rule=1)
    faint = cv2.addWeighted(page, 0.75, np.full_like(page, 238), 0.25, 0)

    assert filled(read(faint)) == EXPECTED


def test_strokes_below_one_another_are_no_rule() -> None:
    reading = read(table([["1", "1"], ["1", "1"], ["1", "1"], ["1", "1"]]))

    assert (reading.rows, reading.columns) == (4, 2)
    assert all(text for row in reading.table() for text in row)


def test_a_cell_that_spans_columns_is_one_cell() -> None:
    page = table([["7", ""], ["3", "4"], ["5", "6"]], left=120, top=160)
    gap = (120 + CELL[0], 160)
    cv2.rectangle(
        page, (gap[0] - 3, gap[1] + 4), (gap[0] + 3, gap[1] + CELL[1] - 4), (238, 236, 230), -1
    )

    reading = read(page)

    first = [cell for cell in reading.cells if cell.row == 0]
    assert [(cell.column, cell.column_span) for cell in first] == [(0, 2)]
    assert (reading.rows, reading.columns) == (3, 2)


def test_an_account_book_with_rules_between_columns_alone_has_a_row_for_each_line() -> None:
    page = blank(560, 620)
    for x in (100, 240, 380, 500):
        line(page, (x, 60), (x, 560))
    for y in (60, 560):
        line(page, (100, y), (500, y))
    for row in range(5):
        for x in (120, 260, 400):
            write(page, "42" if row != 3 or x != 260 else "", (x, 130 + 95 * row))

    reading = read(page)

    assert (reading.rows, reading.columns) == (5, 3)
    assert reading.table()[3] == ["7", "", "7"]
    assert sum(bool(text) for row in reading.table() for text in row) == 14


def test_upright_rules_alone_part_columns_and_the_edges_of_the_page_hold_writing_too() -> None:
    page = blank(620, 700)
    for x in (110, 220, 330, 440):
        line(page, (x, 40), (x, 660), 2)
    for row in range(5):
        for column in range(5):
            if (row, column) != (3, 2):  # the numbers are as close to each other as to the rules
                write(page, "4280", (5 + 110 * column, 120 + 110 * row), size=1.2)

    reading = read(page)

    assert (reading.rows, reading.columns) == (5, 5)
    assert reading.table()[3] == ["7", "7", "", "7", "7"]
    assert sum(bool(text) for row in reading.table() for text in row) == 24


def test_a_stroke_that_is_lighter_between_two_dark_ones_belongs_to_them() -> None:
    page = blank(500, 400)
    cv2.line(page, (200, 120), (200, 195), (165, 163, 162), 6)
    for start, end in (((150, 120), (200, 120)), ((200, 120), (200, 150))):
        cv2.line(page, start, end, INK, 6)
    cv2.line(page, (200, 165), (250, 260), INK, 6)

    ink = measure_ink(page)
    writing = find_writing(ink, find_rules(ink.faint))

    assert [piece.box.height > 120 for piece in writing.pieces] == [True]


def test_numbers_without_rules_stand_in_rows_and_columns() -> None:
    page = blank(900, 700)
    for row in range(4):
        for column in range(3):
            if (row, column) != (2, 1):
                write(page, "35", (90 + 280 * column, 120 + 150 * row), size=2.2)

    reading = read(page)

    assert filled(reading) == [[True] * 3, [True] * 3, [True, False, True], [True] * 3]


def test_a_digit_that_crosses_a_rule_keeps_its_strokes() -> None:
    page = table([["", ""], ["", ""]], rule=3)
    cv2.circle(page, (175, 236), 26, (45, 40, 60), 5)  # a zero on the rule between two rows
    reader = SevenReader()

    reading = SheetReader(reader).read(page)

    assert len(reading.numbers) == 1
    crop = reader.crops[-1]
    _, hierarchy = cv2.findContours(
        (crop < 128).astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE
    )
    assert hierarchy is not None
    assert (hierarchy[0][:, 3] >= 0).any(), "the ring is closed"


def test_a_blank_page_has_no_cells() -> None:
    assert read(blank(800, 1000)).cells == ()


def test_the_digits_of_a_photographed_table_are_read(network: Path) -> None:
    reader = SheetReader(ComponentCellReader(Classifier.load(network)))

    reading = reader.read(photographed(table(MARKS), degrees=5))

    right = sum(
        a == b
        for row, texts in zip(reading.table(), MARKS, strict=True)
        for a, b in zip(row, texts, strict=True)
    )
    assert right >= 18, "of 20 cells"
    assert all(cell.is_unsure or cell.confidence >= 0.9 for cell in reading.numbers)


@pytest.mark.parametrize("quarter_turns", [1, 2, 3])
def test_a_page_that_lies_sideways_or_upside_down_is_turned(
    quarter_turns: int,
) -> None:
    page = np.ascontiguousarray(np.rot90(table(MARKS), quarter_turns))
    reader = SheetReader(ComponentCellReader(Classifier.load(SHIPPED)))

    reading = reader.read(photographed(page))

    assert (reading.rows, reading.columns) == (5, 4)
    assert filled(reading) == EXPECTED


def test_printed_counts_of_a_heading_are_print() -> None:
    reader = TextReader({0: "1", 1: "2", 2: "3", 3: "4"})

    reading = SheetReader(reader).read(table([["1", "2", "3", "4"], ["8", "5", "5", "6"]]))

    assert [cell.kind for cell in reading.cells if cell.row == 0] == [CellKind.PRINT] * 4
    assert reading.table()[0] == [""] * 4


@pytest.mark.parametrize("count", [4, 5])
def test_many_numbers_that_count_on_above_columns_are_print(count: int) -> None:
    years = [str(1900 + number) for number in range(count)]
    texts = [["7"] * count, years, ["7"] * count]
    reader = TextReader(dict(enumerate(text for row in texts for text in row)))

    reading = SheetReader(reader).read(table(texts))

    are_print = [cell.kind is CellKind.PRINT for cell in reading.cells if cell.row == 1]
    assert are_print == [count == 5] * count


class TextReader:
    """Reads the crops as these texts, by their number; the others as 7."""

    def __init__(self, texts: dict[int, str]) -> None:
        self.texts = texts

    def read_cells(self, crops: Sequence[Image]) -> list[CellText]:
        return [CellText(self.texts.get(number, "7"), 1.0) for number in range(len(crops))]


def test_a_gap_is_shown_and_makes_the_number_unsure() -> None:
    reading = SheetReader(TextReader({0: "4?2"})).read(table([["482", "5"], ["6", "7"]]))

    first = reading.cells[0]
    assert (first.text, first.is_unsure) == ("4?2", True)


def test_a_page_with_very_many_words_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("worker.recognition.sheets.sheet_reader.MAX_READ", 6)
    reading = read(table(MARKS))

    assert len(reading.numbers) == 6
    assert not reading.is_complete


def test_the_rules_of_noise_are_bounded() -> None:
    noise = np.random.default_rng(1).random((1500, 1500)) > 0.5

    rules = find_rules(noise)

    assert max(len(rules.level), len(rules.upright)) <= MAX_RULES
