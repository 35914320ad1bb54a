"""From ink to glyphs: marks are told from specks and edges, grouped, and put in reading order."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from worker.recognition.network.mnist_format import to_mnist
from worker.recognition.page.binarisation import BinarisedPage, small_copy
from worker.recognition.reading import Box, Glyph, Refusal, Step
from worker.recognition.segmentation.components import Component, Labels, find_components, written
from worker.recognition.segmentation.reading_order import rows_of
from worker.recognition.segmentation.rotation import rotated_back

MOST_GLYPHS = 200
_BOX_COLOUR = (220, 60, 40)
_FLAT = 1.8  # wider than this many heights, a mark is no digit but may be part of one


def find_glyphs(traces: BinarisedPage, quarters: int = 0) -> list[Glyph] | Refusal:
    """The digits-to-be in reading order, rows top to bottom, or why there are none.

    They are looked for with the page turned so many quarters counter-clockwise; their boxes are
    in the picture as it came.
    """
    seen = traces.turned(quarters)
    everything, labels = find_components(seen)
    found = written(everything, seen)
    if isinstance(found, Refusal):
        return found
    marks = _without_specks(_joined(found), seen.ink.shape)
    if len(marks) > MOST_GLYPHS:
        return Refusal.TOO_MANY
    return [
        Glyph(_box_of(mark, traces, quarters), row, _ink_of(mark, labels, seen))
        for row, indices in enumerate(rows_of([mark.box for mark in marks]))
        for mark in (marks[index] for index in indices)
    ]


def _box_of(mark: Component, traces: BinarisedPage, quarters: int) -> Box:
    height, width = traces.ink.shape
    return traces.picture.box_in_original(rotated_back(mark.box, quarters, (height, width)))


def found_step(traces: BinarisedPage, glyphs: Sequence[Glyph]) -> Step:
    """The last step's picture: the photo with a box around each glyph."""
    shown = small_copy(traces.picture.pixels).copy()
    scale = shown.shape[1] / traces.picture.pixels.shape[1]
    for glyph in glyphs:
        box = traces.picture.box_in_working(glyph.box)
        left, top, width, height = (round(side * scale) for side in box)
        cv2.rectangle(shown, (left, top), (left + width, top + height), _BOX_COLOUR, 2)
    return Step("found", shown)


def _joined(marks: list[Component]) -> list[Component]:
    """Pieces of one digit made one mark: a bar apart, a broken stroke, an open 4."""
    if not marks:
        return []
    tallest = max(mark.height for mark in marks)
    digit_height = float(np.median([m.height for m in marks if m.height > 0.4 * tallest]))
    waiting = sorted(marks, key=lambda mark: -mark.size)
    done: list[Component] = []
    while waiting:
        mark = waiting.pop(0)
        partner = next((m for m in waiting if _belong(mark, m, digit_height)), None)
        if partner is None:
            done.append(mark)
            continue
        waiting.remove(partner)
        waiting.insert(0, mark.joined(partner))
    return done


def _belong(one: Component, other: Component, digit_height: float) -> bool:
    """Whether two marks are pieces of one digit, judged by gap, overlap and the joint size."""
    across = max(one.left, other.left) - min(one.right, other.right)  # gap; overlap if negative
    down = max(one.top, other.top) - min(one.bottom, other.bottom)
    joint = one.joined(other)
    overlapping = -across > 0.4 * min(one.width, other.width)
    rest, flat = sorted((one, other), key=lambda mark: mark.width / mark.height)
    if flat.width > _FLAT * flat.height and overlapping:  # the bar of a 5 or a 7
        return down < 0.35 * flat.width and flat.width < 2 * max(rest.width, rest.height)
    if overlapping and min(one.width / one.height, other.width / other.height) > 0.9:
        return down < 0.15 * joint.height  # digits are tall: two wide pieces, stacked, are one
    if joint.size > 1.5 * max(digit_height, one.size):
        return False
    if overlapping and down < 0.2 * digit_height:
        return not (min(one.height, other.height) > 0.6 * digit_height and down > 0)
    if min(one.size, other.size) < 0.5 * digit_height or flat.height < 0.35 * digit_height:
        return max(across, down) < 0.15 * digit_height  # a scrap
    shared = -down / max(one.height, other.height)
    staggered = across < 0.1 * digit_height and 0 < shared < 0.75  # an open 4 in two strokes
    return staggered and joint.width < 0.8 * joint.height


def _without_specks(marks: list[Component], shape: tuple[int, ...]) -> list[Component]:
    """Without dots, commas and grain, and without long underlines among digits."""
    if not marks:
        return []
    largest = max(mark.size for mark in marks)
    least = max(0.3 * largest, 0.02 * max(shape))
    kept = [mark for mark in marks if mark.size >= least]
    digits = [mark for mark in kept if mark.width < 3.5 * mark.height]
    return digits or kept


def _ink_of(mark: Component, labels: Labels, traces: BinarisedPage) -> NDArray[np.float32]:
    """The mark alone, without its neighbours, at MNIST's convention."""
    height, width = traces.ink.shape
    rim = 3
    rows = slice(max(0, mark.top - rim), min(height, mark.bottom + rim))
    columns = slice(max(0, mark.left - rim), min(width, mark.right + rim))
    own = np.isin(labels[rows, columns], mark.labels).astype(np.uint8)
    near = cv2.dilate(own, np.ones((2 * rim + 1, 2 * rim + 1), np.uint8)) > 0
    others = traces.ink[rows, columns] & (own == 0)
    return to_mnist(np.where(near & ~others, traces.soft_ink[rows, columns], 0).astype(np.float32))
