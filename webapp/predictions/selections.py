"""Several predictions of the history at once: which are selected, and their deletion."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from webapp.accounts.ownership import visible_predictions
from webapp.models import Prediction
from webapp.platform.database import db
from webapp.predictions.deletion import delete_prediction

pages = Blueprint("selections", __name__, url_prefix="/predictions/selection")

MAX_SELECTED = 200


@pages.post("/deletion")
def delete() -> str | Response:
    """Ask for confirmation, and delete when it is given."""
    chosen = own_selected()
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


def own_selected() -> Sequence[Prediction]:
    """One's own predictions among the selected ones, newest first."""
    ids = request.form.getlist("selected")
    if len(ids) > MAX_SELECTED or not all(one.isascii() and one.isprintable() for one in ids):
        abort(400)
    query = visible_predictions(everyone=False).where(Prediction.id.in_(ids))
    return db.session.scalars(query).all()
