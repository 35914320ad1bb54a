"""Outliers: synthetic pictures of no digit, from which the network learns to refuse.

Outlier exposure (Hendrycks, Mazeika and Dietterich 2019, arXiv:1812.04606) without a data set:
letters and signs with jitter, scribbles, blots, cloth, digits joined together, lines.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from worker.recognition.network.mnist_format import centred
from worker.recognition.training.synthetic.garments import garment_outline
from worker.recognition.training.synthetic.glyph_templates import DIGITS, GREEK, SIGNS
from worker.recognition.training.synthetic.stroke_renderer import draw

Canvas = NDArray[np.uint8]  # (28, 28), 0..255, white on black
Random = np.random.Generator

CANVAS = 112  # pixels; shrunk to 28×28 at the end
# The widest chisel in canvas pixels: a 1 stays legible with a width that fills other digits.
MAX_WIDTH, MAX_WIDTH_OF_ONE = 26.0, 44.0


@dataclass(frozen=True)
class DigitSamples:
    """MNIST pictures, to be joined together and rotated."""

    images: NDArray[np.uint8]  # (n, 28, 28)
    labels: NDArray[np.uint8]  # (n,)

    def sample(self, count: int, random: Random) -> NDArray[np.uint8]:
        return self.images[random.integers(len(self.images), size=count)]


def draw_outliers(count: int, digits: DigitSamples, random: Random) -> NDArray[np.uint8]:
    """Draw (count, 28, 28) uint8 pictures of no digit; some are made of digits."""
    kinds = list(KINDS)
    shares = np.array([KINDS[kind] for kind in kinds])
    chosen = random.choice(len(kinds), size=count, p=shares / shares.sum())
    return np.stack([kinds[kind](random, digits) for kind in chosen])


def draw_digits(count: int, random: Random) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Draw digits in styles that MNIST lacks: (count, 28, 28) uint8 and (count,) labels."""
    chosen = [DIGITS[index] for index in random.integers(len(DIGITS), size=count)]
    images = np.stack(
        [
            draw(shape, random, max_width=MAX_WIDTH_OF_ONE if label == 1 else MAX_WIDTH)
            for label, shape in chosen
        ]
    )
    return images, np.array([label for label, _ in chosen], np.uint8)


def _sign(random: Random, digits: DigitSamples) -> Canvas:  # noqa: ARG001
    return draw(SIGNS[random.integers(len(SIGNS))], random)


def _greek(random: Random, digits: DigitSamples) -> Canvas:  # noqa: ARG001
    """Alpha, beta and gamma, which classrooms try next. A rotated alpha is nearly an 8."""
    upright = draw(SIGNS[random.integers(GREEK)], random, jitter=0.05, max_stretch=1.7)
    return np.rot90(upright, random.choice((0, 0, 0, 1, 3)))


def _sideways(random: Random, digits: DigitSamples) -> Canvas:
    """A digit of a page that was photographed sideways. A rotated 0 is a 0, so it is left out."""
    chosen = random.choice(np.nonzero(digits.labels)[0])
    return np.rot90(digits.images[chosen], random.choice((1, 3)))


def _scribble(random: Random, digits: DigitSamples) -> Canvas:  # noqa: ARG001
    count = random.integers(1, 4)
    strokes = [random.random((random.integers(4, 12), 2)) for _ in range(count)]
    return draw(strokes, random, jitter=0.0)


def _blot(random: Random, digits: DigitSamples) -> Canvas:  # noqa: ARG001
    """The peaks of smoothed noise: stains, shadows, crumpled paper."""
    noise = random.standard_normal((CANVAS, CANVAS)).astype(np.float32)
    smooth = cv2.GaussianBlur(noise, (0, 0), random.uniform(4, 18))
    window = cv2.GaussianBlur(_disc(random), (0, 0), 6)
    level = np.quantile(smooth, random.uniform(0.4, 0.85))
    return centred(((smooth > level) & (window > 127)).astype(np.uint8) * 255)


def _filled(random: Random, digits: DigitSamples) -> Canvas:  # noqa: ARG001
    """Solid shapes with folds and prints: clothes, tools, hands, boxes."""
    canvas = np.zeros((CANVAS, CANVAS), np.uint8)
    middle = CANVAS / 2
    for _ in range(random.integers(1, 5)):
        corners = random.integers(3, 9)
        angles = np.sort(random.uniform(0, 2 * np.pi, corners))
        reach = random.uniform(12, 50, corners)
        offset = random.uniform(-18, 18, 2) + middle
        outline = np.stack([np.cos(angles) * reach, np.sin(angles) * reach], 1) + offset
        cv2.fillPoly(canvas, [outline.astype(np.int32)], int(random.integers(90, 256)), cv2.LINE_AA)
    return centred(_as_scanned(_print_on(canvas, random), random))


def _garment(random: Random, digits: DigitSamples) -> Canvas:  # noqa: ARG001
    """Upright outlines: shirts, trousers, dresses, bags, boots laid flat."""
    sides = garment_outline(random) + random.normal(0, 1.2, 2)
    slim = random.uniform(0.6, 1.1)
    canvas = np.zeros((CANVAS, CANVAS), np.uint8)
    points = np.round(sides * (slim, 1) + (56, 4)).astype(np.int32)
    cv2.fillPoly(canvas, [points], int(random.integers(120, 256)), cv2.LINE_AA)
    return centred(_as_scanned(_print_on(canvas, random), random))


