"""Printed sheets: what Cifra prints, it finds again by its corner marks, however it lies."""

from __future__ import annotations

import re

import cv2
import numpy as np
import pytest

from tests.worker.recognition.sheets.drawn_sheets import blank, photographed, table, write
from tests.worker.recognition.sheets.test_sheet_reader import SevenReader
from webapp.sheets.printable import HEIGHT, WIDTH, PrintableSheet, as_pdf
from worker.recognition.arrays import Image
from worker.recognition.sheets.corner_marks import find_corner_marks
from worker.recognition.sheets.sheet_reader import SheetReader

SCALE = 2.0  # pixels of a printed page for each point
SQUARE = re.compile(r"(\d) g ([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+) re f")
LINE = re.compile(r"([\d.]+) ([\d.]+) m ([\d.]+) ([\d.]+) l S")
TEXT = re.compile(r"/F ([\d.]+) Tf \d+ Tz ([\d.]+) ([\d.]+) Td \((.*)\) Tj")
SHEET = PrintableSheet("Test of maths", ["Task 1", "Task 2", "Total"], rows=8)


def printed(sheet: PrintableSheet) -> Image:
    """The squares, lines and texts of the PDF, as a printer would draw them."""
    page = np.full((round(HEIGHT * SCALE), round(WIDTH * SCALE), 3), 245, np.uint8)
    for command in as_pdf(sheet).decode("cp1252").splitlines():
        if match := SQUARE.fullmatch(command):
            grey, x, y, width, height = (float(value) for value in match.groups())
            corners = pixels(x, y + height), pixels(x + width, y)
            cv2.rectangle(page, *corners, (245 * grey,) * 3, -1)
        elif match := LINE.fullmatch(command):
            x1, y1, x2, y2 = (float(value) for value in match.groups())
            cv2.line(page, pixels(x1, y1), pixels(x2, y2), (90, 90, 90), 2)
        elif match := TEXT.search(command):
            place = pixels(float(match[2]), float(match[3]))
            cv2.putText(page, match[4], place, cv2.FONT_HERSHEY_SIMPLEX, 0.6, (20, 20, 20), 1)
    return page


def pixels(x: float, y: float) -> tuple[int, int]:
    return round(x * SCALE), round((HEIGHT - y) * SCALE)


def filled_in() -> Image:
    """The sheet with numbers in the first two rows: 7 and 42, and nothing and 5."""
    page = printed(SHEET)
    for text, x, y in (("7", 300, 340), ("42", 640, 340), ("5", 640, 406)):
        write(page, text, (x, y))
    return page


@pytest.mark.parametrize("degrees", [0, 8, 90, 180, 200, 270])
def test_a_printed_sheet_is_read_however_it_lies(degrees: float) -> None:
    photo = photographed(filled_in(), degrees=degrees, perspective=0.04)

    reading = SheetReader(SevenReader()).read(photo)

    assert (reading.rows, reading.columns) == (9, 4)
    filled = {(cell.row, cell.column) for cell in reading.numbers}
    assert filled == {(1, 1), (1, 2), (2, 2)}


def test_four_marks_are_found_clockwise_from_the_upper_left() -> None:
    corners = find_corner_marks(photographed(printed(SHEET), degrees=180))

    assert corners is not None
    upper_left, upper_right, lower_right, lower_left = corners
    assert upper_left[0] > upper_right[0], "the page lies upside down"
    assert upper_left[1] > lower_left[1]
    assert lower_right[1] < upper_right[1]


def test_a_page_without_marks_has_none() -> None:
    assert find_corner_marks(blank(900, 1200)) is None


def test_a_sheet_with_a_covered_mark_is_read_as_any_page() -> None:
    page = filled_in()
    cv2.rectangle(page, (0, 0), (140, 140), (245, 245, 245), -1)

    reading = SheetReader(SevenReader()).read(photographed(page, degrees=3))

    assert (2, 2) in {(cell.row % 9, cell.column) for cell in reading.numbers}


def test_a_form_with_small_marks_of_its_own_is_read_as_any_page() -> None:
    page = table([["7", "42", "5", "1", "9"], ["", "5", "", "6", "2"], *([["3"] * 5] * 4)])
    height, width = page.shape[:2]
    middles = [(30, 30), (width - 30, 30), (30, height - 30), (width - 30, height - 30)]
    for x, y in middles:
        for half, grey in ((8, 20), (5, 240), (2, 20 if (x, y) != middles[-1] else 240)):
            cv2.rectangle(page, (x - half, y - half), (x + half, y + half), (grey,) * 3, -1)

    assert find_corner_marks(page) is None
    assert len(SheetReader(SevenReader()).read(page).numbers) == 28
