"""Printable sheets: a form for the names of the columns, and the PDF."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext

from webapp.sheets.printable import (
    MAX_COLUMNS,
    MAX_NAME,
    MAX_ROWS,
    PrintableSheet,
    as_pdf,
)

pages = Blueprint("printable_sheets", __name__, url_prefix="/sheets/printable")

DEFAULT_ROWS = 20


@pages.get("")
def new() -> str:
    return render_template("sheets/printable.html", max_rows=MAX_ROWS, max_columns=MAX_COLUMNS)


@pages.get("/sheet.pdf")
def show() -> Response:
    """The PDF; names and rows beyond the limits are cut off."""
    names = [_clean(name) for name in request.args.get("columns", "").split(",")]
    columns = [name for name in names if name][:MAX_COLUMNS] or [gettext("Mark")]
    rows = min(MAX_ROWS, max(1, request.args.get("rows", DEFAULT_ROWS, type=int)))
    title = _clean(request.args.get("title", ""), 2 * MAX_NAME)
    response = Response(as_pdf(PrintableSheet(title, columns, rows)), mimetype="application/pdf")
    response.headers["Content-Disposition"] = 'attachment; filename="cifra-sheet.pdf"'
    return response


def _clean(text: str, length: int = MAX_NAME) -> str:
    return "".join(c for c in text if c.isprintable()).strip()[:length]
