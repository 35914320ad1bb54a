"""The predictions of the API: a picture given, its answer asked for, one's own listed."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.webapp.factories import given_prediction, picture, post_api, settle


def test_a_picture_is_accepted_with_an_address_to_ask_at(client: FlaskClient) -> None:
    response = post_api(client, picture())

    given = response.get_json()
    assert response.status_code == 202
    assert response.location == f"/api/predictions/{given['id']}"
    assert given["status"] == "pending"
    assert given["url"].endswith(f"/predictions/{given['id']}")
    assert "as soon as the reader is back" in given["note"]


def test_a_raw_body_is_a_picture_too(client: FlaskClient) -> None:
    response = client.post("/api/predictions", data=picture(), content_type="image/png")

    assert response.status_code == 202


def test_the_answer_names_digits_boxes_probabilities_and_model(
    app: Flask, client: FlaskClient
) -> None:
    prediction_id = given_prediction(client)
    settle(app, prediction_id, "42")

    response = client.get(f"/api/predictions/{prediction_id}")

    read = response.get_json()
    assert (read["status"], read["number"], read["model_version"]) == ("done", "42", 1)
    assert [digit["label"] for digit in read["digits"]] == [4, 2]
    assert read["digits"][0]["box"] == [30, 15, 50, 60]
    assert len(read["digits"][0]["probabilities"]) == 10
    assert response.headers["Cache-Control"] == "no-store"


def test_the_list_is_ones_own_newest_first_in_pages(app: Flask, client: FlaskClient) -> None:
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
def test_a_bad_picture_gets_a_json_sentence(
    content: bytes, status: int, client: FlaskClient
) -> None:
    multipart = post_api(client, content)
    raw = client.post("/api/predictions", data=content, content_type="image/jpeg")

    for response in (multipart, raw):
        assert response.status_code == status
        assert response.get_json()["error"].endswith(".")


def test_anything_else_gets_a_json_sentence_too(client: FlaskClient) -> None:
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
