"""Surroundings: what is printed or drawn around a number and is no part of it."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from worker.recognition.reading import Box
from worker.recognition.training.strings.hand import DIGIT_HEIGHT, Canvas
from worker.recognition.training.strings.layout import ABOVE, WrittenLine

Random = np.random.Generator


def add_surroundings(line: WrittenLine, random: Random) -> tuple[Canvas, Box]:
    """The line's canvas with them, and the box of the writing together with its frame, if any."""
    writing = bounds(line.boxes)
    if line.edges:
        return _cells(line, writing, random)
    kinds = list(KINDS)
    shares = np.array([KINDS[kind] for kind in kinds])
    draw = kinds[random.choice(len(kinds), p=shares / shares.sum())]
    canvas = line.canvas.copy()
    return canvas, draw(canvas, writing, random)


def bounds(boxes: tuple[Box, ...]) -> Box:
    """The smallest box around all boxes."""
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    right = max(box.x + box.width for box in boxes)
    bottom = max(box.y + box.height for box in boxes)
    return Box(left, top, right - left, bottom - top)


def _stroke(canvas: Canvas, start: tuple[float, float], end: tuple[float, float],
            level: int, thickness: int) -> None:  # fmt: skip
    points = [(round(x), round(y)) for x, y in (start, end)]
    layer = np.zeros_like(canvas)
    cv2.line(layer, points[0], points[1], level, thickness, cv2.LINE_AA)
    np.maximum(canvas, layer, out=canvas)


def _pen_of_paper(random: Random) -> tuple[int, int]:
    """The level, 0..255, and the thickness in pixels of a printed or drawn line."""
    return int(random.integers(70, 256)), int(random.choice((1, 2, 3, 4), p=(0.3, 0.4, 0.2, 0.1)))


def _nothing(canvas: Canvas, writing: Box, random: Random) -> Box:  # noqa: ARG001
    return writing


def _underline(canvas: Canvas, writing: Box, random: Random) -> Box:
    level, thickness = int(random.integers(120, 256)), int(random.integers(1, 6))
    y = ABOVE + DIGIT_HEIGHT + random.uniform(-3, 16)
    before, after = random.uniform(-12, 30, 2)
    for _ in range(1 if random.random() < 0.8 else 2):
        fall = random.uniform(-4, 4)
        start, end = (writing.x - before, y - fall), (writing.x + writing.width + after, y + fall)
        _stroke(canvas, start, end, level, thickness)
        y += random.uniform(5, 10)
    return writing


def _removed_rule(canvas: Canvas, writing: Box, random: Random) -> Box:
    """Where the rules of a table were: ink on them is gone, and short pieces of them remain."""
    height, width = canvas.shape
    base = ABOVE + DIGIT_HEIGHT + random.uniform(-5, 10)
    for y in (base, ABOVE - random.uniform(-3, 12)):
        thickness = int(random.integers(2, 6))
        rows = slice(max(0, round(y)), round(y) + thickness)
        if random.random() < 0.6:
            canvas[rows] = 0
        for _ in range(random.integers(0, 3)):
            x = random.uniform(writing.x - 15, writing.x + writing.width)
            end = (x + random.uniform(4, 28), y)
            _stroke(canvas, (x, y), end, int(random.integers(90, 256)), thickness)
    for x in (writing.x - random.uniform(2, 16), writing.x + writing.width + random.uniform(2, 16)):
        if random.random() < 0.3:
            y = random.uniform(ABOVE - 10, ABOVE + DIGIT_HEIGHT)
            end = (min(width - 1, x), min(height - 1, y + random.uniform(4, 24)))
            _stroke(canvas, (x, y), end, int(random.integers(90, 256)), int(random.integers(2, 6)))
    return writing


def _ruled(canvas: Canvas, writing: Box, random: Random) -> Box:
    """A line of ruled paper through or near the writing, and sometimes the margin's line."""
    level, thickness = _pen_of_paper(random)
    width = canvas.shape[1]
    first = ABOVE + random.uniform(-30, DIGIT_HEIGHT + 30)
    for y in (first, first + random.uniform(50, 90)):
        fall = random.uniform(-3, 3)
        _stroke(canvas, (0, y - fall), (width, y + fall), level, thickness)
    if random.random() < 0.25:
        x = random.choice((writing.x - random.uniform(3, 25), writing.x + writing.width + 12))
        _stroke(canvas, (x, 0), (x, canvas.shape[0]), level, thickness)
    return writing


