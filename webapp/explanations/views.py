"""The page of an explanation: from the photo to the answer, step by step."""

from __future__ import annotations

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from webapp.accounts.ownership import is_own, visible_prediction
from webapp.explanations.asking import Asked, ask, digit_of_request
from webapp.explanations.decision import Decision
from webapp.explanations.formatting import decimal
from webapp.explanations.layer_names import layer_name, layer_sentence, unit_count
from webapp.models import Explanation, ExplanationStatus, Prediction
from webapp.models.explanation import NETWORK, SUBJECT
from webapp.platform.database import db
from webapp.platform.extensions import extensions
from webapp.predictions.steps import steps_of

pages = Blueprint("explanations", __name__, url_prefix="/predictions/<prediction_id>/explanation")
pages.add_app_template_filter(decimal)
pages.add_app_template_global(layer_name)
pages.add_app_template_global(layer_sentence)
pages.add_app_template_global(unit_count)


@pages.get("")
def show(prediction_id: str) -> str | AnyResponse:
    prediction = visible_prediction(prediction_id)
    if not prediction.is_settled:
        return redirect(url_for("predictions.show", prediction_id=prediction.id))
    if not prediction.digits:
        return render_template("explanations/no_digit.html", **_context(prediction))
    asked = ask(prediction, digit_of_request(prediction))
    if asked.numbers is None:
        return waiting(asked)
    facts = asked.numbers.facts
    return render_template(
        "explanations/show.html",
        asked=asked,
        digit=asked.digit,
        facts=facts,
        layers=facts["layers"],
        decision=Decision(facts["decision"]),
        ink=asked.numbers.array("ink"),
        **_context(prediction),
    )


@pages.get("/status")
def status(prediction_id: str) -> Response:
    """What the waiting page asks for; it starts nothing."""
    prediction = visible_prediction(prediction_id)
    digit = digit_of_request(prediction)
    subject = request.args.get("subject", NETWORK)
    if not SUBJECT.fullmatch(subject):
        abort(404)
    row = Explanation.find(db.session(), prediction.id, digit.position, subject)
    response = jsonify(status=row.status if row else ExplanationStatus.PENDING)
    response.headers["Cache-Control"] = "no-store"
    return response


def waiting(asked: Asked) -> str:
    """The page while an explanation is computed, or where it could not be."""
    return render_template(
        "explanations/waiting.html",
        asked=asked,
        Status=ExplanationStatus,
        **_context(asked.prediction),
    )


def _context(prediction: Prediction) -> dict[str, object]:
    names = extensions.storage.names(prediction.id)
    return {
        "prediction": prediction,
        "is_own": is_own(prediction),
        "steps": steps_of(prediction, names),
    }
