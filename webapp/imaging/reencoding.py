"""Pictures from strangers, decoded once and drawn anew: nothing but their pixels is kept.

Pillow and pillow-heif are imported here and in `webapp.imaging.colour_profiles` alone.
`webapp.imaging.sandbox` runs this in a process of its own, so that no decoder of uploaded bytes
runs in the web process.
"""

from __future__ import annotations

import io

import pillow_heif
from PIL import (  # naming the decoders keeps Pillow from loading its other forty
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    ImageStat,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from webapp.imaging.colour_profiles import to_srgb
from webapp.imaging.formats import PictureType, recognise
from webapp.imaging.uploads import BrokenPictureError, TooManyPixelsError, Upload, UploadError

__all__ = [
    "BmpImagePlugin",
    "GifImagePlugin",
    "JpegImagePlugin",
    "PngImagePlugin",
    "TiffImagePlugin",
    "WebPImagePlugin",
    "draw",
]
pillow_heif.register_heif_opener(
    thumbnails=False, depth_images=False, aux_images=False, decode_threads=1
)
AvifImagePlugin.DEFAULT_MAX_THREADS = 1
Image.MAX_IMAGE_PIXELS = None  # the limit is ours, below; the child's memory is bounded besides

# The reader drafts a JPEG in just this way, and shrinks what is larger than the side it works on.
# So it makes of what is kept without loss just what it would make of the file that came.
DRAFT_SIDE = 1000  # pixels
WORKED_SIDE = 1280  # pixels
LOSSLESS_BYTES = 3_000_000
PREVIEW_SIDE = 1024  # pixels
THUMBNAIL_SIDE = 256  # pixels
STRIP_ROWS = 64  # of the small picture: a large one is converted and shrunk strip by strip
SHARES = {  # of the most pixels, where decoding takes several copies of a picture
    PictureType.WEBP: 0.5,
    PictureType.AVIF: 0.5,
}
DRAFTED_SHARE = 4.0  # where a JPEG is decoded at a reduced scale, and never held whole

ORIENTATION = 0x0112  # EXIF 2.32, tag 274
LYING_DOWN = range(5, 9)  # orientations that swap width and height
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
LIGHT_INK = 191  # drawn on nothing, lighter than this: it was meant for dark paper


def draw(data: bytes, *, max_pixels: int) -> Upload:
    """Decode a picture and draw it anew. Raises an UploadError that says what is wrong.

    Of an animation or of several pages, the first is taken.
    """
    picture_type = recognise(data)
    try:
        image = _open(data, picture_type, max_pixels)
        width, height = image.size
        _draft(image)
        image.load()
        turn = image.getexif().get(ORIENTATION)
        picture = _on_paper(_in_srgb(image))
    except (UploadError, MemoryError):
        raise
    except Exception as error:  # Pillow's decoders raise whatever they stumble over
        raise BrokenPictureError from error
    if turn in TURNS:
        picture = picture.transpose(TURNS[turn])
    if turn in LYING_DOWN:
        width, height = height, width
    preview = _small_copy(picture, PREVIEW_SIDE)
    thumbnail = _small_copy(preview, THUMBNAIL_SIDE)
    content, media_type = _encoded(picture)
    return Upload(width, height, content, media_type, _as_jpeg(preview), _as_jpeg(thumbnail))


def _open(data: bytes, picture_type: PictureType, max_pixels: int) -> Image.Image:
    """The picture with its header read and its limit checked; its pixels are not decoded yet."""
    image = Image.open(io.BytesIO(data), formats=(picture_type,))
    limit = int(max_pixels * _share(image, picture_type))
    if image.width * image.height > limit:
        raise TooManyPixelsError(limit)
    return image


def _share(image: Image.Image, picture_type: PictureType) -> float:
    """The share of the most pixels that this picture may have; it bounds the memory it takes."""
    if picture_type is PictureType.JPEG and not image.info.get("progressive"):
        return DRAFTED_SHARE
    return SHARES.get(picture_type, 1.0)


def _draft(image: Image.Image) -> None:
    """Let libjpeg decode at 1/2, 1/4 or 1/8, as long as the draft's pixels remain."""
    share = DRAFT_SIDE / max(image.size)
    image.draft(None, (max(1, int(image.width * share)), max(1, int(image.height * share))))


def _in_srgb(image: Image.Image) -> Image.Image:
    """As L, RGB, RGBA or F, reduced, and in the colours that the picture's profile tells."""
    mode = _mode_to_work_in(image)
    told = "CMYK" if image.mode == "CMYK" else mode  # a profile is about inks where there are inks
    transform = to_srgb(image, told)
    if transform is None:
        return _reduced(image, mode)
    return transform.apply(_reduced(image, told)).convert(mode)


def _reduced(image: Image.Image, mode: str) -> Image.Image:
    """In this mode, with its longest side under twice the one that is worked on.

    Whole squares of pixels are averaged, strip by strip, so that no second copy of a large
    picture is made.
    """
    factor = max(image.size) // WORKED_SIDE
    if factor < 2:
        return image.convert(mode)
    columns, rows = (-(-side // factor) for side in image.size)
    small = Image.new(mode, (columns, rows))
    for row in range(0, rows, STRIP_ROWS):
        bottom = min(image.height, (row + STRIP_ROWS) * factor)
        strip = image.crop((0, row * factor, image.width, bottom))
        small.paste(strip.convert(mode).reduce(factor), (0, row))
    return small


def _mode_to_work_in(image: Image.Image) -> str:
    if image.mode.startswith(("I", "F")):
        return "F"
    if image.has_transparency_data:
        return "RGBA"
    return "L" if image.mode in ("1", "L") else "RGB"


def _on_paper(image: Image.Image) -> Image.Image:
    """L or RGB: deep levels scaled down, and what is drawn on nothing laid on paper.

    The paper is white, or black where the ink is itself light.
    """
    if image.mode == "F":
        return _scale_levels(image)
    if image.mode != "RGBA":
        return image
    drawn = image.getchannel("A").point(lambda alpha: 255 if alpha > 127 else 0)
    is_light = drawn.getbbox() and sum(ImageStat.Stat(image, drawn).mean[:3]) / 3 > LIGHT_INK
    paper = Image.new("RGBA", image.size, "black" if is_light else "white")
    return Image.alpha_composite(paper, image).convert("RGB")


def _scale_levels(levels: Image.Image) -> Image.Image:
    """Grey levels of 16 bits, 32 bits or floating point, stretched to 0..255."""
    lowest, highest = (float(level) for level in levels.getextrema())  # type: ignore[arg-type]
    scale = 255 / max(highest - lowest, 1e-9)
    return levels.point(lambda level: level * scale - lowest * scale).convert("L")


def _encoded(picture: Image.Image) -> tuple[bytes, str]:
    """Without loss, unless that is large: the bytes and their media type."""
    without_loss = _saved(picture, "PNG", compress_level=2)
    if len(without_loss) <= LOSSLESS_BYTES:
        return without_loss, "image/png"
    return _saved(picture, "JPEG", quality=95, subsampling=0), "image/jpeg"


def _small_copy(picture: Image.Image, longest_side: int) -> Image.Image:
    small = picture.copy()
    small.thumbnail((longest_side, longest_side), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return small


def _as_jpeg(picture: Image.Image) -> bytes:
    return _saved(picture, "JPEG", quality=85, optimize=True)


def _saved(picture: Image.Image, kind: str, **options: int) -> bytes:
    """The bytes of a file with these pixels and nothing else."""
    picture.info = {}
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()
