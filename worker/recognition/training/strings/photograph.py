"""The photograph of a line: slanted, tilted, cropped, and with the faults of light and lens."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from worker.recognition.reading import Box
from worker.recognition.strings.line_format import HEIGHT, MAX_WIDTH, STRIDE
from worker.recognition.training.strings.hand import Canvas, DigitSource
from worker.recognition.training.strings.layout import WrittenLine

Random = np.random.Generator
Points = NDArray[np.float64]  # (n, 2): x, y
Levels = NDArray[np.float32]  # (height, width): grey levels, 0..255
Matrix = NDArray[np.float64]  # (2, 3): an affine mapping

_CLEAN = 0.3  # of the lines are cells of pages


@dataclass(frozen=True)
class LinePicture:
    """What the string network sees of a line."""

    ink: Canvas  # (32, width), 0..255, white on black
    centres: NDArray[np.float64]  # (n,): x of the middle of each symbol, in pixels


def photograph(
    canvas: Canvas, line: WrittenLine, frame: Box, source: DigitSource, random: Random
) -> LinePicture:
    """The line's picture, from its canvas with surroundings; `frame` is the box around all."""
    turn = _turn(len(line.boxes), random)
    around = frame if random.random() < 0.6 else _around(line.boxes)
    corners = _moved(_corners([around]), turn)
    written = _moved(_corners(line.boxes), turn)
    low, high = corners.min(axis=0), corners.max(axis=0)
    height = high[1] - low[1]
    above, below, before, after = random.uniform((-0.02, -0.02, 0.02, 0.02), (0.2, 0.2, 0.5, 0.5))
    if random.random() < 0.06:  # a generous crop
        above, below = random.uniform(0.1, 0.5, 2)
    low -= (before * height, above * height)
    high += (after * height, below * height)
    scale_y = HEIGHT / (high[1] - low[1])
    least = STRIDE * (2 * len(line.boxes) + 1)
    width = float((high[0] - low[0]) * scale_y * random.uniform(0.85, 1.15))
    width = min(max(width, least, HEIGHT // 2), MAX_WIDTH)
    scale_x = width / (high[0] - low[0])
    ink = _cropped(canvas, turn, low, (scale_x, scale_y), round(width))
    middles = written.reshape(len(line.boxes), 4, 2).mean(axis=1)[:, 0]
    return LinePicture(
        _degraded(_with_neighbours(ink, source, random), random), (middles - low[0]) * scale_x
    )


def _turn(length: int, random: Random) -> Matrix:
    """Slant of the writing and tilt of the paper, as one affine mapping of the canvas."""
    slant = random.normal(0.05, 0.18) if random.random() < 0.75 else random.normal(0.35, 0.15)
    widest = 20 if length <= 4 else 9
    tilt = random.normal(0, 2.5) if random.random() < 0.65 else random.uniform(-widest, widest)
    angle = np.radians(tilt)
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    shear = np.array([[1, -slant], [0, 1]])
    return np.concatenate([rotation @ shear, np.zeros((2, 1))], axis=1)


def _around(boxes: tuple[Box, ...]) -> Box:
    corners = _corners(boxes)
    low, high = corners.min(axis=0).astype(int), corners.max(axis=0).astype(int)
    return Box(int(low[0]), int(low[1]), int(high[0] - low[0]), int(high[1] - low[1]))


def _corners(boxes: tuple[Box, ...] | list[Box]) -> Points:
    """(4 n, 2): the corners of each box."""
    return np.array(
        [
            (x, y)
            for box in boxes
            for x in (box.x, box.x + box.width)
            for y in (box.y, box.y + box.height)
        ],
        np.float64,
    )


def _moved(points: Points, mapping: Matrix) -> Points:
    return points @ mapping[:, :2].T + mapping[:, 2]


def _cropped(
    canvas: Canvas, turn: Matrix, low: Points, scale: tuple[float, float], width: int
) -> Canvas:
    """The part of the turned canvas from `low` on, (32, width)."""
    zoom = np.array(scale) * 2  # drawn at twice its size, so that shrinking smooths the edges
    mapping = turn.copy()
    mapping[:, 2] -= low
    mapping *= zoom[:, None]
    large = cv2.warpAffine(canvas, mapping, (2 * width, 2 * HEIGHT), flags=cv2.INTER_LINEAR)
    return np.asarray(cv2.resize(large, (width, HEIGHT), interpolation=cv2.INTER_AREA), np.uint8)


def _with_neighbours(ink: Canvas, source: DigitSource, random: Random) -> Canvas:
    """Remains of the lines above and below, which a crop shows at its edges."""
    if random.random() > 0.25:
        return ink
    for _ in range(random.integers(1, 4)):
        digit = source.sample(int(random.integers(10)), random)
        depth = int(random.integers(2, 7))
        is_above = random.random() < 0.6
        part = digit[-depth:] if is_above else digit[:depth]
        if part.shape[1] >= ink.shape[1]:
            continue
        left = int(random.integers(0, ink.shape[1] - part.shape[1]))
        rows = slice(0, part.shape[0]) if is_above else slice(HEIGHT - part.shape[0], HEIGHT)
        place = ink[rows, left : left + part.shape[1]]
        np.maximum(place, part, out=place)
    return ink


def _degraded(ink: Canvas, random: Random) -> Canvas:
    """Low resolution, blur, uneven light, glare, faint ink, and the noise of paper and sensor."""
    if random.random() < _CLEAN:
        return _cleaned(ink, random)
    grey = _out_of_focus(np.asarray(ink, np.float32), random)
    height, width = grey.shape
    if random.random() < 0.4:  # harder edges, as where the ink was thresholded
        gain = random.uniform(1, 4)
        grey = np.clip((grey - 110) * gain + 110, 0, 255)
    if random.random() < 0.25:
        coarse = random.uniform(0.45, 1.1, (2, int(random.integers(2, 6)))).astype(np.float32)
        grey *= np.asarray(cv2.resize(coarse, (width, height)), np.float32)
    grey *= random.uniform(0.7, 1.15)
    if random.random() < 0.5:
        grey += _noise(height, width, random) * random.uniform(0, 22)
    if random.random() < 0.15:
        count = int(random.integers(1, 12))
        rows, columns = random.integers(0, height, count), random.integers(0, width, count)
        grey[rows, columns] = np.maximum(grey[rows, columns], random.uniform(60, 255, count))
    return np.asarray(np.clip(grey, 0, 255), np.uint8)


def _cleaned(ink: Canvas, random: Random) -> Canvas:
    """The ink of a cell as the reader of pages cuts it out: no paper around it, full strokes."""
    grey = _out_of_focus(np.asarray(ink, np.float32), random)
    grey *= 255 * random.uniform(0.9, 1.2) / max(1.0, float(np.percentile(grey, 99)))
    grey[grey < random.uniform(0, 60)] = 0
    return np.asarray(np.clip(grey, 0, 255), np.uint8)


def _out_of_focus(grey: Levels, random: Random) -> Levels:
    """At a lower resolution, blurred, both, or neither."""
    height, width = grey.shape
    if random.random() < 0.3:
        share = random.uniform(0.35, 0.9)
        size = (max(4, round(width * share)), max(4, round(height * share)))
        small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
        grey = np.asarray(cv2.resize(small, (width, height)), np.float32)
    if random.random() < 0.5:
        grey = np.asarray(cv2.GaussianBlur(grey, (0, 0), random.uniform(0.3, 1.1)), np.float32)
    return grey


def _noise(height: int, width: int, random: Random) -> Levels:
    """Grain of about unit size, of single pixels or of larger spots."""
    noise = random.standard_normal((height, width), np.float32)
    if random.random() < 0.5:
        return noise
    return np.asarray(cv2.GaussianBlur(noise, (0, 0), 0.8) * 2, np.float32)
