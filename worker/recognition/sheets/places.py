"""Places of a sheet: the cells of its tables and the words beside them, each with its writing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from worker.recognition.reading import Box
from worker.recognition.sheets.layout import Word, find_words, without_lines
from worker.recognition.sheets.table_grid import TableCell, TableGrid
from worker.recognition.sheets.writing import Piece, Writing, bounding_box

_MIN_WRITING = 0.16  # of a cell's height: less is dust, or the remains of a rule
_POINT = 0.055  # of the largest piece of a cell: the smallest point
_SPECK = 9  # pixels: a piece so small at a cell's edge is the remains of a rule
_TALL_ROW = 2.2  # of the typical height of writing: a lower row of a table holds one line of it
_SEVERAL = 2  # cells of a row with several lines make it several rows, or so many lines of one


@dataclass(frozen=True)
class Place:
    """A place of the sheet with its writing."""

    block: int  # a table, or a row of words between tables
    row: int
    column: int
    box: Box
    pieces: tuple[Piece, ...]
    row_span: int = 1
    column_span: int = 1
    is_free: bool = False  # outside all tables


def find_places(tables: Sequence[TableGrid], writing: Writing) -> list[Place]:
    """The cells of all tables and the words beside them, from the top."""
    inside, free = _assigned(tables, writing)
    blocks: list[tuple[float, list[Place]]] = []
    for number, table in enumerate(tables):
        places = [_place(cell, inside[number, index]) for index, cell in enumerate(table.cells)]
        blocks.append((float(table.box.y), _with_lines_as_rows(places)))
    blocks += _free_rows(free)
    blocks.sort(key=lambda block: block[0])
    return [
        replace(place, block=number)
        for number, (_, places) in enumerate(blocks)
        for place in places
    ]


def of_largest_table(places: Sequence[Place]) -> list[Place]:
    """The places of the table with the most cells; none where there is no table."""
    tables = [place.block for place in places if not place.is_free]
    largest = max(set(tables), key=tables.count, default=None)
    return [place for place in places if place.block == largest and not place.is_free]


def _free_rows(free: Sequence[Piece]) -> list[tuple[float, list[Place]]]:
    rows: dict[int, list[Word]] = defaultdict(list)
    for word in find_words(free):
        rows[word.row].append(word)
    return [
        (
            float(np.mean([word.box.y for word in words])),
            [Place(0, 0, word.column, word.box, word.pieces, is_free=True) for word in words],
        )
        for words in rows.values()
    ]


def _assigned(
    tables: Sequence[TableGrid], writing: Writing
) -> tuple[dict[tuple[int, int], list[Piece]], list[Piece]]:
    """The pieces in each cell, by their middles, and those outside all tables."""
    cell_at = np.full(writing.labels.shape, -1, np.int32)
    keys: list[tuple[int, int]] = []
    for number, table in enumerate(tables):
        for index, cell in enumerate(table.cells):
            box = cell.box
            rows = slice(max(0, box.y), max(0, box.y + box.height))
            cell_at[rows, max(0, box.x) : max(0, box.x + box.width)] = len(keys)
            keys.append((number, index))
    inside: dict[tuple[int, int], list[Piece]] = defaultdict(list)
    free = []
    height, width = writing.labels.shape
    for piece in without_lines(writing.pieces):
        x, y = piece.middle
        found = int(cell_at[min(int(y), height - 1), min(int(x), width - 1)])
        if found >= 0:
            inside[keys[found]].append(piece)
        else:
            free.append(piece)
    return inside, free


def _place(cell: TableCell, pieces: Sequence[Piece]) -> Place:
    return Place(
        0,
        cell.row,
        cell.column,
        cell.box,
        _content(pieces, cell.box),
        cell.row_span,
        cell.column_span,
    )


def _content(pieces: Sequence[Piece], cell: Box) -> tuple[Piece, ...]:
    """The pieces that are writing; none where all of them are dust or remains of rules."""
    return _without_dust([p for p in pieces if not _is_remains(p, cell)], cell.height)


def _without_dust(pieces: Sequence[Piece], height: int) -> tuple[Piece, ...]:
    """The pieces of a cell of this height without dust; none where all of them are."""
    least = max(6.0, _MIN_WRITING * min(height, 60))
    sizes = [max(piece.box.width, piece.box.height) for piece in pieces]
    if max(sizes, default=0) < least:
        return ()
    return tuple(p for p, size in zip(pieces, sizes, strict=True) if size >= _POINT * max(sizes))


def _is_remains(piece: Piece, cell: Box) -> bool:
    """Whether a piece is what is left of a rule: thin, and at the cell's edge, or far too large."""
    box = piece.box
    if box.width > 1.5 * cell.width or box.height > 1.6 * cell.height:
        return True
    margin = max(8.0, 0.08 * min(cell.width, cell.height) + 4)
    is_small = max(box.width, box.height) <= _SPECK
    is_level = box.height <= 6 and box.width > 1.5 * box.height
    is_upright = box.width <= 6 and box.height > 1.5 * box.width
    from_level = min(box.y + box.height - cell.y, cell.y + cell.height - box.y)
    from_upright = min(box.x + box.width - cell.x, cell.x + cell.width - box.x)
    return ((is_level or is_small) and from_level < margin) or (
        (is_upright or is_small) and from_upright < margin
    )


