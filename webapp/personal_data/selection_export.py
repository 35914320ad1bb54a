"""The selected predictions of the history as CSV, as XLSX, or as a zip with their pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from webapp.accounts.current_owner import current_owner_id
from webapp.corrections.visibility import visible_corrections
from webapp.models import Prediction
from webapp.personal_data.export import Export
from webapp.platform.csv_table import as_csv
from webapp.platform.database import db
from webapp.platform.extensions import extensions
from webapp.platform.languages import current_language
from webapp.platform.xlsx_table import XLSX, as_cell, as_utc, as_xlsx
from webapp.predictions.schemas import PredictionJson, prediction_as_json
from webapp.predictions.selections import own_selected

pages = Blueprint("selection_export", __name__, url_prefix="/predictions/selection")

COLUMNS = (
    "id",
    "batch",
    "created_at",
    "filename",
    "status",
    "number",
    "kind",
    "value",
    "is_unsure",
    "number_as_corrected",
    "confidence",
    "reason",
    "model_version",
)


@pages.post("/export")
def export() -> Response | AnyResponse:
    """A file of the selected predictions in the format that is asked for, by default CSV."""
    chosen = own_selected()
    if not chosen:
        flash(gettext("Select at least one picture first."))
        return redirect(url_for("predictions.index"), 303)
    write = FORMATS.get(request.form.get("format", "csv")) or abort(400)
    return write(chosen)


def _rows(chosen: Sequence[Prediction]) -> Iterable[PredictionJson]:
    corrections = visible_corrections(chosen)
    return (prediction_as_json(prediction, corrections) for prediction in chosen)


def _spreadsheet_row(row: PredictionJson) -> dict[str, Any]:
    """A row with its number and its time as a spreadsheet knows them."""
    value = row["value"]
    return {
        **row,
        "value": None if value is None else as_cell(value),
        "created_at": as_utc(row["created_at"]),
    }


def _csv(chosen: Sequence[Prediction]) -> Response:
    content = b"".join(as_csv(COLUMNS, _rows(chosen)))
    return _attachment(content, "csv", "text/csv; charset=utf-8")


def _xlsx(chosen: Sequence[Prediction]) -> Response:
    return _attachment(as_xlsx(COLUMNS, map(_spreadsheet_row, _rows(chosen))), "xlsx", XLSX)


def _zip(chosen: Sequence[Prediction]) -> Response:
    owner_id = current_owner_id() or abort(404)
    ids = frozenset(prediction.id for prediction in chosen)
    archive = Export(owner_id, db.engine, extensions.storage, current_language(), ids)
    return _attachment(archive.pieces(), "zip", "application/zip")


def _attachment(content: bytes | Iterable[bytes], extension: str, media_type: str) -> Response:
    response = Response(content, content_type=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="cifra-readings.{extension}"'
    response.headers["Cache-Control"] = "no-store"
    return response


FORMATS: dict[str, Callable[[Sequence[Prediction]], Response]] = {
    "csv": _csv,
    "xlsx": _xlsx,
    "zip": _zip,
}
