"""Re-encoding: decodes an uploaded picture and encodes its pixels anew; nothing else is kept."""

from __future__ import annotations

import io

from PIL import Image

from webapp.imaging.decoding import decode
from webapp.imaging.uploads import Upload

# The decoder drafts and reduces a stored file as it did the upload. A picture that is stored
# without loss is therefore read exactly as the uploaded file would be.
LOSSLESS_BYTES = 3_000_000
PREVIEW_SIDE = 1024  # pixels
THUMBNAIL_SIDE = 256  # pixels


def reencode(data: bytes, *, max_pixels: int) -> Upload:
    """Decode a picture and encode it anew. Raises an UploadError with the reason."""
    decoded = decode(data, max_pixels=max_pixels)
    preview = _small_copy(decoded.image, PREVIEW_SIDE)
    thumbnail = _small_copy(preview, THUMBNAIL_SIDE)
    content, media_type = _encoded(decoded.image)
    return Upload(
        width=decoded.width,
        height=decoded.height,
        picture=content,
        media_type=media_type,
        preview=_as_jpeg(preview),
        thumbnail=_as_jpeg(thumbnail),
    )


def _encoded(picture: Image.Image) -> tuple[bytes, str]:
    """The bytes, without loss unless they would be large, and their media type."""
    lossless = _saved(picture, "PNG", compress_level=2)
    if len(lossless) <= LOSSLESS_BYTES:
        return lossless, "image/png"
    return _saved(picture, "JPEG", quality=95, subsampling=0), "image/jpeg"


def _small_copy(picture: Image.Image, longest_side: int) -> Image.Image:
    small = picture.copy()
    small.thumbnail((longest_side, longest_side), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return small


def _as_jpeg(picture: Image.Image) -> bytes:
    return _saved(picture, "JPEG", quality=85, optimize=True)


def _saved(picture: Image.Image, kind: str, **options: int) -> bytes:
    """The bytes of a file with these pixels and no metadata."""
    picture.info = {}
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()
