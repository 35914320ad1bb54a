"""Tables as XLSX, with real numbers and dates, and without formulas."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NOTHING_IS_RUN = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
MAX_DIGITS = 11  # of a number that is not shown as a power of ten


def as_xlsx(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """One worksheet with a row of column names that stays in sight and filters."""
    import xlsxwriter  # noqa: PLC0415 (few requests need it)

    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {**NOTHING_IS_RUN, "remove_timezone": True})
    page = book.add_worksheet("Cifra")
    time_format = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    page.write_row(0, 0, columns, book.add_format({"bold": True}))
    last = 0
    for last, row in enumerate(rows, start=1):
        for column, name in enumerate(columns):
            value = row[name]
            page.write(last, column, value, time_format if isinstance(value, datetime) else None)
    page.freeze_panes(1, 0)
    page.autofilter(0, 0, last, len(columns) - 1)
    page.autofit()
    book.close()
    return file.getvalue()


def as_cell(text: str) -> float | str:
    """A decimal number as a number; as text what has too many digits for one."""
    digits = sum(character.isdigit() for character in text)
    return float(Decimal(text)) if digits <= MAX_DIGITS else text


def as_utc(iso: str) -> datetime:
    """A time that a spreadsheet knows, in UTC."""
    return datetime.fromisoformat(iso).astimezone(UTC)
