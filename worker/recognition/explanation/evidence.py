"""Evidence: which pixels speak for one label and against another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from worker.recognition.arrays import Ink
from worker.recognition.explanation.gradients import ScoreGradients
from worker.recognition.explanation.layers import Array

FIRST_INTERVALS = 32
MOST_GRADIENTS = 1024  # then the rest of the error is shown as it is
SPLIT_TOGETHER = 32
TOLERANCE = 0.004  # of the difference: completeness is promised to 0.01

PATCH, STRIDE = 4, 2  # pixels of the square that is erased, and between two squares


@dataclass(frozen=True)
class IntegratedGradients:
    """What each pixel contributes to the difference of two scores.

    The contributions add up to the difference, minus that of an empty picture (completeness;
    Sundararajan, Taly and Yan 2017, arXiv:1703.01365).
    """

    contributions: Array  # (28, 28); positive numbers speak for the first label
    value: float  # the difference of the scores for the ink
    baseline: float  # the same for an empty, black picture
    gradients: int  # how many were computed

    @property
    def total(self) -> float:
        return float(self.contributions.sum(dtype=np.float64))

    @property
    def error(self) -> float:
        """By how much the sum misses, as a share of what it should be."""
        due = self.value - self.baseline
        return abs(self.total - due) / max(abs(due), 1e-6)


@dataclass
class _Interval:
    """A part of the way from the empty picture to the ink."""

    start: float
    end: float
    value_at_start: float  # the difference of the scores
    value_at_end: float
    gradient: Array  # at the middle
    value_at_middle: float

    def contributions(self, ink: Ink) -> Array:
        return np.asarray(self.gradient * ink * np.float32(self.end - self.start), np.float32)

    def miss(self, ink: Ink) -> float:
        """What the gradient at the middle leaves unexplained of the rise."""
        explained = float(self.contributions(ink).sum(dtype=np.float64))
        return self.value_at_end - self.value_at_start - explained


def integrated_gradients(
    gradients: ScoreGradients, ink: Ink, weights: Array
) -> IntegratedGradients:
    """Integrate the gradients on the straight way from an empty picture to the ink.

    The way is split most where the gradient at the middle of a part does not explain its rise,
    which is known from its ends.
    """
    ends = np.linspace(0, 1, FIRST_INTERVALS + 1)
    scores = gradients.scores(_on_the_way(ends, ink))
    values = [float(value) for value in scores.astype(np.float64) @ weights]
    pieces = list(zip(ends[:-1], ends[1:], values[:-1], values[1:], strict=True))
    intervals = _measured(pieces, gradients, ink, weights)
    due, count = values[-1] - values[0], len(intervals)
    while count < MOST_GRADIENTS:
        misses = np.array([interval.miss(ink) for interval in intervals])
        if abs(misses.sum()) <= TOLERANCE * max(abs(due), 1e-6):
            break
        worst = set(np.argsort(-np.abs(misses))[:SPLIT_TOGETHER].tolist())
        halves = [half for n in worst for half in _halves(intervals[n])]
        kept = [interval for n, interval in enumerate(intervals) if n not in worst]
        intervals = kept + _measured(halves, gradients, ink, weights)
        count += len(halves)
    contributions = np.sum([interval.contributions(ink) for interval in intervals], axis=0)
    return IntegratedGradients(contributions, values[-1], values[0], count)


_Piece = tuple[float, float, float, float]  # start and end, and the difference there


def _halves(interval: _Interval) -> list[_Piece]:
    middle = (interval.start + interval.end) / 2
    return [
        (interval.start, middle, interval.value_at_start, interval.value_at_middle),
        (middle, interval.end, interval.value_at_middle, interval.value_at_end),
    ]


def _measured(
    pieces: list[_Piece], gradients: ScoreGradients, ink: Ink, weights: Array
) -> list[_Interval]:
    """The pieces with the gradient and the difference at their middles."""
    middles = np.array([(start + end) / 2 for start, end, _, _ in pieces])
    slopes = gradients.slopes(_on_the_way(middles, ink), weights)
    return [
        _Interval(*piece, gradient, float(value))
        for piece, value, gradient in zip(pieces, slopes.values, slopes.gradients, strict=True)
    ]


def _on_the_way(shares: NDArray[np.float64], ink: Ink) -> Array:
    """The ink made fainter, from nothing (0) to as it is (1)."""
    return np.asarray(shares[:, None, None] * ink, np.float32)


def occlusion(gradients: ScoreGradients, ink: Ink, weights: Array) -> Array:
    """(28, 28): by how much the difference falls when ink around a pixel is erased.

    Squares of 4×4 pixels are made black, one at a time (Zeiler and Fergus 2014); each pixel has
    the mean of the squares that cover it.
    """
    side = ink.shape[0]
    corners = [
        (top, left)
        for top in range(0, side - PATCH + 1, STRIDE)
        for left in range(0, side - PATCH + 1, STRIDE)
    ]
    erased = np.repeat(ink[None], len(corners) + 1, axis=0)
    for picture, (top, left) in zip(erased, corners, strict=False):
        picture[top : top + PATCH, left : left + PATCH] = 0
    values = gradients.scores(erased) @ weights
    falls, covered = np.zeros_like(ink), np.zeros_like(ink)
    for value, (top, left) in zip(values, corners, strict=False):
        square = np.s_[top : top + PATCH, left : left + PATCH]
        falls[square] += values[-1] - value
        covered[square] += 1
    return np.asarray(falls / covered, np.float32)
