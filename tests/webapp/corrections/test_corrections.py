"""Corrections on a prediction's page: said with plain forms, shown beside the reading, undone."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.support.settings import change_settings
from tests.webapp.factories import admin, digit, given_prediction, settle, sign_in
from webapp.models import Correction, Prediction
from webapp.platform.database import writing


def test_a_picked_digit_stands_beside_the_reading(app: Flask, client: FlaskClient) -> None:
    prediction_id = read(app, client, "47")

    response = correct(client, prediction_id, 1, "2")

    assert response.status_code == 303
    assert response.location == f"/predictions/{prediction_id}#digit-1"
    page = client.get(response.location).text
    assert "<span>47</span>" in page
    assert "<span>42</span>" in page
    assert "You say that this is a 2." in page
    assert "It waits for an admin." in page


def test_that_was_right_is_one_press_for_the_whole_number(app: Flask, client: FlaskClient) -> None:
    prediction_id = read(app, client, "42")
    address = f"/predictions/{prediction_id}/confirmation"

    response = client.post(address)

    assert response.status_code == 303
    page = client.get(response.location).text
    assert "You say that this is right." in page
    assert page.count("You say that was right.") == 2
    assert said(app) == [4, 2]

    client.post(f"{address}/withdrawal")
    assert said(app) == []


def test_a_confirmation_leaves_what_was_said_before(app: Flask, client: FlaskClient) -> None:
    prediction_id = read(app, client, "47")
    correct(client, prediction_id, 1, "2")

    client.post(f"/predictions/{prediction_id}/confirmation")

    assert sorted(said(app), key=str) == [2, 4]


def test_the_history_shows_the_number_as_corrected(app: Flask, client: FlaskClient) -> None:
    prediction_id = read(app, client, "47")

    correct(client, prediction_id, 1, "2")

    for address in ("/predictions", "/"):
        card = client.get(address).text.split('class="card"')[1]
        assert "47" in card
        assert "corrected to</span> 42" in card


def test_changing_ones_mind_replaces_the_word(app: Flask, client: FlaskClient) -> None:
    prediction_id = read(app, client, "1")

    for label in ("7", "7", "2", "none"):
        correct(client, prediction_id, 0, label)

    assert said(app) == [None]
    page = client.get(f"/predictions/{prediction_id}").text
    assert "You say that this is not a digit." in page
    assert "not a number" in page


def test_a_waiting_word_is_undone_and_a_decided_one_is_not(app: Flask, client: FlaskClient) -> None:
    prediction_id = read(app, client, "12")
    correct(client, prediction_id, 0, "7")
    correct(client, prediction_id, 1, "3")

    assert undo(client, prediction_id, 0).status_code == 303
    assert undo(client, prediction_id, 0).status_code == 303  # nothing is left, and nothing breaks
    approve_all(app)
    undone, changed = undo(client, prediction_id, 1), correct(client, prediction_id, 1, "4")

    assert said(app) == [3]
    for response in (undone, changed):
        assert response.status_code == 409
        assert "An admin has already decided on this correction" in response.text
    page = client.get(f"/predictions/{prediction_id}").text
    assert "It was approved: the next model learns from it." in page


def test_nobody_corrects_what_another_gave(app: Flask, client: FlaskClient) -> None:
    prediction_id = read(app, client, "1")
    stranger = app.test_client()
    given_prediction(stranger)

    assert correct(stranger, prediction_id, 0, "7").status_code == 404
    assert said(app) == []


def test_an_admin_sees_what_the_giver_says_and_does_not_answer_for_them(
    app: Flask, client: FlaskClient
) -> None:
    prediction_id = read(app, client, "1")
    correct(client, prediction_id, 0, "4")
    reviewer = app.test_client()
    admin(app)
    sign_in(reviewer)

    page = reviewer.get(f"/predictions/{prediction_id}").text

    assert "Somebody says that this is a 4." in page
    assert "What do you say?" not in page
    assert "/correction" not in page
    assert correct(reviewer, prediction_id, 0, "7").status_code == 404
    assert said(app) == [4]


def test_a_rejected_word_does_not_stand(app: Flask, client: FlaskClient) -> None:
    prediction_id = read(app, client, "1")
    correct(client, prediction_id, 0, "7")
    with app.app_context(), writing() as session:
        session.scalars(select(Correction)).one().reject(by=None)

    page = client.get(f"/predictions/{prediction_id}").text

    assert "An admin looked at it and left it out." in page
    assert "As corrected" not in page
    assert "corrected to" not in client.get("/predictions").text


def test_digits_of_a_refused_reading_can_be_named(app: Flask, client: FlaskClient) -> None:
    prediction_id = given_prediction(client)
    with app.app_context(), writing() as session:
        digits = [digit(5, confidence=0.3), digit(8, position=1, confidence=0.2)]
        session.get_one(Prediction, prediction_id).refuse("I can't tell.", digits=digits)

    correct(client, prediction_id, 0, "none")
    assert "As corrected" not in client.get(f"/predictions/{prediction_id}").text
    correct(client, prediction_id, 0, "6")

    assert "<span>6?</span>" in client.get(f"/predictions/{prediction_id}").text
    assert "corrected to</span> 6?" in client.get("/predictions").text


def test_rows_of_a_number_stay_apart(app: Flask, client: FlaskClient) -> None:
    prediction_id = given_prediction(client)
    settle(app, prediction_id, "123")
    with app.app_context(), writing() as session:
        prediction = session.get_one(Prediction, prediction_id)
        prediction.number = "12|3"
        prediction.digits[2].row = 1

    correct(client, prediction_id, 2, "8")

    assert client.get(f"/api/predictions/{prediction_id}").get_json()["number_as_corrected"] == (
        "12|8"
    )


def test_a_person_may_not_fill_the_admins_desk(app: Flask, client: FlaskClient) -> None:
    change_settings(app, corrections_per_person=2)
    prediction_id = read(app, client, "123")

    for position in range(2):
        assert correct(client, prediction_id, position, "7").status_code == 303
    refused = correct(client, prediction_id, 2, "7")

    assert refused.status_code == 429
    assert "2 of your corrections already wait for an admin." in refused.text
    assert correct(client, prediction_id, 0, "9").status_code == 303  # a change adds none
    approve_all(app)
    assert correct(client, prediction_id, 2, "7").status_code == 303


@pytest.mark.parametrize("label", ["", "10", "x", "-1", "٣"])
def test_any_other_label_is_refused(app: Flask, client: FlaskClient, label: str) -> None:
    prediction_id = read(app, client, "1")

    assert correct(client, prediction_id, 0, label).status_code == 400
    assert said(app) == []


def test_a_digit_that_is_not_there_is_not_found(app: Flask, client: FlaskClient) -> None:
    prediction_id = read(app, client, "1")
    waiting = given_prediction(client)

    for response in (
        correct(client, prediction_id, 1, "7"),
        correct(client, waiting, 0, "7"),
        correct(client, "nobody", 0, "7"),
        undo(client, prediction_id, 10**30),
        client.post("/predictions/nobody/confirmation"),
        client.post("/predictions/nobody/confirmation/withdrawal"),
    ):
        assert response.status_code == 404


def test_another_site_cannot_speak_for_a_visitor(app: Flask, client: FlaskClient) -> None:
    prediction_id = read(app, client, "1")
    app.config["WTF_CSRF_ENABLED"] = True

    assert correct(client, prediction_id, 0, "7").status_code == 400
    assert client.post(f"/predictions/{prediction_id}/confirmation").status_code == 400


def read(app: Flask, client: FlaskClient, number: str) -> str:
    """A settled prediction of this client's visitor; returns its id."""
    prediction_id = given_prediction(client)
    settle(app, prediction_id, number)
    return prediction_id


def correct(client: FlaskClient, prediction_id: str, position: int, label: str) -> TestResponse:
    address = f"/predictions/{prediction_id}/digits/{position}/correction"
    return client.post(address, data={"label": label})


def undo(client: FlaskClient, prediction_id: str, position: int) -> TestResponse:
    return client.post(f"/predictions/{prediction_id}/digits/{position}/correction/withdrawal")


def said(app: Flask) -> list[int | None]:
    """What all people say, in the order in which they said it."""
    with app.app_context(), writing() as session:
        return list(session.scalars(select(Correction.label).order_by(Correction.id)))


def approve_all(app: Flask) -> None:
    with app.app_context(), writing() as session:
        for correction in session.scalars(Correction.least_sure_first()):
            correction.approve(by=None)
