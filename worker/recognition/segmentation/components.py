"""Marks: connected pieces of ink, where they lie in the picture, and which of them were written."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from worker.recognition.page.binarisation import BinarisedPage
from worker.recognition.reading import Box, Refusal

Labels = NDArray[np.int32]  # (height, width): the number of the mark that each pixel is in, or 0

FEWEST_PIXELS = 12
PLAIN = 0.16  # of the paper's light: surely written
FAINT = 0.1  # written, if it is also large
CENTRE = 0.2  # the picture's centre is all of it but so much on each side


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
    contact: int = 0  # how many of its pixels lie at the picture's edge
    is_rim: bool = False  # runs along the picture's edges and leaves the centre free

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

    def joined(self, other: Component) -> Component:
        return Component(
            self.labels + other.labels,
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
            self.area + other.area,
            max(self.darkness, other.darkness),
        )


def find_components(traces: BinarisedPage) -> tuple[list[Component], Labels]:
    """Every connected piece of ink, and the picture of their numbers."""
    count, found, stats, _ = cv2.connectedComponentsWithStats(
        traces.ink.astype(np.uint8), connectivity=8
    )
    labels = np.asarray(found, np.int32)
    inked = labels[traces.ink]
    areas = np.maximum(np.bincount(inked, minlength=count), 1)
    darkness = np.bincount(inked, traces.absorbed[traces.ink], count) / areas
    contact = np.bincount(_edge_of(labels), minlength=count)
    marks = [
        Component(
            (number,),
            left,
            top,
            left + width,
            top + height,
            area,
            float(darkness[number]),
            int(contact[number]),
            bool(contact[number]) and _is_rim(labels, number, (left, top, width, height)),
        )
        for number, (left, top, width, height, area) in enumerate(stats.tolist())
        if number > 0 and area >= FEWEST_PIXELS
    ]
    return marks, labels


def _edge_of(labels: Labels) -> NDArray[np.int32]:
    """The labels within a fiftieth of the picture's edge, one a place along it."""
    depth = max(2, min(labels.shape) // 50)
    return np.concatenate(
        [
            labels[:depth].max(axis=0),
            labels[-depth:].max(axis=0),
            labels[:, :depth].max(axis=1),
            labels[:, -depth:].max(axis=1),
        ]
    )


def _is_rim(labels: Labels, number: int, box: tuple[int, int, int, int]) -> bool:
    """Whether a mark is a printed frame, a page's edge or the desk beside it."""
    height, width = labels.shape
    down, across = int(height * CENTRE), int(width * CENTRE)
    if (labels[down : height - down, across : width - across] == number).any():
        return False
    left, top, box_width, box_height = box
    own = labels[top : top + box_height, left : left + box_width] == number
    return _corners(labels == number) >= 2 or _corners(own) == 4


def _corners(mask: NDArray[np.bool_]) -> int:
    """In how many of its four corners the mask has something."""
    height, width = mask.shape
    down, across = max(1, height // 12), max(1, width // 12)
    return sum(
        bool(corner.any())
        for corner in (
            mask[:down, :across],
            mask[:down, -across:],
            mask[-down:, :across],
            mask[-down:, -across:],
        )
    )


def written(marks: list[Component], traces: BinarisedPage) -> list[Component] | Refusal:
    """The marks that were written, without edges, grain and what shows through from the back.

    What runs into the picture's edge counts only if it is the picture's subject: a digit cut
    close. If nothing was written, why.
    """
    shape = traces.ink.shape
    inner = _without_faint([mark for mark in marks if not mark.contact], traces)
    touching = _without_faint([mark for mark in marks if mark.contact and not mark.is_rim], traces)
    subjects = [mark for mark in touching if _is_subject(mark, shape)]
    largest_inside = max((mark.size for mark in inner), default=0)
    if any(mark.height > 4 * largest_inside and not _is_thread(mark) for mark in subjects):
        return subjects
    if any(_outweighs(mark, inner, shape) for mark in subjects):
        return subjects
    if inner:
        return inner + [mark for mark in touching if _is_like(mark, inner)]
    large = [mark for mark in marks if mark.size > 0.3 * max(shape) and not mark.is_rim]
    if any(mark.darkness > PLAIN and mark.contact for mark in large):
        return Refusal.CUT_OFF
    return Refusal.TOO_FAINT if large and len(marks) < 12 else Refusal.BLANK


def _outweighs(mark: Component, inner: list[Component], shape: tuple[int, ...]) -> bool:
    """Whether a solid mark lies over the picture's middle, and all else is scraps of it."""
    height, width = shape
    is_central = mark.left < width / 2 < mark.right and mark.top < height / 2 < mark.bottom
    is_solid = mark.area > 0.35 * mark.width * mark.height
    return (
        is_central
        and is_solid
        and mark.size > 0.6 * min(shape)
        and mark.area > 4 * sum(other.area for other in inner)
    )


def _is_thread(mark: Component) -> bool:
    """Whether a mark is the remains of a ruled line, or a hair."""
    return mark.area < 0.015 * mark.size**2


def _is_like(mark: Component, inner: list[Component]) -> bool:
    """Whether a mark near the edge is one more of the digits inside."""
    usual = float(np.median([other.size for other in inner]))
    darkness = float(np.median([other.darkness for other in inner]))
    return (
        0.6 * usual < mark.size < 1.6 * usual
        and mark.contact < 0.8 * mark.size
        and 0.6 * darkness < mark.darkness < 1.6 * darkness
    )


def _is_subject(mark: Component, shape: tuple[int, ...]) -> bool:
    """Whether a mark at the edge is what the picture shows: large, and central or just touching."""
    if mark.size < 0.35 * min(shape):
        return False
    height, width = shape
    across = abs((mark.left + mark.right) / 2 / width - 0.5)
    down = abs((mark.top + mark.bottom) / 2 / height - 0.5)
    return max(across, down) < 0.3 or mark.contact < 0.3 * mark.size


def _without_faint(marks: list[Component], traces: BinarisedPage) -> list[Component]:
    """Only marks nearly as dark as the writing; none where nothing is dark enough to be writing."""
    plain = [mark for mark in marks if _is_plain(mark, traces)]
    if not plain:
        return []
    large = 0.4 * max(mark.size for mark in plain)
    writing = max(mark.darkness for mark in plain if mark.size > large)
    return [mark for mark in marks if mark.darkness > 0.5 * writing]


def _is_plain(mark: Component, traces: BinarisedPage) -> bool:
    """Large enough and dark enough to be writing rather than dust or the paper's grain.

    Of the photographed blank sheets that this was tuned on none had a large mark above 0.15 of
    the paper's light, and no digit was below 0.22.
    """
    share = mark.size / max(traces.ink.shape)
    if share > 0.2:
        return mark.darkness > max(FAINT, 1.3 * traces.floor)
    return share > 0.02 and mark.darkness > max(PLAIN, 1.8 * traces.floor)
