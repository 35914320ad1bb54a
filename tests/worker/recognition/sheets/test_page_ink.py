"""The ink of a page is told from its paper, whatever the colours of both."""

from __future__ import annotations

import numpy as np
import pytest

from tests.worker.recognition.sheets.drawn_sheets import table
from worker.recognition.arrays import Image
from worker.recognition.sheets.page_ink import measure_ink

TABLE = table([["3", "7", "42"], ["5", "8", ""], ["6", "", "9"]])
INK = TABLE.max(axis=2) < 100


def on(paper: tuple[int, int, int]) -> Image:
    return np.asarray(TABLE.astype(np.float32) / 240 * paper, np.uint8)


@pytest.mark.parametrize("paper", [(240, 240, 240), (96, 120, 205), (90, 130, 100), (60, 60, 70)])
@pytest.mark.parametrize("edge", [250, 5])
def test_dark_ink_on_a_scan_with_light_or_black_edges(
    paper: tuple[int, int, int], edge: int
) -> None:
    page = on(paper)
    page[:, :60] = page[:, -40:] = page[:40] = edge

    ink = measure_ink(page)

    assert np.array_equal(ink.page, page)
    inner = (slice(100, -100), slice(100, -100))
    assert ink.absorbed[inner][INK[inner]].mean() > 0.5
    assert ink.absorbed[inner][~INK[inner]].mean() < 0.1


def test_chalk_on_a_board_is_read_as_dark_on_light() -> None:
    board = np.asarray(255 - TABLE, np.uint8)

    ink = measure_ink(board)

    assert np.array_equal(ink.page, TABLE)
