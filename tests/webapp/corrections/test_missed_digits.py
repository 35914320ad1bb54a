"""A digit that segmentation missed is added with its box, at its place, and removed again."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.webapp.factories import digit, given_prediction, settle
from webapp.corrections.missed_digits import MissedBox, place_of
from webapp.models import Prediction
from webapp.platform.database import writing


def test_an_added_digit_belongs_to_the_corrected_number(app: Flask, client: FlaskClient) -> None:
    prediction_id = read(app, client)

    response = add(client, prediction_id, "5", x=50)

    assert response.status_code == 303
    reading = client.get(f"/api/predictions/{prediction_id}").get_json()
    assert reading["number_as_corrected"] == "452"
    assert reading["missed_digits"] == [
        {"position": 1, "row": 0, "label": 5, "box": [50, 20, 20, 40]}
    ]
    assert "Remove the added digit 5" in client.get(f"/predictions/{prediction_id}").text


def test_added_digits_of_one_gap_are_ordered_by_their_boxes(
    app: Flask, client: FlaskClient
) -> None:
    prediction_id = read(app, client)

    for label, x in (("7", 65), ("6", 45)):
        add(client, prediction_id, label, x=x)

    assert as_corrected(client, prediction_id) == "4672"


def test_an_added_digit_is_removed(app: Flask, client: FlaskClient) -> None:
    prediction_id = read(app, client)
    add(client, prediction_id, "5", x=50)

    first, second = (remove(client, prediction_id, 1) for _ in range(2))

    assert (first.status_code, second.status_code) == (303, 404)
    assert as_corrected(client, prediction_id) is None


def test_a_cut_is_made_of_what_there_is(app: Flask, client: FlaskClient) -> None:
    """The box of two touching digits is not a digit, and each of them was missed."""
    prediction_id = read(app, client)

    client.post(f"/predictions/{prediction_id}/digits/0/correction", data={"label": "none"})
    for label, x in (("1", 12), ("9", 24)):
        add(client, prediction_id, label, x=x)

    assert as_corrected(client, prediction_id) == "192"


@pytest.mark.parametrize(
    "fields",
    [
        {"x": 500},  # outside
        {"width": 0},
        {"width": -5},
        {"x": 119, "width": 20},  # one pixel of it is inside
        {"x": "left"},
        {"x": 10**12},
        {"label": "none"},
        {"label": "12"},
    ],
)
def test_a_box_that_holds_no_digit_is_refused(
    app: Flask, client: FlaskClient, fields: dict[str, object]
) -> None:
    prediction_id = read(app, client)
    box = {"label": "5", "x": 50, "y": 20, "width": 20, "height": 40}

    response = client.post(f"/predictions/{prediction_id}/missed-digits", data=box | fields)

    assert response.status_code == 400
    assert "Draw a box around the digit" in response.text
    assert as_corrected(client, prediction_id) is None


def test_nobody_adds_a_digit_to_another_persons_picture(app: Flask, client: FlaskClient) -> None:
    prediction_id = read(app, client)
    add(client, prediction_id, "5", x=50)
    other = app.test_client()
    given_prediction(other)

    assert add(other, prediction_id, "5", x=50).status_code == 404
    assert remove(other, prediction_id, 1).status_code == 404
    assert add(client, given_prediction(client), "5", x=50).status_code == 409


def test_the_nearest_row_takes_a_box() -> None:
    digits = [digit(label, position=label) for label in range(4)]
    for one, (x, y, row) in zip(
        digits, [(0, 0, 0), (100, 0, 0), (0, 100, 1), (100, 100, 1)], strict=True
    ):
        one.x, one.y, one.row = x, y, row

    assert place_of(MissedBox(200, 10, 20, 20), digits) == (2, 0)
    assert place_of(MissedBox(60, 120, 20, 20), digits) == (3, 1)
    assert place_of(MissedBox(200, 300, 20, 20), digits) == (4, 1)
    assert place_of(MissedBox(0, 0, 20, 20), []) == (0, 0)


def read(app: Flask, client: FlaskClient) -> str:
    """The reading 42 of a picture of 120×90, with a wide gap between its digits."""
    prediction_id = given_prediction(client)
    settle(app, prediction_id, "42")
    with app.app_context(), writing() as session:
        first, second = session.get_one(Prediction, prediction_id).digits
        first.x, second.x = 5, 90
        first.width = second.width = 20
    return prediction_id


def add(client: FlaskClient, prediction_id: str, label: str, *, x: int) -> TestResponse:
    box = {"x": x, "y": 20, "width": 20, "height": 40}
    return client.post(f"/predictions/{prediction_id}/missed-digits", data=box | {"label": label})


def remove(client: FlaskClient, prediction_id: str, missed_id: int) -> TestResponse:
    return client.post(f"/predictions/{prediction_id}/missed-digits/{missed_id}/removal")


def as_corrected(client: FlaskClient, prediction_id: str) -> str | None:
    reading = client.get(f"/api/predictions/{prediction_id}").get_json()
    number: str | None = reading["number_as_corrected"]
    return number
