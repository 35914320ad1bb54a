"""Ruled lines: a family of parallel lines is removed, and long strokes of other slopes stay."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from worker.recognition.page.ruled_lines import remove_ruled_lines


def inked(slopes: Sequence[float]) -> tuple[np.ndarray, np.ndarray]:
    """Long thin faint lines of these slopes beside dark writing: the ink and its absorption."""
    absorbed = np.zeros((500, 700), np.float32)
    for number, slope in enumerate(slopes):
        middle = 90 + 90 * number
        ends = (60, round(middle - 290 * slope)), (640, round(middle + 290 * slope))
        cv2.line(absorbed, *ends, 0.3, 3)
    cv2.rectangle(absorbed, (300, 440), (420, 490), 0.9, cv2.FILLED)
    return absorbed > 0.1, absorbed


def share_left(slopes: Sequence[float]) -> float:
    ink, absorbed = inked(slopes)
    is_line = ink & (absorbed < 0.5)
    return float(remove_ruled_lines(ink, ink, absorbed)[is_line].mean())


def test_parallel_lines_that_do_not_reach_the_edges_are_removed() -> None:
    assert share_left([0.02, 0.02, 0.02, 0.02]) < 0.1
    assert share_left([0.0, 0.01, 0.02, 0.03]) < 0.1, "seen from an angle"


def test_long_strokes_of_different_slopes_are_no_ruled_lines() -> None:
    assert share_left([-0.25, -0.1, 0.05, 0.2]) == 1.0


def test_the_bar_of_a_seven_is_no_ruled_line_beside_a_few_lines_of_another_slope() -> None:
    assert share_left([0.0, 0.0, 0.0, 0.2]) == 1.0
