"""The step pictures: small, in order, and with a box around each digit."""

from __future__ import annotations

import cv2
import numpy as np

from worker.recognition.page.steps import STEP_SIDE, draw_steps
from worker.recognition.reading import Box


def photo_of_a_five() -> np.ndarray:
    pixels = np.full((900, 700, 3), 230, np.uint8)
    cv2.putText(pixels, "5", (250, 600), cv2.FONT_HERSHEY_SIMPLEX, 10, (40, 40, 40), 20)
    return pixels


def test_the_steps_are_small_pictures_in_order() -> None:
    steps = draw_steps(photo_of_a_five(), [])

    names = [step.name for step in steps]
    assert names == ["photo", "evened", "ink", "lines removed", "found"]
    assert all(max(step.image.shape) <= STEP_SIDE for step in steps)
    assert all(step.image.dtype == np.uint8 for step in steps)
    assert (steps[0].image == steps[-1].image).all()


def test_the_last_step_shows_where_the_digits_are() -> None:
    photo, *_, found = draw_steps(photo_of_a_five(), [Box(250, 370, 180, 240)])

    changed = np.argwhere((photo.image != found.image).any(axis=2))
    top, left = changed.min(axis=0)
    bottom, right = changed.max(axis=0)
    assert abs(left - 250 * 480 / 900) < 3
    assert abs(top - 370 * 480 / 900) < 3
    assert abs(right - 430 * 480 / 900) < 3
    assert abs(bottom - 610 * 480 / 900) < 3
