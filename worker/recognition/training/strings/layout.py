"""Layout: a text written as one line of ink, with the place of each symbol."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from worker.recognition.reading import Box
from worker.recognition.strings.alphabet import FRACTIONS
from worker.recognition.training.strings.glyphs import draw_glyph
from worker.recognition.training.strings.hand import (
    DIGIT_HEIGHT,
    Canvas,
    DigitSource,
    DrawnGlyph,
    Hand,
)

Random = np.random.Generator

ABOVE, BELOW = 40, 48  # pixels of paper above and below a digit
BESIDE = 64  # pixels of paper at each end of the line


@dataclass(frozen=True)
class WrittenLine:
    """A line of ink: white on black, on paper that is larger than the writing."""

    canvas: Canvas
    boxes: tuple[Box, ...]  # of each symbol, in the canvas's pixels
    edges: tuple[int, ...] = ()  # x of the walls of its cells, if each symbol has one


def write_line(text: str, hand: Hand, source: DigitSource, random: Random) -> WrittenLine:
    """A text in one hand."""
    glyphs = [draw_glyph(symbol, hand, source, random) for symbol in text]
    lefts, edges = _in_cells(glyphs, random) if random.random() < 0.13 else (
        _in_a_row(text, glyphs, random), ())  # fmt: skip
    width = max(left + glyph.ink.shape[1] for left, glyph in zip(lefts, glyphs, strict=True))
    canvas = np.zeros((ABOVE + DIGIT_HEIGHT + BELOW, width + 2 * BESIDE), np.uint8)
    slope = 0.0 if edges else float(random.normal(0, 0.02))
    wander = random.uniform(0, 2.5)
    boxes = []
    for left, glyph in zip(lefts, glyphs, strict=True):
        height = glyph.ink.shape[0]
        top = round(ABOVE + glyph.top + slope * left + random.normal(0, wander))
        top = min(max(0, top), canvas.shape[0] - height)
        part = canvas[top : top + height, BESIDE + left : BESIDE + left + glyph.ink.shape[1]]
        np.maximum(part, glyph.ink, out=part)
        boxes.append(Box(BESIDE + left, top, part.shape[1], height))
    return WrittenLine(canvas, tuple(boxes), tuple(BESIDE + edge for edge in edges))


def _in_a_row(text: str, glyphs: Sequence[DrawnGlyph], random: Random) -> list[int]:
    """The left sides of glyphs that touch, stand close, or stand apart."""
    low, high = ((-8, 1), (0, 9), (5, 22), (18, 55))[random.choice(4, p=(0.22, 0.46, 0.24, 0.08))]
    rhythm = random.uniform(low, high)
    lefts, x = [], 0
    previous = 0
    for symbol, glyph in zip(text, glyphs, strict=True):
        width = glyph.ink.shape[1]
        gap = rhythm + random.normal(0, 1.5)
        if symbol in ".,:-/":
            gap = max(0.0, gap * random.uniform(0.3, 1.0)) + random.uniform(0, 5)
        if symbol in FRACTIONS:
            gap = max(0.0, gap) + random.uniform(0, 26)
        if previous:
            x += round(max(gap, -0.3 * min(width, previous)))
        lefts.append(x)
        x += width
        previous = width
    return lefts


def _in_cells(glyphs: Sequence[DrawnGlyph], random: Random) -> tuple[list[int], tuple[int, ...]]:
    """The left sides of glyphs in the middle of cells of one width, and the cells' walls."""
    widest = max(glyph.ink.shape[1] for glyph in glyphs)
    pitch = round(max(widest * random.uniform(1.0, 1.3), DIGIT_HEIGHT * random.uniform(0.7, 1.4)))
    lefts = [
        round(pitch * (place + 0.5) - glyph.ink.shape[1] / 2 + random.normal(0, 0.06 * pitch))
        for place, glyph in enumerate(glyphs)
    ]
    shift = -min(0, *lefts)
    edges = tuple(pitch * place + shift for place in range(len(glyphs) + 1))
    return [left + shift for left in lefts], edges
