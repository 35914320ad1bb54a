"""Connected components of the ink: their boxes, darkness, and contact with the picture's border."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from worker.recognition.arrays import Mask
from worker.recognition.page.binarisation import BinarisedPage
from worker.recognition.reading import Box, Refusal
from worker.recognition.segmentation.rotation import rotate_box

LabelImage = NDArray[np.int32]  # (height, width): the component that each pixel is in, or 0
Blocks = tuple[tuple[slice, slice], ...]  # rectangles of a picture, each as rows and columns

MIN_AREA = 12  # pixels
# Photographs of digits have up to 270 components, noise has thousands: more are refused unseen.
MAX_COMPONENTS = 3000
BORDER_MARGIN = 0.2  # of each side lies outside the picture's centre


@dataclass(frozen=True)
class Component:
    """One connected piece of ink, or several that belong together."""

    labels: tuple[int, ...]
    left: int
    top: int
    right: int  # one beyond the last column
    bottom: int
    area: int
    darkness: float  # its mean absorption, 0..1
    border_contact: int = 0  # how many of its pixels lie at the picture's border
    is_frame: bool = False  # runs along the picture's borders and leaves the centre free

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

    def merged_with(self, other: Component) -> Component:
        return Component(
            self.labels + other.labels,
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
            self.area + other.area,
            max(self.darkness, other.darkness),
        )

    def rotated(self, quarter_turns: int, shape: tuple[int, ...]) -> Component:
        """The component after counter-clockwise quarter turns of a (height, width) picture."""
        left, top, width, height = rotate_box(self.box, quarter_turns, shape)
        return replace(self, left=left, top=top, right=left + width, bottom=top + height)


@dataclass(frozen=True)
class PageComponents:
    """A page with its components."""

    page: BinarisedPage
    labels: LabelImage
    components: list[Component]

    def rotated(self, quarter_turns: int) -> list[Component]:
        """The components of the page after counter-clockwise quarter turns, from the top."""
        if quarter_turns % 4 == 0:
            return self.components
        shape = self.labels.shape
        rotated = [component.rotated(quarter_turns, shape) for component in self.components]
        return sorted(rotated, key=lambda component: (component.top, component.left))


def find_components(page: BinarisedPage) -> PageComponents | Refusal:
    """Every connected piece of ink, and the picture of their labels.

    A page with more than MAX_COMPONENTS pieces is refused before any of them is measured.
    """
    labels, stats = _labelled(page.ink)
    count = len(stats)
    is_large = stats[:, cv2.CC_STAT_AREA] >= MIN_AREA
    is_large[0] = False  # the background
    if np.count_nonzero(is_large) > MAX_COMPONENTS:
        return Refusal.TOO_MANY
    inked = np.flatnonzero(page.ink)
    own = labels.ravel()[inked]
    areas = np.maximum(np.bincount(own, minlength=count), 1)
    darkness = np.bincount(own, page.absorbed.ravel()[inked], count) / areas
    contact = np.bincount(_border_labels(labels), minlength=count)
    frames = _frames(labels, stats, is_large & (contact > 0))
    components = [
        Component(
            (label,),
            left,
            top,
            left + width,
            top + height,
            area,
            float(darkness[label]),
            int(contact[label]),
            label in frames,
        )
        for label, (left, top, width, height, area) in zip(
            np.flatnonzero(is_large).tolist(), stats[is_large].tolist(), strict=True
        )
    ]
    return PageComponents(page, labels, components)


def _labelled(ink: Mask) -> tuple[LabelImage, NDArray[np.int32]]:
    """The label of each pixel, and (count, 5) left, top, width, height and area of each label.

    Only the part of the picture that has ink is passed over.
    """
    labels = np.zeros(ink.shape, np.int32)
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if rows.size == 0:
        return labels, np.zeros((1, 5), np.int32)
    part = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    _, found, measured, _ = cv2.connectedComponentsWithStatsWithAlgorithm(
        np.ascontiguousarray(ink[part], np.uint8), 8, cv2.CV_32S, cv2.CCL_GRANA
    )
    labels[part] = found
    stats = np.asarray(measured, np.int32)
    stats[:, cv2.CC_STAT_LEFT] += int(columns[0])
    stats[:, cv2.CC_STAT_TOP] += int(rows[0])
    return labels, stats


def _border_labels(labels: LabelImage) -> NDArray[np.int32]:
    """The labels within a fiftieth of the picture's border, one for each place along it."""
    depth = max(2, min(labels.shape) // 50)
    return np.concatenate(
        [
            labels[:depth].max(axis=0),
            labels[-depth:].max(axis=0),
            labels[:, :depth].max(axis=1),
            labels[:, -depth:].max(axis=1),
        ]
    )


def _frames(labels: LabelImage, stats: NDArray[np.int32], touches: NDArray[np.bool_]) -> set[int]:
    """Those of the components at the border that are a printed frame, a page's edge or a desk."""
    height, width = labels.shape
    down, across = int(height * BORDER_MARGIN), int(width * BORDER_MARGIN)
    is_central = np.zeros(len(stats), np.bool_)
    is_central[labels[down : height - down, across : width - across]] = True
    corners = np.zeros(len(stats), np.int32)  # of the picture that each component reaches
    for rows, columns in _corner_blocks(0, 0, width, height):
        corners[np.unique(labels[rows, columns])] += 1
    return {
        label
        for label in np.flatnonzero(touches & ~is_central).tolist()
        if corners[label] >= 2 or _fills_its_corners(labels, label, stats[label].tolist())
    }


def _fills_its_corners(labels: LabelImage, label: int, stats: list[int]) -> bool:
    """Whether a component has ink in all four corners of its own box."""
    left, top, width, height, _ = stats
    blocks = _corner_blocks(left, top, width, height)
    return all(bool((labels[rows, columns] == label).any()) for rows, columns in blocks)


def _corner_blocks(left: int, top: int, width: int, height: int) -> Blocks:
    """The four corners of a box, each a twelfth of its sides."""
    down, across = max(1, height // 12), max(1, width // 12)
    above, below = slice(top, top + down), slice(top + height - down, top + height)
    before, after = slice(left, left + across), slice(left + width - across, left + width)
    return (above, before), (above, after), (below, before), (below, after)
