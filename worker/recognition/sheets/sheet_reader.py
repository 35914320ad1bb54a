"""The sheet reader: from a photograph of a page to a sheet of cells, with few network calls."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from worker.recognition.arrays import Image
from worker.recognition.reading import Box
from worker.recognition.sheets.cell_reader import CellReader, CellText
from worker.recognition.sheets.contents import (
    Content,
    considered_together,
    content_of,
    without_heading,
)
from worker.recognition.sheets.corner_marks import page_by_corner_marks
from worker.recognition.sheets.orientation import quarter_turns
from worker.recognition.sheets.page_ink import measure_ink
from worker.recognition.sheets.places import Place, find_places, of_largest_table
from worker.recognition.sheets.rules import find_rules
from worker.recognition.sheets.sheet_reading import CellKind, CellReading, SheetReading
from worker.recognition.sheets.straightening import straightened
from worker.recognition.sheets.table_grid import find_tables
from worker.recognition.sheets.writing import bounding_box, find_writing

READ_TOGETHER = 64  # cells; single pictures are answered in between
MAX_READ = 1200  # cells and words of a page

OnProgress = Callable[[int], None]


def _ignore(progress: int) -> None:
    """For callers that show no progress."""


class SheetReader:
    """Reads photographed pages with one cell reader."""

    def __init__(self, cells: CellReader) -> None:
        self.cells = cells

    def read(self, pixels: Image, on_progress: OnProgress = _ignore) -> SheetReading:
        """The sheet of one page, (height, width) grey or (height, width, 3) RGB uint8.

        `on_progress` is called with per cents after each step.
        """
        found = _find_printed(pixels)
        is_printed = found is not None
        found = found or _find(straightened(pixels))
        on_progress(25)
        turns = quarter_turns(found.crops, found.boxes, self.cells) if not is_printed else 0
        if turns:
            found = _find(np.ascontiguousarray(np.rot90(found.page, turns)))
        on_progress(35)
        written, crops = found.written, found.crops
        texts = self._read_cells(crops, on_progress)
        contents = [
            content_of(place, text, crop)
            for place, text, crop in zip(written, texts, crops, strict=True)
        ]
        contents += [Content(place, CellKind.EMPTY) for place in found.places if not place.pieces]
        together = without_heading(contents) if is_printed else considered_together(contents)
        return _sheet(together, found.page, len(written) < MAX_READ)

    def _read_cells(self, crops: Sequence[Image], on_progress: OnProgress) -> list[CellText]:
        texts: list[CellText] = []
        for start in range(0, len(crops), READ_TOGETHER):
            texts += self.cells.read_cells(crops[start : start + READ_TOGETHER])
            on_progress(35 + round(60 * len(texts) / len(crops)))
        return texts


@dataclass(frozen=True)
class _Found:
    """A page with its places, and the crops of those with writing."""

    page: Image
    places: list[Place]
    written: list[Place]
    crops: list[Image]

    @property
    def boxes(self) -> list[Box]:
        """The boxes of the pieces of writing."""
        return [piece.box for place in self.written for piece in place.pieces]


def _find_printed(pixels: Image) -> _Found | None:
    """The places of a printed sheet of Cifra's; None for a page with other marks, or none."""
    page = page_by_corner_marks(_coloured(pixels))
    found = None if page is None else _find(page, is_printed=True)
    return found if found is not None and found.places else None


def _find(page: Image, *, is_printed: bool = False) -> _Found:
    """The places of a straightened page; of a printed sheet those of its table alone."""
    ink = measure_ink(page)
    rules = find_rules(ink.faint)
    writing = find_writing(ink, rules)
    places = find_places(find_tables(rules), writing)
    if is_printed:
        places = of_largest_table(places)
    written = [place for place in places if place.pieces][:MAX_READ]
    return _Found(ink.page, places, written, [writing.crop(place.pieces) for place in written])


def _coloured(pixels: Image) -> Image:
    return pixels if pixels.ndim == 3 else np.repeat(pixels[..., None], 3, axis=2)


def _sheet(contents: Sequence[Content], page: Image, is_complete: bool) -> SheetReading:
    """The blocks below one another; rows count on from the first one's."""
    blocks: dict[int, list[Content]] = defaultdict(list)
    for content in contents:
        blocks[content.place.block].append(content)
    cells: list[CellReading] = []
    top = 0
    for block in sorted(blocks):
        cells += [_cell(content, top) for content in blocks[block]]
        top += max(content.place.row + content.place.row_span for content in blocks[block])
    cells.sort(key=lambda cell: (cell.row, cell.column))
    columns = max((cell.column + cell.column_span for cell in cells), default=0)
    return SheetReading(top, columns, tuple(cells), page, is_complete)


def _cell(content: Content, top: int) -> CellReading:
    place = content.place
    box = bounding_box([piece.box for piece in place.pieces]) if place.pieces else place.box
    return CellReading(
        top + place.row,
        place.column,
        box,
        content.kind,
        content.text,
        content.confidence,
        content.is_unsure,
        place.row_span,
        place.column_span,
    )
