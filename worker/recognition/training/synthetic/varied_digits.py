"""Varied digits: digits with strokes too many, too few or out of place. Nobody has labelled them.

A fine-tuning keeps the champion's scores on them, so that it also keeps what it knows about ways of
writing that neither MNIST nor the glyph templates hold.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from worker.recognition.arrays import Images
from worker.recognition.network.mnist_format import centred
from worker.recognition.training.synthetic.glyph_templates import DIGITS, Template
from worker.recognition.training.synthetic.sample_digits import STYLES
from worker.recognition.training.synthetic.stroke_renderer import (
    CANVAS,
    Points,
    Stroke,
    add_stroke,
    draw,
    smooth,
)

Random = np.random.Generator

TEMPLATES: list[Template] = [
    *(template for _, template in DIGITS),
    *(template for _, _, template in STYLES),
]
SHARE_OF_TEMPLATES = 0.6  # the others are MNIST's pictures
SHARE_OF_GAPS = 0.1


def draw_varied_digits(count: int, digits: Images, random: Random) -> Images:
    """Draw (count, 28, 28) uint8 pictures; some vary one of `digits` (n, 28, 28)."""
    return np.stack([_draw_one(digits, random) for _ in range(count)])


def _draw_one(digits: Images, random: Random) -> Images:
    kind = random.random()
    if kind < SHARE_OF_TEMPLATES:
        return _varied_template(random)
    enlarged = cv2.resize(
        digits[random.integers(len(digits))], (CANVAS, CANVAS), interpolation=cv2.INTER_CUBIC
    )
    canvas = np.asarray(enlarged, np.uint8)
    if kind < 1 - SHARE_OF_GAPS:
        return centred(_with_strokes(canvas, random))
    return centred(_with_gap(canvas, random))


def _varied_template(random: Random) -> Images:
    strokes: list[Stroke | Points] = list(TEMPLATES[random.integers(len(TEMPLATES))])
    if len(strokes) > 1 and random.random() < 0.15:
        strokes.pop(random.integers(len(strokes)))
    strokes += [_random_stroke(random) for _ in range(random.integers(0, 3))]
    return draw(strokes, random, jitter=random.uniform(0.03, 0.09))


def _random_stroke(random: Random) -> Points:
    """A bar, a straight line, a curve or a loop, in a template's unit square."""
    return (_bar, _line, _curve, _loop)[random.integers(4)](random)


def _bar(random: Random) -> Points:
    left, y, fall = random.uniform(-0.1, 0.5), random.uniform(0, 1), random.normal(0, 0.1)
    right = left + random.uniform(0.3, 0.9)
    return np.array([(left, y), ((left + right) / 2, y + fall / 2), (right, y + fall)])


def _line(random: Random) -> Points:
    start, end = random.uniform(-0.1, 1.1, (2, 2))
    return np.array([start, (start + end) / 2, end])


def _curve(random: Random) -> Points:
    return np.asarray(random.uniform(-0.1, 1.1, (random.integers(3, 5), 2)))


def _loop(random: Random) -> Points:
    middle, radius = random.uniform(0.1, 0.9, 2), random.uniform(0.08, 0.25)
    angle = random.uniform(0, 2 * np.pi) + np.linspace(0, random.uniform(3.5, 6.8), 6)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return np.asarray(middle + radius * circle)


def _with_strokes(canvas: NDArray[np.uint8], random: Random) -> NDArray[np.uint8]:
    """The canvas with one or two strokes; a digit of MNIST covers its middle five eighths."""
    for _ in range(random.integers(1, 3)):
        place = (_random_stroke(random) * 0.625 + 0.1875) * CANVAS
        add_stroke(canvas, smooth(place), int(random.integers(5, 14)))
    return canvas


def _with_gap(canvas: NDArray[np.uint8], random: Random) -> NDArray[np.uint8]:
    x, y = random.integers(10, 80, 2)
    width, height = random.integers(10, 40, 2)
    canvas[y : y + height, x : x + width] = 0
    return canvas
