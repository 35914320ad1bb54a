"""The policy: which glyphs are answered, dropped and refused."""

from __future__ import annotations

import numpy as np

from worker.recognition.network.calibration import Calibration
from worker.recognition.policy import decide, is_convincing
from worker.recognition.reading import Box, DigitReading, Glyph, Reading, Refusal

CALIBRATION = Calibration(refuse_below=0.9, unsure_below=0.5)


def digit(
    label: int, *, confidence: float = 0.99, in_distribution_score: float = 0.99, row: int = 0
) -> DigitReading:
    glyph = Glyph(Box(0, 0, 10, 20), row, np.zeros((28, 28), np.float32))
    return DigitReading(glyph, label, confidence, (0.1,) * 10, in_distribution_score)


def test_a_clear_digit_is_answered() -> None:
    kept, refusal = decide([digit(7)], CALIBRATION)
    assert [d.label for d in kept] == [7]
    assert refusal is None


def test_a_glyph_unlike_digits_beside_a_number_is_dropped() -> None:
    kept, refusal = decide([digit(4), digit(2), digit(1, in_distribution_score=0.1)], CALIBRATION)
    assert [d.label for d in kept] == [4, 2]
    assert refusal is None


def test_a_refusal_of_a_picture_unlike_digits_keeps_all_glyphs() -> None:
    kept, refusal = decide([digit(4), digit(1, in_distribution_score=0.1)], CALIBRATION)
    assert refusal is Refusal.UNLIKE_DIGITS
    assert len(kept) == 2


def test_one_unsure_digit_makes_the_number_unsure() -> None:
    assert decide([digit(4), digit(9, confidence=0.4)], CALIBRATION)[1] is Refusal.UNSURE


def test_a_split_must_convince_with_every_piece() -> None:
    assert is_convincing(
        [digit(4, in_distribution_score=0.9995), digit(2, in_distribution_score=0.9995)]
    )
    assert not is_convincing(
        [digit(4, in_distribution_score=0.9995), digit(2, in_distribution_score=0.99)]
    )


def test_a_rotated_single_glyph_must_convince_more() -> None:
    """A sideways alpha is nearly an 8."""
    assert is_convincing([digit(7, in_distribution_score=0.9995, confidence=0.995)])
    assert not is_convincing([digit(8, in_distribution_score=0.9995, confidence=0.98)])
    assert is_convincing([digit(8, in_distribution_score=0.9995, confidence=0.98)] * 2)


def test_the_rows_of_a_number_are_separated_by_a_bar() -> None:
    reading = Reading((digit(1), digit(2), digit(3, row=1)), size=(1, 1))
    assert reading.number == "12|3"
    assert Reading((digit(1),), Refusal.UNSURE, size=(1, 1)).number is None
