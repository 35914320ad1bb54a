"""A hand: how one person writes digits and strokes, by the pen or with digits of MNIST."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from worker.recognition.arrays import Images, Labels
from worker.recognition.strings.alphabet import DIGITS
from worker.recognition.training.strings.pen import DIGIT_TEMPLATES, Template
from worker.recognition.training.synthetic.stroke_renderer import (
    SHIFT,
    add_stroke,
    fixed_point,
    smooth,
)

Random = np.random.Generator
Canvas = NDArray[np.uint8]  # (height, width), 0..255, white ink on black

DIGIT_HEIGHT = 44  # pixels at which a line is drawn; it is shrunk afterwards
_SHORT = 2  # points of a stroke that is a dot or a dash


@dataclass(frozen=True)
class DrawnGlyph:
    """One symbol's ink, and how far its top is below the top of a digit."""

    ink: Canvas
    top: int


class DigitSource:
    """MNIST digits by label, to be written in lines."""

    def __init__(self, images: Images, labels: Labels) -> None:
        self._images = images
        self._places = [np.flatnonzero(labels == digit) for digit in range(10)]

    def sample(self, digit: int, random: Random) -> Canvas:
        """The ink of one such digit without the paper around it, at its size in MNIST."""
        picture = self._images[random.choice(self._places[digit])]
        rows, columns = np.nonzero(picture.max(axis=1))[0], np.nonzero(picture.max(axis=0))[0]
        ink = picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        return np.asarray(ink, np.uint8)


@dataclass(frozen=True)
class Hand:
    """The habits of one hand, which all glyphs of a line share."""

    uses_pen: bool  # draws digits itself; otherwise they are MNIST's
    pen: float  # pixels of a stroke
    ink_level: float  # 0..255: from which on a pixel of MNIST is ink; higher is thinner
    jitter: float  # of the points of a stroke, as a share of a digit's height
    size_of: dict[str, float]  # of each digit, as a share of DIGIT_HEIGHT
    drop_of: dict[str, float]  # how far each digit lies below the line, likewise
    style_of: dict[int, Template]
    blob: float  # the radius of the ink where a stroke begins, as a share of the pen; 0 for none
    aspect: float  # width by height

    @classmethod
    def sample(cls, random: Random) -> Hand:
        sizes = dict.fromkeys(DIGITS, 1.0)
        drops = dict.fromkeys(DIGITS, 0.0)
        if random.random() < 0.4:
            sizes["0"] = random.uniform(0.55, 1)
        if random.random() < 0.35:
            for digit in "79":
                drops[digit] = random.uniform(0, 0.35)
        if random.random() < 0.15:
            drops["6"] = drops["8"] = -random.uniform(0, 0.25)
        return cls(
            uses_pen=random.random() < 0.35,
            pen=float(random.choice((random.uniform(2.2, 4.5), random.uniform(3.5, 9)))),
            ink_level=random.uniform(60, 190),
            jitter=random.uniform(0.01, 0.04),
            size_of=sizes,
            drop_of=drops,
            style_of={
                digit: styles[random.integers(len(styles))]
                for digit, styles in DIGIT_TEMPLATES.items()
            },
            blob=random.uniform(0.7, 1.2) if random.random() < 0.15 else 0.0,
            aspect=random.uniform(0.55, 1.05),
        )

    def with_pen(self, pen: float) -> Hand:
        """The same hand with another pen, of so many pixels."""
        return replace(self, pen=pen)


def draw_strokes(
    template: Template, width: float, height: float, hand: Hand, random: Random
) -> DrawnGlyph:
    """A template at a size in pixels, in the pen of the hand."""
    paths = []
    for stroke in template:
        points = np.asarray(stroke, np.float64)
        points = points + random.normal(0, hand.jitter, points.shape)
        paths.append(smooth(points) * (width, height))
    low = np.concatenate(paths).min(axis=0)
    high = np.concatenate(paths).max(axis=0)
    rim = int(hand.pen / 2) + 2
    shape = np.ceil(high - low).astype(int) + 2 * rim
    canvas = np.zeros((int(shape[1]), int(shape[0])), np.uint8)
    for path in paths:
        placed = path - low + rim
        add_stroke(canvas, placed, max(1, round(hand.pen * random.uniform(0.9, 1.1))))
        if hand.blob and len(placed) > _SHORT:
            radius = round(hand.blob * hand.pen * 2**SHIFT)
            x, y = fixed_point(placed[0]).tolist()
            cv2.circle(canvas, (x, y), radius, 255, cv2.FILLED, cv2.LINE_AA, SHIFT)
    return DrawnGlyph(canvas, round(float(low[1])) - rim)


def draw_digit(symbol: str, hand: Hand, source: DigitSource, random: Random) -> DrawnGlyph:
    digit = int(symbol)
    height = DIGIT_HEIGHT * hand.size_of[symbol] * random.uniform(0.88, 1.06)
    drop = DIGIT_HEIGHT * hand.drop_of[symbol]
    if hand.uses_pen:
        template = hand.style_of[digit]
        if random.random() < 0.15:
            template = DIGIT_TEMPLATES[digit][random.integers(len(DIGIT_TEMPLATES[digit]))]
        width = height * hand.aspect * random.uniform(0.6, 0.8)
        glyph = draw_strokes(template, width, height, hand, random)
        return DrawnGlyph(glyph.ink, glyph.top + round(DIGIT_HEIGHT - height + drop))
    ink = source.sample(digit, random)
    scale = height / max(20, ink.shape[0])
    size = (max(2, round(ink.shape[1] * scale)), max(2, round(ink.shape[0] * scale)))
    large = cv2.resize(ink, size, interpolation=cv2.INTER_CUBIC).astype(np.float32)
    sharp = np.clip((large - hand.ink_level) * 3.0 + 128, 0, 255).astype(np.uint8)
    return DrawnGlyph(sharp, round(DIGIT_HEIGHT - sharp.shape[0] + drop))
