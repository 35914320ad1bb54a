"""The stroke renderer: draws glyph templates, with jitter, as pictures in MNIST's format.

A template is a list of strokes; a stroke is a list of points in a unit square (x right, y down).
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from worker.recognition.network.mnist_format import centred

Stroke = Sequence[tuple[float, float]]
Points = NDArray[np.float64]  # (n, 2), x and y

CANVAS = 112  # pixels; drawn at four times the final size, so that shrinking smooths the edges
SHIFT = 4  # cv2 takes fixed-point coordinates with this many fractional bits


def draw(
    strokes: Sequence[Stroke | Points],
    random: np.random.Generator,
    *,
    jitter: float = 0.035,
    max_stretch: float = 1.15,
    max_width: float = 26.0,
) -> NDArray[np.uint8]:
    """Draw a template once: (28, 28) uint8, 0..255, white ink on black, centred as MNIST is.

    `jitter` is the standard deviation of the points, as a share of the template's side;
    `max_stretch` the largest horizontal stretch; `max_width` the widest chisel in canvas pixels.
    """
    width = random.uniform(6.0, 15.0)  # canvas pixels: 1.5 to 4 in the final picture
    if random.random() < 0.25:
        width = random.uniform(14.0, 32.0)  # a broad marker, or large pixels
    variation = random.uniform(0.0, 0.5)  # of the width from stroke to stroke
    is_chisel = random.random() < 0.3
    if is_chisel:
        width = random.uniform(8.0, max_width)
    slant = np.array([[1.0, random.normal(0, 0.15)], [random.normal(0, 0.05), 1.0]])
    stretch = random.uniform((0.75, 0.9), (max_stretch, 1.1))
    paths = [smooth(_jitter(stroke, random, jitter)) @ slant.T * stretch for stroke in strokes]
    low, scale = _placement(paths, width)
    canvas = np.zeros((CANVAS, CANVAS), np.uint8)
    height = min(width, random.uniform(6.0, 20.0))
    for path in paths:
        placed = (path - low) * scale + 16.0
        stroke_width = max(1, round(width * (1 - variation * random.random())))
        if is_chisel:
            canvas = _with_chisel_stroke(canvas, placed, stroke_width, round(height))
        else:
            add_stroke(canvas, placed, stroke_width)
    return centred(canvas)


def add_stroke(canvas: NDArray[np.uint8], path: Points, width: int) -> None:
    """Draw a path onto the canvas with a round pen; path and width are in canvas pixels."""
    cv2.polylines(canvas, [fixed_point(path)], False, 255, width, cv2.LINE_AA, SHIFT)


def fixed_point(path: Points) -> NDArray[np.int32]:
    """The points in cv2's fixed-point coordinates, with SHIFT fractional bits."""
    return np.asarray(np.round(path * 2**SHIFT), dtype=np.int32)


def _placement(paths: Sequence[Points], width: float) -> tuple[Points, float]:
    """The offset and the scale that put the paths onto the canvas, with room for the pen."""
    points = np.concatenate(paths)
    span = float(np.ptp(points, axis=0).max())
    return points.min(axis=0), (80.0 - width) / max(span, 1e-6)


def _with_chisel_stroke(
    canvas: NDArray[np.uint8], path: Points, width: int, height: int
) -> NDArray[np.uint8]:
    """The canvas with a stroke of a rectangular nib."""
    stroke = np.zeros_like(canvas)
    cv2.polylines(stroke, [fixed_point(path)], False, 255, 1, cv2.LINE_8, SHIFT)
    stroke = np.asarray(cv2.dilate(stroke, np.ones((height, width), np.uint8)), np.uint8)
    return np.asarray(np.maximum(canvas, stroke))


def _jitter(stroke: Stroke | Points, random: np.random.Generator, amount: float) -> Points:
    points = np.asarray(stroke, dtype=np.float64)
    return points + random.normal(0, amount, points.shape)


def smooth(points: Points, steps: int = 8) -> Points:
    """A Catmull-Rom spline through the points."""
    if len(points) < 3:
        return points
    padded = np.concatenate([points[:1], points, points[-1:]])
    before, start, end, after = padded[:-3], padded[1:-2], padded[2:-1], padded[3:]
    t = np.linspace(0, 1, steps, endpoint=False)[None, :, None]
    curve = 0.5 * (
        2 * start[:, None]
        + (end - before)[:, None] * t
        + (2 * before - 5 * start + 4 * end - after)[:, None] * t**2
        + (3 * start - before - 3 * end + after)[:, None] * t**3
    )
    return np.concatenate([curve.reshape(-1, 2), points[-1:]])
