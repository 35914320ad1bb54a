"""Reading corrected pictures again: requested, awaited, and shown."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Flask
from flask.testing import FlaskClient

from tests.webapp.factories import admin, given_prediction, published_version, settle, sign_in
from webapp.models import Correction, ModelVersion, Owner, Prediction, utc_now
from webapp.platform.database import writing

REREADING = "/admin/rereading"


def test_without_a_model_or_a_correction_the_page_says_so(app: Flask, client: FlaskClient) -> None:
    admin(app)
    sign_in(client)
    assert "There is no model yet" in client.get(REREADING).text

    published_version(app)

    assert "No correction has been approved yet" in client.get(REREADING).text


def test_while_the_queue_cannot_be_reached_the_press_can_be_repeated(
    app: Flask, client: FlaskClient
) -> None:
    approved_correction(app, client)
    assert "Read corrected pictures again with version 1" in client.get("/admin/models").text
    assert "Read them with version 1" in client.get(REREADING).text

    response = client.post(REREADING)

    assert response.status_code == 303
    assert "The queue cannot be reached at the moment." in client.get(response.location).text


def test_the_page_waits_for_a_result_from_after_the_press(app: Flask, client: FlaskClient) -> None:
    approved_correction(app, client)
    asked = utc_now()
    reread(app, asked - timedelta(hours=1), right_now=3)

    awaited = client.get(REREADING, query_string={"asked": asked.isoformat()}).text
    assert "Version 1 is reading them." in awaited
    assert 'http-equiv="refresh"' in awaited

    reread(app, asked + timedelta(seconds=1), right_now=9)
    done = client.get(REREADING, query_string={"asked": asked.isoformat()}).text
    assert "Of 10 corrected pictures version 1 reads <strong>9</strong> right" in done
    assert "7 more than when they were first read." in done
    assert 'http-equiv="refresh"' not in done


def test_the_page_does_not_wait_for_ever(app: Flask, client: FlaskClient) -> None:
    approved_correction(app, client)
    asked = (utc_now() - timedelta(minutes=3)).isoformat()

    page = client.get(REREADING, query_string={"asked": asked}).text

    assert "They were not read within two minutes." in page
    assert 'http-equiv="refresh"' not in page


def test_rereading_is_for_admins(client: FlaskClient) -> None:
    assert client.get(REREADING).location.startswith("/session/new")
    assert client.post(REREADING).location.startswith("/session/new")


def approved_correction(app: Flask, client: FlaskClient) -> None:
    """A correction that the admin, signed in now, has approved; version 1 is the live one."""
    admin(app)
    sign_in(client)
    prediction_id = given_prediction(client)
    settle(app, prediction_id, "1")
    with app.app_context(), writing() as session:
        (digit,) = session.get_one(Prediction, prediction_id).digits
        correction = Correction.of(digit, 7, owner_id=Owner.lock(session, "ana").id)
        correction.approve(by=None)
        session.add(correction)


def reread(app: Flask, at: datetime, *, right_now: int) -> None:
    """What the worker writes when it has read ten corrected pictures."""
    with app.app_context(), writing() as session:
        version = session.get_one(ModelVersion, 1)
        result = {"at": at.isoformat(), "count": 10, "right_then": 2, "right_now": right_now}
        version.scores = {"reread": result}
