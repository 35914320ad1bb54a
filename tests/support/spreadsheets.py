"""XLSX files as a reader that did not write them sees them."""

from __future__ import annotations

import io
import re
from xml.etree import ElementTree
from zipfile import ZipFile

NAMESPACE = {"": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def cells_of(xlsx: bytes) -> dict[str, str | float | bool]:
    """The values of the first worksheet by their place, as "B2"; a formula fails."""
    with ZipFile(io.BytesIO(xlsx)) as book:
        page = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
        strings = ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
    texts = ["".join(item.itertext()) for item in strings.findall("si", NAMESPACE)]
    values: dict[str, str | float | bool] = {}
    for cell in page.iterfind(".//c", NAMESPACE):
        assert cell.find("f", NAMESPACE) is None
        content = cell.findtext("v", None, NAMESPACE)
        if content is not None:
            kind = cell.get("t", "n")
            number = float(content)
            values[cell.attrib["r"]] = (
                texts[int(number)] if kind == "s" else bool(number) if kind == "b" else number
            )
    return values


def rows_of(xlsx: bytes) -> list[dict[str, str | float | bool]]:
    """The rows below the first one, with its texts as keys."""
    cells = cells_of(xlsx)
    places = [(*re.findall(r"[A-Z]+|\d+", place), value) for place, value in cells.items()]
    names = {letters: str(value) for letters, row, value in places if row == "1"}
    rows: dict[int, dict[str, str | float | bool]] = {}
    for letters, row, value in places:
        if row != "1":
            rows.setdefault(int(str(row)), {})[names[str(letters)]] = value
    return [rows[row] for row in sorted(rows)]
