"""The API of predictions: upload, reading, and the list of one's own."""

from __future__ import annotations

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict

from tests.webapp.factories import given_prediction, picture, post_api, settle
from webapp.models import Prediction
from webapp.platform.database import db


def test_an_uploaded_picture_gets_an_address_for_its_reading(client: FlaskClient) -> None:
    response = post_api(client, picture())

    accepted = response.get_json()
    assert response.status_code == 202
    assert response.location == f"/api/predictions/{accepted['id']}"
    assert accepted["status"] == "pending"
    assert accepted["url"].endswith(f"/predictions/{accepted['id']}")
    assert "Your picture is saved." in accepted["note"]


def test_the_body_of_a_request_may_be_the_picture(client: FlaskClient) -> None:
    response = client.post("/api/predictions", data=picture(), content_type="image/png")

    assert response.status_code == 202


def test_a_reading_has_digits_boxes_probabilities_and_model(
    app: Flask, client: FlaskClient
) -> None:
    prediction_id = given_prediction(client)
    settle(app, prediction_id, "42")

    response = client.get(f"/api/predictions/{prediction_id}")

    reading = response.get_json()
    assert (reading["status"], reading["number"], reading["model_version"]) == ("done", "42", 1)
    assert (reading["width"], reading["height"]) == (120, 90)
    assert [digit["label"] for digit in reading["digits"]] == [4, 2]
    assert reading["digits"][0]["box"] == [30, 15, 50, 60]
    assert len(reading["digits"][0]["probabilities"]) == 10
    assert response.headers["Cache-Control"] == "no-store"


def test_the_list_has_ones_own_predictions_in_pages_with_the_newest_first(
    app: Flask, client: FlaskClient
) -> None:
    ids = [given_prediction(client) for _ in range(4)]

    first = client.get("/api/predictions").get_json()
    second = client.get("/api/predictions?page=2").get_json()

    assert [prediction["id"] for prediction in first["predictions"]] == ids[:0:-1]
    assert first["has_next"]
    assert [prediction["id"] for prediction in second["predictions"]] == ids[:1]
    assert not second["has_next"]
    assert app.test_client().get("/api/predictions").get_json()["predictions"] == []


@pytest.mark.parametrize(
    ("content", "status"),
    [(b"", 400), (b"hello", 415), (picture()[:300], 422), (bytes(400_000), 413)],
)
def test_a_bad_picture_is_refused_with_its_reason_in_json(
    content: bytes, status: int, client: FlaskClient
) -> None:
    multipart = post_api(client, content)
    raw = client.post("/api/predictions", data=content, content_type="image/jpeg")

    for response in (multipart, raw):
        assert response.status_code == status
        assert response.get_json()["error"].endswith(".")


def test_every_other_error_has_a_sentence_in_json(client: FlaskClient) -> None:
    for response, status in (
        (client.post("/api/predictions"), 400),
        (client.post("/api/predictions", json={"image": "x"}), 400),
        (client.get("/api/predictions/nobody"), 404),
        (client.get("/api/nowhere"), 404),
        (client.delete("/api/predictions"), 405),
        (client.get("/api/training-runs/1"), 401),
    ):
        assert response.status_code == status
        assert response.get_json()["error"]


@pytest.mark.parametrize("address", ["/api/predictions", "/predictions"])
def test_the_only_file_is_accepted_under_any_field_name(address: str, client: FlaskClient) -> None:
    data = {"picture": (io.BytesIO(picture()), "seven.png"), "image": "some text"}

    response = client.post(address, data=data)

    assert response.status_code in (202, 303)


@pytest.mark.parametrize("address", ["/api/predictions", "/predictions"])
def test_a_browsers_empty_file_field_is_not_counted(address: str, client: FlaskClient) -> None:
    data = {"image": (io.BytesIO(), ""), "other": (io.BytesIO(picture()), "seven.png")}

    response = client.post(address, data=data)

    assert response.status_code in (202, 303)


def test_a_request_without_a_file_is_told_which_field_is_expected(client: FlaskClient) -> None:
    for response in (
        client.post("/api/predictions", data={"image": "text"}),
        client.post("/api/predictions", data={"image": "text"}, content_type="multipart/form-data"),
        client.post("/api/predictions", json={"image": "text"}),
    ):
        assert response.status_code == 400
        assert "form field “image”" in response.get_json()["error"]


@pytest.mark.parametrize("fields", [("image", "image"), ("image", "second")])
def test_a_second_file_is_refused_and_nothing_is_stored(
    fields: tuple[str, str], app: Flask, client: FlaskClient
) -> None:
    data = MultiDict([(field, (io.BytesIO(picture()), "seven.png")) for field in fields])
    sentence = "This request has 2 files. Send one picture at a time."

    response = client.post("/api/predictions", data=data)

    assert (response.status_code, response.get_json()["error"]) == (400, sentence)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Prediction)) == 0


@pytest.mark.parametrize(
    "path",
    [
        "/predictions/a%00b",
        "/predictions/a%00b/images/preview",
        "/predictions/a%00b/deletion",
        "/api/predictions/a%00b",
        "/api/predictions/" + "9" * 5000,
    ],
)
def test_an_impossible_id_is_not_found(path: str, client: FlaskClient) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("position", [2**31, 2**63, 10**40])
def test_a_digit_beyond_any_integer_column_is_not_found(
    position: int, app: Flask, client: FlaskClient
) -> None:
    prediction_id = given_prediction(client)
    settle(app, prediction_id, "7")

    image = client.get(f"/predictions/{prediction_id}/images/digits/{position}")
    correction = client.post(
        f"/api/predictions/{prediction_id}/digits/{position}/correction", json={"label": 1}
    )

    assert (image.status_code, correction.status_code) == (404, 404)


def test_a_file_name_with_control_characters_is_cleaned(app: Flask, client: FlaskClient) -> None:
    response = post_api(client, picture(), "sev\x00en\x07.png")

    assert response.status_code == 202
    with app.app_context():
        assert db.session.scalar(select(Prediction.filename)) == "seven.png"
