"""Writing: selects the components that are handwriting, without frames, noise and shadows."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from worker.recognition.reading import Refusal
from worker.recognition.segmentation.components import Component

MIN_DARKNESS = 0.16  # of the background's light
MIN_DARKNESS_OF_LARGE = 0.1  # of the background's light, for a large component


def select_writing(
    components: list[Component], shape: tuple[int, int], noise_floor: float
) -> list[Component] | Refusal:
    """The components that were written, without frames, noise and print from the sheet's back.

    A component that touches the picture's border counts only if it is the picture's subject: a
    digit that was cropped closely. Returns the refusal if nothing was written. `shape` is the
    (height, width) of the picture, `noise_floor` the absorption of its noise.
    """
    is_dark_enough = partial(_is_dark_enough, side=max(shape), noise_floor=noise_floor)
    inner = [c for c in components if not c.border_contact]
    outer = [c for c in components if c.border_contact and not c.is_frame]
    inner, outer = (_without_faint(some, is_dark_enough) for some in (inner, outer))
    subjects = [component for component in outer if _is_subject(component, shape)]
    largest_inner = max((component.size for component in inner), default=0)
    if any(c.height > 4 * largest_inner and not _is_thin_line(c) for c in subjects):
        return subjects
    inner_area = sum(component.area for component in inner)
    if any(_dominates(component, inner_area, shape) for component in subjects):
        return subjects
    if inner:
        return inner + _similar(outer, inner)
    large = [c for c in components if c.size > 0.3 * max(shape) and not c.is_frame]
    if any(c.darkness > MIN_DARKNESS and c.border_contact for c in large):
        return Refusal.CUT_OFF
    return Refusal.TOO_FAINT if large and len(components) < 12 else Refusal.BLANK


def _dominates(component: Component, inner_area: int, shape: tuple[int, int]) -> bool:
    """Whether a solid component covers the picture's middle, and all others are scraps of it."""
    height, width = shape
    is_central = (
        component.left < width / 2 < component.right
        and component.top < height / 2 < component.bottom
    )
    is_solid = component.area > 0.35 * component.width * component.height
    return (
        is_central
        and is_solid
        and component.size > 0.6 * min(shape)
        and component.area > 4 * inner_area
    )


def _is_thin_line(component: Component) -> bool:
    """Whether a component is the remains of a ruled line, or a hair."""
    return component.area < 0.015 * component.size**2


def _similar(outer: list[Component], inner: list[Component]) -> list[Component]:
    """The components at the border that are as large and dark as the digits inside."""
    size = float(np.median([component.size for component in inner]))
    darkness = float(np.median([component.darkness for component in inner]))
    return [
        component
        for component in outer
        if 0.6 * size < component.size < 1.6 * size
        and component.border_contact < 0.8 * component.size
        and 0.6 * darkness < component.darkness < 1.6 * darkness
    ]


def _is_subject(component: Component, shape: tuple[int, int]) -> bool:
    """Whether a component at the border is large, and central or hardly touches the border."""
    if component.size < 0.35 * min(shape):
        return False
    height, width = shape
    across = abs((component.left + component.right) / 2 / width - 0.5)
    down = abs((component.top + component.bottom) / 2 / height - 0.5)
    return max(across, down) < 0.3 or component.border_contact < 0.3 * component.size


def _without_faint(
    components: list[Component], is_dark_enough: Callable[[Component], bool]
) -> list[Component]:
    """The components nearly as dark as the writing; none where nothing is dark enough."""
    dark = [component for component in components if is_dark_enough(component)]
    if not dark:
        return []
    min_size = 0.4 * max(component.size for component in dark)
    writing = max(component.darkness for component in dark if component.size > min_size)
    return [component for component in components if component.darkness > 0.5 * writing]


def _is_dark_enough(component: Component, *, side: int, noise_floor: float) -> bool:
    """Whether a component is too large and dark for dust or the noise of the paper.

    The rule is tuned on photographs of blank sheets. None of them has a large component above
    0.15 of the background's light, and no digit is below 0.22.
    """
    share = component.size / side
    if share > 0.2:
        return component.darkness > max(MIN_DARKNESS_OF_LARGE, 1.3 * noise_floor)
    return share > 0.02 and component.darkness > max(MIN_DARKNESS, 1.8 * noise_floor)
