"""Fragments: merges the components that are pieces of one digit.

A digit is in pieces where the bar of a 5 stands apart, a stroke is broken or a 4 is open.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from worker.recognition.segmentation.components import Component

Boxes = NDArray[np.int32]  # (n, 4): left, top, right, bottom

_FLAT = 1.8  # times its height: a wider component is no digit but may be part of one


def merge_fragments(components: Sequence[Component]) -> list[Component]:
    """Each digit's pieces as one component.

    The largest component comes first. It absorbs the largest fragment of its digit until there
    is none left. One comparison with all smaller components is one pass over arrays, so that n
    components take at most 2n passes.
    """
    if not components:
        return []
    tallest = max(component.height for component in components)
    heights = [c.height for c in components if c.height > 0.4 * tallest]
    digit_height = float(np.median(heights))
    ordered = sorted(components, key=lambda component: -component.size)
    boxes = np.array([(c.left, c.top, c.right, c.bottom) for c in ordered], np.int32)
    is_waiting = np.ones(len(ordered), np.bool_)
    merged: list[Component] = []
    for index, component in enumerate(ordered):
        if not is_waiting[index]:
            continue
        is_waiting[index] = False
        whole = component
        while (fragment := _first_fragment(whole, boxes, is_waiting, digit_height)) is not None:
            is_waiting[fragment] = False
            whole = whole.merged_with(ordered[fragment])
        merged.append(whole)
    return merged


def _first_fragment(
    whole: Component, boxes: Boxes, is_waiting: NDArray[np.bool_], digit_height: float
) -> int | None:
    """The index of the first waiting box that is a fragment of the same digit.

    No waiting box is larger than `whole`, so that no rule of `are_fragments` reaches further than
    the gaps that are looked up here.
    """
    across = 0.15 * digit_height
    down = max(0.36 * whole.size, 0.2 * digit_height)
    left, top, right, bottom = boxes.T
    is_near = is_waiting & (left < whole.right + across) & (right > whole.left - across)
    is_near &= (top < whole.bottom + down) & (bottom > whole.top - down)
    near = np.flatnonzero(is_near)
    if near.size == 0:
        return None
    fragments = near[are_fragments(whole, boxes[near], digit_height)]
    return int(fragments[0]) if fragments.size else None


def are_fragments(one: Component, others: Boxes, digit_height: float) -> NDArray[np.bool_]:
    """Which of n boxes are pieces of one component's digit, (n,) bool.

    The rules weigh the gap, the overlap and the size that both have together.
    """
    left, top, right, bottom = others.T
    width, height = right - left, bottom - top
    across = np.maximum(one.left, left) - np.minimum(one.right, right)  # gap; overlap if negative
    down = np.maximum(one.top, top) - np.minimum(one.bottom, bottom)
    joint_width = np.maximum(one.right, right) - np.minimum(one.left, left)
    joint_height = np.maximum(one.bottom, bottom) - np.minimum(one.top, top)
    own_ratio, ratio = one.width / one.height, width / height
    other_is_flatter = own_ratio <= ratio
    flat_width = np.where(other_is_flatter, width, one.width)
    flat_height = np.where(other_is_flatter, height, one.height)
    rest_size = np.where(other_is_flatter, one.size, np.maximum(width, height))

    overlaps = -across > 0.4 * np.minimum(one.width, width)
    is_bar = overlaps & (flat_width > _FLAT * flat_height)  # the bar of a 5 or a 7
    bar_belongs = (down < 0.35 * flat_width) & (flat_width < 2 * rest_size)
    is_stacked = overlaps & (np.minimum(own_ratio, ratio) > 0.9)  # digits are tall, not wide
    stack_belongs = down < 0.15 * joint_height
    is_too_large = np.maximum(joint_width, joint_height) > 1.5 * max(digit_height, one.size)
    is_above = overlaps & (down < 0.2 * digit_height)
    are_two_digits = (np.minimum(one.height, height) > 0.6 * digit_height) & (down > 0)
    smaller_size = np.minimum(one.size, np.maximum(width, height))
    is_scrap = (smaller_size < 0.5 * digit_height) | (flat_height < 0.35 * digit_height)
    scrap_belongs = np.maximum(across, down) < 0.15 * digit_height
    shared = -down / np.maximum(one.height, height)
    is_staggered = (across < 0.1 * digit_height) & (shared > 0) & (shared < 0.75)
    open_four = is_staggered & (joint_width < 0.8 * joint_height)
    conditions = [is_bar, is_stacked, is_too_large, is_above, is_scrap]
    choices = [bar_belongs, stack_belongs, False, ~are_two_digits, scrap_belongs]
    return np.select(conditions, choices, open_four)
