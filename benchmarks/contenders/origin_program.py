"""The original project's way to answer, built again from its description.

    python -m benchmarks.contenders.origin_program PORT kept|loaded

One Flask view saves the file, decodes all of it in grey, shrinks it to 28×28 whatever it shows,
and calls `model.predict`. It is served by Flask's own server.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from uuid import uuid4

import keras
import numpy as np
from flask import Flask, Response, jsonify, request
from PIL import Image

from webapp.settings import ROOT

MODEL = ROOT / "models" / "cifra.keras"
app = Flask(__name__)
kept: list[keras.Model] = []


@app.get("/health")
def health() -> str:
    return "well"


@app.post("/")
def create() -> Response:
    path = Path(os.environ["UPLOADS"]) / uuid4().hex
    request.files["image"].save(path)
    grey = Image.open(path).convert("L").resize((28, 28))
    pixels = np.asarray(grey, np.float32).reshape(1, 28, 28, 1) / 255
    model = kept[0] if kept else keras.models.load_model(MODEL, compile=False)
    return jsonify(number=str(int(model.predict(pixels, verbose=0).argmax())))


def main() -> None:
    port, how = int(sys.argv[1]), sys.argv[2]
    if how == "kept":
        kept.append(keras.models.load_model(MODEL, compile=False))
        kept[0].predict(np.zeros((1, 28, 28, 1), np.float32), verbose=0)
    app.run(host="127.0.0.1", port=port, threaded=True)


if __name__ == "__main__":
    main()
