"""The pages of the networks: measured side by side, and the playground to break them in."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from webapp.models import Digit, Prediction
from webapp.networks.charts import charts
from webapp.networks.digits import digits_of, latest_digits
from webapp.networks.measurements import measurements

pages = Blueprint("networks", __name__, url_prefix="/networks")


@pages.get("")
def index() -> str:
    measured = measurements()
    prediction, digits = _chosen_digits()
    return render_template(
        "networks/index.html",
        measured=measured,
        charts=list(charts(measured)),
        prediction=prediction,
        digits=digits,
    )


@pages.get("/play")
def play() -> str:
    prediction, digits = _chosen_digits()
    return render_template("networks/play.html", prediction=prediction, digits=digits)


def _chosen_digits() -> tuple[Prediction | None, list[Digit]]:
    """The digits of `?prediction=…`, or of one's latest predictions."""
    chosen = request.args.get("prediction")
    return digits_of(chosen) if chosen else (None, latest_digits())
