"""Rules: the level and upright lines that are printed or drawn on a straightened page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from worker.recognition.arrays import Mask

MIN_LENGTH = 40  # pixels of a piece of a rule: longer than the strokes of most writing
MAX_THICKNESS = 13  # pixels
MAX_PIECES = 600  # the longest that are joined, of each direction
MAX_RULES = 160  # the longest that are kept, of each direction
_LONG = 230  # pixels from which on a line is a rule wherever it ends
_MIN_RULE = 56  # pixels
_JUNCTION = 8  # pixels from the end of a short rule to the one that it meets
_DOTS = 5  # pixels between the dots of a dotted rule
_MAX_GAP = 48.0  # pixels between two pieces of one rule
_MIN_COVERED = 0.6  # of a rule is drawn; strokes that stand in line leave more gaps
_MAX_STEP = 5.0  # pixels from a rule's continuation to its next piece
_SLOPE_REACH = 220  # pixels of a rule's end that give its direction
_BIN = 6  # pixels along a rule for each of its points


@dataclass(frozen=True, eq=False)  # arrays do not compare
class Rule:
    """A nearly level line as points; an upright one has its axes exchanged."""

    along: NDArray[np.float64]  # (n,), increasing, pixels
    across: NDArray[np.float64]  # (n,), pixels

    @property
    def start(self) -> float:
        return float(self.along[0])

    @property
    def end(self) -> float:
        return float(self.along[-1])

    @property
    def length(self) -> float:
        return self.end - self.start

    @property
    def covered(self) -> float:
        """The share of its length that is drawn, 0..1."""
        steps = np.diff(self.along)
        return float(steps[steps <= 2.5 * _BIN].sum() / max(1.0, self.length))

    def at(self, along: float) -> float:
        """The place across at a place along it, continued straight beyond its ends."""
        if self.start <= along <= self.end:
            return float(np.interp(along, self.along, self.across))
        near = self.along[0] if along < self.start else self.along[-1]
        reach = np.abs(self.along - near) <= _SLOPE_REACH
        slope = _slope(self.along[reach], self.across[reach])
        edge = self.across[0] if along < self.start else self.across[-1]
        return float(edge + slope * (along - near))


@dataclass(frozen=True)
class Rules:
    """The rules of a page, and their pixels."""

    level: Sequence[Rule]
    upright: Sequence[Rule]
    level_pixels: Mask  # (height, width)
    upright_pixels: Mask


def find_rules(faint: Mask) -> Rules:
    """The rules in a mask of everything darker than the paper."""
    level_pixels = _level_pixels(faint)
    upright_pixels = np.ascontiguousarray(_level_pixels(np.ascontiguousarray(faint.T)).T)
    level = _join(_pieces(level_pixels))
    upright = _join(_pieces(np.ascontiguousarray(upright_pixels.T)))
    level, upright = _connected(level, upright)
    return Rules(level, upright, level_pixels, upright_pixels)


def _connected(level: list[Rule], upright: list[Rule]) -> tuple[list[Rule], list[Rule]]:
    """Without the strokes of writing: a short rule begins and ends at other rules."""
    level, upright = _longest(level), _longest(upright)
    for _ in range(8):
        kept_level = [rule for rule in level if _is_rule(rule, upright)]
        kept_upright = [rule for rule in upright if _is_rule(rule, kept_level)]
        if len(kept_level) == len(level) and len(kept_upright) == len(upright):
            break
        level, upright = kept_level, kept_upright
    return level, upright


def _longest(rules: list[Rule]) -> list[Rule]:
    long = [rule for rule in rules if rule.length >= _MIN_RULE and rule.covered >= _MIN_COVERED]
    shortest = sorted((rule.length for rule in long), reverse=True)[:MAX_RULES]
    return [rule for rule in long if rule.length >= shortest[-1]] if long else []


def _is_rule(rule: Rule, crossing: Sequence[Rule]) -> bool:
    if rule.length >= _LONG:
        return True
    ends = ((rule.start, float(rule.across[0])), (rule.end, float(rule.across[-1])))
    return all(any(_touches(other, *end) for other in crossing) for end in ends)


def _touches(other: Rule, along: float, across: float) -> bool:
    """Whether a crossing rule passes the end of a rule, or a little within its length."""
    is_beside = other.start - _JUNCTION <= across <= other.end + _JUNCTION
    return is_beside and abs(other.at(across) - along) <= _JUNCTION


def _level_pixels(faint: Mask) -> Mask:
    """Long level runs that are thin, by morphological opening."""
    ink = faint.astype(np.uint8)
    bridged = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((1, _DOTS), np.uint8))
    thickened = cv2.dilate(bridged, np.ones((2, 1), np.uint8))
    runs = cv2.morphologyEx(thickened, cv2.MORPH_OPEN, np.ones((1, MIN_LENGTH), np.uint8))
    thick = cv2.morphologyEx(runs, cv2.MORPH_OPEN, np.ones((MAX_THICKNESS + 2, 1), np.uint8))
    return np.asarray(cv2.subtract(runs, thick) > 0)


def _pieces(pixels: Mask) -> list[Rule]:
    """Each connected piece as a rule, the longest first."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        pixels.astype(np.uint8), connectivity=8
    )
    long = [i for i in range(1, count) if stats[i, cv2.CC_STAT_WIDTH] >= MIN_LENGTH]
    long.sort(key=lambda i: -int(stats[i, cv2.CC_STAT_WIDTH]))
    pieces = []
    for label in long[:MAX_PIECES]:
        left, top, width, height, area = (int(value) for value in stats[label])
        if area / width > MAX_THICKNESS + 2 or height > max(MAX_THICKNESS + 3, 0.12 * width):
            continue
        rows, columns = np.nonzero(labels[top : top + height, left : left + width] == label)
        bins = columns // _BIN
        counts = np.bincount(bins)
        used = counts > 0
        across = np.bincount(bins, rows)[used] / counts[used] + top
        along = np.bincount(bins, columns)[used] / counts[used] + left
        along[0], along[-1] = left, left + width - 1
        pieces.append(Rule(along, across))
    return pieces


