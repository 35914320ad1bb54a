"""Fuzzes what decodes strangers' files: they are drawn anew or refused, and nothing else."""

from __future__ import annotations

import io
import sys

import atheris

with atheris.instrument_imports(include=["PIL", "pillow_heif", "webapp"]):
    from PIL import Image

    from webapp.imaging.reencoding import WORKED_SIDE, draw
    from webapp.imaging.uploads import UploadError

MAX_PIXELS = 1_000_000  # a larger one teaches the fuzzer nothing, and takes it longer


def decode(data: bytes) -> None:
    try:
        upload = draw(data, max_pixels=MAX_PIXELS)
    except UploadError as error:
        assert error.sentence.endswith(".")
        return
    for kept in (upload.picture, upload.preview, upload.thumbnail):
        image = Image.open(io.BytesIO(kept))
        image.load()
        assert image.mode in ("L", "RGB")
        assert max(image.size) < 2 * WORKED_SIDE
        assert not image.getexif()


if __name__ == "__main__":
    atheris.Setup(sys.argv, decode)
    atheris.Fuzz()
