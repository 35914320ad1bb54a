"""Fuzzes the way from a file to 28×28: glyphs, a refusal or an unreadable picture, nothing else."""

from __future__ import annotations

import sys

import atheris

# Atheris 3.0 never lets go of an array that a comparison made in code it watches: 2 GB after 5,900
# pictures. So it watches how a file is opened, and what is done with the pixels runs unwatched.
with atheris.instrument_imports(include=["PIL", "pillow_heif"]):
    from worker.recognition.page import working_image as picture

from worker.recognition.page.binarisation import binarise
from worker.recognition.reading import Refusal, UnreadablePictureError
from worker.recognition.segmentation.grouping import find_glyphs

picture.MOST_PIXELS = 1_000_000  # a larger one teaches the fuzzer nothing, and takes it longer


def read(data: bytes) -> None:
    try:
        binarised = binarise(picture.open_picture(data))
    except UnreadablePictureError:
        return
    found = find_glyphs(binarised)
    if isinstance(found, Refusal):
        assert found.sentence.endswith(".")
        return
    for glyph in found:
        assert glyph.ink.shape == (28, 28)
        assert 0 <= glyph.ink.min() <= glyph.ink.max() <= 1
        assert 0 <= glyph.box.x < glyph.box.x + glyph.box.width <= binarised.picture.width
        assert 0 <= glyph.box.y < glyph.box.y + glyph.box.height <= binarised.picture.height


if __name__ == "__main__":
    atheris.Setup(sys.argv, read)
    atheris.Fuzz()
