"""Pictures, predictions, models and admins for the web's tests, made by plain functions."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from PIL import Image, ImageDraw
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.support.publishing import publish
from webapp.models import (
    Digit,
    Evaluation,
    EvaluationPicture,
    ModelVersion,
    Prediction,
    Role,
    Sheet,
    SheetCell,
    SignIn,
    User,
    utc_now,
)
from webapp.models.evaluation import MNIST, DatasetResult, Metrics
from webapp.models.sign_in import FRESH_FOR
from webapp.platform.database import db, writing

PASSWORD = "a long enough password"


@dataclass
class EvaluatedVersion:
    """An evaluation for a version that is still to be made, with its pictures."""

    evaluation: Evaluation
    pictures: list[EvaluationPicture]


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


def post_api(
    client: FlaskClient, content: bytes, filename: str = "seven.png", *, batch: str = ""
) -> TestResponse:
    data = {"image": (io.BytesIO(content), filename), "batch": batch}
    return client.post("/api/predictions", data=data)


def given_prediction(client: FlaskClient, *, batch: str = "") -> str:
    """A pending prediction of this client's visitor; returns its id."""
    response = post_api(client, picture(), batch=batch).get_json()
    return str(response["id"])


def given_sheet(client: FlaskClient) -> str:
    """A pending sheet of this client's visitor; returns its id."""
    response = client.post("/api/sheets", data={"image": (io.BytesIO(picture()), "page.png")})
    return str(response.get_json()["id"])


def sheet_cell(row: int, column: int, text: str, **changes: Any) -> SheetCell:
    """A cell as the recogniser read it: a sure number, or an empty one."""
    cell: SheetCell = {
        "row": row,
        "column": column,
        "row_span": 1,
        "column_span": 1,
        "box": [20 * column, 30 * row, 18, 28],
        "kind": "number" if text else "empty",
        "text": text,
        "confidence": 0.99,
        "unsure": False,
    }
    return cell | changes  # type: ignore[return-value, operator]


def settle_sheet(app: Flask, sheet_id: str, texts: list[list[str]], *more: SheetCell) -> None:
    """Settle a sheet with these numbers; `more` cells take the place of those that they cover."""
    places = {(cell["row"], cell["column"]): cell for cell in more}
    cells = [
        places.get((row, column)) or sheet_cell(row, column, text)
        for row, line in enumerate(texts)
        for column, text in enumerate(line)
    ]
    with app.app_context(), writing() as session:
        version = session.scalar(select(ModelVersion)) or new_version(session, accuracy=0.99)
        sheet = session.get_one(Sheet, sheet_id)
        size = (len(texts), len(texts[0]))
        sheet.succeed(cells, size=size, page_size=(200, 300), is_complete=True, by=version)


def live_version_id(app: Flask) -> int | None:
    with app.app_context():
        version = db.session.scalar(ModelVersion.current())
        return version.id if version else None


def published_version(app: Flask) -> int:
    with app.app_context(), writing() as session:
        version = new_version(session, accuracy=0.997)
        publish(session, version.id)
        return version.id


def new_version(
    session: Session, *, origin: str = "trained", architecture: str = "cnn", **facts: Any
) -> ModelVersion:
    """A version whose file is not there."""
    version = ModelVersion(
        origin=origin,
        architecture=architecture,
        parameters=1000,
        filename="one.keras",
        sha256=f"{len(session.query(ModelVersion).all()):064d}",
        size=10_000,
        **facts,
    )
    session.add(version)
    session.flush()
    return version


def evaluation_with(
    *, passed: bool = True, champion_id: int = 1, dataset: str = MNIST, misread: int = 1
) -> EvaluatedVersion:
    """An evaluation on 100 pictures: a 4 is gained and a 7 lost; the champion erred once."""
    evaluation = Evaluation(
        passed=passed,
        summary=["It passed its evaluation." if passed else "It did not pass its evaluation."],
        champion_id=champion_id,
        margin=0.001,
        results=[DatasetResult(dataset, 100, _metrics(7, 1, misread), _metrics(4, 9, 1))],
    )
    pictures = [
        EvaluationPicture(dataset=dataset, truth=4, challenger=4, champion=9, png=_ink(4)),
        EvaluationPicture(dataset=dataset, truth=7, challenger=1, champion=7, png=_ink(7)),
    ]
    return EvaluatedVersion(evaluation, pictures)


def _metrics(truth: int, read: int, errors: int) -> Metrics:
    """Ten pictures of each digit, all read rightly but some of one."""
    confusion = [[10 if truth == read else 0 for read in range(10)] for truth in range(10)]
    confusion[truth][truth] -= errors
    confusion[truth][read] += errors
    return Metrics(1 - errors / 100, confusion, 0.01)


def _ink(label: int) -> bytes:
    """A picture that stands for this label, as an evaluation keeps it."""
    return picture(Image.new("L", (28, 28), label))


def evaluated_version(app: Flask, evaluated: EvaluatedVersion, *, architecture: str = "cnn") -> int:
    """A version with this evaluation, which is not published."""
    with app.app_context(), writing() as session:
        version = new_version(
            session,
            architecture=architecture,
            accuracy=evaluated.evaluation.results[0].challenger.accuracy,
            parent_id=evaluated.evaluation.champion_id,
        )
        version.record_evaluation(evaluated.evaluation, evaluated.pictures)
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


def settle(
    app: Flask,
    prediction_id: str,
    number: str = "7",
    *,
    confidence: float = 0.91,
    is_unsure: bool = False,
) -> None:
    """Settle a prediction as the worker would."""
    version_id = published_version(app)
    with app.app_context(), writing() as session:
        digits = [
            digit(int(label), position=position, confidence=confidence)
            for position, label in enumerate(filter(str.isdecimal, number))
        ]
        prediction = session.get_one(Prediction, prediction_id)
        version = session.get_one(ModelVersion, version_id)
        prediction.succeed(digits, number=number, by=version, is_unsure=is_unsure)


def refuse(app: Flask, prediction_id: str, reason: str, *, seen: str = "") -> None:
    """Refuse a prediction as the worker would; `seen` are the digits it was nearest to."""
    with app.app_context(), writing() as session:
        digits = [digit(int(label), position=position) for position, label in enumerate(seen)]
        session.get_one(Prediction, prediction_id).refuse(reason, digits=digits)


def fail(app: Flask, prediction_id: str, reason: str) -> None:
    with app.app_context(), writing() as session:
        session.get_one(Prediction, prediction_id).fail(reason)


def admin(app: Flask, email: str = "ana@example.org") -> None:
    with app.app_context(), writing() as session:
        session.add(User.create(email=email, password=PASSWORD, role=Role.ADMIN))


def sign_in(client: FlaskClient, email: str = "ana@example.org") -> TestResponse:
    return client.post("/session", data={"email": email, "password": PASSWORD})


def age_the_sign_ins(app: Flask) -> None:
    """Everybody who is signed in entered the password too long ago for actions of consequence."""
    with app.app_context(), writing() as session:
        long_ago = utc_now() - FRESH_FOR - timedelta(seconds=1)
        session.execute(update(SignIn).values(began_at=long_ago))
