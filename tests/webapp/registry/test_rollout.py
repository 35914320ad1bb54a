"""The pages show which version each worker has loaded."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.webapp.factories import (
    admin,
    given_prediction,
    published_version,
    settle,
    sign_in,
)
from webapp.models import Worker, utc_now
from webapp.models.worker import FORGOTTEN_AFTER, STALE_AFTER
from webapp.platform.database import writing


def test_while_workers_switch_a_picture_and_the_admin_pages_say_how_many_have(
    app: Flask, client: FlaskClient
) -> None:
    first = published_version(app)
    worker(app, "one", loaded=first)
    worker(app, "two", loaded=first)
    prediction_id = given_prediction(client)
    assert "version 1, loaded by all 2 workers" in picture_page(client, prediction_id)
    settle(app, prediction_id)  # by a version that is published with it
    worker(app, "one", loaded=2)

    assert "switching to version 2: 1 of 2 workers" in picture_page(client, prediction_id)
    admin(app)
    sign_in(client)
    models = client.get("/admin/models").text
    assert "Switching to version 2: 1 of 2 workers" in models
    assert models.index("one</th>") < models.index("two</th>")
    assert "switching to version 2: 1 of 2 workers" in client.get("/admin/models/2").text


def test_a_worker_that_has_loaded_nothing_yet_counts_as_switching(
    app: Flask, client: FlaskClient
) -> None:
    published_version(app)
    worker(app, "one", loaded=None)

    page = picture_page(client, given_prediction(client))

    assert "switching to version 1: 0 of 1 worker<" in page


def test_workers_that_ended_without_a_trace_are_ignored_and_then_forgotten(
    app: Flask, client: FlaskClient
) -> None:
    version = published_version(app)
    worker(app, "stale", loaded=None, seen=STALE_AFTER)
    worker(app, "forgotten", loaded=None, seen=FORGOTTEN_AFTER)
    worker(app, "trainer", queue="training")

    worker(app, "one", loaded=version)

    page = picture_page(client, given_prediction(client))
    assert "version 1, loaded by the only worker" in page
    with app.app_context(), writing() as session:
        assert set(session.scalars(select(Worker.name))) == {"one", "stale", "trainer"}


def test_the_admin_reads_what_waits_while_no_worker_runs(app: Flask, client: FlaskClient) -> None:
    published_version(app)
    admin(app)
    sign_in(client)

    assert "No worker is running" in client.get("/admin/models").text
    worker(app, "trainer", queue="training")
    assert "No worker that reads pictures is running" in client.get("/admin/models").text


def worker(
    app: Flask,
    name: str,
    *,
    loaded: int | None = None,
    queue: str = "predictions",
    seen: timedelta | None = None,
) -> None:
    """What a worker writes; `seen` is how long ago it was written last, and a little more."""
    with app.app_context(), writing() as session:
        Worker.record(session, name, queue=queue, model_version_id=loaded)
        if seen is not None:
            session.flush()
            session.get_one(Worker, name).seen_at = utc_now() - seen - timedelta(seconds=1)


def picture_page(client: FlaskClient, prediction_id: str) -> str:
    return client.get(f"/predictions/{prediction_id}").text
