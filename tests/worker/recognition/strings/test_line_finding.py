"""Where a number is on a page: with its points, without the remains of other lines, tilted."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.support.pictures import opened
from tests.worker.recognition.drawn_pages import (
    Pixels,
    blank_page,
    file_of,
    rotated_by,
    with_text,
)
from worker.recognition.page.binarisation import binarise
from worker.recognition.reading import Refusal
from worker.recognition.segmentation.components import PageComponents, find_components
from worker.recognition.strings.cutting import cut_digits
from worker.recognition.strings.line_finding import find_line
from worker.recognition.strings.line_image import cut_line
from worker.recognition.strings.recogniser import Symbol


def page_of(pixels: Pixels) -> PageComponents:
    found = find_components(binarise(opened(file_of(pixels))))
    assert not isinstance(found, Refusal)
    return found


def test_the_points_of_a_number_are_within_its_line() -> None:
    found = page_of(with_text(blank_page(400, 900), "5.23"))

    line = find_line(found)

    assert line is not None
    assert len(line.marks) == 4
    assert line.tilt == 0


def test_two_rows_are_no_line() -> None:
    page = with_text(blank_page(800, 600), "42", at=(120, 300))

    assert find_line(page_of(with_text(page, "73", at=(120, 650)))) is None


def test_the_remains_of_another_line_at_the_border_are_left_out() -> None:
    page = with_text(blank_page(400, 700), "42", at=(150, 290))
    cv2.line(page, (320, 0), (322, 60), (40, 40, 70), 14)

    line = find_line(page_of(page))

    assert line is not None
    assert line.box.y > 60


def test_a_digit_that_runs_over_the_border_is_within_the_line() -> None:
    page = with_text(blank_page(400, 900), "424", at=(130, 280))
    cv2.line(page, (740, 140), (740, 400), (40, 40, 70), 14)
    cv2.circle(page, (710, 170), 40, (40, 40, 70), 14)

    line = find_line(page_of(page))

    assert line is not None
    assert line.box.x + line.box.width > 740


@pytest.mark.parametrize("degrees", [-25, 12, 30])
def test_a_tilted_line_is_turned_upright(degrees: int) -> None:
    page = rotated_by(degrees, with_text(blank_page(900, 1000), "4532", at=(220, 500)))

    line = find_line(page_of(page))

    assert line is not None
    assert line.tilt == pytest.approx(-degrees, abs=5)
    assert line.box.width > 2 * line.box.height


def test_a_digit_is_cut_out_of_its_box() -> None:
    page = with_text(blank_page(400, 400), "7", at=(140, 280))
    cv2.rectangle(page, (80, 60), (320, 340), (40, 40, 70), 6)
    found = page_of(page)
    line = find_line(found)
    assert line is not None
    image = cut_line(found.page, line.box, line.tilt)

    (glyph,) = cut_digits(found.page, image, [Symbol("7", 0.9, image.width / 2)], row=0)

    assert glyph.box.width < 200
    corners = glyph.ink[[4, 4, 23, 23], [4, 23, 4, 23]]
    assert np.count_nonzero(corners) <= 2  # no box around it
    assert glyph.ink.max() > 0.8


def test_digits_are_cut_between_the_places_where_they_were_read() -> None:
    found = page_of(with_text(blank_page(400, 700), "47", at=(150, 290)))
    line = find_line(found)
    assert line is not None
    image = cut_line(found.page, line.box)
    quarter = image.width / 4

    four, point, seven = (Symbol("4", 1, quarter), Symbol(".", 1, 2 * quarter),
                          Symbol("7", 1, 3 * quarter))  # fmt: skip
    left, right = cut_digits(found.page, image, [four, point, seven], row=2)

    assert left.box.x + left.box.width <= right.box.x
    assert (left.row, right.row) == (2, 2)
    assert min(left.ink.max(), right.ink.max()) > 0.8
