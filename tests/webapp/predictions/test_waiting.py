"""Waiting: with `Prefer: wait` the upload itself is answered with the reading."""

from __future__ import annotations

import threading
import time
from typing import Any, cast

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, QueuePool, select
from werkzeug.datastructures import Headers
from werkzeug.test import TestResponse

from tests.webapp.factories import given_prediction, picture, settle
from webapp.imaging import sandbox
from webapp.imaging.uploads import Upload
from webapp.models import Prediction
from webapp.platform.database import db
from webapp.platform.extensions import Extensions
from webapp.platform.notifications import Notifications
from webapp.predictions.waiting import MAX_SECONDS, preferred_wait


def upload(client: FlaskClient, prefer: str) -> TestResponse:
    headers = {"Prefer": prefer}
    return client.post(
        "/api/predictions", data=picture(), content_type="image/png", headers=headers
    )


def settle_the_next_one(app: Flask) -> threading.Thread:
    """In a thread, wait for a prediction and settle it as a worker does."""

    def work() -> None:
        for _ in range(100):
            time.sleep(0.05)
            with app.app_context():
                found = db.session.scalar(select(Prediction.id))
            if found:
                settle(app, found, "42")
                return

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_a_client_that_prefers_to_wait_gets_the_reading(app: Flask, client: FlaskClient) -> None:
    worker = settle_the_next_one(app)

    response = upload(client, "wait=8")
    worker.join()

    reading = response.get_json()
    assert response.status_code == 201
    assert response.headers["Preference-Applied"] == "wait=8"
    assert response.location == f"/api/predictions/{reading['id']}"
    assert (reading["status"], reading["number"]) == ("done", "42")
    assert reading == client.get(response.location).get_json()


def test_a_reading_that_takes_longer_is_asked_for_later(client: FlaskClient) -> None:
    began = time.monotonic()

    response = upload(client, "respond-async, wait=1")

    assert response.status_code == 202
    assert "Preference-Applied" not in response.headers
    assert 1 <= time.monotonic() - began < 5


def test_a_process_that_ends_answers_those_who_wait(app: Flask, client: FlaskClient) -> None:
    closing = threading.Timer(0.5, Extensions.of(app).notifications.close)
    closing.start()
    began = time.monotonic()

    assert upload(client, "wait=9").status_code == 202
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("prefer", "seconds"),
    [
        ("wait=3", 3),
        ("WAIT = 3", 3),
        ('wait="3"', 3),
        ("respond-async, wait=3; x=1", 3),
        ("wait=1, wait=5", 1),
        ("wait=99999", MAX_SECONDS),
        ("wait=0", 0),
        ("wait", 0),
        ("wait=-1", 0),
        ("wait=soon", 0),
        ("wait=²", 0),
        ("wait=" + "9" * 5000, 0),
        ("return=minimal", 0),
    ],
)
def test_the_preference_is_read_as_rfc_7240_writes_it(prefer: str, seconds: int) -> None:
    assert preferred_wait(Headers({"Prefer": prefer})) == seconds


def test_a_client_that_asks_may_prefer_to_wait_too(app: Flask, client: FlaskClient) -> None:
    prediction_id = given_prediction(client)
    worker = settle_the_next_one(app)

    response = client.get(f"/api/predictions/{prediction_id}", headers={"Prefer": "wait=8"})
    worker.join()

    assert (response.status_code, response.get_json()["status"]) == (200, "done")


def test_an_unchanged_reading_is_not_sent_again(app: Flask, client: FlaskClient) -> None:
    address = f"/api/predictions/{given_prediction(client)}"
    etag = client.get(address).headers["ETag"]

    unchanged = client.get(address, headers={"If-None-Match": etag})
    settle(app, address.rsplit("/", 1)[1], "7")
    changed = client.get(address, headers={"If-None-Match": etag})

    assert (unchanged.status_code, unchanged.data) == (304, b"")
    assert (changed.status_code, changed.get_json()["number"]) == (200, "7")


def test_an_upload_holds_no_connection_while_it_is_decoded_or_waits(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[int] = []
    client.get("/")
    upload(client, "")
    pool = cast("QueuePool", engine_of(app).pool)
    accept = sandbox.accept

    def accept_and_look(*arguments: Any, **options: Any) -> Upload:
        held.append(pool.checkedout())
        return accept(*arguments, **options)

    def wait_and_look(*_: Any) -> bool:
        held.append(pool.checkedout())
        return False

    monkeypatch.setattr(sandbox, "accept", accept_and_look)
    monkeypatch.setattr(Notifications, "wait", wait_and_look)
    upload(client, "wait=1")

    assert held == [0, 0]


def engine_of(app: Flask) -> Engine:
    with app.app_context():
        return db.engine
