"""Writing on a page: the ink without rules, as connected pieces, and crops of it for a reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from worker.recognition.arrays import Grey, Image, Mask
from worker.recognition.reading import Box
from worker.recognition.sheets.page_ink import PageInk
from worker.recognition.sheets.rules import Rule, Rules

MIN_AREA = 6  # pixels that are certainly ink
MAX_PIECES = 8000  # the largest of a page
_THRESHOLD = 0.42  # of the darkest ink around a pixel
_THIN_STROKE = 0.25  # of it: a thin stroke that continues a darker one
_THIN_NOISE = 1.3  # times the noise of the paper
_THIN_REACH = 9  # pixels: as far as it continues
_PEAK_WINDOW = 61  # pixels around it
_MIN_DARKNESS = 0.32  # of the typical writing of the page
_MIN_NEAR_NOISE = 0.45  # of it, for what is not much darker than the noise of the paper
_NEAR_NOISE = 1.8  # times that noise
_TALL = 12  # pixels: the height of pieces by which that is measured
_RULE_REACH = 17  # pixels across a rule that may be its own
_TOUCH = 3  # pixels from a rule to the strokes that cross it
_MARGIN = 6  # pixels around the writing of a crop


@dataclass(frozen=True)
class Piece:
    """One connected piece of ink, without rules."""

    label: int
    box: Box
    area: int

    @property
    def right(self) -> int:
        return self.box.x + self.box.width

    @property
    def bottom(self) -> int:
        return self.box.y + self.box.height

    @property
    def middle(self) -> tuple[float, float]:
        return self.box.x + self.box.width / 2, self.box.y + self.box.height / 2


@dataclass(frozen=True)
class Writing:
    """The pieces of ink on a page, and their pixels."""

    ink: PageInk
    labels: NDArray[np.int32]  # (height, width): the piece that each pixel is in, or 0
    pieces: Sequence[Piece]

    def crop(self, pieces: Sequence[Piece]) -> Image:
        """Some pieces alone, dark on white, (height, width) uint8, with a margin around them."""
        box = bounding_box([piece.box for piece in pieces])
        height, width = self.labels.shape
        rows = slice(max(0, box.y - _MARGIN), min(height, box.y + box.height + _MARGIN))
        columns = slice(max(0, box.x - _MARGIN), min(width, box.x + box.width + _MARGIN))
        own = np.isin(self.labels[rows, columns], [piece.label for piece in pieces])
        near = cv2.dilate(own.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
        others = (self.labels[rows, columns] > 0) & ~own
        absorbed = self.ink.absorbed[rows, columns]
        peak = max(1e-3, float(np.percentile(absorbed[own], 80)))
        level = np.where(near & ~others, np.clip(absorbed / peak, 0, 1), 0)
        return np.asarray(255 * (1 - level), np.uint8)


def find_writing(ink: PageInk, rules: Rules) -> Writing:
    """The connected pieces of ink that are no rules."""
    is_rule = _rule_pixels(ink.faint, rules)
    absorbed = np.where(is_rule, 0, ink.absorbed)
    certain, mask = _ink_pixels(absorbed, ink.noise)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        mask.astype(np.uint8), connectivity=8
    )
    boxes = np.asarray(stats, np.int32)
    areas = boxes[:, cv2.CC_STAT_AREA].copy()
    areas[0] = 0
    dark_areas = np.bincount(labels[certain], minlength=count)
    darkness = np.bincount(labels[certain], absorbed[certain], count) / np.maximum(dark_areas, 1)
    noise = np.bincount(labels[certain], ink.noise[certain], count) / np.maximum(dark_areas, 1)
    is_dark = darkness >= _least_darkness(darkness, areas, boxes, noise)
    is_ink = (areas > 0) & (dark_areas >= MIN_AREA) & is_dark
    largest = [label for label in np.argsort(-areas)[:MAX_PIECES] if is_ink[label]]
    pieces = [
        Piece(int(label), Box(*(int(side) for side in boxes[label, :4])), int(areas[label]))
        for label in largest
    ]
    return Writing(ink, np.asarray(labels, np.int32), pieces)


def _ink_pixels(absorbed: Grey, noise: Grey) -> tuple[Mask, Mask]:
    """What is about as dark as the darkest ink around it; the same with what continues it.

    Two thresholds (Canny, 1986): where a pen hardly touches, its stroke is lighter.
    """
    peak = _peak(absorbed)
    certain = absorbed > np.maximum(_THRESHOLD * peak, noise)
    possible = absorbed > np.maximum(_THIN_STROKE * peak, _THIN_NOISE * noise)
    near = cv2.dilate(certain.astype(np.uint8), np.ones((_THIN_REACH, _THIN_REACH), np.uint8)) > 0
    count, labels = cv2.connectedComponents((possible & near).astype(np.uint8), connectivity=8)
    continued = np.zeros(count, np.bool_)
    continued[np.unique(labels[certain])] = True
    continued[0] = False
    return np.asarray(certain), np.asarray(continued[labels] | certain)


def _least_darkness(
    darkness: NDArray[np.float64],
    areas: NDArray[np.int32],
    stats: NDArray[np.int32],
    noise: NDArray[np.float64],
) -> NDArray[np.float64]:
    """The darkness below which each piece is dust, grain, or print on the back of the page."""
    is_tall = (stats[:, cv2.CC_STAT_HEIGHT] >= _TALL) & (areas > 0)
    if not is_tall.any():
        return np.zeros_like(darkness)
    order = np.argsort(darkness[is_tall])
    weights = np.cumsum(areas[is_tall][order] * darkness[is_tall][order])
    typical = darkness[is_tall][order][np.searchsorted(weights, 0.5 * weights[-1])]
    near_noise = np.minimum(_MIN_NEAR_NOISE * typical, _NEAR_NOISE * noise)
    return np.asarray(np.maximum(_MIN_DARKNESS * typical, near_noise))


def _peak(absorbed: Grey) -> Grey:
    """The darkest ink around each pixel."""
    denoised = cv2.GaussianBlur(absorbed, (0, 0), 1.0)
    kernel = np.ones((_PEAK_WINDOW, _PEAK_WINDOW), np.uint8)
    return np.asarray(cv2.blur(cv2.dilate(denoised, kernel), (31, 31)), np.float32)


def _rule_pixels(faint: Mask, rules: Rules) -> Mask:
    """The pixels of rules, but where a stroke crosses them."""
    level = _band(rules.level_pixels, rules.level)
    upright = _band(rules.upright_pixels.T, rules.upright).T
    strokes = faint & ~level & ~upright
    return _without_crossings(level, strokes) | _without_crossings(upright.T, strokes.T).T


def _band(pixels: Mask, rules: Sequence[Rule]) -> Mask:
    """The pixels of these level rules, a little widened, without strokes elsewhere."""
    near = np.zeros(pixels.shape, np.uint8)
    for rule in rules:
        points = np.stack([rule.along, rule.across], axis=1).round().astype(np.int32)
        cv2.polylines(near, [points], isClosed=False, color=1, thickness=_RULE_REACH)
    kernel = np.ones((5, 1), np.uint8)
    wide = cv2.dilate(np.ascontiguousarray(pixels).astype(np.uint8), kernel)
    return np.asarray((wide > 0) & (near > 0))


def _without_crossings(band: Mask, strokes: Mask) -> Mask:
    """A band of level rules without the columns in which strokes meet it from above and below."""
    reach = np.ones((_TOUCH, 2 * _TOUCH - 1), np.uint8)
    beyond = cv2.dilate(np.ascontiguousarray(strokes).astype(np.uint8), reach) > 0
    rows = np.arange(len(band))[:, None]
    above = np.maximum.accumulate(np.where(band, 0, rows), axis=0)
    below = np.minimum.accumulate(np.where(band, len(band) - 1, rows)[::-1], axis=0)[::-1]
    meets = [np.take_along_axis(beyond, edge, axis=0) for edge in (above, below)]
    return np.asarray(band & ~(meets[0] & meets[1]))


def bounding_box(boxes: Sequence[Box]) -> Box:
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    right = max(box.x + box.width for box in boxes)
    bottom = max(box.y + box.height for box in boxes)
    return Box(left, top, right - left, bottom - top)
