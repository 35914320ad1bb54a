"""Strokes: a pen that the program holds, to draw the shapes that MNIST does not have.

A shape is a list of strokes; a stroke is a list of points in a unit square (x right, y down).
The pen smooths them, trembles a little, and leaves ink at MNIST's convention.
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
    strokes: Sequence[Stroke],
    random: np.random.Generator,
    *,
    tremble: float = 0.035,
    widest: float = 1.15,
    broadest: float = 26.0,
) -> NDArray[np.uint8]:
    """Write a shape once: (28, 28) uint8, 0..255, white ink on black, centred as MNIST is.

    `tremble` is the pen's unrest in parts of the shape's side; `widest` how far the shape may
    be stretched sideways; `broadest` the widest chisel, in pixels of the canvas.
    """
    pen = random.uniform(6.0, 15.0)  # canvas pixels: 1.5 to 4 in the end
    if random.random() < 0.25:
        pen = random.uniform(14.0, 32.0)  # a broad marker, or fat pixels
    pressed = random.uniform(0.0, 0.5)  # how unevenly
    is_chisel = random.random() < 0.3
    if is_chisel:
        pen = random.uniform(8.0, broadest)
    slant = np.array([[1.0, random.normal(0, 0.15)], [random.normal(0, 0.05), 1.0]])
    stretch = random.uniform((0.75, 0.9), (widest, 1.1))
    paths = [_smooth(_tremble(stroke, random, tremble)) @ slant.T * stretch for stroke in strokes]
    every = np.concatenate(paths)
    low, span = every.min(axis=0), float(np.ptp(every, axis=0).max())
    scale = (80.0 - pen) / max(span, 1e-6)
    canvas = np.zeros((CANVAS, CANVAS), np.uint8)
    high = min(pen, random.uniform(6.0, 20.0))
    for path in paths:
        fixed = np.round(((path - low) * scale + 16.0) * 2**SHIFT).astype(np.int32)
        wide = max(1, round(pen * (1 - pressed * random.random())))
        if is_chisel:
            stroke = np.zeros_like(canvas)
            cv2.polylines(stroke, [fixed], False, 255, 1, cv2.LINE_8, SHIFT)
            stroke = np.asarray(
                cv2.dilate(stroke, np.ones((round(high), wide), np.uint8)), np.uint8
            )
            canvas = np.maximum(canvas, stroke)
        else:
            cv2.polylines(canvas, [fixed], False, 255, wide, cv2.LINE_AA, SHIFT)
    return centred(canvas)


def _tremble(stroke: Stroke, random: np.random.Generator, amount: float) -> Points:
    points = np.asarray(stroke, dtype=np.float64)
    return points + random.normal(0, amount, points.shape)


def _smooth(points: Points, steps: int = 8) -> Points:
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
