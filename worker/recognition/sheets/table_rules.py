"""The rules of one table: without doubles and strokes of writing, with the ends of open cells."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from worker.recognition.arrays import Mask
from worker.recognition.sheets.rules import Rule, Rules

Grid = NDArray[np.float64]

REACH = 22.0  # pixels from a rule's end to the rule that it meets
_MIN_SIDE = 13.0  # pixels of a cell: closer rules are one double rule
_WHOLE = 0.88  # of the way between two rules that a third one covers: writing leaves a gap
_WHOLE_SHARE = 0.6  # of a rule runs without a gap from rule to rule
_TOLERANCE = 4  # pixels from a rule to the place where it is looked for
_OPEN_SIDE = 0.35  # of the median cell that rules reach beyond the last one: an open cell


def without_strokes(
    level: list[Rule], upright: list[Rule], rules: Rules
) -> tuple[list[Rule], list[Rule]]:
    """Without strokes of writing that stand in line: they end short of the rules around them."""
    level_pixels = widened(rules.level_pixels)
    upright_pixels = widened(rules.upright_pixels.T)
    for _ in range(4):
        kept_level = [rule for rule in level if _is_whole(rule, upright, level_pixels)]
        kept_upright = [rule for rule in upright if _is_whole(rule, kept_level, upright_pixels)]
        if len(kept_level) == len(level) and len(kept_upright) == len(upright):
            break
        level, upright = kept_level, kept_upright
    return level, upright


def _is_whole(rule: Rule, crossing: Sequence[Rule], pixels: NDArray[np.uint8]) -> bool:
    """Whether most of the rule runs from one of the crossing rules to the next without a gap."""
    middle = float(np.median(rule.across))
    places = sorted(
        other.at(middle) for other in crossing if other.start - REACH <= middle <= other.end + REACH
    )
    places = [place for place in places if rule.start - REACH <= place <= rule.end + REACH]
    if len(places) < 2:
        return False
    whole = total = 0.0
    for first, last in pairwise(places):
        if last - first < 4:
            continue
        along = np.arange(first + 1, last)
        across = np.array([rule.at(float(place)) for place in along])
        share = sampled(pixels, along, across).mean()
        total += last - first
        whole += (last - first) * (share >= _WHOLE)
    return total > 0 and whole >= _WHOLE_SHARE * total


def widened(pixels: Mask) -> NDArray[np.uint8]:
    """The pixels of level rules, thickened by the tolerance."""
    kernel = np.ones((2 * _TOLERANCE + 1, 1), np.uint8)
    return np.asarray(cv2.dilate(np.ascontiguousarray(pixels).astype(np.uint8), kernel), np.uint8)


def sampled(pixels: NDArray[np.uint8], x: Grid, y: Grid) -> NDArray[np.uint8]:
    height, width = pixels.shape
    columns = np.clip(x.round().astype(int), 0, width - 1)
    return np.asarray(pixels[np.clip(y.round().astype(int), 0, height - 1), columns], np.uint8)


def without_doubles(rules: Sequence[Rule]) -> list[Rule]:
    """Rules from the top; those that are one rule in pieces, or a double one, are joined."""
    kept: list[Rule] = []
    for rule in sorted(rules, key=lambda rule: -rule.length):
        place = (rule.start + rule.end) / 2
        twin = next((o for o in kept if abs(o.at(place) - rule.at(place)) < _MIN_SIDE), None)
        if twin is None:
            kept.append(rule)
        elif rule.start > twin.end or rule.end < twin.start:
            kept[kept.index(twin)] = Rule(*_appended(twin, rule))
    middle = float(np.median([(rule.start + rule.end) / 2 for rule in kept])) if kept else 0.0
    return sorted(kept, key=lambda rule: rule.at(middle))


def _appended(one: Rule, other: Rule) -> tuple[Grid, Grid]:
    first, second = (one, other) if one.start < other.start else (other, one)
    along = np.concatenate([first.along, second.along])
    return along, np.concatenate([first.across, second.across])


def with_open_sides(rules: Sequence[Rule], crossing: Sequence[Rule]) -> list[Rule]:
    """The rules, and the ends of those that cross them, where these reach far beyond."""
    if len(rules) < 2 or len(crossing) < 2:
        return list(rules)
    places = [float(np.median(rule.across)) for rule in rules]
    width = float(np.median(np.diff(places)))
    start = float(np.median([rule.start for rule in crossing]))
    end = float(np.median([rule.end for rule in crossing]))
    low = min(rule.across.min() for rule in crossing)
    high = max(rule.across.max() for rule in crossing)
    found = list(rules)
    if places[0] - start > _OPEN_SIDE * width:
        found.insert(0, Rule(np.array([low, high]), np.array([start, start])))
    if end - places[-1] > _OPEN_SIDE * width:
        found.append(Rule(np.array([low, high]), np.array([end, end])))
    return found
