"""Cells read by the string network."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from worker.recognition.arrays import Image
from worker.recognition.sheets.string_cell_reader import StringCellReader
from worker.recognition.strings.recogniser import StringRecogniser

SHIPPED = Path(__file__).parents[4] / "models" / "strings.keras"


def crop_of(text: str) -> Image:
    """Dark ink on white, (60, width) uint8."""
    paper = np.full((60, 40 + 32 * len(text)), 255, np.uint8)
    cv2.putText(paper, text, (14, 46), cv2.FONT_HERSHEY_SIMPLEX, 1.4, 30, 3, cv2.LINE_AA)
    return paper


def test_cells_are_read_with_their_signs_and_an_empty_one_stays_empty() -> None:
    reader = StringCellReader(StringRecogniser.load(SHIPPED))
    empty = np.full((60, 90), 255, np.uint8)

    decimal, nothing, number = reader.read_cells([crop_of("7.5"), empty, crop_of("42")])

    assert decimal.text == "7.5"
    assert number.text == "42"
    assert (nothing.text, nothing.boxes) == ("", ())
    four, two = number.boxes
    assert four.x < two.x
    assert four.x + four.width <= two.x + 2
