"""Two networks read each cell; where they disagree, the number is unsure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from worker.recognition.arrays import Image
from worker.recognition.sheets.cell_reader import CellText
from worker.recognition.sheets.confirmed_cell_reader import DISAGREEING, ConfirmedCellReader

CROP = np.full((40, 60), 255, np.uint8)


class Says:
    """Reads every crop as this text."""

    def __init__(self, text: str, confidence: float) -> None:
        self.answer = CellText(text, confidence)

    def read_cells(self, crops: Sequence[Image]) -> list[CellText]:
        return [self.answer for _ in crops]


def confidence_of(text: str, confidence: float, other: str) -> float:
    reader = ConfirmedCellReader(Says(text, confidence), Says(other, 0.99))
    [answer] = reader.read_cells([CROP])
    assert answer.text == text
    return answer.confidence


def test_a_text_that_both_read_keeps_its_confidence() -> None:
    assert confidence_of("5.23", 0.97, "523") == 0.97


@pytest.mark.parametrize("other", ["413", "13", "4137"])
def test_a_text_that_the_classifier_reads_otherwise_is_unsure(other: str) -> None:
    assert confidence_of("412", 0.93, other) == DISAGREEING


def test_touching_digits_are_left_to_the_string_network_where_it_is_certain() -> None:
    assert confidence_of("412", 0.97, "42") == 0.97
    assert confidence_of("412", 0.97, "413") == DISAGREEING  # as many digits, and another one
    assert confidence_of("4", 0.97, "42") == DISAGREEING


@pytest.mark.parametrize("other", ["412", "41", "4"])
def test_the_parts_of_a_fraction_are_no_disagreement(other: str) -> None:
    assert confidence_of("4½", 0.92, other) == 0.92
    assert confidence_of("3½", 0.92, other) == DISAGREEING
