"""An explanation as the worker leaves it, of a made-up network with one convolution."""

from __future__ import annotations

import random
from array import array
from typing import Any

from flask import Flask

from webapp.explanations.files import FORMAT, network_file
from webapp.models import Explanation, ExplanationStatus, Prediction
from webapp.models.explanation import NETWORK
from webapp.platform.array_archive import pack
from webapp.platform.database import writing
from webapp.platform.extensions import Extensions
from webapp.platform.storage import write_whole
from webapp.predictions.steps import DRAWN

SHEET = {"columns": 2, "cell": [28, 28], "width": 57, "height": 28}
LAYER: dict[str, Any] = {
    "activation": "linear",
    "kernel": [1, 1],
    "strides": [1, 1],
    "padding": "valid",
    "grid": None,
    "parameters": 0,
}
LAYERS: list[dict[str, Any]] = [
    LAYER
    | {
        "index": 0,
        "name": "one",
        "kind": "convolution",
        "shape": [28, 28, 2],
        "sources": [-1],
        "input_shape": [28, 28, 1],
        "activation": "relu",
        "kernel": [3, 3],
        "padding": "same",
        "parameters": 24,
        "sheet": SHEET,
    },
    LAYER
    | {
        "index": 1,
        "name": "two",
        "kind": "average",
        "shape": [2],
        "sources": [0],
        "input_shape": [28, 28, 2],
    },
    LAYER
    | {
        "index": 2,
        "name": "three",
        "kind": "dense",
        "shape": [10],
        "sources": [1],
        "input_shape": [2],
        "parameters": 30,
    },
]


def decision(label: int, *, views: int = 1) -> dict[str, Any]:
    """The scores of a network that is nearly sure of a label."""
    scores = [9.0 if other == label else 1.0 for other in range(10)]
    return {
        "views": [scores] * views,
        "scores": scores,
        "probabilities": [0.9 if other == label else 0.011 for other in range(10)],
        "label": label,
        "energy": 9.003,
        "in_distribution_score": 0.9999,
        "calibration": {
            "temperature": 1.2,
            "energy_offset": 0.0,
            "energy_scale": 1.0,
            "refuse_below": 0.9,
            "unsure_below": 0.5,
        },
    }


def keep_explanation(app: Flask, prediction_id: str, picture: bytes, *, position: int = 0) -> None:
    """Store the explanation of one digit, and the network's weights."""
    dice = random.Random(position)

    def numbers(*shape: int) -> tuple[list[int], bytes]:
        count = 1
        for size in shape:
            count *= size
        return list(shape), array("f", [dice.uniform(-1, 1) for _ in range(count)]).tobytes()

    with app.app_context(), writing() as session:
        prediction = session.get_one(Prediction, prediction_id)
        assert prediction.model_version is not None
        digit = prediction.digits[position]
        settings, storage = Extensions.of(app).settings, Extensions.of(app).storage
        described = network_file(settings.models_dir, prediction.model_version.sha256)
        described.parent.mkdir(parents=True, exist_ok=True)
        weights = {"0.kernel": numbers(3, 3, 1, 2), "0.scale": numbers(2), "0.offset": numbers(2)}
        weights |= {"2.kernel": numbers(2, 10), "2.bias": numbers(10)}
        write_whole(described, pack({"layers": LAYERS, "format": FORMAT}, weights, {}))
        facts = {
            "format": FORMAT,
            "layers": LAYERS,
            "decision": decision(digit.label),
            "normalisation": {
                "working": {"width": 120, "height": 90},
                "box": {"x": 30, "y": 15, "width": 50, "height": 60},
                "noise_floor": 0.06,
                "ink_threshold": 0.45,
                "darkest": 0.9,
                "side": 28,
                "target_box": 20,
                "mass": 90.0,
                "row_moment": 1260.0,
                "column_moment": 1250.0,
                "ink_box": {"top": 4, "bottom": 23, "left": 7, "right": 20},
            },
        }
        arrays = {
            "ink": numbers(28, 28),
            "0": numbers(28, 28, 2),
            "1": numbers(2),
            "2": numbers(10),
        }
        pictures = dict.fromkeys(("photo", "even", "soft-ink", "0", "1", "2"), picture)
        content = pack(facts, arrays, pictures)
        row = Explanation(prediction_id=prediction_id, position=position, subject=NETWORK)
        row.status = ExplanationStatus.DONE
        session.add(row)
        storage.put(prediction_id, row.filename, content)
        for name in DRAWN:
            storage.put(prediction_id, name, picture)


def keep_comparison(
    app: Flask, prediction_id: str, picture: bytes, *, first: int, second: int
) -> None:
    """Store a comparison of two labels."""
    frames = {"columns": 4, "cell": [28, 28], "width": 115, "height": 86}
    facts = {
        "format": FORMAT,
        "first": first,
        "second": second,
        "scores": [float(label) for label in range(10)],
        "evidence": {
            "value": 8.0,
            "baseline": 1.0,
            "total": 6.98,
            "for_first": 9.0,
            "for_second": -2.02,
            "error": 0.0029,
            "gradients": 96,
        },
        "occlusion": {"highest": 3.0, "lowest": -1.0},
        "change": {
            "from": first,
            "to": second,
            "flips": True,
            "dabs": 3,
            "scores": [float(label) for label in range(10)],
            "added": 5.5,
            "erased": 0.0,
            "ink": 80.0,
            "added_at": "top middle",
            "erased_at": None,
            "sheet": frames,
        },
        "neighbours": {
            "all": [{"label": first, "distance": 0.25}] * 8,
            "first": [{"label": first, "distance": 0.25}] * 4,
            "second": [{"label": second, "distance": 0.75}] * 4,
            "count": 1500,
            "sheet": frames,
        },
    }
    pictures = ("evidence", "occlusion", "correction", "frames", "neighbours")
    with app.app_context(), writing() as session:
        row = Explanation(prediction_id=prediction_id, position=0, subject=f"{first}-{second}")
        row.status = ExplanationStatus.DONE
        session.add(row)
        content = pack(facts, {}, dict.fromkeys(pictures, picture))
        Extensions.of(app).storage.put(prediction_id, row.filename, content)
