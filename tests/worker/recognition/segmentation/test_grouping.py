"""Grouping: every digit of a number is found, in reading order, and nothing else is."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.support.pictures import opened
from tests.worker.recognition.drawn_pages import (
    blank_page,
    correlation,
    file_of,
    glyphs_in,
    only_ink_in,
    ruled,
    shadowed,
    with_text,
)
from worker.recognition.page.binarisation import binarise
from worker.recognition.reading import Glyph
from worker.recognition.segmentation.grouping import find_glyphs


def rows_in(glyphs: list[Glyph]) -> list[int]:
    """How many glyphs each row has."""
    return [
        sum(glyph.row == row for glyph in glyphs) for row in range(1 + max(g.row for g in glyphs))
    ]


def test_the_digits_of_a_number_come_from_left_to_right() -> None:
    glyphs = glyphs_in(with_text(blank_page(300, 900), "74213", (60, 220), scale=6))

    assert rows_in(glyphs) == [5]
    assert [g.box.x for g in glyphs] == sorted(g.box.x for g in glyphs)
    assert correlation(glyphs[0].ink, only_ink_in(with_text(blank_page(), "7", scale=6))) > 0.95


def test_rows_come_from_top_to_bottom() -> None:
    page = with_text(blank_page(900, 700), "12", (100, 250), scale=6)
    page = with_text(page, "345", (60, 520), scale=6)
    page = with_text(page, "6", (300, 800), scale=6)

    assert rows_in(glyphs_in(page)) == [2, 3, 1]


def test_a_slanting_row_is_one_row() -> None:
    page = blank_page(700, 1200)
    for place, digit in enumerate("123456"):
        page = with_text(page, digit, (60 + 180 * place, 220 + 70 * place), scale=5)

    assert rows_in(glyphs_in(page)) == [6]


def test_digits_of_different_sizes_stand_in_one_row() -> None:
    page = with_text(blank_page(400, 800), "5", (60, 300), scale=8)
    page = with_text(page, "3", (300, 290), scale=5)
    page = with_text(page, "8", (500, 300), scale=8)

    assert rows_in(glyphs_in(page)) == [3]


def test_numbers_are_found_on_squared_paper_in_shadow() -> None:
    page = with_text(shadowed(ruled(blank_page(500, 900), 60, squared=True)), "2907", (80, 320))

    assert rows_in(glyphs_in(page)) == [4]


def test_dots_commas_and_specks_are_no_digits() -> None:
    page = with_text(blank_page(400, 700), "4", (80, 300))
    page = with_text(page, "2", (430, 300))
    cv2.circle(page, (330, 300), 9, (40, 40, 70), -1)
    for x, y in ((30, 40), (600, 60), (650, 380)):
        cv2.circle(page, (x, y), 3, (40, 40, 70), -1)

    assert rows_in(glyphs_in(page)) == [2]


def test_an_underline_is_no_digit() -> None:
    page = with_text(blank_page(400, 700), "42", (120, 250))
    cv2.line(page, (80, 320), (500, 325), (40, 40, 70), 8)

    assert rows_in(glyphs_in(page)) == [2]


def test_a_five_whose_bar_stands_apart_is_one_digit() -> None:
    page = blank_page()
    cv2.line(page, (150, 110), (270, 105), (40, 40, 70), 12)
    cv2.line(page, (150, 128), (145, 185), (40, 40, 70), 12)
    cv2.ellipse(page, (195, 245), (65, 60), 0, -130, 130, (40, 40, 70), 12)

    assert rows_in(glyphs_in(page)) == [1]


def test_a_broken_stroke_is_one_digit() -> None:
    page = with_text(blank_page(), "0")
    page[196:204] = blank_page()[196:204]

    assert rows_in(glyphs_in(page)) == [1]


def test_a_slashed_zero_is_one_digit() -> None:
    page = with_text(blank_page(), "0")
    cv2.line(page, (135, 290), (255, 120), (40, 40, 70), 12)

    assert rows_in(glyphs_in(page)) == [1]


def test_a_digit_that_fills_the_picture_to_its_edges_is_found() -> None:
    page = with_text(np.full((180, 150, 3), 255, np.uint8), "3", (2, 172), scale=7.6, pen=18)

    assert rows_in(glyphs_in(page)) == [1]


def test_a_hand_at_the_edge_is_not_read() -> None:
    page = with_text(blank_page(500, 500), "6", (170, 270))
    cv2.ellipse(page, (470, 480), (130, 90), -35, 0, 360, (140, 100, 80), -1)

    (glyph,) = glyphs_in(page)

    assert glyph.box.x + glyph.box.width < 340


def test_a_printed_frame_is_not_read() -> None:
    page = with_text(blank_page(), "5", ink=(150, 150, 150))
    cv2.rectangle(page, (6, 6), (393, 393), (30, 30, 30), 12)

    (glyph,) = glyphs_in(page)

    assert glyph.box.width < 250


@pytest.mark.parametrize("quarter_turns", [0, 1, 2, 3])
def test_a_sideways_page_is_grouped_after_its_rotation(quarter_turns: int) -> None:
    upright = with_text(blank_page(500, 700), "47", (80, 230), scale=6)
    upright = with_text(upright, "25", (80, 450), scale=6)
    wanted = glyphs_in(upright)
    sideways = binarise(opened(file_of(np.rot90(upright, -quarter_turns))))

    got = find_glyphs(sideways, quarter_turns)

    assert isinstance(got, list)
    assert rows_in(got) == [2, 2]
    for one, other in zip(got, wanted, strict=True):
        assert correlation(one.ink, other.ink) > 0.9
        x, y, width, height = one.box
        ink_at_box = sideways.ink[y : y + height, x : x + width]
        assert ink_at_box.sum() > 0.9 * sideways.ink.sum() / 6
        assert sorted((width, height)) == pytest.approx(sorted(other.box[2:]), abs=3)
