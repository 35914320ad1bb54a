"""The API of corrections: made, replaced, withdrawn, and refused with a reason in JSON."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.support.settings import change_settings
from tests.webapp.factories import given_prediction, settle
from webapp.models import Correction
from webapp.platform.database import writing


def test_a_correction_is_made_replaced_and_withdrawn(app: Flask, client: FlaskClient) -> None:
    prediction_id = given_prediction(client)
    settle(app, prediction_id, "47")
    address = f"/api/predictions/{prediction_id}/digits/1/correction"

    for label in (2, None, 2):
        response = client.post(address, json={"label": label})
        correction = response.get_json()
        assert response.status_code == 200
        assert (correction["label"], correction["read_as"]) == (label, 7)
        assert correction["verdict"] == "waiting"

    reading = client.get(f"/api/predictions/{prediction_id}").get_json()
    assert (reading["number"], reading["number_as_corrected"]) == ("47", "42")
    assert [digit["position"] for digit in reading["digits"]] == [0, 1]
    assert reading["digits"][0]["correction"] is None
    assert reading["digits"][1]["correction"]["label"] == 2
    assert client.get("/api/predictions").get_json()["predictions"] == [reading]

    assert client.delete(address).status_code == 204
    assert client.delete(address).status_code == 204
    reading = client.get(f"/api/predictions/{prediction_id}").get_json()
    assert reading["number_as_corrected"] is None
    assert reading["digits"][1]["correction"] is None


@pytest.mark.parametrize("label", [10, -1, "7", 7.0, True, [], {}])
def test_an_invalid_label_is_refused_with_its_reason(
    app: Flask, client: FlaskClient, label: object
) -> None:
    prediction_id = given_prediction(client)
    settle(app, prediction_id, "4")
    address = f"/api/predictions/{prediction_id}/digits/0/correction"

    for response in (
        client.post(address, json={"label": label}),
        client.post(address, json={"digit": 7}),
        client.post(address, json=[label]),
        client.post(address, data="7", content_type="text/plain"),
    ):
        assert response.status_code == 400
        assert response.get_json()["error"].endswith(".")


def test_a_correction_that_is_not_possible_is_refused_with_its_reason(
    app: Flask, client: FlaskClient
) -> None:
    change_settings(app, corrections_per_person=1)
    prediction_id = given_prediction(client)
    settle(app, prediction_id, "47")
    digits = f"/api/predictions/{prediction_id}/digits"
    client.post(f"{digits}/0/correction", json={"label": 9})

    too_many = client.post(f"{digits}/1/correction", json={"label": 9})
    with app.app_context(), writing() as session:
        session.scalars(select(Correction)).one().reject(by=None)

    for response, status in (
        (too_many, 429),
        (client.post(f"{digits}/0/correction", json={"label": 8}), 409),
        (client.delete(f"{digits}/0/correction"), 409),
        (client.post(f"{digits}/2/correction", json={"label": 8}), 404),
        (client.delete("/api/predictions/nobody/digits/0/correction"), 404),
        (client.get(f"{digits}/0/correction"), 405),
    ):
        assert response.status_code == status
        assert response.get_json()["error"]


@pytest.mark.parametrize(
    "body",
    [b"[" * 100_000, b'{"label": ' + b"9" * 5000 + b"}", b'{"label": 1e999}', b"\x00", b"\xff\xfe"],
    ids=["nested deeply", "huge integer", "infinity", "NUL", "not UTF-8"],
)
def test_a_malformed_body_is_refused_with_its_reason(
    app: Flask, client: FlaskClient, body: bytes
) -> None:
    prediction_id = given_prediction(client)
    settle(app, prediction_id, "4")

    response = client.post(
        f"/api/predictions/{prediction_id}/digits/0/correction",
        data=body,
        content_type="application/json",
    )

    assert response.status_code == 400
    assert response.get_json()["error"].endswith(".")
