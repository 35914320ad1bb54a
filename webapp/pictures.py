"""Pictures from strangers: of a known type, within limits, and really decodable.

Pillow is imported here and nowhere else, so that a web process starts without it.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import (  # naming the six decoders keeps Pillow from loading its other forty
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    ImageOps,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from webapp.settings import Settings
from webapp.uploads import (
    AnimatedPictureError,
    BrokenPictureError,
    EmptyPictureError,
    NotAPictureError,
    TooLargeError,
    TooManyPixelsError,
    Upload,
    UploadError,
    display_name,
)

PREVIEW_SIDE = 1024  # pixels
THUMBNAIL_SIDE = 256  # pixels
ORIENTATION = 0x0112  # the EXIF tag
LYING_DOWN = range(5, 9)  # orientations that swap width and height


@dataclass(frozen=True)
class PictureType:
    """A type of picture that we accept, known by its first bytes and not by its name."""

    format: str  # what Pillow calls it
    media_type: str
    may_move: bool = False


JPEG = PictureType(JpegImagePlugin.JpegImageFile.format, "image/jpeg")
PNG = PictureType(PngImagePlugin.PngImageFile.format, "image/png", may_move=True)
WEBP = PictureType(WebPImagePlugin.WebPImageFile.format, "image/webp", may_move=True)
GIF = PictureType(GifImagePlugin.GifImageFile.format, "image/gif", may_move=True)
TIFF = PictureType(TiffImagePlugin.TiffImageFile.format, "image/tiff", may_move=True)
BMP = PictureType(BmpImagePlugin.BmpImageFile.format, "image/bmp")


def accept(data: bytes, filename: str, settings: Settings) -> Upload:
    """Look at an upload and decode it for real. Raises an UploadError that says what is wrong."""
    if not data:
        raise EmptyPictureError
    if len(data) > settings.max_upload_bytes:
        raise TooLargeError(settings.max_upload_bytes)
    picture_type = recognise(data)
    try:
        image = _open(data, picture_type, max_pixels=settings.max_pixels)
        width, height = _upright_size(image)
        preview = _shrink(image, PREVIEW_SIDE)
    except UploadError:
        raise
    except Exception as error:  # Pillow's decoders raise whatever they stumble over
        raise BrokenPictureError from error
    thumbnail = _shrink(preview, THUMBNAIL_SIDE)
    return Upload(
        original=data,
        media_type=picture_type.media_type,
        filename=display_name(filename),
        width=width,
        height=height,
        preview=_to_jpeg(preview),
        thumbnail=_to_jpeg(thumbnail),
    )


def recognise(data: bytes) -> PictureType:
    """The type that the first bytes tell. Raises NotAPictureError for any other content."""
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return WEBP
    if data.startswith((b"GIF87a", b"GIF89a")):
        return GIF
    if data.startswith((b"II*\0", b"MM\0*")):
        return TIFF
    if data.startswith(b"BM"):
        return BMP
    if data[4:8] == b"ftyp":
        raise NotAPictureError(
            "Pictures of this kind (HEIC, AVIF) are not read. Try a JPEG or PNG."
        )
    raise NotAPictureError


def _open(data: bytes, picture_type: PictureType, *, max_pixels: int) -> Image.Image:
    """The picture with its header read and its limits checked; its pixels are not decoded yet."""
    try:
        image = Image.open(io.BytesIO(data), formats=(picture_type.format,))
    except Image.DecompressionBombError as error:
        raise TooManyPixelsError(max_pixels) from error
    if image.width * image.height > max_pixels:
        raise TooManyPixelsError(max_pixels)
    # A phone's JPEG may carry a second picture (a depth or gain map) and is still one photo.
    if picture_type.may_move and getattr(image, "is_animated", False):
        raise AnimatedPictureError
    return image


def _upright_size(image: Image.Image) -> tuple[int, int]:
    width, height = image.size
    lying = image.getexif().get(ORIENTATION) in LYING_DOWN
    return (height, width) if lying else (width, height)


def _shrink(image: Image.Image, longest_side: int) -> Image.Image:
    """An upright RGB copy on white paper, no larger than asked for, without any metadata."""
    image.draft("RGB", (longest_side, longest_side))  # a JPEG decodes straight to a smaller size
    image.load()
    # Shrinking first keeps memory low; palettes and deep levels cannot be shrunk as they are.
    small = image.copy() if image.mode in ("RGB", "RGBA", "L", "LA") else _on_white(image)
    small.thumbnail((longest_side, longest_side), Image.Resampling.LANCZOS, reducing_gap=2.0)
    upright = ImageOps.exif_transpose(_on_white(small))
    upright.info = {}
    return upright


def _on_white(image: Image.Image) -> Image.Image:
    """Any mode as RGB: deep levels scaled down, transparency laid on white."""
    if image.mode.startswith(("I", "F")):
        return _scale_levels(image).convert("RGB")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        layer = image.convert("RGBA")
        paper = Image.new("RGBA", layer.size, "white")
        paper.alpha_composite(layer)
        paper.info = image.info
        return paper.convert("RGB")
    return image.convert("RGB")


def _scale_levels(image: Image.Image) -> Image.Image:
    """Grey levels of 16 bits, 32 bits or floating point, stretched to 0..255."""
    levels = image.convert("F")
    lowest, highest = (float(level) for level in levels.getextrema())  # type: ignore[arg-type]
    scale = 255 / max(highest - lowest, 1e-9)
    return levels.point(lambda level: level * scale - lowest * scale).convert("L")


def _to_jpeg(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=85, optimize=True)
    return file.getvalue()
