"""Letterbox: margins around a photograph are removed, and the canvas of a drawing is not."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.support.pictures import opened
from tests.worker.recognition.drawn_pages import (
    Pixels,
    blank_page,
    file_of,
    segment,
    shadowed,
    with_text,
)
from worker.recognition.page.binarisation import binarise
from worker.recognition.page.letterbox import inside_letterbox
from worker.recognition.reading import Box, Refusal
from worker.recognition.segmentation.grouping import find_glyphs


def letterboxed(
    pixels: Pixels, top: int, bottom: int, left: int, right: int, *, level: int = 255
) -> Pixels:
    colour = (level, level, level)
    picture = cv2.copyMakeBorder(
        pixels, top, bottom, left, right, cv2.BORDER_CONSTANT, value=colour
    )
    return np.asarray(picture, np.uint8)


@pytest.mark.parametrize("level", [0, 255, 90])
@pytest.mark.parametrize(
    "margins",
    [
        pytest.param((0, 0, 120, 120), id="left and right"),
        pytest.param((200, 200, 0, 0), id="above and below"),
        pytest.param((24, 24, 24, 24), id="a frame"),
        pytest.param((90, 0, 0, 0), id="above"),
        pytest.param((150, 150, 150, 150), id="a wide frame"),
    ],
)
def test_margins_around_a_photograph_leave_the_same_glyph(
    margins: tuple[int, int, int, int], level: int
) -> None:
    photo = with_text(shadowed(blank_page()), "4")
    alone, top, left = segment(photo)[0], margins[0], margins[2]

    glyphs = segment(letterboxed(photo, *margins, level=level))

    assert len(glyphs) == 1
    assert np.corrcoef(glyphs[0].ink.ravel(), alone.ink.ravel())[0, 1] > 0.9
    expected = np.add(alone.box, (left, top, 0, 0))
    assert np.abs(np.subtract(glyphs[0].box, expected)).max() <= 4


def test_two_margins_may_have_two_colours() -> None:
    photo = letterboxed(with_text(blank_page(), "7"), 80, 0, 0, 0, level=0)

    assert len(segment(letterboxed(photo, 0, 60, 0, 0, level=250))) == 1


@pytest.mark.parametrize("quality", [30, 60, 90])
def test_the_edge_of_a_margin_may_be_blurred_by_jpeg(quality: int) -> None:
    photo = letterboxed(with_text(blank_page(), "3"), 0, 0, 133, 133)

    binarised = binarise(opened(file_of(photo, "JPEG", quality=quality)))
    glyphs = find_glyphs(binarised)

    assert not isinstance(glyphs, Refusal)
    assert len(glyphs) == 1


@pytest.mark.parametrize("text", ["0", "1", "5", "7", "8", "47"])
@pytest.mark.parametrize(("paper", "ink"), [(255, 0), (0, 255)])
@pytest.mark.parametrize("crop", [4, 40])
def test_a_drawing_on_a_plain_canvas_has_no_margins(
    text: str, paper: int, ink: int, crop: int
) -> None:
    canvas = np.full((400, 600, 3), paper, np.uint8)
    drawing = with_text(canvas, text, ink=(ink, ink, ink))
    rows, columns = np.nonzero((drawing != paper).any(axis=2))
    close = drawing[
        rows.min() - crop : rows.max() + crop + 1, columns.min() - crop : columns.max() + crop + 1
    ]

    assert inside_letterbox(close) == Box(0, 0, close.shape[1], close.shape[0])


def test_a_straight_stroke_is_no_photograph_between_margins() -> None:
    canvas = np.full((300, 300, 3), 255, np.uint8)
    canvas[40:260, 130:170] = 0

    assert inside_letterbox(canvas) == Box(0, 0, 300, 300)


@pytest.mark.parametrize("side", [1, 2, 5])
def test_a_picture_of_a_few_pixels_has_no_margins(side: int) -> None:
    pixels = np.random.default_rng(5).integers(0, 255, (side, side, 3)).astype(np.uint8)

    assert inside_letterbox(pixels) == Box(0, 0, side, side)
