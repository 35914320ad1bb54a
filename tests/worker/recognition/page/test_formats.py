"""Formats: the glyph of a digit does not depend on the file, its size, mode or orientation."""

from __future__ import annotations

import io

import cv2
import numpy as np
import pytest
from PIL import Image as Pillow

from tests.support.pictures import opened
from tests.worker.recognition.drawn_pages import (
    blank_page,
    correlation,
    file_of,
    only_ink_in,
    with_text,
)
from worker.recognition.page.binarisation import binarise
from worker.recognition.page.working_image import LARGEST_SIDE, working_image
from worker.recognition.segmentation.grouping import find_glyphs


def test_boxes_are_in_the_pixels_of_the_picture() -> None:
    big = cv2.resize(with_text(blank_page(), "1"), (3200, 3200), interpolation=cv2.INTER_AREA)

    (glyph,) = find_glyphs(binarise(working_image(big)))

    left, top, right, bottom = 136, 130, 260, 290  # the digit on the page of 400 pixels
    assert 8 * left - 250 < glyph.box.x < 8 * right
    assert 8 * top - 250 < glyph.box.y < 8 * bottom
    assert 900 < glyph.box.height < 1500


def test_a_photo_is_rotated_upright_by_its_exif_orientation() -> None:
    upright = with_text(blank_page(360, 300), "7", (80, 260))
    exif = Pillow.Exif()
    exif[0x0112] = 6  # rotate by 90 degrees clockwise to see it upright
    sideways = file_of(np.rot90(upright), "JPEG", quality=95, exif=exif)

    picture = opened(sideways)

    assert (picture.width, picture.height) == (300, 360)
    (glyph,) = find_glyphs(binarise(picture))
    assert correlation(glyph.ink, only_ink_in(upright)) > 0.97


def test_large_photos_are_scaled_to_the_working_size() -> None:
    picture = working_image(np.full((3000, 4000, 3), 200, np.uint8))

    assert max(picture.pixels.shape) <= LARGEST_SIDE
    assert (picture.width, picture.height) == (4000, 3000)


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "CMYK", "I;16", "I", "F"])
def test_every_mode_of_picture_reads_the_same(mode: str) -> None:
    rgb = Pillow.fromarray(with_text(blank_page(), "9"))
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

    assert correlation(glyph.ink, only_ink_in(np.asarray(rgb))) > 0.95


@pytest.mark.parametrize("colour", [(0, 0, 0), (255, 255, 255)])
def test_a_transparent_background_contrasts_with_the_ink(colour: tuple[int, int, int]) -> None:
    strokes = with_text(np.full((300, 300, 3), 255, np.uint8), "3", (80, 220), ink=(0, 0, 0))[
        ..., 0
    ]
    layered = np.dstack([np.broadcast_to(np.uint8(colour), (300, 300, 3)), 255 - strokes])

    assert correlation(only_ink_in(layered), only_ink_in(np.dstack([strokes] * 3))) > 0.97
