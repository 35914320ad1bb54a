"""Binarisation: the glyph of a digit does not depend on paper, light, ink or file format."""

from __future__ import annotations

import os

import cv2
import numpy as np
import pytest

from tests.worker.recognition.drawn_pages import (
    blank_page,
    correlation,
    glyphs_in,
    lit_from_a_side,
    on_a_desk,
    only_ink_in,
    rotated_by,
    ruled,
    segment,
    shadowed,
    with_text,
)
from worker.recognition.page.page_detection import isolate_page
from worker.recognition.page.working_image import working_image
from worker.recognition.reading import Refusal


def test_a_glyph_has_the_format_of_mnist() -> None:
    ink = only_ink_in(with_text(blank_page(), "5"))

    rows, columns = np.nonzero(ink > 0.1)
    mass_row, mass_column = np.average(np.argwhere(ink > -1), axis=0, weights=ink.ravel())
    assert ink.shape == (28, 28)
    assert ink.dtype == np.float32
    assert ink.min() >= 0 and ink.max() == pytest.approx(1, abs=0.02)
    assert max(np.ptp(rows), np.ptp(columns)) + 1 in (19, 20)
    assert abs(mass_row - 14) <= 0.6 and abs(mass_column - 14) <= 0.6


@pytest.mark.parametrize(
    "paper",
    [
        pytest.param(shadowed(blank_page()), id="half in shadow"),
        pytest.param(ruled(blank_page(), 70), id="ruled"),
        pytest.param(ruled(blank_page(), 70, slope=0.08), id="ruled, and held askew"),
        pytest.param(ruled(blank_page(), 60, squared=True), id="squared"),
        pytest.param(blank_page() // np.array((1, 1, 2), np.uint8), id="yellow"),
    ],
)
def test_the_glyph_does_not_depend_on_the_paper(paper: np.ndarray) -> None:
    plain = only_ink_in(with_text(blank_page(), "4"))

    assert correlation(only_ink_in(with_text(paper, "4")), plain) > 0.9


def test_light_ink_on_dark_reads_like_dark_ink_on_light() -> None:
    dark_on_light = with_text(blank_page(), "2")

    assert correlation(only_ink_in(255 - dark_on_light), only_ink_in(dark_on_light)) > 0.98


@pytest.mark.parametrize(
    ("paper", "ink"),
    [
        pytest.param((240, 240, 240), (245, 235, 60), id="yellow on white"),
        pytest.param((60, 130, 70), (225, 60, 60), id="red on green"),
    ],
)
def test_ink_as_bright_as_its_paper_is_found_by_its_hue(
    paper: tuple[int, int, int], ink: tuple[int, int, int]
) -> None:
    page = np.full((400, 400, 3), paper, np.uint8)

    assert (
        correlation(
            only_ink_in(with_text(page, "5", ink=ink)), only_ink_in(with_text(blank_page(), "5"))
        )
        > 0.93
    )


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(with_text(blank_page(), "6"), id="plain"),
        pytest.param(with_text(lit_from_a_side(blank_page()), "6", pen=5), id="lit from a side"),
        pytest.param(
            with_text(
                blank_page(level=170), "6", at=(170, 230), scale=3, pen=2, ink=(135, 135, 135)
            ),
            id="small and faint",
        ),
        pytest.param(with_text(blank_page(), "6", at=(110, 320), scale=9, pen=80), id="thick"),
    ],
)
def test_a_page_on_a_dark_desk_reads_like_the_page_alone(page: np.ndarray) -> None:
    assert correlation(only_ink_in(on_a_desk(page)), only_ink_in(page)) > 0.95


@pytest.mark.parametrize("slope", [0, 4])
@pytest.mark.parametrize(
    ("rows", "columns"),
    [
        pytest.param(slice(80, 480), slice(0, 480), id="on the left"),
        pytest.param(slice(80, 560), slice(80, 480), id="below"),
        pytest.param(slice(0, 480), slice(80, 560), id="above and on the right"),
        pytest.param(slice(0, 560), slice(0, 480), id="on three sides"),
    ],
)
def test_a_cropped_page_reads_like_the_whole_page(
    rows: slice, columns: slice, slope: float
) -> None:
    page = with_text(blank_page(), "6")
    photo = rotated_by(slope, on_a_desk(page))[rows, columns]

    assert correlation(only_ink_in(photo), only_ink_in(page)) > 0.85


def test_a_strip_without_an_interior_is_no_page() -> None:
    grey = np.full((4, 240), 40, np.uint8)
    grey[1:3, 40:200] = 220

    assert np.array_equal(isolate_page(grey, working_image(grey)), grey)


def test_a_digit_in_the_shadow_is_on_the_same_page_as_one_in_the_light() -> None:
    page = with_text(with_text(blank_page(400, 800), "4", at=(110, 280)), "7", at=(540, 280))
    page[:, 400:] = page[:, 400:] * 0.5

    assert len(glyphs_in(page)) == 2


def test_faint_pencil_reads_like_ink() -> None:
    pencil = with_text(blank_page(), "3", ink=(165, 165, 168))

    assert correlation(only_ink_in(pencil), only_ink_in(with_text(blank_page(), "3"))) > 0.95


def test_thin_and_thick_pens_are_brought_to_the_weight_of_mnist() -> None:
    thin, thick = (only_ink_in(with_text(blank_page(), "7", pen=pen)) for pen in (2, 34))

    assert 0.5 < thin.sum() / thick.sum() < 1.2
    assert correlation(thin, thick) > 0.75


def test_thickening_keeps_the_holes_of_an_eight_open() -> None:
    ink = only_ink_in(with_text(blank_page(), "8", pen=2))

    holes, _ = cv2.connectedComponents((ink < 0.5).astype(np.uint8), connectivity=4)
    assert holes - 1 == 3  # the background and two holes


@pytest.mark.parametrize(
    "paper",
    [
        pytest.param(blank_page(), id="plain"),
        pytest.param(shadowed(blank_page()), id="half in shadow"),
        pytest.param(ruled(blank_page(), 70), id="ruled"),
        pytest.param(shadowed(ruled(blank_page(), 60, squared=True)), id="squared, in shadow"),
        pytest.param(np.full((300, 200, 3), 255, np.uint8), id="white"),
        pytest.param(np.zeros((300, 200, 3), np.uint8), id="black"),
        pytest.param(np.full((1, 1, 3), 128, np.uint8), id="one pixel"),
    ],
)
def test_blank_paper_stays_blank(paper: np.ndarray) -> None:
    assert segment(paper) is Refusal.BLANK


def test_print_on_the_back_of_the_sheet_is_not_read() -> None:
    behind = with_text(blank_page(), "8", ink=(216, 216, 216))

    assert segment(behind) in (Refusal.BLANK, Refusal.TOO_FAINT)


@pytest.mark.mnist
def test_pictures_of_mnist_stay_nearly_the_same() -> None:
    with np.load(os.environ["MNIST_PATH"]) as mnist:
        originals = mnist["x_test"][:100]

    alike = [correlation(only_ink_in(image), image / np.float32(255)) for image in originals]

    assert np.mean(alike) > 0.95
