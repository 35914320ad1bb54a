"""The sheet: a page lying on something, or a printed frame, told from what is around it."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from worker.recognition.arrays import Image
from worker.recognition.page.working_image import shrunk

Mask = NDArray[np.bool_]  # (height, width)
Outline = NDArray[Any]  # (n, 1, 2), as OpenCV has it

_SMALL_SIDE = 240
_LEAST_AREA = 0.2  # of the picture
_STRAIGHT = 0.88  # a sheet fills its rectangle; a filled 0 only pi / 4 of it
_CONVEX = 0.95  # and a sheet that the picture cuts off fills its convex hull
_LEAST_AROUND = 0.03  # of the picture
_MOST_LIGHT_AROUND = 0.1  # of what is around: more, and it is paper beyond a stroke
_FAR_DARKER = 0.45  # of the sheet's light: shadows leave more
_OTHER_HUE = 0.15  # as the sum of the differences of the shares of red, green and blue
_MOST_INKED = 0.4  # the share of a sheet that writing takes: more would be the hole of a 0


def only_the_page(grey: Image, pixels: Image) -> Image:
    """The sheet, its paper continued over all that is around it, (height, width) uint8.

    The shade of the sheet's edge goes on beyond it, so that no step is left where the light was
    uneven. Without a sheet the picture comes back as it was. `pixels` is the same in RGB.
    """
    height, width = grey.shape
    small = shrunk(grey, _SMALL_SIDE)
    inside = _inside_of_sheet(small, shrunk(pixels, _SMALL_SIDE))
    if inside is None or not inside.any():
        return grey
    whole = cv2.resize(inside.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST)
    around = cv2.resize(_continued(small, inside), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.where(whole > 0, grey, around).astype(np.uint8)


def _continued(small: Image, inside: Mask) -> Image:
    """The sheet's paper without its ink, and beyond the sheet the shade of its nearest place."""
    _, nearest = cv2.distanceTransformWithLabels(
        (~inside).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    shade_of = np.zeros(int(nearest.max()) + 1, np.uint8)
    shade_of[nearest[inside]] = small[inside]
    reach = max(3, min(small.shape) // 8) | 1
    paper = cv2.medianBlur(shade_of[nearest], reach)
    return np.asarray(cv2.GaussianBlur(paper, (0, 0), reach / 4), np.uint8)


def _inside_of_sheet(small: Image, colours: Image) -> Mask | None:
    """Where the sheet is, a little inside of its edges; None where there is none."""
    border = np.concatenate([small[0], small[-1], small[:, 0], small[:, -1]])
    level, _ = cv2.threshold(small, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)  # Otsu, 1979
    light = small > level
    light_border = float((border > level).mean())
    is_surrounded = not 0.1 < light_border < 0.9
    paper = light != (light_border > 0.5) if is_surrounded else light
    contours, _ = cv2.findContours(paper.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not contours:
        return None
    outline = max(contours, key=cv2.contourArea)
    sheet = _filled(outline, small.shape)
    if sheet.mean() < _LEAST_AREA or 1 - paper[sheet].mean() > _MOST_INKED:
        return None
    if is_surrounded:
        return _eroded(sheet, cv2.BORDER_CONSTANT) if _is_rectangle(outline, sheet) else None
    is_cut = _is_convex(outline, sheet) and _lies_on_something(sheet, light, small, colours)
    return _eroded(sheet, cv2.BORDER_REPLICATE) if is_cut else None


def _is_rectangle(outline: Outline, sheet: Mask) -> bool:
    _, (across, down), _ = cv2.minAreaRect(outline)
    return bool(sheet.sum() >= _STRAIGHT * (across + 1) * (down + 1))


def _is_convex(outline: Outline, sheet: Mask) -> bool:
    """Whether it may be a rectangle of which the picture shows a part."""
    return bool(sheet.sum() >= _CONVEX * _filled(cv2.convexHull(outline), sheet.shape).sum())


def _lies_on_something(sheet: Mask, light: Mask, small: Image, colours: Image) -> bool:
    """Whether what is around is far darker than the sheet or of another colour: no shadow.

    Nor is it a canvas, on which a solid thing was drawn: a real desk has a grain.
    """
    around = ~sheet
    if around.mean() < _LEAST_AROUND or light[around].mean() > _MOST_LIGHT_AROUND:
        return False
    if np.ptp(np.percentile(small[around], [5, 50])) == 0:
        return False
    if np.median(small[around]) < _FAR_DARKER * np.median(small[sheet]):
        return True
    hues = [np.median(colours[part], axis=0) + 1 for part in (sheet, around)]
    one, other = (hue / hue.sum() for hue in hues)
    return bool(np.abs(one - other).sum() > _OTHER_HUE)


def _filled(outline: Outline, shape: tuple[int, ...]) -> Mask:
    canvas = np.zeros(shape, np.uint8)
    cv2.drawContours(canvas, [outline], -1, 1, cv2.FILLED)
    return canvas > 0


def _eroded(sheet: Mask, beyond: int) -> Mask:
    """A little less on each side; `beyond` is what OpenCV takes to lie beyond the picture."""
    margin = 2 * max(2, min(sheet.shape) // 60) + 1
    rim = margin // 2
    padded = cv2.copyMakeBorder(sheet.astype(np.uint8), rim, rim, rim, rim, beyond)
    eroded = cv2.erode(padded, np.ones((margin, margin), np.uint8))
    return np.asarray(eroded[rim:-rim, rim:-rim] > 0)
