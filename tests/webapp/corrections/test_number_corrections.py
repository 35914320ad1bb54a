"""A whole reading is corrected by typing the right number, on the page and over the API."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.webapp.factories import given_prediction, refuse, settle
from webapp.models import Correction, MissedDigit
from webapp.platform.database import writing


def test_the_typed_number_corrects_and_confirms_every_digit(
    app: Flask, client: FlaskClient
) -> None:
    prediction_id = read(app, client, "472")

    response = type_number(client, prediction_id, "412")

    assert response.status_code == 303
    assert response.location == f"/predictions/{prediction_id}#answer"
    assert labels(app) == [4, 1, 2]
    assert "<span>412</span>" in client.get(response.location).text


def test_a_digit_too_many_is_no_digit_and_a_missed_one_is_added(
    app: Flask, client: FlaskClient
) -> None:
    one_too_many, one_missed = read(app, client, "142"), read(app, client, "42")

    type_number(client, one_too_many, "42")
    type_number(client, one_missed, "427")

    assert as_corrected(client, one_too_many) == "42"
    assert as_corrected(client, one_missed) == "427"
    assert missed(app) == [(2, 7)]


def test_typing_again_replaces_what_was_typed_before(app: Flask, client: FlaskClient) -> None:
    prediction_id = read(app, client, "42")
    for typed in ("4233", "142", "49"):
        type_number(client, prediction_id, typed)

    assert as_corrected(client, prediction_id) == "49"
    assert missed(app) == []
    assert labels(app) == [4, 9]


def test_undo_withdraws_the_typed_number(app: Flask, client: FlaskClient) -> None:
    prediction_id = read(app, client, "42")
    type_number(client, prediction_id, "4233")

    client.post(f"/predictions/{prediction_id}/confirmation/withdrawal")

    assert as_corrected(client, prediction_id) is None
    assert labels(app) == missed(app) == []


def test_the_number_of_a_refused_picture_without_digits_can_be_typed(
    app: Flask, client: FlaskClient
) -> None:
    prediction_id = given_prediction(client)
    refuse(app, prediction_id, "No digit found: the picture looks blank.")

    assert type_number(client, prediction_id, "42").status_code == 303

    assert as_corrected(client, prediction_id) == "42"


def test_the_api_takes_and_withdraws_a_number(app: Flask, client: FlaskClient) -> None:
    prediction_id = read(app, client, "47")
    address = f"/api/predictions/{prediction_id}/correction"

    response = client.post(address, json={"number": "42"})

    assert response.get_json() == {"number": "47", "number_as_corrected": "42"}
    assert client.delete(address).status_code == 204
    assert labels(app) == []
    for body in ({}, {"number": 42}, {"number": "x"}, ["42"]):
        refused = client.post(address, json=body)
        assert refused.status_code == 400
        assert refused.get_json()["error"].endswith(".")


@pytest.mark.parametrize("typed", ["", "seven", "4x2", "1" * 201])
def test_what_is_no_number_is_refused_with_its_reason(
    app: Flask, client: FlaskClient, typed: str
) -> None:
    prediction_id = read(app, client, "42")

    response = type_number(client, prediction_id, typed)

    assert response.status_code == 400
    assert "Type the right number in digits" in response.text
    assert labels(app) == []


def test_a_picture_that_waits_cannot_be_corrected_yet(app: Flask, client: FlaskClient) -> None:
    assert type_number(client, given_prediction(client), "42").status_code == 409
    assert type_number(client, "nobody", "42").status_code == 404


def test_a_reviewed_correction_stays_and_the_same_number_may_be_typed_again(
    app: Flask, client: FlaskClient
) -> None:
    prediction_id = read(app, client, "47")
    type_number(client, prediction_id, "42")
    with app.app_context(), writing() as session:
        for correction in session.scalars(Correction.least_sure_first()):
            correction.approve(by=None)

    assert type_number(client, prediction_id, "42").status_code == 303
    assert type_number(client, prediction_id, "49").status_code == 409
    assert labels(app) == [4, 2]


def read(app: Flask, client: FlaskClient, number: str) -> str:
    """A settled prediction of this client; returns its id."""
    prediction_id = given_prediction(client)
    settle(app, prediction_id, number)
    return prediction_id


def type_number(client: FlaskClient, prediction_id: str, number: str) -> TestResponse:
    return client.post(f"/predictions/{prediction_id}/correction", data={"number": number})


def as_corrected(client: FlaskClient, prediction_id: str) -> str | None:
    reading = client.get(f"/api/predictions/{prediction_id}").get_json()
    number: str | None = reading["number_as_corrected"]
    return number


def labels(app: Flask) -> list[int | None]:
    """The labels of all corrections, in the order of the digits."""
    with app.app_context(), writing() as session:
        return list(session.scalars(select(Correction.label).order_by(Correction.digit_id)))


def missed(app: Flask) -> list[tuple[int, int]]:
    """The position and the label of each missed digit."""
    with app.app_context(), writing() as session:
        found = session.execute(select(MissedDigit.position, MissedDigit.label))
        return [tuple(row) for row in found]
