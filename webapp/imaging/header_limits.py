"""Header limits: refuses a picture by its header, before its pixels cost memory or time."""

from __future__ import annotations

from PIL import Image

from webapp.imaging.formats import PictureType
from webapp.imaging.uploads import EmptyAreaError, TooManyPixelsError, TooSlowError

PIXEL_SHARES = {  # of the most pixels, where decoding takes several copies of a picture
    PictureType.WEBP: 0.5,
    PictureType.AVIF: 0.5,
}
DRAFTED_SHARE = 4.0  # a baseline JPEG is decoded at a reduced scale, never at its full size
INTERLACED_SHARE = 0.25  # PNGs are interlaced for slow connections, and those are small

# Each scan of a progressive JPEG passes over all of its pixels. Encoders write about 10 scans;
# a scan costs 10 bytes (libjpeg-turbo, "Two Issues with the JPEG Standard").
SCAN_MARKER = b"\xff\xda"
MAX_SCANNED_PIXELS = 640_000_000  # scans × pixels: 10 scans of 64 megapixels, 53 of 12
ALWAYS_ALLOWED_SCANS = 10

# A lossless WebP of one colour has 40 bytes for 31 megapixels. With one thin digit in it, it has
# more than a byte for every 20,000 pixels.
DENSE_FORMATS = (PictureType.WEBP, PictureType.AVIF)
MAX_PIXELS_PER_BYTE = 100_000
SMALL_PICTURE = 4_000_000  # pixels, below which any picture is decoded in a moment


def check_header(
    image: Image.Image, picture_type: PictureType, data: bytes, max_pixels: int
) -> None:
    """Check an opened picture whose pixels are not decoded yet. Raises an UploadError."""
    pixels = image.width * image.height
    limit = int(max_pixels * _share(image, picture_type))
    if pixels > limit:
        raise TooManyPixelsError(limit)
    is_dense = picture_type in DENSE_FORMATS and pixels > SMALL_PICTURE
    if is_dense and pixels > len(data) * MAX_PIXELS_PER_BYTE:
        raise EmptyAreaError
    if picture_type is PictureType.JPEG and image.info.get("progressive"):
        scans = data.count(SCAN_MARKER)
        if scans > ALWAYS_ALLOWED_SCANS and scans * pixels > MAX_SCANNED_PIXELS:
            raise TooSlowError


def _share(image: Image.Image, picture_type: PictureType) -> float:
    """The share of the most pixels that this picture may have."""
    if picture_type is PictureType.JPEG and not image.info.get("progressive"):
        return DRAFTED_SHARE
    if picture_type is PictureType.PNG and image.info.get("interlace"):
        return INTERLACED_SHARE
    return PIXEL_SHARES.get(picture_type, 1.0)
