"""From a picture to its ink: even light, the right polarity, no ruled lines; each step kept."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from worker.recognition.arrays import Grey, Image, Mask
from worker.recognition.page.illumination import absorption, background, grain, is_light_on_dark
from worker.recognition.page.ink_colour import grey_of
from worker.recognition.page.page_detection import only_the_page
from worker.recognition.page.ruled_lines import without_lines
from worker.recognition.page.working_image import WorkingImage, shrunk
from worker.recognition.reading import Step

FAINTEST = 0.06  # of the paper's light: below this lies what shows through from the back
_FLOOR_MOST = 0.16  # glare makes the grain look coarser than any is
STEP_SIDE = 480  # pixels of a step's picture


@dataclass(frozen=True)
class BinarisedPage:
    """What was found on the paper, with a picture for each step on the way."""

    picture: WorkingImage
    absorbed: Grey  # (height, width) float32, 0..1, the share of light that the ink takes
    ink: Mask  # (height, width) bool, the strokes
    soft_ink: Grey  # (height, width) float32, 0..1, 0.5 at the edge of a stroke
    floor: float  # absorption below this is the paper's grain
    steps: tuple[Step, ...]

    def turned(self, quarters: int) -> BinarisedPage:
        """The same ink with the page turned so many quarters counter-clockwise."""
        if quarters % 4 == 0:
            return self
        return replace(
            self,
            absorbed=np.ascontiguousarray(np.rot90(self.absorbed, quarters)),
            ink=np.ascontiguousarray(np.rot90(self.ink, quarters)),
            soft_ink=np.ascontiguousarray(np.rot90(self.soft_ink, quarters)),
        )


def binarise(picture: WorkingImage) -> BinarisedPage:
    """Separate ink from paper."""
    grey = only_the_page(grey_of(picture.pixels), picture.pixels)
    if is_light_on_dark(grey):
        grey = np.asarray(255 - grey, dtype=np.uint8)
    signed = absorption(grey, background(grey))
    floor = min(_FLOOR_MOST, max(FAINTEST, 1.3 * grain(signed)))
    absorbed = np.maximum(signed, 0)
    peak = _peak_nearby(absorbed)
    everything = absorbed > np.maximum(0.45 * peak, floor)
    ink = without_lines(everything, absorbed > floor, absorbed)
    soft = _soft(absorbed, peak, ink)
    steps = (
        _step("photo", picture.pixels),
        _step("evened", _shown(1 - absorbed)),
        _step("ink", _shown(1 - everything.astype(np.float32))),
        _step("lines removed", _shown(1 - ink.astype(np.float32))),
    )
    return BinarisedPage(picture, absorbed, ink, soft, floor, steps)


def _peak_nearby(absorbed: Grey) -> Grey:
    """The darkest ink within a stroke's reach: a stroke ends where half of it is left.

    A local contrast threshold after Bernsen, "Dynamic thresholding of grey-level images", 1986;
    unlike a local mean it does not hollow out thick strokes.
    """
    calm = cv2.GaussianBlur(absorbed, (0, 0), 1.0)
    reach = max(3, max(absorbed.shape) // 16) | 1
    peak = cv2.dilate(calm, np.ones((reach, reach), np.uint8))
    return np.asarray(cv2.blur(peak, (reach, reach)), np.float32)


def _soft(absorbed: Grey, peak: Grey, ink: Mask) -> Grey:
    """Ink in shades: 0.5 where a stroke ends, 1 in its core, 0 away from it."""
    near = cv2.dilate(ink.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    shade = np.clip(0.5 + 1.2 * (absorbed / np.maximum(peak, 1e-3) - 0.45), 0, 1)
    return np.where(near, shade, 0).astype(np.float32)


def _shown(levels: Grey) -> Image:
    return (np.clip(levels, 0, 1) * 255).astype(np.uint8)


def _step(name: str, image: NDArray[np.uint8]) -> Step:
    return Step(name, small_copy(image))


def small_copy(image: Image) -> Image:
    """The picture at a size to be shown."""
    return shrunk(image, STEP_SIDE)
