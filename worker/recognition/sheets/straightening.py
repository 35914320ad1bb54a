"""Straightening: the page of a photograph, seen from above, with its rules level and upright."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from worker.recognition.arrays import Image
from worker.recognition.page.working_image import shrunk
from worker.recognition.sheets.page_corners import Points, find_page

Segments = NDArray[np.float64]  # (n, 4): x1, y1, x2, y2

LARGEST_SIDE = 2000  # pixels of the straightened page
SMALLEST_SIDE = 1200
MOST_ENLARGED = 3.0
_RULE_SIDE = 1200  # pixels of the copy in which rules are measured
_MIN_SEGMENT = 0.03  # of the longest side
_MIN_SEGMENTS_LENGTH = 1.5  # of the longest side, all together: with less there are no rules
_MAX_SLANT = 0.25  # of a rule after the coarse rotation


def straightened(pixels: Image) -> Image:
    """The page of a photograph, (height, width, 3) uint8 RGB, without perspective and tilt.

    A light page before darker surroundings is cut out by its four corners. Then the rules of
    the page decide: the vanishing points of the level and the upright ones give the homography
    (Hartley and Zisserman, "Multiple View Geometry", 2004, chapter 8). Without rules the tilt of
    the rows of writing is taken. A page is not turned upside down here.
    """
    colour = pixels if pixels.ndim == 3 else np.repeat(pixels[..., None], 3, axis=2)
    page = _to_size(colour)
    corners = find_page(page)
    if corners is not None:
        page = _cut_out(page, corners)
    page = _rotated(page, _tilt_of_rules(page))
    return _to_size(_without_perspective(page))


def _cut_out(pixels: Image, corners: Points) -> Image:
    """The quadrilateral as a rectangle, at about its own size."""
    sides = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    width, height = round(float(max(sides[0], sides[2]))), round(float(max(sides[1], sides[3])))
    return _warped(pixels, corners, width, height)


def _warped(pixels: Image, corners: Points, width: int, height: int) -> Image:
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    transform = cv2.getPerspectiveTransform(corners, target)
    warped = cv2.warpPerspective(
        pixels, transform, (width, height), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(warped, np.uint8)


def find_segments(pixels: Image) -> Segments:
    """Long straight edges, in pixels (line segment detector; Grompone von Gioi et al., 2010)."""
    small = shrunk(pixels, _RULE_SIDE)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
    found = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD, 1.0).detect(grey)[0]
    if found is None:
        return np.zeros((0, 4))
    segments = found[:, 0].astype(np.float64)
    is_long = _lengths(segments) > _MIN_SEGMENT * max(small.shape)
    return np.asarray(segments[is_long] * (pixels.shape[1] / small.shape[1]))


def _lengths(segments: Segments) -> NDArray[np.float64]:
    return np.hypot(segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1])


def _tilt_of_rules(pixels: Image) -> float:
    """The tilt of the page in degrees, -45 to 45, positive clockwise, by its rules or rows."""
    segments = find_segments(pixels)
    lengths = _lengths(segments)
    if lengths.sum() < _MIN_SEGMENTS_LENGTH * max(pixels.shape):
        return _tilt_of_rows(pixels)
    angles = np.degrees(
        np.arctan2(segments[:, 3] - segments[:, 1], segments[:, 2] - segments[:, 0])
    )
    folded = (angles + 45) % 90 - 45
    bins = np.round(folded).astype(int) + 45  # 0..90
    histogram = np.bincount(bins, lengths, 91)
    around = sum(np.roll(histogram, shift) for shift in range(-4, 5))
    peak = float(np.argmax(around)) - 45
    distance = (folded - peak + 45) % 90 - 45
    near = np.abs(distance) < 5
    return peak + float(np.average(distance[near], weights=lengths[near]))


def _tilt_of_rows(pixels: Image) -> float:
    """The tilt in degrees at which the writing lies in rows, by the projection profile.

    Zero unless another angle has clearly sharper rows (Postl, 1986).
    """
    small = cv2.cvtColor(shrunk(pixels, 400), cv2.COLOR_RGB2GRAY)
    dark = cv2.morphologyEx(small, cv2.MORPH_BLACKHAT, np.ones((15, 15), np.uint8))
    ink = np.asarray(np.where(dark > max(12.0, 0.4 * float(dark.max())), 255, 0), np.uint8)

    def sharpness(angle: float) -> float:
        rows = _rotated_grey(ink, angle).sum(axis=1, dtype=np.float64)
        return float(np.square(np.diff(rows)).sum())

    level = sharpness(0.0)
    best = max(np.arange(-44.0, 45.0, 2.0), key=sharpness)
    best = max(np.arange(best - 2, best + 2.1, 0.5), key=sharpness)
    return float(best) if sharpness(float(best)) > 1.8 * level else 0.0


def _rotated_grey(ink: Image, angle: float) -> Image:
    height, width = ink.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    return np.asarray(cv2.warpAffine(ink, turn, (width, height)), np.uint8)


def _rotated(pixels: Image, degrees: float) -> Image:
    """The page rotated counter-clockwise, in a picture large enough for all of it."""
    if abs(degrees) < 0.2:
        return pixels
    height, width = pixels.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    cosine, sine = abs(turn[0, 0]), abs(turn[0, 1])
    new_width, new_height = (
        round(width * cosine + height * sine),
        round(width * sine + height * cosine),
    )
    turn[:, 2] += ((new_width - width) / 2, (new_height - height) / 2)
    rotated = cv2.warpAffine(
        pixels,
        turn,
        (new_width, new_height),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(rotated, np.uint8)


@dataclass(frozen=True)
class _Pencil:
    """Nearly level lines through one vanishing point: the slope of each by its height."""

    slope: float  # of the line at height 0
    change: float  # of the slope for each pixel of height

    def at(self, height: float) -> float:
        return self.slope + self.change * height


def _without_perspective(pixels: Image) -> Image:
    """The page with level and upright rules; unchanged where there are too few of them."""
    segments = find_segments(pixels)
    if _lengths(segments).sum() < _MIN_SEGMENTS_LENGTH * max(pixels.shape):
        return pixels
    height, width = pixels.shape[:2]
    level = _fit(segments, height)
    upright = _fit(segments[:, [1, 0, 3, 2]], width)
    corners = np.array(
        [
            _meet(level, upright, (x, y), (width / 2, height / 2))
            for x, y in ((0, 0), (width, 0), (width, height), (0, height))
        ],
        np.float32,
    )
    return _warped(pixels, corners, width, height)


def _meet(
    level: _Pencil, upright: _Pencil, place: tuple[int, int], middle: tuple[float, float]
) -> Points:
    """Where the level line of this height meets the upright one of this place."""
    (x, y), (middle_x, middle_y) = place, middle
    level_slope, upright_slope = level.at(y), upright.at(x)
    # y' = y + level_slope * (x' - middle_x); x' = x + upright_slope * (y' - middle_y)
    across = (x + upright_slope * (y - level_slope * middle_x - middle_y)) / (
        1 - level_slope * upright_slope
    )
    return np.array([across, y + level_slope * (across - middle_x)], np.float32)


def _fit(segments: Segments, size: int) -> _Pencil:
    """The pencil of the nearly level segments, by weighted least squares without outliers."""
    across = segments[:, 2] - segments[:, 0]
    safe = np.where(np.abs(across) < 1e-6, 1e-6, across)
    slopes = (segments[:, 3] - segments[:, 1]) / safe
    keep = np.abs(slopes) < _MAX_SLANT
    slopes, weights = slopes[keep], _lengths(segments[keep]) ** 2
    heights = (segments[keep, 1] + segments[keep, 3]) / 2
    if weights.size < 4:
        return _Pencil(0.0, 0.0)
    is_spread = np.ptp(heights) > 0.25 * size
    for _ in range(6):
        columns = [np.ones_like(heights), heights if is_spread else np.zeros_like(heights)]
        design = np.stack(columns, axis=1) * np.sqrt(weights)[:, None]
        slope, change = np.linalg.lstsq(design, slopes * np.sqrt(weights), rcond=None)[0]
        residual = np.abs(slopes - slope - change * heights)
        weights = weights * (residual < max(0.01, 2.5 * float(np.median(residual))))
        if np.count_nonzero(weights) < 4:
            return _Pencil(0.0, 0.0)
    return _Pencil(float(slope), float(change))


def _to_size(pixels: Image) -> Image:
    longest = max(pixels.shape[:2])
    scale = 1.0
    if longest > LARGEST_SIDE:
        scale = LARGEST_SIDE / longest
    elif longest < SMALLEST_SIDE:
        scale = min(MOST_ENLARGED, SMALLEST_SIDE / longest)
    if scale == 1.0:
        return pixels
    size = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(pixels, size, interpolation=how), np.uint8)