def _squared(canvas: Canvas, writing: Box, random: Random) -> Box:
    level, thickness = int(random.integers(50, 150)), int(random.integers(1, 3))
    pitch = random.uniform(14, 48)
    height, width = canvas.shape
    for y in np.arange(random.uniform(0, pitch), height, pitch):
        _stroke(canvas, (0, y), (width, y), level, thickness)
    for x in np.arange(random.uniform(0, pitch), width, pitch):
        _stroke(canvas, (x, 0), (x, height), level, thickness)
    return writing


def _box(canvas: Canvas, writing: Box, random: Random) -> Box:
    """One box around all, which the writing may touch."""
    level, thickness = int(random.integers(90, 256)), int(random.integers(1, 6))
    left, top, right, bottom = random.uniform(-3, 22, 4)
    if random.random() < 0.25:  # nearly a square, as around one digit
        left = right = max(left, 0.5 * (writing.height - writing.width) + top)
    corners = [
        (writing.x - left, writing.y - top),
        (writing.x + writing.width + right, writing.y - top + random.uniform(-2, 2)),
        (writing.x + writing.width + right + random.uniform(-2, 2),
         writing.y + writing.height + bottom),
        (writing.x - left + random.uniform(-2, 2), writing.y + writing.height + bottom),
    ]  # fmt: skip
    sides = [True] * 4 if random.random() < 0.8 else [bool(side) for side in random.random(4) < 0.6]
    for start, end, is_drawn in zip(corners, [*corners[1:], corners[0]], sides, strict=True):
        if is_drawn:
            _stroke(canvas, start, end, level, thickness)
    return Box(
        round(writing.x - left),
        round(writing.y - top),
        round(writing.width + left + right),
        round(writing.height + top + bottom),
    )


def _ellipse(canvas: Canvas, writing: Box, random: Random) -> Box:
    """The number is circled by hand."""
    level, thickness = int(random.integers(130, 256)), int(random.integers(1, 7))
    middle = (writing.x + writing.width / 2, writing.y + writing.height / 2)
    across = writing.width * random.uniform(0.52, 0.68) + random.uniform(4, 14)
    down = min(writing.height * random.uniform(0.62, 0.95), canvas.shape[0] / 2 - 4)
    start = random.uniform(0, 360)
    angles = np.radians(np.linspace(start, start + random.uniform(330, 400), 50))
    drift = np.linspace(1, random.uniform(0.9, 1.1), 50)
    outline = np.stack([np.cos(angles) * across * drift, np.sin(angles) * down * drift], 1)
    layer = np.zeros_like(canvas)
    points = np.round(outline + middle).astype(np.int32)
    cv2.polylines(layer, [points], False, level, thickness, cv2.LINE_AA)
    np.maximum(canvas, layer, out=canvas)
    return Box(
        round(middle[0] - across), round(middle[1] - down), round(2 * across), round(2 * down)
    )


def _cells(line: WrittenLine, writing: Box, random: Random) -> tuple[Canvas, Box]:
    """A cell for each symbol: walls, and mostly a top and a base."""
    canvas = line.canvas.copy()
    level, thickness = _pen_of_paper(random)
    if random.random() < 0.5:
        level = int(random.integers(170, 256))
    top = min(writing.y, ABOVE) - random.uniform(-2, 16)
    bottom = max(writing.y + writing.height, ABOVE + DIGIT_HEIGHT) + random.uniform(-2, 16)
    wall_top = top if random.random() < 0.8 else bottom - random.uniform(10, 30)
    for x in line.edges:
        _stroke(canvas, (x, wall_top), (x, bottom), level, thickness)
    first, last = line.edges[0], line.edges[-1]
    has_top, has_base = random.random() < 0.85, random.random() < 0.95
    if has_top and wall_top == top:
        _stroke(canvas, (first, top), (last, top), level, thickness)
    if has_base:
        _stroke(canvas, (first, bottom), (last, bottom), level, thickness)
    left, right = min(first, writing.x), max(last, writing.x + writing.width)
    return canvas, Box(left, round(top), right - left, round(bottom - top))


KINDS: dict[Callable[[Canvas, Box, Random], Box], float] = {
    _nothing: 0.36,
    _removed_rule: 0.16,
    _underline: 0.13,
    _ruled: 0.15,
    _squared: 0.06,
    _box: 0.14,
    _ellipse: 0.09,
}
