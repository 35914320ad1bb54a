"""Layout of writing without rules: rows of words, and columns by their alignment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from worker.recognition.reading import Box
from worker.recognition.segmentation.reading_order import group_into_rows
from worker.recognition.sheets.writing import Piece, bounding_box

_GAP = 0.6  # of the median height of the row's writing: a wider gap parts two words
_LONG = 5.0  # times the typical height of writing: a line, or the edge of the page
_THIN = 0.15  # of its height: a line's width
_MOST_OF_PAGE = 0.5  # of the height of all writing
_SMALL = 0.35  # of the median height: points and dashes join a row, and make none


@dataclass(frozen=True)
class Word:
    """Pieces of ink that stand close together in a row."""

    row: int
    column: int
    pieces: tuple[Piece, ...]

    @property
    def box(self) -> Box:
        return bounding_box([piece.box for piece in self.pieces])


def find_words(pieces: Sequence[Piece]) -> list[Word]:
    """The words of writing in rows and columns, from the top and the left."""
    if not pieces:
        return []
    heights = np.array([piece.box.height for piece in pieces], float)
    typical = float(np.average(heights, weights=heights))
    tall = [piece for piece in pieces if piece.box.height > _SMALL * typical]
    small = [piece for piece in pieces if piece.box.height <= _SMALL * typical]
    rows = [[tall[i] for i in row] for row in group_into_rows([piece.box for piece in tall])]
    for piece in small:
        row = min(rows, key=lambda row: _distance(row, piece), default=None)
        if row is not None and _distance(row, piece) < typical:
            row.append(piece)
    words = [word for row in rows for word in [_split(row)]]
    return _in_columns(words)


def without_lines(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces without long lines and the edges of the page, which would join all rows."""
    if not pieces:
        return []
    heights = np.sort([piece.box.height for piece in pieces])
    typical = heights[np.searchsorted(np.cumsum(heights), heights.sum() / 2)]
    extent = max(piece.bottom for piece in pieces) - min(piece.box.y for piece in pieces)

    def is_line(box: Box) -> bool:
        is_long = box.height > _LONG * typical
        return is_long and (box.width < _THIN * box.height or box.height > _MOST_OF_PAGE * extent)

    return [piece for piece in pieces if not is_line(piece.box)]


def _distance(row: Sequence[Piece], piece: Piece) -> float:
    """From a piece to the nearest one of a row, in pixels."""
    box = piece.box
    return min(
        max(0.0, other.box.x - piece.right, box.x - other.right)
        + 2 * max(0.0, other.box.y - piece.bottom, box.y - other.bottom)
        for other in row
    )


def _split(row: Sequence[Piece]) -> list[list[Piece]]:
    """A row's pieces, parted at wide gaps."""
    height = float(np.median([piece.box.height for piece in row]))
    words: list[list[Piece]] = []
    end = 0
    for piece in sorted(row, key=lambda piece: piece.box.x):
        if words and piece.box.x - end <= _GAP * height:
            words[-1].append(piece)
        else:
            words.append([piece])
        end = max(end, piece.right) if len(words[-1]) > 1 else piece.right
    return words


def _in_columns(rows: Sequence[Sequence[Sequence[Piece]]]) -> list[Word]:
    """Words below one another are a column; where two of a row would be in one, they count on."""
    spans = sorted(
        (box.x, box.x + box.width)
        for row in rows
        for box in (bounding_box([piece.box for piece in word]) for word in row)
    )
    starts: list[int] = []
    end = -1
    for left, right in spans:
        if left > end:
            starts.append(left)
        end = max(end, right)
    placed = []
    is_aligned = True
    for number, row in enumerate(rows):
        columns = [
            int(np.searchsorted(starts, min(piece.box.x for piece in word), side="right")) - 1
            for word in row
        ]
        is_aligned = is_aligned and len(set(columns)) == len(columns)
        placed.append((number, row, columns))
    return [
        Word(number, columns[k] if is_aligned else k, tuple(word))
        for number, row, columns in placed
        for k, word in enumerate(row)
    ]
