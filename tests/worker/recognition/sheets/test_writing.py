"""Writing on a page is told from the texture of its paper."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.worker.recognition.sheets.drawn_sheets import blank, write
from worker.recognition.arrays import Image
from worker.recognition.sheets.page_ink import measure_ink
from worker.recognition.sheets.rules import find_rules
from worker.recognition.sheets.writing import find_writing


def on_textured_paper(texts: list[str], *, amplitude: float, size: float) -> Image:
    """Numbers on paper with a grain of so many grey levels, and so many pixels."""
    page = blank(900, 1100)
    for row, text in enumerate(texts):
        write(page, text, (200 + 60 * row, 300 + 200 * row))
    grain = np.random.default_rng(1).standard_normal(page.shape[:2]).astype(np.float32)
    grain = np.asarray(cv2.GaussianBlur(grain, (0, 0), size), np.float32)
    grain *= amplitude / grain.std()
    return np.asarray(np.clip(page + grain[..., None], 0, 255), np.uint8)


@pytest.mark.parametrize(("amplitude", "size"), [(6, 0.8), (6, 1.2), (9, 1.2), (16, 0.8)])
def test_the_grain_of_paper_is_no_writing(amplitude: float, size: float) -> None:
    ink = measure_ink(on_textured_paper(["70", "16"], amplitude=amplitude, size=size))

    writing = find_writing(ink, find_rules(ink.faint))

    assert len(writing.pieces) == 4
    assert min(piece.box.height for piece in writing.pieces) > 20


@pytest.mark.parametrize(("amplitude", "size"), [(4.5, 0.8), (3.5, 1.2)])
def test_the_noise_in_the_dark_part_of_a_photograph_is_no_writing(
    amplitude: float, size: float
) -> None:
    page = on_textured_paper(["70", "16"], amplitude=0.1, size=1.0).astype(np.float32)
    light = np.linspace(0.45, 0.25, page.shape[1], dtype=np.float32)[None, :, None]
    grain = np.random.default_rng(2).standard_normal(page.shape[:2]).astype(np.float32)
    grain = np.asarray(cv2.GaussianBlur(grain, (0, 0), size), np.float32)
    grain *= np.linspace(1.0, amplitude, page.shape[1], dtype=np.float32) / grain.std()
    ink = measure_ink(np.asarray(np.clip(page * light + grain[..., None], 0, 255), np.uint8))

    writing = find_writing(ink, find_rules(ink.faint))

    assert len(writing.pieces) == 4
    assert min(piece.box.height for piece in writing.pieces) > 20
