"""Promises of the normaliser: whatever the paper, the same digit comes out as MNIST's."""

from __future__ import annotations

import io
import os

import cv2
import numpy as np
import pytest
from PIL import Image as Pillow

from tests.support.pictures import opened
from tests.worker.recognition.drawn_pages import (
    file_of,
    glyphs_in,
    likeness,
    lit_from_a_side,
    on_a_desk,
    only_ink_in,
    ruled,
    seen_in,
    shadowed,
    sheet,
    turned_by,
    written,
)
from worker.recognition.page.binarisation import STEP_SIDE, binarise
from worker.recognition.page.page_detection import only_the_page
from worker.recognition.page.working_image import LARGEST_SIDE, working_image
from worker.recognition.reading import Refusal
from worker.recognition.segmentation.grouping import find_glyphs


def test_a_digit_comes_out_at_mnist_s_convention() -> None:
    ink = only_ink_in(written(sheet(), "5"))

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
        pytest.param(shadowed(sheet()), id="half in shadow"),
        pytest.param(ruled(sheet(), 70), id="ruled"),
        pytest.param(ruled(sheet(), 70, slope=0.08), id="ruled, and held askew"),
        pytest.param(ruled(sheet(), 60, squared=True), id="squared"),
        pytest.param(sheet() // np.array((1, 1, 2), np.uint8), id="yellow"),
    ],
)
def test_the_paper_makes_no_difference(paper: np.ndarray) -> None:
    plain = only_ink_in(written(sheet(), "4"))

    assert likeness(only_ink_in(written(paper, "4")), plain) > 0.9


def test_light_ink_on_dark_reads_like_dark_ink_on_light() -> None:
    dark_on_light = written(sheet(), "2")

    assert likeness(only_ink_in(255 - dark_on_light), only_ink_in(dark_on_light)) > 0.98


@pytest.mark.parametrize(
    ("paper", "ink"),
    [
        pytest.param((240, 240, 240), (245, 235, 60), id="yellow on white"),
        pytest.param((60, 130, 70), (225, 60, 60), id="red on green"),
    ],
)
def test_ink_as_bright_as_its_paper_is_seen_by_its_hue(
    paper: tuple[int, int, int], ink: tuple[int, int, int]
) -> None:
    page = np.full((400, 400, 3), paper, np.uint8)

    assert (
        likeness(only_ink_in(written(page, "5", ink=ink)), only_ink_in(written(sheet(), "5")))
        > 0.93
    )


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(written(sheet(), "6"), id="plain"),
        pytest.param(written(lit_from_a_side(sheet()), "6", pen=5), id="lit from a side"),
        pytest.param(
            written(sheet(level=170), "6", at=(170, 230), scale=3, pen=2, ink=(135, 135, 135)),
            id="small and faint",
        ),
        pytest.param(written(sheet(), "6", at=(110, 320), scale=9, pen=80), id="thick"),
    ],
)
def test_a_page_on_a_dark_desk_reads_like_the_page_alone(page: np.ndarray) -> None:
    assert likeness(only_ink_in(on_a_desk(page)), only_ink_in(page)) > 0.95


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
def test_a_page_that_the_picture_cuts_off_reads_like_the_page_alone(
    rows: slice, columns: slice, slope: float
) -> None:
    page = written(sheet(), "6")
    photo = turned_by(slope, on_a_desk(page))[rows, columns]

    assert likeness(only_ink_in(photo), only_ink_in(page)) > 0.85


def test_a_strip_too_narrow_to_have_an_inside_is_no_sheet() -> None:
    grey = np.full((4, 240), 40, np.uint8)
    grey[1:3, 40:200] = 220

    assert np.array_equal(only_the_page(grey, np.dstack([grey] * 3)), grey)


def test_a_digit_in_the_shadow_is_on_the_same_page_as_one_in_the_light() -> None:
    page = written(written(sheet(400, 800), "4", at=(110, 280)), "7", at=(540, 280))
    page[:, 400:] = page[:, 400:] * 0.5

    assert len(glyphs_in(page)) == 2


def test_faint_pencil_reads_like_ink() -> None:
    pencil = written(sheet(), "3", ink=(165, 165, 168))

    assert likeness(only_ink_in(pencil), only_ink_in(written(sheet(), "3"))) > 0.95


def test_thin_and_thick_pens_are_brought_to_the_weight_of_mnist() -> None:
    thin, thick = (only_ink_in(written(sheet(), "7", pen=pen)) for pen in (2, 34))

    assert 0.5 < thin.sum() / thick.sum() < 1.2
    assert likeness(thin, thick) > 0.75


