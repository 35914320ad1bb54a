"""From ink to glyphs: marks are told from specks and edges, grouped, and put in reading order."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from worker.digits.mnist_convention import to_mnist
from worker.digits.normalize import Traces
from worker.digits.reading import Box, Glyph, Refusal

MOST_GLYPHS = 200
_FEWEST_PIXELS = 12


@dataclass(frozen=True)
class Mark:
    """One connected piece of ink, or several that belong together."""

    labels: tuple[int, ...]
    left: int
    top: int
    right: int  # one beyond the last column
    bottom: int
    area: int
    darkness: float  # the mean absorption of its core, 0..1

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def size(self) -> int:
        return max(self.width, self.height)

    @property
    def box(self) -> Box:
        return Box(self.left, self.top, self.width, self.height)

    def joined(self, other: Mark) -> Mark:
        return Mark(
            self.labels + other.labels,
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
            self.area + other.area,
            max(self.darkness, other.darkness),
        )


def find_glyphs(traces: Traces) -> list[Glyph] | Refusal:
    """The digits-to-be in reading order, rows top to bottom, or why there are none."""
    labels, marks = _marks(traces)
    marks = _without_faint(marks)
    marks = _without_edges(marks, traces.ink.shape)
    marks = _without_specks(_joined(marks), traces.ink.shape)
    if not marks:
        return Refusal.BLANK
    if len(marks) > MOST_GLYPHS:
        return Refusal.TOO_MANY
    return [
        Glyph(traces.picture.box_in_original(mark.box), row, _ink_of(mark, labels, traces))
        for row, marks_in_row in enumerate(_rows(marks))
        for mark in marks_in_row
    ]


def _marks(traces: Traces) -> tuple[NDArray[np.int32], list[Mark]]:
    """Connected pieces of ink with their measures, and the picture of their numbers."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        traces.ink.astype(np.uint8), connectivity=8
    )
    flat = labels[traces.ink]
    depths = traces.absorbed[traces.ink]
    mean = np.bincount(flat, depths, count) / np.maximum(np.bincount(flat, minlength=count), 1)
    marks = [
        Mark((number,), left, top, left + width, top + height, area, float(mean[number]))
        for number, (left, top, width, height, area) in enumerate(stats.tolist())
        if number > 0 and area >= _FEWEST_PIXELS
    ]
    return np.asarray(labels, np.int32), marks


def _without_faint(marks: list[Mark]) -> list[Mark]:
    """Without marks much fainter than the writing: grain, folds, the page's back side."""
    if not marks:
        return []
    largest = max(mark.size for mark in marks)
    writing = max(mark.darkness for mark in marks if mark.size > 0.2 * largest)
    return [mark for mark in marks if mark.darkness > 0.4 * writing]


def _without_edges(marks: list[Mark], shape: tuple[int, ...]) -> list[Mark]:
    """Without what runs into the picture's edge, unless that is all there is."""
    height, width = shape
    inner = [
        mark
        for mark in marks
        if mark.left > 1 and mark.top > 1 and mark.right < width - 1 and mark.bottom < height - 1
    ]
    large_enough = [mark for mark in inner if mark.size > 0.12 * min(height, width)]
    if large_enough:
        return inner
    centred = [
        mark
        for mark in marks
        if abs((mark.left + mark.right) / 2 - width / 2) < 0.3 * width
        and abs((mark.top + mark.bottom) / 2 - height / 2) < 0.3 * height
        and mark.size > 0.35 * min(height, width)
    ]
    return centred or inner


def _joined(marks: list[Mark]) -> list[Mark]:
    """Pieces of one digit made one mark: a bar apart, a broken stroke, an open 4."""
    if not marks:
        return []
    digit_height = float(np.median([m.size for m in marks if m.size > 0.4 * _largest(marks)]))
    waiting = sorted(marks, key=lambda mark: -mark.size)
    done: list[Mark] = []
    while waiting:
        mark = waiting.pop(0)
        partner = next((m for m in waiting if _belong(mark, m, digit_height)), None)
        if partner is None:
            done.append(mark)
            continue
        waiting.remove(partner)
        waiting.insert(0, mark.joined(partner))
    return done


def _largest(marks: list[Mark]) -> int:
    return max(mark.size for mark in marks)


def _belong(one: Mark, other: Mark, digit_height: float) -> bool:
    """Whether two marks are pieces of one digit, judged by gap, overlap and the joint size."""
    across = max(one.left, other.left) - min(one.right, other.right)  # gap; overlap if negative
    down = max(one.top, other.top) - min(one.bottom, other.bottom)
    joint = one.joined(other)
    if joint.size > 1.5 * max(digit_height, one.size):
        return False
    overlapping = -across > 0.4 * min(one.width, other.width)
    if overlapping and down < 0.2 * digit_height:
        return not (min(one.height, other.height) > 0.6 * digit_height and down > 0)
    small = min(one.size, other.size) < 0.5 * digit_height
    return small and max(across, down) < 0.1 * digit_height


def _without_specks(marks: list[Mark], shape: tuple[int, ...]) -> list[Mark]:
    """Without dots, commas and grain, and without long underlines among digits."""
    if not marks:
        return []
    largest = max(mark.size for mark in marks)
    least = max(0.3 * largest, 0.02 * max(shape))
    kept = [mark for mark in marks if mark.size >= least]
    digits = [mark for mark in kept if mark.width < 3.5 * mark.height]
    return digits or kept


def _rows(marks: list[Mark]) -> list[list[Mark]]:
    """Marks in rows from the top, each from the left.

    Each mark, from the left, goes on the row whose last mark it overlaps most in height, so that
    a row may slant.
    """
    rows: list[list[Mark]] = []
    for mark in sorted(marks, key=lambda m: m.left):
        best = max(rows, key=lambda row: _overlap(row[-1], mark), default=None)
        if best is not None and _overlap(best[-1], mark) > 0.3:
            best.append(mark)
        else:
            rows.append([mark])
    return sorted(rows, key=lambda row: float(np.mean([(m.top + m.bottom) / 2 for m in row])))


def _overlap(one: Mark, other: Mark) -> float:
    """The shared part of their heights, as a share of the lesser."""
    shared = min(one.bottom, other.bottom) - max(one.top, other.top)
    return shared / max(1, min(one.height, other.height))


def _ink_of(mark: Mark, labels: NDArray[np.int32], traces: Traces) -> NDArray[np.float32]:
    """The mark alone, without its neighbours, at MNIST's convention."""
    height, width = traces.ink.shape
    rim = 3
    rows = slice(max(0, mark.top - rim), min(height, mark.bottom + rim))
    columns = slice(max(0, mark.left - rim), min(width, mark.right + rim))
    own = np.isin(labels[rows, columns], mark.labels).astype(np.uint8)
    near = cv2.dilate(own, np.ones((2 * rim + 1, 2 * rim + 1), np.uint8)) > 0
    others = traces.ink[rows, columns] & (own == 0)
    return to_mnist(np.where(near & ~others, traces.soft_ink[rows, columns], 0).astype(np.float32))
