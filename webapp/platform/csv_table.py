"""Tables as CSV that a spreadsheet opens as text and numbers, and never as formulas."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")  # of a cell that a spreadsheet would run
PLAIN_NUMBER = re.compile(r"[+-][0-9]*[.,]?[0-9]+")
BYTE_ORDER_MARK = "\ufeff"  # makes Excel read a CSV file as UTF-8


def as_csv(columns: Iterable[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """The lines of a CSV file with these columns."""
    line = io.StringIO(newline="")
    writer = csv.writer(line)
    line.write(BYTE_ORDER_MARK)
    writer.writerow(columns)
    yield line.getvalue().encode()
    for row in rows:
        line.seek(0)
        line.truncate()
        writer.writerow(_escaped(row[name]) for name in columns)
        yield line.getvalue().encode()


def _escaped(value: Any) -> Any:
    """A text that a spreadsheet would run as a formula is preceded by a quote (OWASP).

    A number with a sign is no formula.
    """
    if not isinstance(value, str) or PLAIN_NUMBER.fullmatch(value):
        return value
    return f"'{value}" if value.startswith(FORMULA_STARTS) else value
