"""The page that compares two labels: why this digit is one and not the other."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from webapp.accounts.ownership import is_own, visible_prediction
from webapp.explanations.asking import ask, digit_of_request
from webapp.explanations.views import waiting
from webapp.models import Digit

pages = Blueprint(
    "explanation_comparisons",
    __name__,
    url_prefix="/predictions/<prediction_id>/explanation/comparison",
)

LABEL = re.compile(r"[0-9]")


@pages.get("")
def show(prediction_id: str) -> str | Response:
    prediction = visible_prediction(prediction_id)
    if not prediction.digits:
        return redirect(url_for("explanations.show", prediction_id=prediction.id))
    digit = digit_of_request(prediction)
    first, second = _labels(digit)
    asked = ask(prediction, digit, f"{first}-{second}")
    if asked.numbers is None:
        return waiting(asked)
    return render_template(
        "explanations/comparison.html",
        prediction=prediction,
        is_own=is_own(prediction),
        digit=digit,
        subject=asked.subject,
        first=first,
        second=second,
        place_name=place_name,
        **_facts(asked.numbers.facts),
    )


def place_name(place: str) -> str:
    """Where on the digit, as the worker names it, in words."""
    names = {
        "top left": gettext("at the top left"),
        "top middle": gettext("at the top"),
        "top right": gettext("at the top right"),
        "middle left": gettext("on the left"),
        "middle": gettext("in the middle"),
        "middle right": gettext("on the right"),
        "bottom left": gettext("at the bottom left"),
        "bottom middle": gettext("at the bottom"),
        "bottom right": gettext("at the bottom right"),
    }
    return names.get(place, gettext("in the middle"))


def _labels(digit: Digit) -> tuple[int, int]:
    """The two labels that a query names; without them the two most probable ones.

    Aborts with 404 for labels that cannot be compared.
    """
    if "for" not in request.args and "against" not in request.args:
        order = sorted(range(10), key=lambda label: -digit.probabilities[label])
        return order[0], order[1]
    first, second = request.args.get("for", ""), request.args.get("against", "")
    if not (LABEL.fullmatch(first) and LABEL.fullmatch(second)) or first == second:
        abort(404)
    return int(first), int(second)


def _facts(facts: dict[str, Any]) -> dict[str, Any]:
    names = ("scores", "evidence", "occlusion", "change", "neighbours")
    return {name: facts.get(name) for name in names}
