"""Corrections on the page of a prediction: made with plain forms, shown, and withdrawn."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from threading import Barrier

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.support.cookies import copy_cookies
from tests.support.settings import change_settings
from tests.webapp.factories import admin, digit, given_prediction, settle, sign_in
from webapp.models import Correction, Prediction
from webapp.models import correction as correction_record
from webapp.platform.database import writing


def test_a_corrected_digit_is_shown_beside_the_reading(app: Flask, client: FlaskClient) -> None:
    prediction_id = read(app, client, "47")

    response = correct(client, prediction_id, 1, "2")

    assert response.status_code == 303
    assert response.location == f"/predictions/{prediction_id}#digit-1"
    page = client.get(response.location).text
    assert "<span>47</span>" in page
    assert "<span>42</span>" in page
    assert "You corrected this digit to 2." in page
    assert "An admin will review it." in page


def test_one_button_confirms_the_whole_number(app: Flask, client: FlaskClient) -> None:
    prediction_id = read(app, client, "42")
    address = f"/predictions/{prediction_id}/confirmation"

    response = client.post(address)

    assert response.status_code == 303
    page = client.get(response.location).text
    assert "You confirmed this number." in page
    assert page.count("You confirmed this digit.") == 2
    assert labels(app) == [4, 2]

    client.post(f"{address}/withdrawal")
    assert labels(app) == []


def test_a_confirmation_keeps_earlier_corrections(app: Flask, client: FlaskClient) -> None:
    prediction_id = read(app, client, "47")
    correct(client, prediction_id, 1, "2")

    client.post(f"/predictions/{prediction_id}/confirmation")

    assert sorted(labels(app), key=str) == [2, 4]


def test_the_history_shows_the_number_as_corrected(app: Flask, client: FlaskClient) -> None:
    prediction_id = read(app, client, "47")

    correct(client, prediction_id, 1, "2")

    for address in ("/predictions", "/"):
        card = client.get(address).text.split('class="card"')[1]
        assert "47" in card
        assert "corrected to</span> 42" in card


def test_a_second_correction_of_a_digit_replaces_the_first(app: Flask, client: FlaskClient) -> None:
    prediction_id = read(app, client, "1")

    for label in ("7", "7", "2", "none"):
        correct(client, prediction_id, 0, label)

    assert labels(app) == [None]
    page = client.get(f"/predictions/{prediction_id}").text
    assert "You marked this as not a digit." in page
    assert "not a number" in page


def test_a_waiting_correction_can_be_withdrawn_and_a_reviewed_one_cannot(
    app: Flask, client: FlaskClient
) -> None:
    prediction_id = read(app, client, "12")
    correct(client, prediction_id, 0, "7")
    correct(client, prediction_id, 1, "3")

    assert undo(client, prediction_id, 0).status_code == 303
    assert undo(client, prediction_id, 0).status_code == 303  # again, without effect
    approve_all(app)
    undone, changed = undo(client, prediction_id, 1), correct(client, prediction_id, 1, "4")

    assert labels(app) == [3]
    for response in (undone, changed):
        assert response.status_code == 409
        assert "An admin has already reviewed this correction" in response.text
    page = client.get(f"/predictions/{prediction_id}").text
    assert "An admin approved it" in page


@pytest.mark.parametrize(
    ("validates", "sentence"),
    [
        (False, "An admin approved it, and the next training will use it."),
        (True, "It evaluates new models, and none is trained on it."),
    ],
)
def test_the_page_says_truly_whether_models_learn_from_a_correction(
    app: Flask,
    client: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
    validates: bool,
    sentence: str,
) -> None:
    prediction_id = read(app, client, "1")
    correct(client, prediction_id, 0, "7")
    approve_all(app)
    monkeypatch.setattr(correction_record, "is_for_validation", lambda key: validates)

    assert sentence in client.get(f"/predictions/{prediction_id}").text


def test_nobody_can_correct_another_persons_picture(app: Flask, client: FlaskClient) -> None:
    prediction_id = read(app, client, "1")
    other = app.test_client()
    given_prediction(other)

    assert correct(other, prediction_id, 0, "7").status_code == 404
    assert labels(app) == []


def test_an_admin_sees_the_owners_correction_and_cannot_change_it(
    app: Flask, client: FlaskClient
) -> None:
    prediction_id = read(app, client, "1")
    correct(client, prediction_id, 0, "4")
    reviewer = app.test_client()
    admin(app)
    sign_in(reviewer)

    page = reviewer.get(f"/predictions/{prediction_id}").text

    assert "Somebody corrected this digit to 4." in page
    assert "Do you agree?" not in page
    assert '/correction"' not in page
    assert correct(reviewer, prediction_id, 0, "7").status_code == 404
    assert labels(app) == [4]


def test_a_rejected_correction_has_no_effect(app: Flask, client: FlaskClient) -> None:
    prediction_id = read(app, client, "1")
    correct(client, prediction_id, 0, "7")
    with app.app_context(), writing() as session:
        session.scalars(select(Correction)).one().reject(by=None)

    page = client.get(f"/predictions/{prediction_id}").text

    assert "An admin rejected it." in page
    assert "As corrected" not in page
    assert "corrected to" not in client.get("/predictions").text


def test_digits_of_a_refused_picture_can_be_corrected(app: Flask, client: FlaskClient) -> None:
    prediction_id = given_prediction(client)
    with app.app_context(), writing() as session:
        digits = [digit(5, confidence=0.3), digit(8, position=1, confidence=0.2)]
        session.get_one(Prediction, prediction_id).refuse(
            "It could be more than one digit.", digits=digits
        )

    correct(client, prediction_id, 0, "none")
    assert "As corrected" not in client.get(f"/predictions/{prediction_id}").text
    correct(client, prediction_id, 0, "6")

    assert "<span>6?</span>" in client.get(f"/predictions/{prediction_id}").text
    assert "corrected to</span> 6?" in client.get("/predictions").text


def test_rows_of_a_number_stay_separate(app: Flask, client: FlaskClient) -> None:
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


def test_the_number_of_waiting_corrections_of_an_owner_is_limited(
    app: Flask, client: FlaskClient
) -> None:
    change_settings(app, corrections_per_person=2)
    prediction_id = read(app, client, "123")

    for position in range(2):
        assert correct(client, prediction_id, position, "7").status_code == 303
    refused = correct(client, prediction_id, 2, "7")

    assert refused.status_code == 429
    assert "You already have 2 corrections that wait for an admin." in refused.text
    assert correct(client, prediction_id, 0, "9").status_code == 303  # a replacement adds none
    approve_all(app)
    assert correct(client, prediction_id, 2, "7").status_code == 303


def test_simultaneous_corrections_do_not_exceed_the_limit(app: Flask, client: FlaskClient) -> None:
    change_settings(app, corrections_per_person=3)
    ids = [read(app, client, "1") for _ in range(8)]
    together = Barrier(len(ids))

    def correct_together(prediction_id: str) -> int:
        browser = copy_cookies(client, app.test_client())
        together.wait()
        return correct(browser, prediction_id, 0, "7").status_code

    with ThreadPoolExecutor(len(ids)) as pool:
        statuses = list(pool.map(correct_together, ids))

    assert sorted(statuses) == [303] * 3 + [429] * 5
    assert len(labels(app)) == 3


def test_a_correction_is_not_changed_while_an_admin_decides_on_it(
    app: Flask, client: FlaskClient
) -> None:
    prediction_id = read(app, client, "1")
    correct(client, prediction_id, 0, "7")
    browser = copy_cookies(client, app.test_client())

    with ThreadPoolExecutor(1) as pool:
        with app.app_context(), writing() as session:
            correction = session.scalars(select(Correction).with_for_update(of=Correction)).one()
            change = pool.submit(correct, browser, prediction_id, 0, "9")
            wait([change], timeout=1)
            correction.approve(by=None)
        response = change.result(timeout=60)

    assert response.status_code == 409
    assert labels(app) == [7]


@pytest.mark.parametrize("label", ["", "10", "x", "-1", "٣", "\x007"])
def test_an_invalid_label_is_refused(app: Flask, client: FlaskClient, label: str) -> None:
    prediction_id = read(app, client, "1")

    assert correct(client, prediction_id, 0, label).status_code == 400
    assert labels(app) == []


def test_an_unknown_digit_is_not_found(app: Flask, client: FlaskClient) -> None:
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


def test_a_form_without_its_csrf_token_is_refused(app: Flask, client: FlaskClient) -> None:
    prediction_id = read(app, client, "1")
    app.config["WTF_CSRF_ENABLED"] = True

    assert correct(client, prediction_id, 0, "7").status_code == 400
    assert client.post(f"/predictions/{prediction_id}/confirmation").status_code == 400


def read(app: Flask, client: FlaskClient, number: str) -> str:
    """A settled prediction of this client; returns its id."""
    prediction_id = given_prediction(client)
    settle(app, prediction_id, number)
    return prediction_id


def correct(client: FlaskClient, prediction_id: str, position: int, label: str) -> TestResponse:
    address = f"/predictions/{prediction_id}/digits/{position}/correction"
    return client.post(address, data={"label": label})


def undo(client: FlaskClient, prediction_id: str, position: int) -> TestResponse:
    return client.post(f"/predictions/{prediction_id}/digits/{position}/correction/withdrawal")


def labels(app: Flask) -> list[int | None]:
    """The labels of all corrections, oldest first."""
    with app.app_context(), writing() as session:
        return list(session.scalars(select(Correction.label).order_by(Correction.id)))


def approve_all(app: Flask) -> None:
    with app.app_context(), writing() as session:
        for correction in session.scalars(Correction.least_sure_first()):
            correction.approve(by=None)
