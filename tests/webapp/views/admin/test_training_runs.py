"""Retraining: pressed once, watched live, never two at a time."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.webapp.factories import admin, sign_in
from webapp.database import db, writing
from webapp.models import TrainingRun


@pytest.fixture(autouse=True)
def signed_in(app: Flask, client: FlaskClient) -> None:
    admin(app)
    sign_in(client)


def test_a_press_queues_a_run_and_leads_to_its_page(client: FlaskClient) -> None:
    response = client.post("/admin/training-runs")

    assert (response.status_code, response.location) == (303, "/admin/training-runs/1")
    page = client.get(response.location).text
    assert "queued" in page
    assert "The trainer is away at the moment" in page


def test_a_second_press_lands_on_the_run_under_way_and_says_whose_it_is(
    app: Flask, client: FlaskClient
) -> None:
    client.post("/admin/training-runs")
    admin(app, "bob@example.org")
    other = app.test_client()
    sign_in(other, "bob@example.org")

    response = other.post("/admin/training-runs")

    page = other.get(response.location).text
    assert response.location == "/admin/training-runs/1"
    assert "already under way" in page
    assert "by ana@example.org" in page
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(TrainingRun)) == 1


def test_a_running_run_shows_its_epochs_and_curves(app: Flask, client: FlaskClient) -> None:
    client.post("/admin/training-runs")
    with app.app_context(), writing() as session:
        run = session.get_one(TrainingRun, 1)
        run.start(epochs_planned=3)
        run.record_epoch(epoch=1, loss=0.5, accuracy=0.9)
        run.record_epoch(epoch=2, loss=0.25, accuracy=0.95)

    page = client.get("/admin/training-runs/1").text
    told = client.get("/api/training-runs/1").get_json()

    assert "Epoch 3 of 3" in page
    assert 'points="12.0,188.0 588.0,12.0"' in page, "accuracy rises from corner to corner"
    assert 'points="12.0,12.0 588.0,188.0"' in page, "loss falls"
    assert (told["status"], len(told["epochs"]), told["is_finished"]) == ("running", 2, False)


def test_a_failed_run_says_why_and_another_can_start(app: Flask, client: FlaskClient) -> None:
    client.post("/admin/training-runs")
    with app.app_context(), writing() as session:
        session.get_one(TrainingRun, 1).fail("MNIST could not be read.")

    assert "MNIST could not be read." in client.get("/admin/training-runs/1").text
    assert client.post("/admin/training-runs").location == "/admin/training-runs/2"


def test_a_run_can_be_cancelled_once(app: Flask, client: FlaskClient) -> None:
    client.post("/admin/training-runs")

    client.post("/admin/training-runs/1/cancellation")
    client.post("/admin/training-runs/1/cancellation")

    assert "The run was cancelled." in client.get("/admin/training-runs/1").text


def test_an_unknown_run_is_not_found(client: FlaskClient) -> None:
    for address in ("/admin/training-runs/9", "/api/training-runs/9"):
        assert client.get(address).status_code == 404
    assert client.post("/admin/training-runs/9/cancellation").status_code == 404
