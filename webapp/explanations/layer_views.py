"""The page of one layer: its maps or units, and one unit with its sum."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.accounts.ownership import is_own, visible_prediction
from webapp.explanations.asking import Asked, ask, digit_of_request
from webapp.explanations.attention import attention_from
from webapp.explanations.recurrence import recurrent_step
from webapp.explanations.units import ENLARGED, LayerNumbers
from webapp.platform.array_archive import ArchiveError

pages = Blueprint(
    "explanation_layers", __name__, url_prefix="/predictions/<prediction_id>/explanation/layers"
)


@pages.get("/<int:layer>")
def show(prediction_id: str, layer: int) -> str | Response:
    prediction = visible_prediction(prediction_id)
    digit = digit_of_request(prediction)
    asked = ask(prediction, digit)
    if asked.numbers is None:
        page = url_for("explanations.show", prediction_id=prediction.id, digit=digit.position)
        return redirect(page)
    layers = asked.numbers.facts["layers"]
    if layer >= len(layers):
        abort(404)
    try:
        details = _details(asked, layer)
    except (IndexError, ValueError, ArchiveError):
        abort(404)
    return render_template(
        "explanations/layer.html",
        prediction=prediction,
        is_own=is_own(prediction),
        digit=digit,
        layers=layers,
        layer=layers[layer],
        enlarged=ENLARGED,
        **details,
    )


def _details(asked: Asked, index: int) -> dict[str, Any]:
    """What the page shows besides the layer. Raises IndexError or ValueError for a wrong unit."""
    assert asked.numbers is not None and asked.network is not None
    layers, wanted = asked.numbers.facts["layers"], request.args
    layer_numbers = LayerNumbers(layers[index], layers, asked.numbers, asked.network)
    kind = layers[index]["kind"]
    described = asked.network.facts["layers"][index]
    details: dict[str, Any] = {"described": described}
    if kind == "recurrent":
        return {**details, "step": recurrent_step(layer_numbers, wanted)}
    if kind == "attention" and layers[index]["grid"]:
        return {**details, "attention": attention_from(layer_numbers, wanted)}
    if not layer_numbers.is_kept:
        return details
    output = layer_numbers.output()
    if len(output.shape) == 2:
        return details
    details |= {"unit": layer_numbers.unit(wanted), "output": output}
    if len(output.shape) == 1:
        is_last = index == len(layers) - 1  # scores are compared with their signs
        size = output.values.__getitem__ if is_last else (lambda n: abs(output.values[n]))
        ranked = sorted(range(output.shape[0]), key=size, reverse=True)
        details["ranked"] = [(number, output.values[number]) for number in ranked]
    return details
