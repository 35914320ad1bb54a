"""Sample digits: all ten digits in common styles, drawn for the pages that explain networks.

They are made by the stroke renderer, so that they can be shipped: MNIST's pictures are not part of
Cifra. A European one has a flag and a European seven a bar; the American ones have neither.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from worker.recognition.training.synthetic.glyph_templates import Template
from worker.recognition.training.synthetic.stroke_renderer import draw

MAX_WIDTH = 14.0  # canvas pixels of a chisel
MAX_INK = 0.22  # the mean of a picture, 0..1; a broader pen closes the holes of an 8

# (label, style): the style is "european" or "american" where the two differ.
STYLES: list[tuple[int, str, Template]] = [
    (0, "", [[(0.5, 0), (0.12, 0.3), (0.12, 0.7), (0.5, 1), (0.88, 0.7), (0.88, 0.3), (0.5, 0)]]),
    (0, "", [[(0.6, 0.02), (0.2, 0.25), (0.18, 0.75), (0.5, 1), (0.85, 0.6), (0.8, 0.2),
              (0.5, 0)]]),
    (1, "american", [[(0.5, 0), (0.5, 0.5), (0.5, 1)]]),
    (1, "american", [[(0.6, 0), (0.5, 0.5), (0.42, 1)]]),
    (1, "european", [[(0.1, 0.4), (0.3, 0.2), (0.5, 0)], [(0.5, 0), (0.48, 0.5), (0.46, 1)]]),
    (1, "european", [[(0.05, 0.5), (0.3, 0.25), (0.55, 0)], [(0.55, 0), (0.5, 0.5), (0.45, 1)]]),
    (2, "", [[(0.12, 0.25), (0.45, 0), (0.85, 0.25), (0.5, 0.65), (0.08, 1)],
             [(0.08, 1), (0.5, 0.98), (0.92, 1)]]),
    (2, "", [[(0.12, 0.2), (0.5, 0), (0.85, 0.3), (0.3, 0.85), (0.1, 0.95), (0.12, 0.8),
              (0.4, 0.85), (0.9, 1)]]),
    (3, "", [[(0.12, 0.12), (0.5, 0), (0.8, 0.22), (0.4, 0.47)],
             [(0.4, 0.47), (0.88, 0.7), (0.5, 1), (0.08, 0.88)]]),
    (3, "", [[(0.12, 0.02), (0.5, 0), (0.85, 0.02)], [(0.85, 0.02), (0.65, 0.25), (0.45, 0.42)],
             [(0.45, 0.42), (0.9, 0.65), (0.55, 1), (0.1, 0.92)]]),
    (4, "", [[(0.2, 0), (0.15, 0.28), (0.12, 0.55)], [(0.12, 0.55), (0.5, 0.55), (0.9, 0.52)],
             [(0.72, 0.02), (0.7, 0.5), (0.68, 1)]]),
    (4, "", [[(0.58, 0), (0.3, 0.35), (0.05, 0.65)], [(0.05, 0.65), (0.5, 0.65), (0.95, 0.65)],
             [(0.62, 0), (0.62, 0.5), (0.62, 1)]]),
    (5, "", [[(0.25, 0.02), (0.55, 0), (0.9, 0)], [(0.25, 0.02), (0.22, 0.2), (0.2, 0.42)],
             [(0.2, 0.42), (0.62, 0.36), (0.88, 0.66), (0.52, 1), (0.1, 0.9)]]),
    (6, "", [[(0.72, 0), (0.35, 0.3), (0.14, 0.7), (0.45, 1), (0.8, 0.75), (0.5, 0.52),
              (0.2, 0.7)]]),
    (6, "", [[(0.55, 0), (0.25, 0.35), (0.15, 0.75), (0.5, 1), (0.82, 0.8), (0.6, 0.55),
              (0.18, 0.72)]]),
    (7, "american", [[(0.08, 0.02), (0.5, 0), (0.92, 0)], [(0.92, 0), (0.62, 0.5), (0.4, 1)]]),
    (7, "american", [[(0.1, 0), (0.5, 0.02), (0.85, 0)], [(0.85, 0), (0.65, 0.5), (0.5, 1)]]),
    (7, "european", [[(0.08, 0.02), (0.5, 0), (0.92, 0)], [(0.92, 0), (0.62, 0.5), (0.4, 1)],
                     [(0.3, 0.5), (0.6, 0.5), (0.9, 0.48)]]),
    (7, "european", [[(0.1, 0.02), (0.5, 0.02), (0.9, 0)], [(0.9, 0), (0.62, 0.5), (0.45, 1)],
                     [(0.25, 0.55), (0.58, 0.52), (0.88, 0.5)]]),
    (8, "", [[(0.78, 0.15), (0.5, 0), (0.22, 0.2), (0.5, 0.45), (0.85, 0.75), (0.5, 1),
              (0.15, 0.75), (0.5, 0.45), (0.8, 0.18)]]),
    (8, "", [[(0.5, 0), (0.2, 0.22), (0.5, 0.45), (0.8, 0.22), (0.5, 0)],
             [(0.5, 0.45), (0.12, 0.72), (0.5, 1), (0.88, 0.72), (0.5, 0.45)]]),
    (9, "", [[(0.82, 0.25), (0.5, 0), (0.18, 0.25), (0.48, 0.5), (0.82, 0.25)],
             [(0.82, 0.15), (0.8, 0.6), (0.75, 1)]]),
    (9, "", [[(0.8, 0.25), (0.5, 0), (0.16, 0.25), (0.45, 0.5), (0.8, 0.25)],
             [(0.82, 0.12), (0.82, 0.65), (0.6, 0.98), (0.22, 0.92)]]),
]  # fmt: skip


@dataclass(frozen=True)
class SampleDigits:
    """Drawn digits, in an order without a pattern; ten labels equally often."""

    images: NDArray[np.uint8]  # (n, 28, 28), 0..255, white ink on black
    labels: NDArray[np.uint8]  # (n,)
    styles: tuple[str, ...]  # n times "european", "american" or ""


def draw_sample_digits(of_each: int, random: np.random.Generator) -> SampleDigits:
    """Draw `of_each` pictures of each of the ten digits, in all of its styles."""
    drawn = []
    for label in range(10):
        templates = [style for style in STYLES if style[0] == label]
        drawn += [templates[number % len(templates)] for number in range(of_each)]
    chosen = [drawn[index] for index in random.permutation(len(drawn))]
    images = [_legible(shape, random) for _, _, shape in chosen]
    return SampleDigits(
        np.stack(images),
        np.array([label for label, _, _ in chosen], np.uint8),
        tuple(style for _, style, _ in chosen),
    )


def _legible(shape: Template, random: np.random.Generator) -> NDArray[np.uint8]:
    """A picture with a pen that leaves the holes of the digit open."""
    while True:
        image = draw(shape, random, jitter=0.045, max_width=MAX_WIDTH)
        if image.mean() <= MAX_INK * 255:
            return image


def picture_sheet(images: NDArray[np.uint8], columns: int) -> bytes:
    """(n, 28, 28) pictures side by side in one PNG, `columns` in a row; the last row is filled up.

    Sixteen grey levels are enough to look at and halve the file.
    """
    rows = -(-len(images) // columns)
    padded = np.zeros((rows * columns, 28, 28), np.uint8)
    padded[: len(images)] = np.round(images / 17.0) * 17
    sheet = padded.reshape(rows, columns, 28, 28).transpose(0, 2, 1, 3)
    file = io.BytesIO()
    picture = Image.fromarray(sheet.reshape(rows * 28, columns * 28))
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()
