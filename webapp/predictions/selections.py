"""Several predictions of the history at once: deleted after a confirmation, or exported as CSV."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response as AnyResponse

from webapp.accounts.ownership import visible_predictions
from webapp.corrections.visibility import visible_corrections
from webapp.models import Prediction
from webapp.platform.csv_table import as_csv
from webapp.platform.database import db
from webapp.predictions.deletion import delete_prediction
from webapp.predictions.schemas import prediction_as_json

pages = Blueprint("selections", __name__, url_prefix="/predictions/selection")

MAX_SELECTED = 200
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


@pages.post("/deletion")
def delete() -> str | AnyResponse:
    """Ask for confirmation, and delete when it is given."""
    chosen = _own_selected()
    if not chosen:
        flash(gettext("Select at least one picture first."))
        return redirect(url_for("predictions.index"), 303)
    if "confirmed" not in request.form:
        return render_template("predictions/delete_selected.html", chosen=chosen)
    for prediction in chosen:
        delete_prediction(prediction)
    deleted = ngettext(
        "%(num)s picture is deleted, with its reading.",
        "%(num)s pictures are deleted, with their readings.",
        len(chosen),
    )
    flash(deleted)
    return redirect(url_for("predictions.index"), 303)


@pages.post("/export")
def export() -> Response | AnyResponse:
    chosen = _own_selected()
    if not chosen:
        flash(gettext("Select at least one picture first."))
        return redirect(url_for("predictions.index"), 303)
    corrections = visible_corrections(chosen)
    rows = (prediction_as_json(prediction, corrections) for prediction in chosen)
    content = b"".join(as_csv(COLUMNS, rows))
    response = Response(content, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="cifra-readings.csv"'
    return response


def _own_selected() -> Sequence[Prediction]:
    """One's own predictions among the selected ones, newest first."""
    ids = request.form.getlist("selected")
    if len(ids) > MAX_SELECTED or not all(one.isascii() and one.isprintable() for one in ids):
        abort(400)
    query = visible_predictions(everyone=False).where(Prediction.id.in_(ids))
    return db.session.scalars(query).all()
