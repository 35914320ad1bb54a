"""Opening a picture: of every type, upright, and at the size that it is worked on."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from worker.recognition.page.working_image import open_picture
from worker.recognition.reading import UnreadablePictureError


def file_of(kind: str, *, size: tuple[int, int] = (600, 400), **options: Any) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, "white").save(file, kind, **options)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "HEIF", "AVIF"])
def test_a_picture_of_each_type_is_opened(kind: str) -> None:
    picture = open_picture(file_of(kind))

    assert picture.pixels.shape == (400, 600, 3)
    assert (picture.width, picture.height) == (600, 400)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
def test_a_picture_on_its_side_is_turned_upright(kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6

    picture = open_picture(file_of(kind, exif=exif))

    assert (picture.width, picture.height) == (400, 600)
    assert picture.pixels.shape == (600, 400, 3)


def test_a_long_and_thin_photo_is_opened() -> None:
    assert open_picture(file_of("JPEG", size=(20_000, 8))).pixels.shape[1] == 1280


def test_a_type_that_nobody_photographs_with_is_not_opened() -> None:
    with pytest.raises(UnreadablePictureError):
        open_picture(file_of("PPM"))
