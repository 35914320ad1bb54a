"""Binarisation: separates ink from paper."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from worker.recognition.arrays import Grey, Mask
from worker.recognition.page.illumination import (
    absorption,
    estimate_background,
    is_light_on_dark,
    noise_level,
)
from worker.recognition.page.ink_colour import to_grey
from worker.recognition.page.page_detection import isolate_page
from worker.recognition.page.ruled_lines import remove_ruled_lines
from worker.recognition.page.working_image import WorkingImage

MIN_ABSORPTION = 0.06  # of the background's light: print on the back of the sheet is fainter
MAX_NOISE_FLOOR = 0.16  # glare raises the measured noise level beyond that of any paper
INK_THRESHOLD = 0.45  # of the local maximum of the absorption
_WIDE_WINDOW = 33  # pixels: the local maximum over a wider one is found in blocks of pixels


@dataclass(frozen=True)
class BinarisedPage:
    """The ink of one picture."""

    picture: WorkingImage
    absorbed: Grey  # (height, width) float32, 0..1, the share of light that the ink absorbs
    ink_and_lines: Mask  # (height, width) bool, the strokes with ruled lines
    ink: Mask  # (height, width) bool, the strokes
    soft_ink: Grey  # (height, width) float32, 0..1, 0.5 at the edge of a stroke
    noise_floor: float  # absorption below this is the noise of the paper

    def rotated(self, quarter_turns: int) -> BinarisedPage:
        """The same ink with the page rotated counter-clockwise by quarter turns."""
        if quarter_turns % 4 == 0:
            return self
        return replace(
            self,
            absorbed=np.ascontiguousarray(np.rot90(self.absorbed, quarter_turns)),
            ink_and_lines=np.ascontiguousarray(np.rot90(self.ink_and_lines, quarter_turns)),
            ink=np.ascontiguousarray(np.rot90(self.ink, quarter_turns)),
            soft_ink=np.ascontiguousarray(np.rot90(self.soft_ink, quarter_turns)),
        )


def binarise(picture: WorkingImage) -> BinarisedPage:
    """Separate ink from paper: page, polarity, illumination, threshold, ruled lines."""
    grey = isolate_page(to_grey(picture), picture)
    if is_light_on_dark(grey):
        grey = np.asarray(255 - grey, dtype=np.uint8)
    signed = absorption(grey, estimate_background(grey))
    noise_floor = min(MAX_NOISE_FLOOR, max(MIN_ABSORPTION, 1.3 * noise_level(signed)))
    absorbed = np.maximum(signed, 0)
    peak = _local_maximum(absorbed)
    ink_and_lines = absorbed > np.maximum(np.float32(INK_THRESHOLD) * peak, np.float32(noise_floor))
    ink = remove_ruled_lines(ink_and_lines, absorbed > noise_floor, absorbed)
    soft_ink = _soften(absorbed, peak, ink)
    return BinarisedPage(picture, absorbed, ink_and_lines, ink, soft_ink, noise_floor)


def _local_maximum(absorbed: Grey) -> Grey:
    """The highest absorption within a stroke's reach: half of it is the edge of a stroke.

    A local contrast threshold after Bernsen, "Dynamic thresholding of grey-level images", 1986;
    unlike a local mean it does not hollow out thick strokes.
    """
    denoised = cv2.GaussianBlur(absorbed, (0, 0), 1.0)
    window = max(3, max(absorbed.shape) // 16) | 1
    block = 4 if window >= _WIDE_WINDOW else 1  # a wide window needs no single pixels
    blocks = cv2.dilate(denoised, np.ones((block, block), np.uint8), anchor=(0, 0))[
        ::block, ::block
    ]
    reach = max(3, round(window / block)) | 1
    peak = cv2.blur(cv2.dilate(blocks, np.ones((reach, reach), np.uint8)), (reach, reach))
    height, width = absorbed.shape
    return np.asarray(cv2.resize(peak, (width, height)), np.float32)


def _soften(absorbed: Grey, peak: Grey, ink: Mask) -> Grey:
    """Ink in grey levels: 0.5 at the edge of a stroke, 1 in its core, 0 away from it."""
    near_ink = cv2.dilate(ink.view(np.uint8), np.ones((5, 5), np.uint8)) > 0
    share = absorbed[near_ink] / np.maximum(peak[near_ink], 1e-3)
    soft = np.zeros(ink.shape, np.float32)
    soft[near_ink] = np.clip(0.5 + 1.2 * (share - INK_THRESHOLD), 0, 1)
    return soft
