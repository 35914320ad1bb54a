"""Page detection: separates a page, or a printed frame, from its surroundings."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from worker.recognition.arrays import Image, Mask
from worker.recognition.page.working_image import WorkingImage, shrunk

Contour = NDArray[Any]  # (n, 1, 2), as OpenCV returns it

_DETECTION_SIDE = 240  # pixels of the small copy
_MIN_PAGE_AREA = 0.2  # of the picture
_MIN_RECTANGULARITY = 0.88  # of its rectangle a page fills; a filled 0 only pi / 4 of it
_MIN_CONVEXITY = 0.95  # of its convex hull a cropped page fills
_MIN_SURROUNDINGS = 0.03  # of the picture
_MAX_LIGHT_SURROUNDINGS = 0.1  # of the surroundings: with more they are paper beyond a stroke
_MAX_DARKER = 0.45  # of the page's light: shadows leave more
_MIN_HUE_DIFFERENCE = 0.15  # as the sum of the differences of the shares of red, green and blue
_MAX_INKED = 0.4  # the share of a page that writing covers: more would be the hole of a 0


def isolate_page(grey: Image, picture: WorkingImage) -> Image:
    """The page, its paper extended over its surroundings, (height, width) uint8.

    The shade of the page's edge continues beyond it, so that no step is left where the light was
    uneven. Without a page the grey levels are returned unchanged.
    """
    height, width = grey.shape
    small = shrunk(grey, _DETECTION_SIDE)
    page = _find_page(small, picture)
    if page is None or not page.any():
        return grey
    size = (width, height)
    whole = cv2.resize(page.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
    extended = cv2.resize(_extend_paper(small, page), size, interpolation=cv2.INTER_LINEAR)
    return np.where(whole > 0, grey, extended).astype(np.uint8)


def _extend_paper(small: Image, page: Mask) -> Image:
    """The page's paper without ink, and beyond the page the shade of its nearest pixel."""
    _, nearest = cv2.distanceTransformWithLabels(
        (~page).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    shade_of = np.zeros(int(nearest.max()) + 1, np.uint8)
    shade_of[nearest[page]] = small[page]
    window = max(3, min(small.shape) // 8) | 1
    paper = cv2.medianBlur(shade_of[nearest], window)
    return np.asarray(cv2.GaussianBlur(paper, (0, 0), window / 4), np.uint8)


def _find_page(small: Image, picture: WorkingImage) -> Mask | None:
    """The pixels of the page, a little within its edges; None where there is no page."""
    border = np.concatenate([small[0], small[-1], small[:, 0], small[:, -1]])
    level, _ = cv2.threshold(small, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)  # Otsu, 1979
    is_light = small > level
    light_border = float((border > level).mean())
    is_surrounded = not 0.1 < light_border < 0.9
    paper = is_light != (light_border > 0.5) if is_surrounded else is_light
    contours, _ = cv2.findContours(paper.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not contours:
        return None
    outline = max(contours, key=cv2.contourArea)
    page = _filled(outline, small.shape)
    if page.mean() < _MIN_PAGE_AREA or 1 - paper[page].mean() > _MAX_INKED:
        return None
    if is_surrounded:
        return _eroded(page, cv2.BORDER_CONSTANT) if _is_rectangular(outline, page) else None
    is_cropped = _is_convex(outline, page) and _has_other_surroundings(
        page, is_light, small, picture
    )
    return _eroded(page, cv2.BORDER_REPLICATE) if is_cropped else None


def _is_rectangular(outline: Contour, page: Mask) -> bool:
    _, (width, height), _ = cv2.minAreaRect(outline)
    return bool(page.sum() >= _MIN_RECTANGULARITY * (width + 1) * (height + 1))


def _is_convex(outline: Contour, page: Mask) -> bool:
    """Whether it may be a rectangle of which the picture shows a part."""
    hull = _filled(cv2.convexHull(outline), page.shape)
    return bool(page.sum() >= _MIN_CONVEXITY * hull.sum())


def _has_other_surroundings(
    page: Mask, is_light: Mask, small: Image, picture: WorkingImage
) -> bool:
    """Whether the surroundings are too dark for a shadow or of another hue than the page.

    Surroundings without noise are the canvas of a drawing: a photographed desk is never so even.
    """
    outside = ~page
    if outside.mean() < _MIN_SURROUNDINGS or is_light[outside].mean() > _MAX_LIGHT_SURROUNDINGS:
        return False
    if np.ptp(np.percentile(small[outside], [5, 50])) == 0:
        return False
    if np.median(small[outside]) < _MAX_DARKER * np.median(small[page]):
        return True
    colours = picture.small_copy(_DETECTION_SIDE)
    colour_of_page, colour_outside = (
        np.median(colours[part], axis=0) + 1 for part in (page, outside)
    )
    difference = colour_of_page / colour_of_page.sum() - colour_outside / colour_outside.sum()
    return bool(np.abs(difference).sum() > _MIN_HUE_DIFFERENCE)


def _filled(outline: Contour, shape: tuple[int, ...]) -> Mask:
    canvas = np.zeros(shape, np.uint8)
    cv2.drawContours(canvas, [outline], -1, 1, cv2.FILLED)
    return canvas > 0


def _eroded(page: Mask, border_type: int) -> Mask:
    """The page a little smaller; `border_type` is OpenCV's rule for pixels beyond the picture."""
    window = 2 * max(2, min(page.shape) // 60) + 1
    margin = window // 2
    padded = cv2.copyMakeBorder(page.astype(np.uint8), margin, margin, margin, margin, border_type)
    eroded = cv2.erode(padded, np.ones((window, window), np.uint8))
    return np.asarray(eroded[margin:-margin, margin:-margin] > 0)
