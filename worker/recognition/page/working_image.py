"""A picture as it is worked on: decoded at a reduced scale, upright, on paper."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import pillow_heif
from PIL import Image as Pillow
from PIL import ImageOps

from worker.recognition.arrays import Image
from worker.recognition.page.letterbox import inside_letterbox
from worker.recognition.reading import Box, UnreadablePictureError

MOST_PIXELS = 100_000_000  # a phone takes 12 to 50 million; beyond this lie decompression bombs
DRAFT_SIDE = 1000  # JPEG decodes at 1/2, 1/4 or 1/8, as long as this many pixels remain
LARGEST_SIDE = 1280  # strokes of a pen on an A4 page are still 2 px wide
SMALLEST_SIDE = 224  # 28×28 is worked on at eight times its size
MOST_ENLARGED = 8
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "HEIF", "AVIF")

pillow_heif.register_heif_opener(thumbnails=False)


@dataclass(frozen=True)
class WorkingImage:
    """The upright picture at its working size, and the way back to the original's pixels."""

    pixels: Image  # (height, width, 3) uint8 RGB
    width: int  # of the upright original, in its pixels
    height: int
    window: Box  # the part of the original that the pixels show: all of it but bars around it

    def box_in_original(self, box: Box) -> Box:
        """The box, given in working pixels, in the upright original's."""
        across, down = self._scale
        left, top = int(box.x * across), int(box.y * down)
        right = min(self.window.width, int(np.ceil((box.x + box.width) * across)))
        bottom = min(self.window.height, int(np.ceil((box.y + box.height) * down)))
        width, height = max(1, right - left), max(1, bottom - top)
        return Box(self.window.x + left, self.window.y + top, width, height)

    def box_in_working(self, box: Box) -> Box:
        """The box, given in the upright original's pixels, in working pixels."""
        rows, columns = self.pixels.shape[:2]
        across, down = self._scale
        left = min(columns - 1, max(0, int((box.x - self.window.x) / across)))
        top = min(rows - 1, max(0, int((box.y - self.window.y) / down)))
        width, height = round(box.width / across), round(box.height / down)
        return Box(left, top, max(1, width), max(1, height))

    @property
    def _scale(self) -> tuple[float, float]:
        """How many pixels of the original one working pixel is wide, and high."""
        rows, columns = self.pixels.shape[:2]
        return self.window.width / columns, self.window.height / rows


def open_picture(data: bytes) -> WorkingImage:
    """Decode a picture upright, at a size fit for finding ink.

    Large JPEGs are decoded at a reduced scale by libjpeg itself (`Image.draft`), which costs a
    fraction of decoding them whole. Transparent parts count as white paper, or as black where
    what is drawn is itself light.

    Raises UnreadablePictureError for anything that does not decode, or is larger than MOST_PIXELS.
    """
    try:
        with Pillow.open(io.BytesIO(data), formats=FORMATS) as opened:
            width, height = opened.size
            if width * height > MOST_PIXELS:
                raise UnreadablePictureError
            shrunk = DRAFT_SIDE / max(width, height)
            opened.draft(None, (max(1, int(width * shrunk)), max(1, int(height * shrunk))))
            opened.load()  # a TIFF turns itself upright by this, and then says so
            turned = opened.getexif().get(_ORIENTATION, 1) in _SIDEWAYS
            upright = ImageOps.exif_transpose(opened)
            pixels = _on_paper(upright)
    except UnreadablePictureError:
        raise
    except Exception as error:  # Pillow's decoders raise nearly anything for broken bytes
        raise UnreadablePictureError from error
    if turned:
        width, height = height, width
    box = inside_letterbox(pixels)
    inside = pixels[box.y : box.y + box.height, box.x : box.x + box.width]
    window = _scaled(box, width / pixels.shape[1], height / pixels.shape[0])
    return WorkingImage(_to_working_size(inside), width, height, window)


def _scaled(box: Box, across: float, down: float) -> Box:
    left, top = round(box.x * across), round(box.y * down)
    right, bottom = round((box.x + box.width) * across), round((box.y + box.height) * down)
    return Box(left, top, right - left, bottom - top)


_ORIENTATION = 0x0112  # EXIF 2.32, tag 274
_SIDEWAYS = (5, 6, 7, 8)


def _on_paper(picture: Pillow.Image) -> Image:
    """Any mode as (height, width, 3) uint8 RGB."""
    if picture.mode in ("I", "F") or picture.mode.startswith("I;16"):
        return _from_deep(np.asarray(picture))
    if not picture.has_transparency_data:
        return np.asarray(picture.convert("RGB"))
    layered = picture.convert("RGBA")
    pixels = np.asarray(layered)
    drawn = pixels[pixels[..., 3] > 127, :3]
    paper = 0 if drawn.size and drawn.mean() > 191 else 255
    below = Pillow.new("RGBA", layered.size, (paper, paper, paper, 255))
    return np.asarray(Pillow.alpha_composite(below, layered).convert("RGB"))


def _from_deep(levels: np.ndarray[Any, Any]) -> Image:
    """Sixteen bits and floats, stretched to eight: their full scale is often not in use."""
    finite = np.nan_to_num(levels.astype(np.float64), posinf=0.0, neginf=0.0)
    low, high = float(finite.min()), float(finite.max())
    grey = ((finite - low) * (255 / max(high - low, 1e-9))).astype(np.uint8)
    return np.repeat(grey[..., None], 3, axis=2)


def shrunk(image: Image, side: int) -> Image:
    """The picture with its longest side at most so many pixels, grey or RGB, uint8."""
    height, width = image.shape[:2]
    scale = side / max(height, width)
    if scale >= 1:
        return image
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _to_working_size(pixels: Image) -> Image:
    height, width = pixels.shape[:2]
    longest = max(height, width)
    scale = 1.0
    if longest > LARGEST_SIDE:
        scale = LARGEST_SIDE / longest
    elif longest < SMALLEST_SIDE:
        scale = min(MOST_ENLARGED, SMALLEST_SIDE / longest)
    if scale == 1.0:
        return pixels
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(pixels, size, interpolation=how), dtype=np.uint8)
