"""The working image: grey or colour pixels, without bars, at the size for finding ink."""

from __future__ import annotations

import numpy as np
import pytest

from worker.recognition.page.working_image import LARGEST_SIDE, SMALLEST_SIDE, working_image
from worker.recognition.reading import Box


def paper(*shape: int) -> np.ndarray:
    return np.full(shape, 235, np.uint8)


@pytest.mark.parametrize("shape", [(400, 600), (400, 600, 3)])
def test_grey_and_colour_pictures_become_colour(shape: tuple[int, ...]) -> None:
    picture = working_image(paper(*shape))

    assert picture.pixels.shape == (400, 600, 3)
    assert (picture.width, picture.height) == (600, 400)


@pytest.mark.parametrize(("side", "working"), [(5000, LARGEST_SIDE), (28, SMALLEST_SIDE)])
def test_a_large_picture_is_shrunk_and_a_small_one_is_enlarged(side: int, working: int) -> None:
    picture = working_image(paper(side, side))

    assert picture.pixels.shape == (working, working, 3)
    assert (picture.width, picture.height) == (side, side)


def test_a_long_and_thin_picture_keeps_its_proportions() -> None:
    assert working_image(paper(80, 12_800)).pixels.shape == (8, LARGEST_SIDE, 3)


def test_a_box_in_working_pixels_is_found_again_in_the_picture() -> None:
    picture = working_image(paper(2560, 2560))

    assert picture.box_in_original(Box(10, 20, 30, 40)) == Box(20, 40, 60, 80)
    assert picture.box_in_working(Box(20, 40, 60, 80)) == Box(10, 20, 30, 40)
