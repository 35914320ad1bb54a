"""A photograph of a handwritten 42, drawn by a program, for the pictures of the README."""

from __future__ import annotations

from io import BytesIO
from itertools import pairwise

import cv2
import numpy as np
from PIL import Image

PAPER, INK = (226, 222, 210), (58, 46, 40)

# A pen's way through each digit, in a box of 100 by 140.
FOUR = (((62, 8), (40, 50), (14, 88), (50, 86), (92, 80)), ((66, 52), (63, 95), (60, 134)))
TWO = (((16, 38), (34, 12), (70, 10), (84, 38), (62, 78), (14, 130), (50, 122), (94, 130)),)


def handwriting() -> bytes:
    """A JPEG of 42 in dark ink on paper that the light reaches from the left."""
    light = np.linspace(1.05, 0.82, 640)[None, :, None]
    picture = np.full((480, 640, 3), PAPER, np.float64) * light
    pen = np.zeros((480, 640), dtype=np.uint8)
    for strokes, x, y in ((FOUR, 120, 110), (TWO, 345, 120)):
        for stroke in strokes:
            trace(pen, np.array(stroke, dtype=np.float32) * 1.75 + (x, y))
    coverage = cv2.GaussianBlur(pen, (0, 0), 1.2)[:, :, None] / 255
    picture = picture * (1 - coverage) + np.array(INK) * coverage
    picture += np.random.default_rng(42).normal(0, 2.5, picture.shape)
    file = BytesIO()
    Image.fromarray(picture.clip(0, 255).astype(np.uint8)).save(file, "JPEG", quality=90)
    return file.getvalue()


def trace(pen: np.ndarray, points: np.ndarray) -> None:
    """Draw a smooth line through the points, a little thicker where the hand slows down."""
    way = catmull_rom(points)
    for place, (here, there) in enumerate(pairwise(np.rint(way).astype(int).tolist())):
        cv2.line(pen, here, there, 255, 12 + round(2 * np.sin(place / 9)), cv2.LINE_AA)


def catmull_rom(points: np.ndarray, steps: int = 24) -> np.ndarray:
    """(n, 2) control points to a curve through all of them (Catmull and Rom, 1974)."""
    padded = np.vstack([points[:1], points, points[-1:]])
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    pieces = []
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        pieces.append(
            0.5
            * (
                2 * b
                + (c - a) * t
                + (2 * a - 5 * b + 4 * c - d) * t**2
                + (3 * b - a - 3 * c + d) * t**3
            )
        )
    return np.vstack([*pieces, points[-1:]])