def _as_scanned(canvas: Canvas, random: Random) -> Canvas:
    """The remains of a solid shape after an adaptive threshold: its rim, its prints, or all."""
    if random.random() < 0.3:
        return canvas
    grey = canvas.astype(np.float32)
    around = cv2.GaussianBlur(grey, (0, 0), random.uniform(5, 30))
    ink = np.clip((grey - around * random.uniform(0.6, 1.05)) * 4, 0, 255).astype(np.uint8)
    return ink if ink.max() > 120 else canvas


def _print_on(canvas: Canvas, random: Random) -> Canvas:
    """Vary the grey of a solid shape: folds, stripes, a gradient."""
    y, x = np.mgrid[0:CANVAS, 0:CANVAS].astype(np.float32) / CANVAS
    angle, period = random.uniform(0, np.pi), random.uniform(0.04, 0.6)
    waves = np.sin((x * np.cos(angle) + y * np.sin(angle)) / period * 2 * np.pi)
    noise = random.standard_normal((14, 14)).astype(np.float32)
    folds = cv2.resize(noise, (CANVAS, CANVAS), interpolation=cv2.INTER_CUBIC)
    grey = 1 - random.uniform(0, 0.45) * (waves > 0) - random.uniform(0, 0.35) * np.abs(folds)
    return np.asarray(np.clip(canvas * np.clip(grey, 0, 1), 0, 255), dtype=np.uint8)


def _joined(random: Random, digits: DigitSamples) -> Canvas:
    """Two or three digits in one box, as when touching digits were not separated."""
    count = 2 if random.random() < 0.8 else 3
    canvas = np.zeros((28, 28 * count), np.uint8)
    x = 0
    for picture in digits.sample(count, random):
        ink = picture[:, picture.max(axis=0) > 60]
        y = int(random.integers(-3, 4))
        ink = np.roll(ink, y, axis=0)
        width = ink.shape[1]
        canvas[:, x : x + width] = np.maximum(canvas[:, x : x + width], ink)
        x += max(2, width + int(random.integers(-3, 3)))
    return centred(canvas)


def _stacked(random: Random, digits: DigitSamples) -> Canvas:
    """Two digits of two rows in one box."""
    above, below = (picture[picture.max(axis=1) > 60] for picture in digits.sample(2, random))
    gap = np.zeros((int(random.integers(0, 4)), 28), np.uint8)
    return centred(np.concatenate([above, gap, below]))


def _lines(random: Random, digits: DigitSamples) -> Canvas:  # noqa: ARG001
    """Ruled and squared paper, frames and corners that were taken for ink."""
    canvas = np.zeros((CANVAS, CANVAS), np.uint8)
    thick = int(random.integers(3, 12))
    across = random.random() < 0.8
    down = random.random() < 0.6 or not across
    if across:
        for y in random.integers(8, 104, random.integers(1, 4)):
            cv2.line(canvas, (4, int(y)), (108, int(y + random.integers(-6, 7))), 255, thick)
    if down and across:
        for x in random.integers(8, 104, random.integers(1, 4)):
            cv2.line(canvas, (int(x), 4), (int(x + random.integers(-6, 7)), 108), 255, thick)
    if not across:
        cv2.rectangle(canvas, (10, 10), tuple(random.integers(40, 108, 2).tolist()), 255, thick)
    return centred(canvas)


def _specks(random: Random, digits: DigitSamples) -> Canvas:  # noqa: ARG001
    """Dust and grain."""
    canvas = np.zeros((CANVAS, CANVAS), np.uint8)
    for _ in range(random.integers(1, 14)):
        x, y = random.integers(4, 108, 2).tolist()
        axes = (int(random.integers(4, 12)), int(random.integers(4, 12)))
        turn = float(random.uniform(0, 180))
        cv2.ellipse(canvas, (x, y), axes, turn, 0, 360, 255, -1, cv2.LINE_AA)
    return centred(canvas)


def _grain(random: Random, digits: DigitSamples) -> Canvas:  # noqa: ARG001
    """Noise of a sensor or of paper, with no shape in it."""
    noise = random.standard_normal((28, 28)).astype(np.float32)
    smooth = cv2.GaussianBlur(noise, (0, 0), random.uniform(0.4, 1.5))
    smooth = (smooth - smooth.min()) / np.ptp(smooth)
    return np.asarray(smooth**2 * random.uniform(60, 255), dtype=np.uint8)


def _disc(random: Random) -> Canvas:
    canvas = np.zeros((CANVAS, CANVAS), np.uint8)
    axes = (int(random.integers(20, 54)), int(random.integers(20, 54)))
    cv2.ellipse(canvas, (56, 56), axes, float(random.uniform(0, 180)), 0, 360, 255, -1)
    return canvas


# The share of each kind. Kinds that people really photograph have the largest.
KINDS: dict[Callable[[Random, DigitSamples], Canvas], float] = {
    _greek: 0.24,
    _sign: 0.22,
    _sideways: 0.06,
    _scribble: 0.08,
    _blot: 0.07,
    _filled: 0.1,
    _garment: 0.2,
    _joined: 0.08,
    _stacked: 0.03,
    _lines: 0.04,
    _specks: 0.03,
    _grain: 0.03,
}
