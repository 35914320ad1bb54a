"""Fuzzes the decoder: any file is re-encoded, or refused with a sentence."""

from __future__ import annotations

import io
import sys

import atheris

with atheris.instrument_imports(include=["PIL", "pillow_heif", "webapp"]):
    from PIL import Image

    from webapp.imaging.paper import WORKING_SIDE
    from webapp.imaging.reencoding import reencode
    from webapp.imaging.uploads import UploadError

MAX_PIXELS = 1_000_000  # larger pictures reach no other code, and take longer


def fuzz_one(data: bytes) -> None:
    try:
        upload = reencode(data, max_pixels=MAX_PIXELS)
    except UploadError as error:
        assert str(error).endswith(".")
        return
    for kept in filter(None, (upload.picture, upload.thumbnail)):
        image = Image.open(io.BytesIO(kept))
        image.load()
        assert image.mode in ("L", "RGB")
        assert max(image.size) < 2 * WORKING_SIDE
        assert not image.getexif()


if __name__ == "__main__":
    atheris.Setup(sys.argv, fuzz_one)
    atheris.Fuzz()
