"""From ink to glyphs: components are filtered, merged into digits, and put in reading order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from worker.recognition.network.mnist_format import to_mnist
from worker.recognition.page.binarisation import BinarisedPage
from worker.recognition.reading import Glyph, Refusal
from worker.recognition.segmentation.components import Component, PageComponents, find_components
from worker.recognition.segmentation.fragments import merge_fragments
from worker.recognition.segmentation.reading_order import group_into_rows
from worker.recognition.segmentation.rotation import rotate_box
from worker.recognition.segmentation.writing import select_writing

MAX_GLYPHS = 200
# Pages of MAX_GLYPHS digits in a few pieces each have fewer: more are refused before grouping.
MAX_WRITING_COMPONENTS = 1000
_MARGIN = 3  # pixels around a glyph: ink is soft at its edge


@dataclass(frozen=True)
class Region:
    """The place of one glyph on a page that is seen after counter-clockwise quarter turns."""

    component: Component  # its box is that on the rotated page
    row: int  # 0 at the top
    quarter_turns: int


def find_glyphs(page: BinarisedPage, quarter_turns: int = 0) -> list[Glyph] | Refusal:
    """The glyphs of a page in reading order, rows from the top, or why there are none.

    The page is rotated counter-clockwise by quarter turns first; the boxes of the glyphs are
    those in the original picture.
    """
    found = find_components(page)
    if isinstance(found, Refusal):
        return found
    regions = find_regions(found, quarter_turns)
    return regions if isinstance(regions, Refusal) else cut_out(found, regions)


def find_regions(found: PageComponents, quarter_turns: int = 0) -> list[Region] | Refusal:
    """The places of the glyphs in reading order, or why there are none."""
    height, width = found.labels.shape
    shape = (width, height) if quarter_turns % 2 else (height, width)
    writing = select_writing(found.rotated(quarter_turns), shape, found.page.noise_floor)
    if isinstance(writing, Refusal):
        return writing
    if len(writing) > MAX_WRITING_COMPONENTS:
        return Refusal.TOO_MANY
    digits = _without_specks(merge_fragments(writing), shape)
    if len(digits) > MAX_GLYPHS:
        return Refusal.TOO_MANY
    return [
        Region(digits[index], row, quarter_turns)
        for row, indices in enumerate(group_into_rows([digit.box for digit in digits]))
        for index in indices
    ]


def cut_out(found: PageComponents, regions: Sequence[Region]) -> list[Glyph]:
    """Each region's glyph, in the format of MNIST."""
    return [_cut_out(found, region) for region in regions]


def _without_specks(components: list[Component], shape: tuple[int, ...]) -> list[Component]:
    """Without dots, commas and noise, and without long underlines among digits."""
    if not components:
        return []
    largest = max(component.size for component in components)
    min_size = max(0.3 * largest, 0.02 * max(shape))
    large = [component for component in components if component.size >= min_size]
    digits = [component for component in large if component.width < 3.5 * component.height]
    return digits or large


def _cut_out(found: PageComponents, region: Region) -> Glyph:
    """The component alone, without its neighbours."""
    height, width = found.labels.shape
    rotated_shape = (width, height) if region.quarter_turns % 2 else (height, width)
    box = rotate_box(region.component.box, -region.quarter_turns, rotated_shape)
    rows = slice(max(0, box.y - _MARGIN), min(height, box.y + box.height + _MARGIN))
    columns = slice(max(0, box.x - _MARGIN), min(width, box.x + box.width + _MARGIN))
    own = np.isin(found.labels[rows, columns], region.component.labels).astype(np.uint8)
    near = cv2.dilate(own, np.ones((2 * _MARGIN + 1, 2 * _MARGIN + 1), np.uint8)) > 0
    others = found.page.ink[rows, columns] & (own == 0)
    soft_ink = np.where(near & ~others, found.page.soft_ink[rows, columns], 0)
    upright = np.ascontiguousarray(np.rot90(soft_ink, region.quarter_turns), np.float32)
    return Glyph(found.page.picture.box_in_original(box), region.row, to_mnist(upright))