def test_thickening_keeps_the_holes_of_an_eight_open() -> None:
    ink = only_ink_in(written(sheet(), "8", pen=2))

    holes, _ = cv2.connectedComponents((ink < 0.5).astype(np.uint8), connectivity=4)
    assert holes - 1 == 3  # the ground and two holes


@pytest.mark.parametrize(
    "paper",
    [
        pytest.param(sheet(), id="plain"),
        pytest.param(shadowed(sheet()), id="half in shadow"),
        pytest.param(ruled(sheet(), 70), id="ruled"),
        pytest.param(shadowed(ruled(sheet(), 60, squared=True)), id="squared, in shadow"),
        pytest.param(np.full((300, 200, 3), 255, np.uint8), id="white"),
        pytest.param(np.zeros((300, 200, 3), np.uint8), id="black"),
        pytest.param(np.full((1, 1, 3), 128, np.uint8), id="one pixel"),
    ],
)
def test_blank_paper_stays_blank(paper: np.ndarray) -> None:
    assert seen_in(paper) is Refusal.BLANK


def test_what_shows_through_from_the_back_is_not_read() -> None:
    behind = written(sheet(), "8", ink=(216, 216, 216))

    assert seen_in(behind) in (Refusal.BLANK, Refusal.TOO_FAINT)


def test_boxes_are_in_the_pixels_of_the_picture() -> None:
    big = cv2.resize(written(sheet(), "1"), (3200, 3200), interpolation=cv2.INTER_AREA)

    (glyph,) = find_glyphs(binarise(working_image(big)))

    left, top, right, bottom = 136, 130, 260, 290  # where the sheet of 400 pixels has its digit
    assert 8 * left - 250 < glyph.box.x < 8 * right
    assert 8 * top - 250 < glyph.box.y < 8 * bottom
    assert 900 < glyph.box.height < 1500


def test_a_photo_is_turned_upright_by_its_exif_flag() -> None:
    upright = written(sheet(360, 300), "7", (80, 260))
    exif = Pillow.Exif()
    exif[0x0112] = 6  # turn by 90 degrees clockwise to see it upright
    turned = file_of(np.rot90(upright), "JPEG", quality=95, exif=exif)

    picture = opened(turned)

    assert (picture.width, picture.height) == (300, 360)
    (glyph,) = find_glyphs(binarise(picture))
    assert likeness(glyph.ink, only_ink_in(upright)) > 0.97


def test_large_photos_are_worked_on_small() -> None:
    picture = working_image(np.full((3000, 4000, 3), 200, np.uint8))

    assert max(picture.pixels.shape) <= LARGEST_SIDE
    assert (picture.width, picture.height) == (4000, 3000)


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "CMYK", "I;16", "I", "F"])
def test_every_mode_of_picture_reads_the_same(mode: str) -> None:
    rgb = Pillow.fromarray(written(sheet(), "9"))
    grey = rgb.convert("L")
    if mode in ("I;16", "I"):
        picture = Pillow.fromarray(np.asarray(grey).astype(np.uint16) * 200)
    else:
        picture = (grey if mode in ("1", "LA", "F") else rgb).convert(
            mode, dither=Pillow.Dither.NONE
        )
    file = io.BytesIO()
    picture.save(file, "TIFF" if mode in ("CMYK", "F") else "PNG")

    (glyph,) = find_glyphs(binarise(opened(file.getvalue())))

    assert likeness(glyph.ink, only_ink_in(np.asarray(rgb))) > 0.95


@pytest.mark.parametrize("colour", [(0, 0, 0), (255, 255, 255)])
def test_transparent_ground_counts_as_what_the_ink_shows_on(colour: tuple[int, int, int]) -> None:
    strokes = written(np.full((300, 300, 3), 255, np.uint8), "3", (80, 220), ink=(0, 0, 0))[..., 0]
    layered = np.dstack([np.broadcast_to(np.uint8(colour), (300, 300, 3)), 255 - strokes])

    assert likeness(only_ink_in(layered), only_ink_in(np.dstack([strokes] * 3))) > 0.97


def test_every_step_keeps_a_small_picture() -> None:
    traces = binarise(opened(file_of(written(sheet(900, 900), "5", (300, 600)))))

    assert [step.name for step in traces.steps] == ["photo", "evened", "ink", "lines removed"]
    assert all(max(step.image.shape) <= STEP_SIDE for step in traces.steps)
    assert all(step.image.dtype == np.uint8 for step in traces.steps)


@pytest.mark.mnist
def test_mnist_itself_comes_out_nearly_as_it_was() -> None:
    with np.load(os.environ["MNIST_PATH"]) as mnist:
        originals = mnist["x_test"][:100]

    alike = [likeness(only_ink_in(image), image / np.float32(255)) for image in originals]

    assert np.mean(alike) > 0.95
