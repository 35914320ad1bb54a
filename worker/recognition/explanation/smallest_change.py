"""The smallest change: as little ink as can be found, added or erased, that flips the answer.

Dabs of a soft brush are chosen one after another, each where it changes the difference of the two
scores most; then those that turn out not to be needed are taken back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from worker.recognition.arrays import Ink
from worker.recognition.explanation.gradients import ScoreGradients, difference
from worker.recognition.explanation.layers import Array

MOST_DABS = 48
MOST_OVER_BEST = 1.5  # then a search is given up: taking dabs back seldom saves more
BRUSH_SIDE, BRUSH_SPREAD = 5, 0.9  # pixels: about as wide as a pen's stroke
STRENGTH = 0.6  # of one dab
FRAMES = 12


@dataclass(frozen=True)
class SmallestChange:
    """The ink before and after, and what lies between."""

    frames: Array  # (FRAMES, 28, 28), from the ink as it is to the changed one
    flips: bool  # whether the second label has the highest score of all now
    scores: Array  # (10,) of the changed ink
    dabs: int

    @property
    def change(self) -> Array:
        """(28, 28): ink that is added, above 0, or erased."""
        return np.asarray(self.frames[-1] - self.frames[0], np.float32)

    @property
    def amount(self) -> float:
        """The ink that is added or erased, in full pixels."""
        return float(np.abs(self.change).sum())


@dataclass(frozen=True)
class _Dab:
    row: int
    column: int
    adds: bool

    def applied(self, ink: Ink, brush: Array) -> Ink:
        """The ink with more or less of it under the brush."""
        reach = BRUSH_SIDE // 2
        padded = np.pad(ink, reach)
        under = padded[self.row : self.row + BRUSH_SIDE, self.column : self.column + BRUSH_SIDE]
        under += brush * (1 - under) if self.adds else -brush * under
        inside = padded[reach:-reach, reach:-reach]
        return np.asarray(inside, np.float32)


def smallest_change(gradients: ScoreGradients, ink: Ink, first: int, second: int) -> SmallestChange:
    """Change an ink that has a higher score as `first` until `second` has the highest of all.

    Adding, erasing, and both together are tried; the one that changes least ink is returned.
    Where none flips the answer, the change is the one that came nearest.
    """
    found: list[SmallestChange] = []
    for adds, erases in ((True, True), (True, False), (False, True)):
        flipping = [change.amount for change in found if change.flips]
        limit = MOST_OVER_BEST * min(flipping, default=np.inf)
        found.append(_search(gradients, ink, first, second, adds=adds, erases=erases, limit=limit))
    changes = [change for change in found if change.flips]
    if changes:
        return min(changes, key=lambda change: change.amount)
    return max(found, key=lambda change: float(change.scores[second] - change.scores[first]))


def _search(
    gradients: ScoreGradients,
    ink: Ink,
    first: int,
    second: int,
    *,
    adds: bool,
    erases: bool,
    limit: float,
) -> SmallestChange:
    """Dabs until the answer flips, or more ink than the limit is changed."""
    brush = _brush()
    dabs: list[_Dab] = []
    changed, rival = ink, first
    for _ in range(MOST_DABS):
        slopes = gradients.slopes(changed[None], difference(second, rival))
        now = _strongest_rival(slopes.scores[0], second)
        if now is None or np.abs(changed - ink).sum() > limit:
            break
        if now != rival:  # another label is in front: this one is to be overtaken next
            rival = now
            slopes = gradients.slopes(changed[None], difference(second, rival))
        dabs.append(_best_dab(slopes.gradients[0], changed, brush, adds=adds, erases=erases))
        changed = dabs[-1].applied(changed, brush)
    dabs = _needed(gradients, ink, dabs, brush, second)
    scores = gradients.scores(_applied(ink, dabs, brush)[None])[0]
    flips = _strongest_rival(scores, second) is None
    return SmallestChange(_frames(ink, dabs, brush), flips, scores, len(dabs))


def _strongest_rival(scores: Array, label: int) -> int | None:
    """The label with the highest score, unless it is this one."""
    best = int(scores.argmax())
    return None if best == label else best


def _best_dab(slopes: Array, ink: Ink, brush: Array, *, adds: bool, erases: bool) -> _Dab:
    """Where one dab raises the difference most, to first order."""
    gains = []
    if adds:
        gains.append((True, _under_brush(slopes * (1 - ink), brush)))
    if erases:
        gains.append((False, _under_brush(-slopes * ink, brush)))
    is_adding, gain = max(gains, key=lambda one: float(one[1].max()))
    row, column = np.unravel_index(int(gain.argmax()), gain.shape)
    return _Dab(int(row), int(column), is_adding)


def _under_brush(numbers: Array, brush: Array) -> Array:
    return np.asarray(cv2.filter2D(numbers, -1, brush, borderType=cv2.BORDER_CONSTANT), np.float32)


def _needed(
    gradients: ScoreGradients, ink: Ink, dabs: list[_Dab], brush: Array, second: int
) -> list[_Dab]:
    """The dabs without those that the flip does not need; the first ones are tried first."""
    kept = list(dabs)
    while len(kept) > 1:
        shorter = [kept[:n] + kept[n + 1 :] for n in range(len(kept))]
        inks = np.stack([_applied(ink, some, brush) for some in shorter])
        scores = gradients.scores(inks)
        margins = scores[:, second] - np.delete(scores, second, axis=1).max(axis=1)
        best = int(margins.argmax())
        if margins[best] <= 0:
            break
        kept = shorter[best]
    return kept


def _applied(ink: Ink, dabs: Sequence[_Dab], brush: Array) -> Ink:
    for dab in dabs:
        ink = dab.applied(ink, brush)
    return ink


def _frames(ink: Ink, dabs: Sequence[_Dab], brush: Array) -> Array:
    """The change in FRAMES pictures: each dab grows after the one before."""
    frames = []
    for moment in np.linspace(0, len(dabs), FRAMES):
        whole = int(moment)
        frame = _applied(ink, dabs[:whole], brush)
        if whole < len(dabs):
            frame = dabs[whole].applied(frame, brush * np.float32(moment - whole))
        frames.append(frame)
    return np.stack(frames)


def _brush() -> Array:
    """(BRUSH_SIDE, BRUSH_SIDE): the share of a pixel that one dab fills or erases."""
    line = cv2.getGaussianKernel(BRUSH_SIDE, BRUSH_SPREAD)
    brush = line @ line.T
    return np.asarray(STRENGTH * brush / brush.max(), np.float32)
