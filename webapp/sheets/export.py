"""The export of sheets: as XLSX with real numbers, as CSV, and as JSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext

from webapp.models import Sheet
from webapp.platform.xlsx_table import NOTHING_IS_RUN
from webapp.predictions.schemas import reason_as_json
from webapp.sheets.grid import Grid, GridCell

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")  # of a text that a spreadsheet would run
BYTE_ORDER_MARK = "\ufeff"  # makes Excel read a CSV file as UTF-8
YELLOW, RED = "#FFF2A8", "#F6C1C1"


def as_xlsx(sheets: Sequence[Sheet]) -> bytes:
    """All pages below one another in one worksheet.

    Numbers are numbers; dates, codes with leading zeros and long numbers are text. An unsure cell
    is yellow, one that fails a check red, each with a note.
    """
    import xlsxwriter  # noqa: PLC0415 (few requests need it)

    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, NOTHING_IS_RUN)
    page = book.add_worksheet("Cifra")
    unsure, wrong = book.add_format({"bg_color": YELLOW}), book.add_format({"bg_color": RED})
    top = 0
    for sheet in sheets:
        grid = Grid.of(sheet)
        for cell in grid.cells:
            row, column = top + cell.read["row"], cell.read["column"]
            style = wrong if cell.problems else unsure if cell.is_unsure else None
            value = cell.value
            if value is not None:
                page.write_number(row, column, float(value), style)
            elif cell.text or style:
                page.write_string(row, column, cell.text, style)
            if style:
                page.write_comment(row, column, _note(cell))
        top += grid.rows
    book.close()
    return file.getvalue()


def as_csv(sheets: Sequence[Sheet], *, separator: str) -> bytes:
    """All pages below one another; with ";" the decimal sign is a comma, with "," a point."""
    lines = io.StringIO(newline="")
    lines.write(BYTE_ORDER_MARK)
    writer = csv.writer(lines, delimiter=separator)
    for sheet in sheets:
        grid = Grid.of(sheet)
        texts = [[""] * grid.columns for _ in range(grid.rows)]
        for cell in grid.cells:
            texts[cell.read["row"]][cell.read["column"]] = _csv_text(cell, separator)
        writer.writerows(texts)
    return lines.getvalue().encode()


def as_json(sheet: Sheet) -> dict[str, Any]:
    """A sheet as the API and the export give it; values as text, so that none is rounded."""
    grid = Grid.of(sheet)
    return {
        "id": sheet.id,
        "status": sheet.status,
        "progress": sheet.progress,
        "filename": sheet.filename,
        "created_at": sheet.created_at.isoformat(),
        "settled_at": sheet.settled_at.isoformat() if sheet.settled_at else None,
        **reason_as_json(sheet.reason),
        "rows": grid.rows,
        "columns": grid.columns,
        "is_complete": sheet.is_complete,
        "model_version": sheet.model_version_id,
        "cells": [_cell_as_json(cell) for cell in grid.cells],
    }


def _cell_as_json(cell: GridCell) -> dict[str, Any]:
    value = cell.value
    return {
        **cell.read,
        "unsure": cell.is_unsure,
        "read_as": cell.read["text"],
        "text": cell.text,
        "value": None if value is None else str(value),
        "edited": cell.is_edited,
        "problems": list(cell.problems),
    }


def _csv_text(cell: GridCell, separator: str) -> str:
    value = cell.value
    if value is not None:
        return _decimal_text(value).replace(".", "," if separator == ";" else ".")
    return f"'{cell.text}" if cell.text.startswith(FORMULA_STARTS) else cell.text


def _decimal_text(value: Decimal) -> str:
    return f"{value:f}"


def _note(cell: GridCell) -> str:
    """Why a cell has a colour."""
    if "range" in cell.problems:
        return gettext("Outside the allowed range.")
    if "sum" in cell.problems:
        return gettext("Not the sum of the cells.")
    share = round(100 * cell.read["confidence"])
    return gettext(
        "Read as “%(text)s” with a confidence of %(share)s %%. Please check.",
        text=cell.read["text"],
        share=share,
    )