def _join(pieces: Sequence[Rule]) -> list[Rule]:
    """Pieces that continue each other, joined; from the top."""
    rules: list[Rule] = []
    for piece in pieces:
        near = [
            rule
            for rule in rules
            if _gap(rule, piece) < _MAX_GAP
            and _is_near(rule, piece)
            and _step(rule, piece) < _MAX_STEP
        ]
        whole = piece
        for rule in near:
            rules.remove(rule)
            whole = _joined(rule, whole)
        rules.append(whole)
    return sorted(rules, key=lambda rule: float(np.median(rule.across)))


def _gap(one: Rule, other: Rule) -> float:
    return max(one.start, other.start) - min(one.end, other.end)


def _is_near(rule: Rule, piece: Rule) -> bool:
    return bool(
        rule.across.min() - 20 < piece.across.max() and piece.across.min() < rule.across.max() + 20
    )


def _step(rule: Rule, piece: Rule) -> float:
    """How far a piece is from where the longer rule would be."""
    places = np.linspace(piece.start, piece.end, 3)
    return max(abs(rule.at(float(place)) - piece.at(float(place))) for place in places)


def _joined(one: Rule, other: Rule) -> Rule:
    along = np.concatenate([one.along, other.along])
    across = np.concatenate([one.across, other.across])
    order = np.argsort(along, kind="stable")
    return Rule(along[order], across[order])


def _slope(along: NDArray[np.float64], across: NDArray[np.float64]) -> float:
    if along.size < 3 or np.ptp(along) < MIN_LENGTH:
        return 0.0
    slope = float(np.polyfit(along, across, 1)[0])
    return slope if abs(slope) < 0.12 else 0.0