def _with_lines_as_rows(places: Sequence[Place]) -> list[Place]:
    """A row of a table that holds several lines of writing, as several rows.

    Account books often have rules between columns alone.
    """
    typical = _typical_height([piece for place in places for piece in place.pieces])
    result: list[Place] = []
    added = 0
    for row in sorted({place.row for place in places}):
        cells = [place for place in places if place.row == row]
        lines = _lines(cells, typical) if typical else []
        if len(lines) < 2:
            result += [replace(cell, row=row + added) for cell in cells]
            continue
        for number, (top, bottom) in enumerate(lines):
            result += [_part(cell, row + added + number, top, bottom) for cell in cells]
        added += len(lines) - 1
    return result


def _typical_height(pieces: Sequence[Piece]) -> float:
    heights = [float(piece.box.height) for piece in pieces if piece.box.height >= 8]
    return float(np.median(heights)) if heights else 0.0


def _lines(cells: Sequence[Place], typical: float) -> list[tuple[int, int]]:
    """The top and bottom of each line of writing in a row of cells; fewer than two: one row."""
    if any(cell.row_span > 1 for cell in cells) or (
        min(cell.box.height for cell in cells) < _TALL_ROW * typical
    ):
        return []
    pieces = [p for cell in cells for p in cell.pieces if p.box.height >= 0.5 * typical]
    if not pieces:
        return []
    top = min(piece.box.y for piece in pieces)
    profile = np.zeros(max(piece.bottom for piece in pieces) - top + 1)
    for piece in pieces:
        middle = piece.middle[1] - top
        reach = 0.28 * min(piece.box.height, 1.6 * typical)
        profile[max(0, round(middle - reach)) : round(middle + reach) + 1] += 1
    edges = np.flatnonzero(np.diff(np.concatenate([[0], profile > 0, [0]])))
    runs = [(top + int(a), top + int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    several = sum(_count_lines(cell, runs) > 1 for cell in cells)
    written = sum(bool(cell.pieces) for cell in cells)
    are_rows = several >= _SEVERAL or (several == written and len(runs) > _SEVERAL)
    return _spread(runs, cells) if len(runs) > 1 and are_rows else []


def _count_lines(cell: Place, runs: Sequence[tuple[int, int]]) -> int:
    middles = [piece.middle[1] for piece in cell.pieces]
    return sum(any(top <= middle <= bottom for middle in middles) for top, bottom in runs)


def _spread(runs: Sequence[tuple[int, int]], cells: Sequence[Place]) -> list[tuple[int, int]]:
    """Lines that meet half-way between their writing, from the row's top to its bottom."""
    top = min(cell.box.y for cell in cells)
    bottom = max(cell.box.y + cell.box.height for cell in cells)
    cuts = [(a[1] + b[0]) // 2 for a, b in pairwise(runs)]
    return list(zip([top, *cuts], [*cuts, bottom], strict=True))


def _part(cell: Place, row: int, top: int, bottom: int) -> Place:
    pieces = tuple(piece for piece in cell.pieces if top <= piece.middle[1] < bottom)
    box = Box(cell.box.x, top, cell.box.width, max(1, bottom - top))
    if pieces:
        around = bounding_box([piece.box for piece in pieces])
        box = bounding_box([around, Box(box.x, around.y, box.width, around.height)])
    return replace(cell, row=row, box=box, pieces=_without_dust(pieces, bottom - top))
