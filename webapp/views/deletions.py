"""A deletion: of one picture, or of all that is mine. A page asks once more before it."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from webapp.access import count_own_pictures, is_own, visible_prediction
from webapp.auth import visitor
from webapp.deletion import delete_all_of, delete_prediction

pages = Blueprint("deletions", __name__)


@pages.get("/predictions/<prediction_id>/deletion")
def ask_for_one(prediction_id: str) -> str:
    prediction = visible_prediction(prediction_id)
    return render_template(
        "deletions/prediction.html", prediction=prediction, is_own=is_own(prediction)
    )


@pages.post("/predictions/<prediction_id>/deletion")
def one(prediction_id: str) -> Response:
    prediction = visible_prediction(prediction_id)
    whose = None if is_own(prediction) else "all"
    delete_prediction(prediction)
    flash("The picture and its reading are deleted.")
    return redirect(url_for("predictions.index", whose=whose), 303)


@pages.get("/account/data/deletion")
def ask_for_all() -> str:
    return render_template("deletions/data.html", pictures=count_own_pictures())


@pages.post("/account/data/deletion")
def all_data() -> Response:
    owner = visitor() or abort(404)
    count = delete_all_of(owner)
    noun = "picture" if count == 1 else "pictures"
    flash(f"{count:,} {noun} and all that you said of them are deleted.")
    return redirect(url_for("data.show"), 303)
