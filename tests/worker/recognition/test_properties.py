"""Properties of reading that hold for every picture (Hypothesis)."""

from __future__ import annotations

import cv2
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow

from tests.support.pictures import opened
from tests.worker.recognition.drawn_pages import (
    blank_page,
    correlation,
    file_of,
    on_a_desk,
    only_ink_in,
    ruled,
    segment,
    with_text,
)
from webapp.imaging.uploads import UploadError
from worker.recognition.page.binarisation import binarise
from worker.recognition.reading import Refusal
from worker.recognition.segmentation.grouping import find_glyphs

with_40_examples = settings(deadline=None, max_examples=40)
with_20_examples = settings(deadline=None, max_examples=20)
digits = st.sampled_from("0123456789")


@st.composite
def any_picture(draw: st.DrawFn) -> np.ndarray:
    """Noise, flat colour, ramps, blobs and writing, in any size, depth and proportion."""
    height = draw(st.one_of(st.integers(1, 60), st.sampled_from([1, 2, 300, 1500])))
    width = draw(st.one_of(st.integers(1, 60), st.sampled_from([1, 2, 300, 5000])))
    if height * width > 500_000:
        height = 1
    random = np.random.default_rng(draw(st.integers(0, 2**16)))
    channels = draw(st.sampled_from([1, 3, 4]))
    kind = draw(st.sampled_from(["noise", "flat", "two levels", "ramp", "blobs"]))
    grey = {
        "noise": lambda: random.integers(0, 256, (height, width)),
        "flat": lambda: np.full((height, width), random.integers(0, 256)),
        "two levels": lambda: 255 * random.integers(0, 2, (height, width)),
        "ramp": lambda: np.broadcast_to(np.linspace(0, 255, width), (height, width)),
        "blobs": lambda: 255 * (cv2.blur(random.random((height, width)), (9, 9)) > 0.5),
    }[kind]()
    pixels = np.repeat(np.asarray(grey, np.uint8)[..., None], channels, axis=2)
    if channels == 4:
        pixels[..., 3] = random.integers(0, 256, (height, width))
    return pixels[..., 0] if channels == 1 else pixels


@given(any_picture())
@with_40_examples
def test_any_picture_gives_glyphs_or_a_refusal(pixels: np.ndarray) -> None:
    found = segment(pixels)

    if isinstance(found, Refusal):
        return
    height, width = pixels.shape[:2]
    for glyph in found:
        assert glyph.ink.shape == (28, 28)
        assert glyph.ink.dtype == np.float32
        assert np.isfinite(glyph.ink).all()
        assert glyph.ink.min() >= 0 and glyph.ink.max() <= 1
        assert glyph.box.x >= 0 and glyph.box.x + glyph.box.width <= width
        assert glyph.box.y >= 0 and glyph.box.y + glyph.box.height <= height


@given(st.binary(max_size=400), st.integers(0, 300))
@with_40_examples
def test_any_bytes_open_or_are_refused(noise: bytes, kept: int) -> None:
    data = file_of(np.full((20, 20, 3), 90, np.uint8), "JPEG")[:kept] + noise

    try:
        picture = opened(data)
    except UploadError:
        return
    assert picture.pixels.ndim == 3


@given(digits, st.integers(1, 8))
@with_20_examples
def test_the_exif_orientation_does_not_change_the_glyph(digit: str, orientation: int) -> None:
    upright = with_text(blank_page(), digit)
    exif = Pillow.Exif()
    exif[0x0112] = orientation
    undo = {
        1: upright,
        2: upright[:, ::-1],
        3: np.rot90(upright, 2),
        4: upright[::-1],
        5: upright.transpose(1, 0, 2),
        6: np.rot90(upright, 1),
        7: np.rot90(upright, 2).transpose(1, 0, 2),
        8: np.rot90(upright, -1),
    }[orientation]
    data = file_of(np.ascontiguousarray(undo), "PNG", exif=exif)

    (glyph,) = find_glyphs(binarise(opened(data)))  # type: ignore[misc]

    assert correlation(glyph.ink, only_ink_in(upright)) > 0.99


@given(digits)
@with_20_examples
def test_inverting_the_picture_does_not_change_the_glyph(digit: str) -> None:
    page = with_text(blank_page(), digit)

    assert correlation(only_ink_in(255 - page), only_ink_in(page)) > 0.97


@given(digits, st.floats(0.5, 2.0))
@with_20_examples
def test_scaling_the_picture_does_not_change_the_glyph(digit: str, scale: float) -> None:
    page = with_text(blank_page(), digit)
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    scaled = cv2.resize(page, None, fx=scale, fy=scale, interpolation=how)

    assert correlation(only_ink_in(scaled), only_ink_in(page)) > 0.93


@given(digits, st.integers(-100, 90), st.integers(-90, 90))
@with_20_examples
def test_shifting_the_digit_does_not_change_its_glyph(digit: str, across: int, down: int) -> None:
    shifted = with_text(blank_page(), digit, (130 + across, 280 + down))

    assert correlation(only_ink_in(shifted), only_ink_in(with_text(blank_page(), digit))) > 0.96


@given(digits, st.integers(3, 30), st.integers(35, 120), st.booleans())
@with_20_examples
def test_ruled_paper_adds_no_glyph(digit: str, pen: int, every: int, squared: bool) -> None:
    page = with_text(ruled(blank_page(), every, squared=squared), digit, pen=pen)

    found = segment(page)

    assert isinstance(found, list) and len(found) == 1


@given(digits, st.integers(20, 150))
@with_20_examples
def test_a_desk_of_any_width_is_ignored(digit: str, margin: int) -> None:
    page = with_text(blank_page(), digit)

    assert correlation(only_ink_in(on_a_desk(page, margin)), only_ink_in(page)) > 0.93
