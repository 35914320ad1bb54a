"""The steps from a picture to its ink, drawn on demand as pictures small enough for a page."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from worker.recognition.arrays import Grey, Image
from worker.recognition.page.binarisation import BinarisedPage, binarise
from worker.recognition.page.working_image import WorkingImage, shrunk, working_image
from worker.recognition.reading import Box, Step

STEP_SIDE = 480  # pixels of a step's picture
_BOX_COLOUR = (220, 60, 40)


def draw_steps(pixels: Image, boxes: Sequence[Box]) -> tuple[Step, ...]:
    """The steps of a picture, whose digits are at these boxes, in its pixels."""
    return steps_of(binarise(working_image(pixels)), boxes)


def steps_of(page: BinarisedPage, boxes: Sequence[Box]) -> tuple[Step, ...]:
    return (
        _step("photo", page.picture.pixels),
        _step("evened", _to_image(1 - page.absorbed)),
        _step("ink", _to_image(1 - page.ink_and_lines.astype(np.float32))),
        _step("lines removed", _to_image(1 - page.ink.astype(np.float32))),
        _found(page.picture, boxes),
    )


def _found(picture: WorkingImage, boxes: Sequence[Box]) -> Step:
    """The picture with a rectangle around each box."""
    drawn = shrunk(picture.pixels, STEP_SIDE).copy()
    scale = drawn.shape[1] / picture.pixels.shape[1]
    for box in boxes:
        in_working = picture.box_in_working(box)
        left, top, width, height = (round(side * scale) for side in in_working)
        cv2.rectangle(drawn, (left, top), (left + width, top + height), _BOX_COLOUR, 2)
    return Step("found", drawn)


def _to_image(levels: Grey) -> Image:
    return (np.clip(levels, 0, 1) * 255).astype(np.uint8)


def _step(name: str, image: Image) -> Step:
    return Step(name, shrunk(image, STEP_SIDE))
