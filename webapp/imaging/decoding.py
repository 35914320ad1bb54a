"""Decoding: from a file's bytes to upright sRGB pixels on paper. Everything else decodes with this.

`webapp.imaging.sandbox` runs it in a process of its own for uploads. Workers and commands call
it directly, for stored files and for labelled sets.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

import pillow_heif
from PIL import (  # importing these decoders keeps Pillow from loading its other forty
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

from webapp.imaging.formats import PictureType, recognise
from webapp.imaging.header_limits import check_header
from webapp.imaging.paper import on_paper, reduced_srgb
from webapp.imaging.png_chunks import without_unused_metadata
from webapp.imaging.tiff_levels import describe_levels
from webapp.imaging.uploads import BrokenPictureError, UnsupportedLevelsError, UploadError

__all__ = [
    "BmpImagePlugin",
    "DecodedPicture",
    "GifImagePlugin",
    "JpegImagePlugin",
    "PngImagePlugin",
    "TiffImagePlugin",
    "WebPImagePlugin",
    "decode",
    "decode_stored",
]
pillow_heif.register_heif_opener(
    thumbnails=False, depth_images=False, aux_images=False, decode_threads=1
)
AvifImagePlugin.DEFAULT_MAX_THREADS = 1
Image.MAX_IMAGE_PIXELS = None  # `header_limits` has the limit; the sandbox bounds memory besides

DRAFT_SIDE = 1000  # JPEG is decoded at 1/2, 1/4 or 1/8, as long as this many pixels remain
STORED_MAX_PIXELS = 100_000_000  # old installations store whole originals

ORIENTATION = 0x0112  # EXIF 2.32, tag 274
SIDEWAYS = range(5, 9)  # orientations that swap width and height
TRANSPOSITIONS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

MULTI_FRAME = set(PictureType) - {PictureType.JPEG, PictureType.BMP, PictureType.HEIF}
MAX_FRAMES = 10  # of one file, of which the first that is not blank is read
BLANK_RANGE = 16  # grey levels between the darkest and the lightest pixel of a blank frame


@dataclass(frozen=True)
class DecodedPicture:
    """A decoded picture, and its size in the file."""

    picture_type: PictureType
    image: Image.Image  # upright, L or RGB, sRGB, longest side under 2560 pixels
    width: int  # pixels, of the upright original
    height: int  # pixels, of the upright original


def decode(data: bytes, *, max_pixels: int) -> DecodedPicture:
    """Decode a picture. Raises an UploadError with the reason.

    Of several frames or pages, the first that is not blank is taken, or the first if all are.
    Large JPEGs are decoded at a reduced scale by libjpeg itself.
    """
    picture_type = recognise(data)
    if picture_type is PictureType.PNG:
        data = without_unused_metadata(data)
    try:
        image = Image.open(io.BytesIO(data), formats=(picture_type,))
        frames = _frames(image, picture_type, data, max_pixels)
        first = next(frames)
        return _first_with_content(first, frames) if picture_type in MULTI_FRAME else first
    except (UploadError, MemoryError):
        raise
    except Exception as error:  # Pillow's decoders raise many kinds of errors for broken files
        raise _error_for(error, picture_type, data) from error


def decode_stored(data: bytes) -> Image.Image:
    """The pixels of a file that Cifra stored: L or RGB, upright. Raises an UploadError."""
    return decode(data, max_pixels=STORED_MAX_PIXELS).image


def _frames(
    image: Image.Image, picture_type: PictureType, data: bytes, max_pixels: int
) -> Iterator[DecodedPicture]:
    """The first frames, each decoded when it is asked for, with the most pixels of one picture."""
    pixels_left = max_pixels
    for number in range(MAX_FRAMES):
        if number:
            try:
                image.seek(number)
            except EOFError:
                return
            pixels_left -= image.width * image.height
            if pixels_left < image.width * image.height:
                return
        check_header(image, picture_type, data, max_pixels)
        yield _decoded_frame(image, picture_type)


def _first_with_content(first: DecodedPicture, others: Iterator[DecodedPicture]) -> DecodedPicture:
    """Raises MemoryError only: a damaged later frame leaves the first one."""
    if not _is_blank(first.image):
        return first
    with suppress(UploadError, OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError):
        for frame in others:
            if not _is_blank(frame.image):
                return frame
    return first


def _is_blank(image: Image.Image) -> bool:
    lowest, highest = image.convert("L").getextrema()
    return bool(highest - lowest < BLANK_RANGE)  # type: ignore[operator]


def _decoded_frame(image: Image.Image, picture_type: PictureType) -> DecodedPicture:
    width, height = image.size
    _draft(image)
    image.load()
    orientation = image.getexif().get(ORIENTATION)  # a TIFF is turned while it loads
    upright = on_paper(reduced_srgb(image))
    if orientation in TRANSPOSITIONS:
        upright = upright.transpose(TRANSPOSITIONS[orientation])
    if orientation in SIDEWAYS:
        width, height = height, width
    return DecodedPicture(picture_type, upright, width, height)


def _draft(image: Image.Image) -> None:
    """Let libjpeg decode at 1/2, 1/4 or 1/8, as long as the draft's pixels remain."""
    share = DRAFT_SIDE / max(image.size)
    image.draft(None, (max(1, int(image.width * share)), max(1, int(image.height * share))))


def _error_for(error: Exception, picture_type: PictureType, data: bytes) -> UploadError:
    if picture_type is PictureType.TIFF and isinstance(error, UnidentifiedImageError):
        levels = describe_levels(data)
        if levels is not None:
            return UnsupportedLevelsError(levels)
    return BrokenPictureError()
