"""Formats: BigTIFF is read, and a known format that is not read is named in the sentence."""

from __future__ import annotations

import io
import struct
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.support.hostile import SVG, file_of, seven
from webapp.imaging.decoding import decode
from webapp.imaging.uploads import BrokenPictureError, NotAPictureError

MAX_PIXELS = 4_000_000
TYPES = {"u": 1, "i": 2, "f": 3, "c": 6}  # SampleFormat of TIFF 6.0


def tiff_of(levels: np.ndarray[Any, Any], *, order: str = "<") -> bytes:
    """An uncompressed TIFF of any level type, (height, width) or (height, width, channels)."""
    height, width, channels = (*levels.shape, 1)[:3]
    pixels = levels.astype(levels.dtype.newbyteorder(order)).tobytes()
    tags = {
        256: width,
        257: height,
        258: levels.dtype.itemsize * 8,
        259: 1,
        262: 2 if channels == 3 else 1,
        273: 8,
        277: channels,
        278: height,
        279: len(pixels),
        339: TYPES[levels.dtype.kind],
    }
    directory = struct.pack(order + "H", len(tags))
    directory += b"".join(struct.pack(order + "HHII", tag, 4, 1, v) for tag, v in tags.items())
    first = b"II*\0" if order == "<" else b"MM\0*"
    return first + struct.pack(order + "I", 8 + len(pixels)) + pixels + directory + bytes(4)


@pytest.mark.parametrize("mode", ["1", "L", "RGB", "I;16"])
def test_a_big_tiff_is_read_as_its_small_one_is(mode: str) -> None:
    image = seven("I").convert("I;16") if mode == "I;16" else seven(mode)
    small = file_of(image, "TIFF")
    big = file_of(image, "TIFF", big_tiff=True)
    assert big[2:3] == b"+"

    read = [decode(data, max_pixels=MAX_PIXELS).image.tobytes() for data in (small, big)]

    assert read[0] == read[1]


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    ("dtype", "channels", "words"),
    [
        ("f8", 1, "64-bit floating-point numbers in 1 channel"),
        ("f8", 3, "64-bit floating-point numbers in 3 channels"),
        ("f4", 3, "32-bit floating-point numbers in 3 channels"),
        ("u8", 1, "64-bit unsigned integers in 1 channel"),
        ("i8", 1, "64-bit signed integers in 1 channel"),
        ("u4", 3, "32-bit unsigned integers in 3 channels"),
        ("c8", 1, "64-bit complex floating-point numbers in 1 channel"),
    ],
)
def test_a_tiff_of_unusual_levels_is_named_as_what_it_is(
    dtype: str, channels: int, words: str, order: str
) -> None:
    shape = (20, 30) if channels == 1 else (20, 30, channels)

    with pytest.raises(NotAPictureError) as caught:
        decode(tiff_of(np.ones(shape, dtype), order=order), max_pixels=MAX_PIXELS)

    assert words in str(caught.value)
    assert caught.value.status == 415


def test_a_tiff_with_a_damaged_header_is_called_damaged() -> None:
    whole = tiff_of(np.ones((20, 30), "f8"))
    for damaged in (whole[:-100], whole[:4] + b"\xff\xff\xff\x7f" + whole[8:], whole[:9]):
        with pytest.raises(BrokenPictureError):
            decode(damaged, max_pixels=MAX_PIXELS)


def file_as(kind: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (16, 16)).save(file, kind)
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"%PDF-1.7\n" + bytes(500), "PDF"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "PostScript"),
        (b"8BPS\0\1" + bytes(500), "Photoshop"),
        (file_as("JPEG2000"), "JPEG 2000"),
        (file_as("ICO"), "icon"),
        (b"\xff\x0a" + bytes(500), "JPEG XL"),
        (b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(500), "JPEG XL"),
        (b"v/1\x01" + bytes(500), "OpenEXR"),
        (b"PK\3\4" + bytes(500), "ZIP"),
        (b"\0\0\0\x18ftypisom\0\0\0\0isommp42" + bytes(500), "video"),
        (b"\0\0\0\x18ftypcrx \0\0\0\0crx isom" + bytes(500), "raw file"),
        (SVG, "SVG"),
    ],
)
def test_a_known_format_that_is_not_read_is_named(data: bytes, word: str) -> None:
    with pytest.raises(NotAPictureError) as caught:
        decode(data, max_pixels=MAX_PIXELS)

    assert word in str(caught.value)
    assert str(caught.value).endswith(".")
