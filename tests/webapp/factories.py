"""Pictures, predictions, models and admins for the web's tests, made by plain functions."""

from __future__ import annotations

import io
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from PIL import Image, ImageDraw
from werkzeug.test import TestResponse

from webapp.database import writing
from webapp.models import Digit, ModelVersion, Occasion, Prediction, Role, User

PASSWORD = "a long enough password"


def drawing(*, size: tuple[int, int] = (120, 90), mode: str = "RGB") -> Image.Image:
    """A seven on paper."""
    image = Image.new("L", size, 230)
    corners = [(size[0] * x, size[1] * y) for x, y in ((0.3, 0.2), (0.7, 0.2), (0.45, 0.8))]
    ImageDraw.Draw(image).line(corners, fill=20, width=8)
    return image.convert(mode)


def picture(image: Image.Image | None = None, *, kind: str = "PNG", **options: Any) -> bytes:
    file = io.BytesIO()
    (image or drawing()).save(file, kind, **options)
    return file.getvalue()


def post_page(client: FlaskClient, content: bytes, filename: str = "seven.png") -> TestResponse:
    return client.post("/predictions", data={"image": (io.BytesIO(content), filename)})


def post_api(client: FlaskClient, content: bytes, filename: str = "seven.png") -> TestResponse:
    return client.post("/api/predictions", data={"image": (io.BytesIO(content), filename)})


def given_prediction(client: FlaskClient) -> str:
    """A pending prediction of this client's visitor; returns its id."""
    answer = post_api(client, picture()).get_json()
    return str(answer["id"])


def published_version(app: Flask) -> int:
    with app.app_context(), writing() as session:
        version = ModelVersion(
            origin="trained",
            architecture="cnn",
            parameters=1000,
            filename="one.keras",
            sha256=str(len(session.query(ModelVersion).all())) * 64,
            size=10_000,
            accuracy=0.997,
        )
        version.publish(Occasion.CHOSEN)
        session.add(version)
        session.flush()
        return version.id


def digit(label: int, *, position: int = 0, confidence: float = 0.91) -> Digit:
    probabilities = [(1 - confidence) / 9] * 10
    probabilities[label] = confidence
    return Digit(
        position=position,
        label=label,
        confidence=confidence,
        probabilities=probabilities,
        x=30,
        y=15,
        width=50,
        height=60,
        ink_png=picture(Image.new("L", (28, 28))),
    )


def answer(app: Flask, prediction_id: str, number: str = "7", *, confidence: float = 0.91) -> None:
    """Settle a prediction as the worker would."""
    version_id = published_version(app)
    with app.app_context(), writing() as session:
        digits = [
            digit(int(label), position=position, confidence=confidence)
            for position, label in enumerate(number)
        ]
        prediction = session.get_one(Prediction, prediction_id)
        prediction.succeed(digits, number=number, by=session.get_one(ModelVersion, version_id))


def refuse(app: Flask, prediction_id: str, reason: str) -> None:
    with app.app_context(), writing() as session:
        session.get_one(Prediction, prediction_id).refuse(reason)


def fail(app: Flask, prediction_id: str, reason: str) -> None:
    with app.app_context(), writing() as session:
        session.get_one(Prediction, prediction_id).fail(reason)


def admin(app: Flask, email: str = "ana@example.org") -> None:
    with app.app_context(), writing() as session:
        session.add(User.create(email=email, password=PASSWORD, role=Role.ADMIN))


def sign_in(client: FlaskClient, email: str = "ana@example.org") -> TestResponse:
    return client.post("/session", data={"email": email, "password": PASSWORD})
