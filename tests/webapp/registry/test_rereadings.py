"""Reading corrected pictures again: requested, awaited, and shown."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Flask
from flask.testing import FlaskClient

from tests.webapp.factories import admin, given_prediction, published_version, settle, sign_in
from webapp.models import Correction, ModelVersion, Owner, Prediction, utc_now
from webapp.platform.database import writing

REREADING, VERSION = "/admin/rereading", "/admin/models/1"


def test_the_old_address_leads_to_the_page_of_the_live_version(
    app: Flask, client: FlaskClient
) -> None:
    admin(app)
    sign_in(client)
    assert "There is no model yet" in client.get(REREADING, follow_redirects=True).text

    published_version(app)

    assert client.get(REREADING).location == f"{VERSION}#rereading"
    page = client.get(VERSION).text
    assert "No correction has been approved yet" in page
    assert "The answers that people were given stay as they are." in page


def test_only_the_live_version_reads_again(app: Flask, client: FlaskClient) -> None:
    approved_correction(app, client)
    published_version(app)

    assert "Read them again" not in client.get(VERSION).text
    assert "Read them again" in client.get("/admin/models/2").text


def test_while_the_queue_cannot_be_reached_the_press_can_be_repeated(
    app: Flask, client: FlaskClient
) -> None:
    approved_correction(app, client)

    response = client.post(REREADING)

    page = client.get(response.location).text
    assert "The queue cannot be reached at the moment." in page
    assert "Read them again" in page


def test_the_page_waits_for_a_result_from_after_the_press(app: Flask, client: FlaskClient) -> None:
    approved_correction(app, client)
    asked = utc_now()
    reread(app, asked - timedelta(hours=1), right_now=3)

    awaited = client.get(VERSION, query_string={"asked": asked.isoformat()}).text
    assert "They are being read." in awaited
    assert 'http-equiv="refresh"' in awaited

    reread(app, asked + timedelta(seconds=1), right_now=9)
    done = client.get(VERSION, query_string={"asked": asked.isoformat()}).text
    assert "Of 10 corrected pictures it reads <strong>9</strong> right" in done
    assert "7 more than when they were first read." in done
    assert 'http-equiv="refresh"' not in done


def test_the_page_does_not_wait_for_ever(app: Flask, client: FlaskClient) -> None:
    approved_correction(app, client)
    asked = (utc_now() - timedelta(minutes=3)).isoformat()

    page = client.get(VERSION, query_string={"asked": asked}).text

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
