"""TIFF levels: names the pixels of intact TIFFs that Pillow cannot decode."""

from __future__ import annotations

import io
from contextlib import suppress

from PIL.TiffImagePlugin import ImageFileDirectory_v2

from webapp.messages import Message, gettext_noop

# TIFF 6.0: tags, and the values of SampleFormat.
BITS_PER_SAMPLE, SAMPLES_PER_PIXEL, SAMPLE_FORMAT = 258, 277, 339
WIDTH, HEIGHT, STRIP_OFFSETS, TILE_OFFSETS = 256, 257, 273, 324
FORMATS = {
    1: Message("unsigned integers"),
    2: Message("signed integers"),
    3: Message("floating-point numbers"),
    5: Message("complex integers"),
    6: Message("complex floating-point numbers"),
}
ONE_CHANNEL = gettext_noop("%(bits)s-bit %(numbers)s in %(channels)s channel")
CHANNELS = gettext_noop("%(bits)s-bit %(numbers)s in %(channels)s channels")


def describe_levels(data: bytes) -> Message | None:
    """The pixels of a complete TIFF header in words, "64-bit floating-point numbers in 1 channel".

    None where the header is damaged, so that the file is not a TIFF of an unusual kind.
    """
    with suppress(Exception):  # Pillow's parser raises many kinds of errors for damaged headers
        tags = _first_directory(data)
        has_pixels = STRIP_OFFSETS in tags or TILE_OFFSETS in tags
        if not has_pixels or not (tags[WIDTH] > 0 and tags[HEIGHT] > 0):
            return None
        channels = int(tags.get(SAMPLES_PER_PIXEL, 1))
        bits = tags.get(BITS_PER_SAMPLE, (1,))[0]
        numbers = FORMATS[tags.get(SAMPLE_FORMAT, (1,))[0]]
        return Message(
            ONE_CHANNEL if channels == 1 else CHANNELS,
            {"bits": bits, "numbers": numbers, "channels": channels},
        )
    return None


def _first_directory(data: bytes) -> ImageFileDirectory_v2:
    file = io.BytesIO(data)
    header = file.read(8)
    if header[2:3] == b"+" or header[3:4] == b"+":
        header += file.read(8)
    tags = ImageFileDirectory_v2(header)
    file.seek(tags.next)
    tags.load(file)
    return tags
