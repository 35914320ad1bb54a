"""The deletion of one prediction, with a page that asks for confirmation."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from webapp.accounts.ownership import is_own, visible_prediction
from webapp.predictions.deletion import delete_prediction

pages = Blueprint(
    "prediction_deletion", __name__, url_prefix="/predictions/<prediction_id>/deletion"
)


@pages.get("")
def new(prediction_id: str) -> str:
    prediction = visible_prediction(prediction_id)
    return render_template(
        "predictions/delete.html", prediction=prediction, is_own=is_own(prediction)
    )


@pages.post("")
def create(prediction_id: str) -> Response:
    prediction = visible_prediction(prediction_id)
    whose = None if is_own(prediction) else "all"
    delete_prediction(prediction)
    flash(gettext("The picture and its reading are deleted."))
    return redirect(url_for("predictions.index", whose=whose), 303)
