"""Fuzzes the way from a file to 28×28: it ends in glyphs, a refusal or an UploadError."""

from __future__ import annotations

import sys

import atheris

# Atheris 3.0 keeps every array that is the result of a comparison in instrumented code: 2 GB after
# 5,900 pictures. So only the decoding is instrumented, and not the work on the pixels.
with atheris.instrument_imports(include=["PIL", "pillow_heif", "webapp"]):
    from webapp.imaging.decoding import decode
    from webapp.imaging.uploads import UploadError

import numpy as np

from worker.recognition.page.binarisation import binarise
from worker.recognition.page.working_image import working_image
from worker.recognition.reading import Refusal
from worker.recognition.segmentation.grouping import find_glyphs

MAX_PIXELS = 1_000_000  # larger pictures reach no other code, and take longer


def fuzz_one(data: bytes) -> None:
    try:
        decoded = decode(data, max_pixels=MAX_PIXELS)
    except UploadError:
        return
    page = binarise(working_image(np.asarray(decoded.image)))
    found = find_glyphs(page)
    if isinstance(found, Refusal):
        return
    for glyph in found:
        assert glyph.ink.shape == (28, 28)
        assert 0 <= glyph.ink.min() <= glyph.ink.max() <= 1
        assert 0 <= glyph.box.x < glyph.box.x + glyph.box.width <= page.picture.width
        assert 0 <= glyph.box.y < glyph.box.y + glyph.box.height <= page.picture.height


if __name__ == "__main__":
    atheris.Setup(sys.argv, fuzz_one)
    atheris.Fuzz()
