"""Promises about whole numbers: every digit is found, in reading order, and nothing else is."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.support.pictures import opened
from tests.worker.recognition.drawn_pages import (
    file_of,
    glyphs_in,
    likeness,
    only_ink_in,
    ruled,
    shadowed,
    sheet,
    written,
)
from worker.recognition.page.binarisation import binarise
from worker.recognition.reading import Glyph
from worker.recognition.segmentation.grouping import find_glyphs, found_step


def rows_in(glyphs: list[Glyph]) -> list[int]:
    """How many glyphs each row has."""
    return [
        sum(glyph.row == row for glyph in glyphs) for row in range(1 + max(g.row for g in glyphs))
    ]


def test_the_digits_of_a_number_come_from_left_to_right() -> None:
    glyphs = glyphs_in(written(sheet(300, 900), "74213", (60, 220), scale=6))

    assert rows_in(glyphs) == [5]
    assert [g.box.x for g in glyphs] == sorted(g.box.x for g in glyphs)
    assert likeness(glyphs[0].ink, only_ink_in(written(sheet(), "7", scale=6))) > 0.95


def test_rows_come_from_top_to_bottom() -> None:
    page = written(sheet(900, 700), "12", (100, 250), scale=6)
    page = written(page, "345", (60, 520), scale=6)
    page = written(page, "6", (300, 800), scale=6)

    assert rows_in(glyphs_in(page)) == [2, 3, 1]


def test_a_slanting_row_is_one_row() -> None:
    page = sheet(700, 1200)
    for place, digit in enumerate("123456"):
        page = written(page, digit, (60 + 180 * place, 220 + 70 * place), scale=5)

    assert rows_in(glyphs_in(page)) == [6]


def test_digits_of_different_sizes_stand_in_one_row() -> None:
    page = written(sheet(400, 800), "5", (60, 300), scale=8)
    page = written(page, "3", (300, 290), scale=5)
    page = written(page, "8", (500, 300), scale=8)

    assert rows_in(glyphs_in(page)) == [3]


def test_numbers_are_found_on_squared_paper_in_shadow() -> None:
    page = written(shadowed(ruled(sheet(500, 900), 60, squared=True)), "2907", (80, 320))

    assert rows_in(glyphs_in(page)) == [4]


def test_dots_commas_and_specks_are_no_digits() -> None:
    page = written(sheet(400, 700), "4", (80, 300))
    page = written(page, "2", (430, 300))
    cv2.circle(page, (330, 300), 9, (40, 40, 70), -1)
    for x, y in ((30, 40), (600, 60), (650, 380)):
        cv2.circle(page, (x, y), 3, (40, 40, 70), -1)

    assert rows_in(glyphs_in(page)) == [2]


def test_an_underline_is_no_digit() -> None:
    page = written(sheet(400, 700), "42", (120, 250))
    cv2.line(page, (80, 320), (500, 325), (40, 40, 70), 8)

    assert rows_in(glyphs_in(page)) == [2]


def test_a_five_whose_bar_stands_apart_is_one_digit() -> None:
    page = sheet()
    cv2.line(page, (150, 110), (270, 105), (40, 40, 70), 12)
    cv2.line(page, (150, 128), (145, 185), (40, 40, 70), 12)
    cv2.ellipse(page, (195, 245), (65, 60), 0, -130, 130, (40, 40, 70), 12)

    assert rows_in(glyphs_in(page)) == [1]


def test_a_broken_stroke_is_one_digit() -> None:
    page = written(sheet(), "0")
    page[196:204] = sheet()[196:204]

    assert rows_in(glyphs_in(page)) == [1]


def test_a_slashed_zero_is_one_digit() -> None:
    page = written(sheet(), "0")
    cv2.line(page, (135, 290), (255, 120), (40, 40, 70), 12)

    assert rows_in(glyphs_in(page)) == [1]


def test_a_digit_that_fills_the_picture_to_its_edges_survives() -> None:
    page = written(np.full((180, 150, 3), 255, np.uint8), "3", (2, 172), scale=7.6, pen=18)

    assert rows_in(glyphs_in(page)) == [1]


def test_a_hand_at_the_edge_is_not_read() -> None:
    page = written(sheet(500, 500), "6", (170, 270))
    cv2.ellipse(page, (470, 480), (130, 90), -35, 0, 360, (140, 100, 80), -1)

    (glyph,) = glyphs_in(page)

    assert glyph.box.x + glyph.box.width < 340


def test_a_printed_frame_is_not_read() -> None:
    page = written(sheet(), "5", ink=(150, 150, 150))
    cv2.rectangle(page, (6, 6), (393, 393), (30, 30, 30), 12)

    (glyph,) = glyphs_in(page)

    assert glyph.box.width < 250


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_a_page_that_lies_can_be_turned_without_finding_its_ink_anew(quarters: int) -> None:
    upright = written(sheet(500, 700), "47", (80, 230), scale=6)
    upright = written(upright, "25", (80, 450), scale=6)
    wanted = glyphs_in(upright)
    lying = binarise(opened(file_of(np.rot90(upright, -quarters))))

    got = find_glyphs(lying, quarters)

    assert isinstance(got, list)
    assert rows_in(got) == [2, 2]
    for one, other in zip(got, wanted, strict=True):
        assert likeness(one.ink, other.ink) > 0.9
        x, y, width, height = one.box
        ink_at_box = lying.ink[y : y + height, x : x + width]
        assert ink_at_box.sum() > 0.9 * lying.ink.sum() / 6
        assert sorted((width, height)) == pytest.approx(sorted(other.box[2:]), abs=3)


def test_the_last_step_shows_where_the_digits_are() -> None:
    traces = binarise(opened(file_of(written(sheet(), "5"))))
    glyphs = find_glyphs(traces)
    assert isinstance(glyphs, list)

    step = found_step(traces, glyphs)

    assert step.name == "found"
    assert (step.image != traces.steps[0].image).any()
