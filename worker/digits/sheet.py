"""The sheet: a page lying on something, or a printed frame, told from what is around it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from worker.digits.reading import Image

_SMALL_SIDE = 240
_LEAST_AREA = 0.2  # of the picture
_STRAIGHT = 0.88  # a sheet fills its rectangle; a filled 0 only pi / 4 of it
_MOST_INKED = 0.4  # the share of a sheet that writing takes: more would be the hole of a 0


def only_the_sheet(grey: Image) -> Image:
    """The sheet, its paper continued over all that is around it, (height, width) uint8.

    The shade of the sheet's edge goes on beyond it, so that no step is left where the light was
    uneven. Without a sheet that is surrounded on all sides the picture comes back as it was.
    """
    height, width = grey.shape
    scale = min(1.0, _SMALL_SIDE / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA).astype(np.uint8)
    inside = _inside_of_sheet(small)
    if inside is None:
        return grey
    whole = cv2.resize(inside.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST)
    around = cv2.resize(_continued(small, inside), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.where(whole > 0, grey, around).astype(np.uint8)


def _continued(small: Image, inside: NDArray[np.bool_]) -> Image:
    """The sheet's paper without its ink, and beyond the sheet the shade of its nearest place."""
    _, nearest = cv2.distanceTransformWithLabels(
        (~inside).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    shade_of = np.zeros(int(nearest.max()) + 1, np.uint8)
    shade_of[nearest[inside]] = small[inside]
    reach = max(3, min(small.shape) // 8) | 1
    paper = cv2.medianBlur(shade_of[nearest], reach)
    return np.asarray(cv2.GaussianBlur(paper, (0, 0), reach / 4), np.uint8)


def _inside_of_sheet(small: Image) -> NDArray[np.bool_] | None:
    """Where the sheet is, a little inside of its edges; None where there is none."""
    border = np.concatenate([small[0], small[-1], small[:, 0], small[:, -1]])
    level, _ = cv2.threshold(small, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)  # Otsu, 1979
    light_border = float((border > level).mean())
    if 0.1 < light_border < 0.9:
        return None
    enclosed = ((small > level) != (light_border > 0.5)).astype(np.uint8)
    contours, _ = cv2.findContours(enclosed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not contours:
        return None
    outline = max(contours, key=cv2.contourArea)
    filled = np.zeros_like(small)
    cv2.drawContours(filled, [outline], -1, 1, cv2.FILLED)
    area = int(filled.sum())
    _, (across, down), _ = cv2.minAreaRect(outline)
    inked = 1 - float(enclosed[filled > 0].mean())
    if (
        area < _LEAST_AREA * small.size
        or area < _STRAIGHT * (across + 1) * (down + 1)
        or inked > _MOST_INKED
    ):
        return None
    margin = 2 * max(2, min(small.shape) // 60) + 1
    padded = cv2.copyMakeBorder(filled, 1, 1, 1, 1, cv2.BORDER_CONSTANT)
    eroded = cv2.erode(padded, np.ones((margin, margin), np.uint8))[1:-1, 1:-1]
    return np.asarray(eroded > 0)
