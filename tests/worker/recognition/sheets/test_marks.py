"""Marks: strokes are counted, boxes and ticks are told from digits by their shape."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from worker.recognition.arrays import Image
from worker.recognition.sheets.marks import count_of_strokes, is_box, name_of_mark


def drawn(*strokes: list[tuple[int, int]]) -> Image:
    crop = np.full((90, 120), 255, np.uint8)
    for stroke in strokes:
        cv2.polylines(crop, [np.array(stroke, np.int32)], isClosed=False, color=20, thickness=4)
    return crop


DASH = drawn([(20, 45), (90, 42)])
TICK = drawn([(20, 45), (38, 70), (95, 15)])
CROSS = drawn([(25, 15), (85, 75)], [(85, 15), (25, 75)])
BOX = drawn([(25, 20), (85, 20), (85, 70), (25, 70), (25, 20)])
SLASH = drawn([(85, 15), (30, 75)])
UPRIGHT = drawn(*[[(x, 15), (x + 3, 75)] for x in (20, 40, 60, 80)])
LEVEL = drawn(*[[(15, y), (90, y - 3)] for y in (20, 45, 70)])


@pytest.mark.parametrize(
    ("crop", "name"),
    [
        (DASH, "dash"),
        (TICK, "tick"),
        (CROSS, "cross"),
        (BOX, "box"),
        (SLASH, "slash"),
        (UPRIGHT, "strokes 4"),
        (LEVEL, "strokes 3"),
    ],
)
def test_a_mark_has_the_name_of_its_shape(crop: Image, name: str) -> None:
    assert name_of_mark(crop) == name


def test_a_round_zero_is_no_box() -> None:
    zero = np.full((90, 120), 255, np.uint8)
    cv2.ellipse(zero, (60, 45), (22, 32), 0, 0, 360, 20, 4)

    assert not is_box(zero)
    assert count_of_strokes(zero) == 0


def test_strokes_in_different_directions_are_no_tally() -> None:
    assert count_of_strokes(CROSS) == 0
    assert count_of_strokes(drawn([(20, 15), (20, 75)], [(50, 45), (100, 45)])) == 0
