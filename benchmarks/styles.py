"""Styles of digits that the shipped network was not trained on, for the benchmarks."""

from __future__ import annotations

import numpy as np

from worker.recognition.arrays import Images
from worker.recognition.network.classifier import Classifier
from worker.recognition.training.synthetic.glyph_templates import Template
from worker.recognition.training.synthetic.stroke_renderer import draw

STYLES: dict[str, tuple[int, Template]] = {
    "nines with a looped tail": (
        9,
        [[(0.8, 0.2), (0.45, 0), (0.15, 0.22), (0.45, 0.42), (0.8, 0.2)],
         [(0.8, 0.2), (0.85, 0.7), (0.5, 1), (0.1, 0.85), (0.3, 0.7), (0.9, 0.75)]],
    ),
    "twos with a bar": (
        2,
        [[(0.1, 0.05), (0.5, 0), (0.9, 0)], [(0.9, 0), (0.5, 0.5), (0.1, 1)],
         [(0.1, 1), (0.5, 1), (0.95, 1)], [(0.25, 0.5), (0.5, 0.5), (0.8, 0.5)]],
    ),
    "zeros crossed out": (
        0,
        [[(0.5, 0), (0.1, 0.3), (0.1, 0.7), (0.5, 1), (0.9, 0.7), (0.9, 0.3), (0.5, 0)],
         [(0.85, 0.1), (0.5, 0.5), (0.15, 0.9)], [(0.15, 0.1), (0.5, 0.5), (0.85, 0.9)]],
    ),
    "sevens with a bar and a foot": (
        7,
        [[(0.05, 0.3), (0.08, 0.02)], [(0.05, 0.02), (0.5, 0), (0.95, 0)],
         [(0.95, 0), (0.6, 0.5), (0.4, 1)], [(0.2, 0.5), (0.5, 0.5), (0.95, 0.5)],
         [(0.1, 1), (0.4, 1), (0.75, 1)]],
    ),
}  # fmt: skip


def drawn(style: str, count: int, random: np.random.Generator) -> Images:
    """(count, 28, 28) uint8 pictures of the style, all different."""
    _, template = STYLES[style]
    return np.stack([draw(template, random) for _ in range(count)])


def share_right(classifier: Classifier, style: str, images: Images) -> float:
    """The share that is answered right, 0..1."""
    scores = classifier.classify(images.astype(np.float32) / np.float32(255))
    read = scores.probabilities.argmax(axis=1)
    is_answered = scores.in_distribution_score >= classifier.calibration.refuse_below
    return float(((read == STYLES[style][0]) & is_answered).mean())


def hardest_style(classifier: Classifier, random: np.random.Generator) -> str:
    """The style that the network most often misreads; a refusal counts as right."""

    def share_read(style: str) -> float:
        images = drawn(style, 100, random).astype(np.float32) / np.float32(255)
        read = classifier.classify(images).probabilities.argmax(axis=1)
        return float((read == STYLES[style][0]).mean())

    return min(STYLES, key=share_read)
