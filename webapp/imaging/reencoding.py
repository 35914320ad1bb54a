"""Re-encoding: decodes an uploaded picture and encodes its pixels anew; nothing else is kept."""

from __future__ import annotations

import io

from PIL import Image

from webapp.imaging.decoding import decode
from webapp.imaging.formats import PictureType
from webapp.imaging.uploads import Upload

# A file of these formats has lost detail already, and its pixels are stored as a JPEG of high
# quality: it is written and read ten times as quickly as a PNG of a photograph, and is a fifth of
# its size. Other files are stored without loss unless that would take more bytes than this.
LOSSY = {PictureType.JPEG, PictureType.WEBP, PictureType.HEIF, PictureType.AVIF}
LOSSLESS_BYTES = 3_000_000
THUMBNAIL_SIDE = 256  # pixels
MAX_RATIO_REDUCED = 1.1  # of the thumbnail's side, to which whole squares of pixels are averaged
RUN_LENGTHS = 3  # zlib's Z_RLE: as small as its default for drawings, and quicker


def reencode(data: bytes, *, max_pixels: int) -> Upload:
    """Decode a picture and encode it anew. Raises an UploadError with the reason."""
    decoded = decode(data, max_pixels=max_pixels)
    content, media_type = _encoded(decoded.image, is_lossy=decoded.picture_type in LOSSY)
    return Upload(
        width=decoded.width,
        height=decoded.height,
        picture=content,
        media_type=media_type,
        thumbnail=_thumbnail(decoded.image),
    )


def _encoded(picture: Image.Image, *, is_lossy: bool) -> tuple[bytes, str]:
    """The bytes and their media type."""
    if not is_lossy:
        lossless = _saved(picture, "PNG", compress_level=1, compress_type=RUN_LENGTHS)
        if len(lossless) <= LOSSLESS_BYTES:
            return lossless, "image/png"
    return _saved(picture, "JPEG", quality=95, subsampling=0), "image/jpeg"


def _thumbnail(picture: Image.Image) -> bytes | None:
    if max(picture.size) <= THUMBNAIL_SIDE:
        return None
    small = picture.copy()
    side = (THUMBNAIL_SIDE, THUMBNAIL_SIDE)
    small.thumbnail(side, Image.Resampling.BILINEAR, reducing_gap=MAX_RATIO_REDUCED)
    return _saved(small, "JPEG", quality=85)


def _saved(picture: Image.Image, kind: str, **options: int) -> bytes:
    """The bytes of a file with these pixels and no metadata."""
    picture.info = {}
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()
