"""The working image: a picture's pixels without bars around it, at the size for finding ink."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

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

    content: Image  # the part inside the window in the picture's pixels, grey or RGB, uint8
    size: tuple[int, int]  # width and height in working pixels
    width: int  # of the picture, in its pixels
    height: int
    window: Box  # the part of the picture that is worked on: all of it but bars around it

    @cached_property
    def pixels(self) -> Image:
        """(height, width, 3) uint8 RGB, at the working size."""
        return _resized(_as_rgb(self.content), self.size)

    @cached_property
    def luma(self) -> Image:
        """(height, width) uint8 grey, at the working size."""
        return _resized(_as_grey(self.content), self.size)

    def small_copy(self, side: int) -> Image:
        """(height, width, 3) uint8 RGB, its longest side at most so many pixels."""
        size = shrunk_size(self.size, side)
        content_height, content_width = self.content.shape[:2]
        is_enlarged = self.size[0] > content_width or self.size[1] > content_height
        if self.content.ndim == 2:
            return _as_rgb(shrunk(self.luma, side))
        return _resized(self.pixels if is_enlarged else self.content, size)

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
        columns, rows = self.size
        across, down = self._scale
        left = min(columns - 1, max(0, int((box.x - self.window.x) / across)))
        top = min(rows - 1, max(0, int((box.y - self.window.y) / down)))
        width, height = round(box.width / across), round(box.height / down)
        return Box(left, top, max(1, width), max(1, height))

    @property
    def _scale(self) -> tuple[float, float]:
        """How many pixels of the picture one working pixel is wide, and high."""
        columns, rows = self.size
        return self.window.width / columns, self.window.height / rows


def working_image(pixels: Image) -> WorkingImage:
    """The picture without letterbox bars, at a size fit for finding ink.

    The pixels are (height, width) grey or (height, width, 3) RGB uint8, upright, ink on paper.
    """
    height, width = pixels.shape[:2]
    window = inside_letterbox(pixels)
    content = pixels[window.y : window.y + window.height, window.x : window.x + window.width]
    return WorkingImage(content, _working_size(window), width, height, window)


def shrunk(image: Image, side: int) -> Image:
    """The picture with its longest side at most so many pixels, grey or RGB, uint8."""
    height, width = image.shape[:2]
    return _resized(image, shrunk_size((width, height), side))


def shrunk_size(size: tuple[int, int], side: int) -> tuple[int, int]:
    """The width and height of a picture whose longest side is at most so many pixels."""
    scale = side / max(size)
    return size if scale >= 1 else _scaled(size, scale)


def _working_size(window: Box) -> tuple[int, int]:
    longest = max(window.width, window.height)
    scale = 1.0
    if longest > LARGEST_SIDE:
        scale = LARGEST_SIDE / longest
    elif longest < SMALLEST_SIDE:
        scale = min(MOST_ENLARGED, SMALLEST_SIDE / longest)
    return _scaled((window.width, window.height), scale)


def _scaled(size: tuple[int, int], scale: float) -> tuple[int, int]:
    width, height = size
    return max(1, round(width * scale)), max(1, round(height * scale))


def _resized(image: Image, size: tuple[int, int]) -> Image:
    """Enlarged, or shrunk by the mean of the pixels that each new one covers.

    Halving takes a tenth of the time of other ratios, so that a picture is halved as often as it
    can be. An odd last row or column is left out there.
    """
    width, height = size
    while image.shape[1] >= 2 * width and image.shape[0] >= 2 * height:
        half = image.shape[1] // 2, image.shape[0] // 2
        even = image[: 2 * half[1], : 2 * half[0]]
        image = np.asarray(cv2.resize(even, half, interpolation=cv2.INTER_AREA), np.uint8)
    if image.shape[:2] == (height, width):
        return image
    how = cv2.INTER_AREA if width < image.shape[1] or height < image.shape[0] else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(image, size, interpolation=how), np.uint8)


def _as_rgb(pixels: Image) -> Image:
    return pixels if pixels.ndim == 3 else np.repeat(pixels[..., None], 3, axis=2)


def _as_grey(pixels: Image) -> Image:
    if pixels.ndim == 2:
        return pixels
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2GRAY), np.uint8)
