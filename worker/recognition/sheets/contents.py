"""Contents of cells: whether writing is a number, a mark, or print and words."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from worker.recognition.arrays import Image
from worker.recognition.sheets.cell_reader import OTHER_MARK, CellText
from worker.recognition.sheets.marks import Mark, count_of_strokes, is_box, name_of_mark
from worker.recognition.sheets.places import Place
from worker.recognition.sheets.sheet_reading import CellKind

UNSURE_BELOW = 0.9  # confidence of a number
SURE_FREE = 0.9  # confidence of a number beside tables, among print
MIN_WORD = 4  # pieces of a cell that is no number: so many are a word
_FEW, _MANY = 3, 5  # numbers that count on: at a table's edge, and within it
_NUMBER = re.compile(r"[-+(]?[\d.,/:% ½¼¾()-]*\d[\d.,/:% ½¼¾()-]*|[-+]?[½¼¾]")
_FRACTIONS = "½¼¾"


@dataclass(frozen=True)
class Content:
    """The writing of one place, as it is read."""

    place: Place
    kind: CellKind
    text: str = ""
    confidence: float = 1.0
    crop: Image | None = None

    @property
    def is_unsure(self) -> bool:
        """Whether a person should look at it."""
        return self.kind is CellKind.NUMBER and (
            self.confidence < UNSURE_BELOW or OTHER_MARK in self.text
        )


def content_of(place: Place, text: CellText, crop: Image) -> Content:
    """The content by its text, and by its shape where that is no number."""
    written = text.text.strip()
    digits = sum(character.isdigit() or character in _FRACTIONS for character in written)
    unknown = written.count(OTHER_MARK)
    is_number = _NUMBER.fullmatch(written.replace(OTHER_MARK, "")) is not None
    if digits and is_number and unknown * 2 <= digits and not is_box(crop):
        return Content(place, CellKind.NUMBER, written, text.confidence, crop)
    if len(place.pieces) >= MIN_WORD and not count_of_strokes(crop):
        return Content(place, CellKind.PRINT, "", text.confidence, crop)
    return Content(place, CellKind.MARK, name_of_mark(crop), text.confidence, crop)


def considered_together(contents: Sequence[Content]) -> list[Content]:
    """What the neighbours of a cell say about it: printed counts, strokes among marks, print."""
    contents = _without_printed_counts(contents)
    contents = _strokes_among_marks(contents)
    has_table = any(not content.place.is_free for content in contents)
    return [c for c in contents if not has_table or not c.place.is_free or _is_sure_number(c)]


def without_heading(contents: Sequence[Content]) -> list[Content]:
    """The contents of a printed sheet of Cifra's, whose first row and column are printed."""
    return [
        replace(content, kind=CellKind.PRINT, text="")
        if content.kind is not CellKind.EMPTY and 0 in (content.place.row, content.place.column)
        else content
        for content in contents
    ]


def _is_sure_number(content: Content) -> bool:
    """Whether writing beside a table is one; a stroke there is mostly the rest of a rule."""
    if content.kind is not CellKind.NUMBER or OTHER_MARK in content.text:
        return False
    is_stroke = content.crop is not None and count_of_strokes(content.crop) == 1
    return content.confidence >= SURE_FREE and not is_stroke


def _without_printed_counts(contents: Sequence[Content]) -> list[Content]:
    """Numbers that count on along a row, or down the first column, are printed headings.

    In a row below the first one they are many, as the years above the columns of an account.
    """
    lines: dict[tuple[int, str, int], list[int]] = defaultdict(list)
    for index, content in enumerate(contents):
        place = content.place
        if place.is_free:
            continue
        lines[place.block, "row", place.row].append(index)
        if place.column == 0:
            lines[place.block, "column", 0].append(index)
    printed = {
        index
        for (_, line, number), members in lines.items()
        if _counts_on(
            [contents[index].text for index in members],
            is_row=line == "row",
            least=_FEW if number == 0 else _MANY,
        )
        for index in members
        if contents[index].kind is CellKind.NUMBER
    }
    return [
        replace(content, kind=CellKind.PRINT) if index in printed else content
        for index, content in enumerate(contents)
    ]


def _counts_on(texts: Sequence[str], *, is_row: bool, least: int) -> bool:
    """Whether most of the numbers are one more than the one before.

    In a column they must also increase: "… 8, 9, 0, 1" are ids that were written by hand.
    """
    numbers = [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 6]
    steps = [second - first for first, second in pairwise(numbers)]
    if len(numbers) < least or not (is_row or min(steps) > 0):
        return False
    return sum(step == 1 for step in steps) >= 0.6 * len(steps)


def _strokes_among_marks(contents: Sequence[Content]) -> list[Content]:
    """Strokes that could be 1s are marks in a column that has other marks."""
    columns: dict[tuple[int, int], list[Content]] = defaultdict(list)
    for content in contents:
        columns[content.place.block, content.place.column].append(content)
    return [
        _as_strokes(content, columns[content.place.block, content.place.column])
        for content in contents
    ]


def _as_strokes(content: Content, column: Sequence[Content]) -> Content:
    if content.kind is not CellKind.NUMBER or content.crop is None or set(content.text) - set("1-"):
        return content
    marks = sum(other.kind is CellKind.MARK for other in column)
    numbers = sum(other.kind is CellKind.NUMBER for other in column)
    count = count_of_strokes(content.crop)
    if not count or marks < 2 or marks <= 0.5 * numbers:
        return content
    return replace(content, kind=CellKind.MARK, text=f"{Mark.STROKES} {count}")
