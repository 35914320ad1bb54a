"""The place of a picture in the queue, and the time that it takes at the measured rate."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.webapp.factories import given_prediction, settle
from webapp.models import Prediction, utc_now
from webapp.platform.database import db, writing
from webapp.predictions.queue_place import Wait, wait_of


def test_owners_take_turns_in_the_place_too(app: Flask, client: FlaskClient) -> None:
    other = app.test_client()
    for _ in range(5):
        given_prediction(other)
    first, second = given_prediction(client), given_prediction(client)

    assert wait(app, first) == Wait(1, None)
    assert wait(app, second) == Wait(3, None)


def test_a_settled_picture_waits_no_more(app: Flask, client: FlaskClient) -> None:
    prediction_id = given_prediction(client)
    settle(app, prediction_id)

    assert wait(app, prediction_id) is None


def test_the_time_follows_the_rate_of_a_busy_worker(app: Flask, client: FlaskClient) -> None:
    """Answers to pictures that waited came every two seconds; the pause before them counts not."""
    now = utc_now()
    answered(app, client, settled=now - timedelta(minutes=5), created=now - timedelta(minutes=6))
    for place in range(5):
        answered(
            app,
            client,
            settled=now - timedelta(seconds=20 - 2 * place),
            created=now - timedelta(seconds=60),
        )
    waiting = given_prediction(client)

    found = wait(app, waiting)

    assert found is not None
    assert found.ahead == 0
    assert found.seconds == pytest.approx(2)


def test_a_long_idle_site_gives_no_time(app: Flask, client: FlaskClient) -> None:
    long_ago = utc_now() - timedelta(hours=5)
    for place in range(5):
        answered(app, client, settled=long_ago + timedelta(seconds=place), created=long_ago)

    assert wait(app, given_prediction(client)) == Wait(0, None)


def answered(app: Flask, client: FlaskClient, *, settled: object, created: object) -> None:
    """A reading that came and was given at these times."""
    prediction_id = given_prediction(client)
    settle(app, prediction_id)
    with app.app_context(), writing() as session:
        prediction = session.get_one(Prediction, prediction_id)
        prediction.settled_at, prediction.created_at = settled, created  # type: ignore[assignment]


def wait(app: Flask, prediction_id: str) -> Wait | None:
    with app.app_context():
        return wait_of(db.session(), db.session.get_one(Prediction, prediction_id))
