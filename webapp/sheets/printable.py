"""Printable sheets: an A4 page with corner marks and an empty table, as a PDF.

The corner marks let Cifra find the page at any angle; `worker/recognition/sheets/corner_marks.py`
knows the same places. The PDF has lines and the built-in font alone (ISO 32000-1, sections 7.5
and 9.6.2.2), so that no library is needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 595.28, 841.89  # points, A4
MARK, FRAME, CORE = 24.0, 16.0, 8.0  # points: the sides of a corner mark's squares
MARGIN = 28.0  # points from the page's edge to a corner mark
TOP, BOTTOM, SIDE = 112.0, 76.0, 64.0  # points around the table
NUMBERS = 30.0  # points: the column of the row numbers
MOST_ROW_HEIGHT = 34.0  # points
MAX_ROWS, MAX_COLUMNS = 40, 10
MAX_NAME = 24  # characters


@dataclass(frozen=True)
class PrintableSheet:
    """What a person asked for; the first row and column of the table are printed."""

    title: str
    columns: Sequence[str]
    rows: int


def as_pdf(sheet: PrintableSheet) -> bytes:
    """The sheet as a PDF of one page."""
    drawing = _corner_marks() + _table(sheet)
    drawing += _text(SIDE, HEIGHT - 84, 15, sheet.title, WIDTH - 2 * SIDE)
    content = "\n".join(drawing).encode("cp1252", "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %.2f %.2f] /Contents 4 0 R "
        b"/Resources << /Font << /F 5 0 R >> >> >>" % (WIDTH, HEIGHT),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    return _file(objects)


def _file(objects: Sequence[bytes]) -> bytes:
    """The objects with the table of their places."""
    file = b"%PDF-1.4\n"
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    entries = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return file + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\n"
        b"startxref\n%d\n%%%%EOF\n" % (size, entries, size, len(file))
    )


def _corner_marks() -> list[str]:
    """Black squares with a white frame and a black core; the one at the lower right has no core."""
    drawing = []
    for x, y in (
        (MARGIN, HEIGHT - MARGIN - MARK),
        (WIDTH - MARGIN - MARK, HEIGHT - MARGIN - MARK),
        (WIDTH - MARGIN - MARK, MARGIN),
        (MARGIN, MARGIN),
    ):
        is_lower_right = x > MARGIN and y == MARGIN
        drawing += [_square(x, y, MARK, 0), _square(x, y, FRAME, 1)]
        drawing += [] if is_lower_right else [_square(x, y, CORE, 0)]
    return drawing


def _square(x: float, y: float, side: float, grey: int) -> str:
    """A filled square in the middle of a mark whose lower left corner is here."""
    inset = (MARK - side) / 2
    return f"{grey} g {x + inset:.2f} {y + inset:.2f} {side:.2f} {side:.2f} re f"


def _table(sheet: PrintableSheet) -> list[str]:
    lines = sheet.rows + 1
    row_height = min(MOST_ROW_HEIGHT, (HEIGHT - TOP - BOTTOM) / lines)
    left, right, top = SIDE, WIDTH - SIDE, HEIGHT - TOP
    bottom = top - lines * row_height
    width = (right - left - NUMBERS) / len(sheet.columns)
    edges = [left, *(left + NUMBERS + column * width for column in range(len(sheet.columns) + 1))]
    drawing = ["1.1 w 0.35 G"]
    drawing += [_line(x, bottom, x, top) for x in edges]
    drawing += [
        _line(left, top - n * row_height, right, top - n * row_height) for n in range(lines + 1)
    ]
    size = min(11.0, 0.5 * row_height)
    base = 0.5 * row_height + 0.35 * size
    for column, name in enumerate(sheet.columns):
        drawing += _text(edges[column + 1] + 4, top - base, size, name, width - 8)
    for row in range(1, sheet.rows + 1):
        drawing += _text(left + 5, top - row * row_height - base, size, str(row), NUMBERS)
    return drawing


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f"{x1:.2f} {y1:.2f} m {x2:.2f} {y2:.2f} l S"


def _text(x: float, y: float, size: float, text: str, width: float) -> list[str]:
    """A text that is narrowed where it is wider than the place for it."""
    if not text:
        return []
    safe = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    scale = min(100.0, 100 * width / (0.56 * size * len(text)))
    return [f"BT 0 g /F {size:.1f} Tf {scale:.0f} Tz {x:.2f} {y:.2f} Td ({safe}) Tj ET"]
