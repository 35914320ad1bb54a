"""The working image: a picture's pixels without bars around it, at the size for finding ink."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from worker.recognition.arrays import Image
from worker.recognition.page.letterbox import inside_letterbox
from worker.recognition.reading import Box

LARGEST_SIDE = 1280  # strokes of a pen on an A4 page are still 2 px wide
SMALLEST_SIDE = 224  # 28×28 is worked on at eight times its size
MOST_ENLARGED = 8


@dataclass(frozen=True)
class WorkingImage:
    """A picture at its working size, and the mapping between working pixels and the picture's."""

    pixels: Image  # (height, width, 3) uint8 RGB
    width: int  # of the picture, in its pixels
    height: int
    window: Box  # the part of the picture that the pixels show: all of it but bars around it

    def box_in_original(self, box: Box) -> Box:
        """The box, given in working pixels, in the picture's."""
        across, down = self._scale
        left, top = int(box.x * across), int(box.y * down)
        right = min(self.window.width, int(np.ceil((box.x + box.width) * across)))
        bottom = min(self.window.height, int(np.ceil((box.y + box.height) * down)))
        width, height = max(1, right - left), max(1, bottom - top)
        return Box(self.window.x + left, self.window.y + top, width, height)

    def box_in_working(self, box: Box) -> Box:
        """The box, given in the picture's pixels, in working pixels."""
        rows, columns = self.pixels.shape[:2]
        across, down = self._scale
        left = min(columns - 1, max(0, int((box.x - self.window.x) / across)))
        top = min(rows - 1, max(0, int((box.y - self.window.y) / down)))
        width, height = round(box.width / across), round(box.height / down)
        return Box(left, top, max(1, width), max(1, height))

    @property
    def _scale(self) -> tuple[float, float]:
        """How many pixels of the picture one working pixel is wide, and high."""
        rows, columns = self.pixels.shape[:2]
        return self.window.width / columns, self.window.height / rows


def working_image(pixels: Image) -> WorkingImage:
    """The picture without letterbox bars, at a size fit for finding ink.

    The pixels are (height, width) grey or (height, width, 3) RGB uint8, upright, ink on paper.
    """
    height, width = pixels.shape[:2]
    colour = pixels if pixels.ndim == 3 else np.repeat(pixels[..., None], 3, axis=2)
    window = inside_letterbox(colour)
    inside = colour[window.y : window.y + window.height, window.x : window.x + window.width]
    return WorkingImage(_to_working_size(inside), width, height, window)


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
