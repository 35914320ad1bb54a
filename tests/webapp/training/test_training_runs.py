"""Retraining: requested once, watched live, never two runs at a time."""

from __future__ import annotations

import re
from datetime import timedelta
from hashlib import sha256

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.webapp.factories import (
    admin,
    evaluated_version,
    evaluation_with,
    given_prediction,
    published_version,
    settle,
    sign_in,
)
from webapp.models import (
    Correction,
    ModelVersion,
    Owner,
    Prediction,
    TrainingRun,
    Verdict,
    utc_now,
)
from webapp.platform.database import db, writing

pytestmark = pytest.mark.usefixtures("signed_in_admin")


def test_a_press_queues_a_run_and_leads_to_its_page(client: FlaskClient) -> None:
    response = client.post("/admin/training-runs")

    assert (response.status_code, response.location) == (303, "/admin/training-runs/1")
    page = client.get(response.location).text
    assert "queued" in page
    assert "The queue cannot be reached at the moment" in page


def test_before_the_press_the_page_shows_what_would_be_trained_on(
    app: Flask, client: FlaskClient
) -> None:
    approved_corrections(app, client, labels=[7, 7, 7, 4, None])

    page = client.get("/admin/training-runs").text

    trained_on, evaluated_on = (cells_of(page, row) for row in ("Train", "Evaluate"))
    together = [one + other for one, other in zip(trained_on, evaluated_on, strict=True)]
    assert together == [0, 0, 0, 0, 1, 0, 0, 3, 0, 0, 1]
    assert f"<strong>{sum(trained_on)}</strong> approved correction" in page
    assert "Fine-tune version 1" in page
    assert "About 90 seconds, which is an estimate" in page


def test_contradicting_corrections_are_not_counted(app: Flask, client: FlaskClient) -> None:
    approved_corrections(app, client, labels=[7, 1], same_ink=True)

    assert "MNIST alone" in client.get("/admin/training-runs").text


def test_the_expected_time_is_that_of_past_runs(app: Flask, client: FlaskClient) -> None:
    published_version(app)
    client.post("/admin/training-runs")
    with app.app_context(), writing() as session:
        run = session.get_one(TrainingRun, 1)
        run.start(epochs_planned=3)
        run.started_at = utc_now() - timedelta(minutes=4)
        run.finish()

    assert "About 4 minutes, judging by past runs" in client.get("/admin/training-runs").text


def test_a_fine_tuning_keeps_the_architecture_of_the_live_version(
    app: Flask, client: FlaskClient
) -> None:
    published_version(app)
    client.post("/admin/training-runs", data={"recipe": "fine-tune", "architecture": "rnn"})
    cancel(client, 1)
    client.post("/admin/training-runs", data={"recipe": "full", "architecture": "rnn"})

    assert [recipe_and_architecture(app, run_id) for run_id in (1, 2)] == [
        ("fine-tune", "cnn"),
        ("full", "rnn"),
    ]


def test_an_unknown_recipe_or_architecture_is_refused(client: FlaskClient) -> None:
    for nonsense in ({"recipe": "magic"}, {"architecture": "oracle"}):
        assert client.post("/admin/training-runs", data=nonsense).status_code == 400


def test_a_second_press_leads_to_the_run_under_way_and_says_who_requested_it(
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
        run.record_epoch(epoch=1, loss=0.5, accuracy=0.9, seconds=25)
        run.record_epoch(epoch=2, loss=0.25, accuracy=0.95, seconds=15)

    page = client.get("/admin/training-runs/1").text
    data = client.get("/api/training-runs/1").get_json()

    assert "Epoch 3 of 3" in page
    assert 'points="12.0,188.0 300.0,12.0"' in page, "accuracy rises; a third of the way is left"
    assert 'points="12.0,12.0 300.0,188.0"' in page, "loss falls"
    assert "About 20 seconds left" in page
    assert (data["status"], len(data["epochs"]), data["is_finished"]) == ("running", 2, False)


def test_a_failed_run_says_why_and_another_can_start(app: Flask, client: FlaskClient) -> None:
    client.post("/admin/training-runs")
    with app.app_context(), writing() as session:
        session.get_one(TrainingRun, 1).fail("MNIST could not be read.")

    page = client.get("/admin/training-runs/1").text
    assert "MNIST could not be read." in page
    assert "Start again" in page
    assert client.post("/admin/training-runs").location == "/admin/training-runs/2"


def test_a_finished_run_shows_its_evaluation_and_leads_to_its_version(
    app: Flask, client: FlaskClient
) -> None:
    champion = published_version(app)
    client.post("/admin/training-runs")
    challenger = evaluated_version(app, evaluation_with(passed=False, champion_id=champion))
    with app.app_context(), writing() as session:
        run = session.get_one(TrainingRun, 1)
        run.start(epochs_planned=1)
        run.record_epoch(epoch=1, loss=0.5, accuracy=0.9, seconds=3)
        run.provenance = {"seed": 2026}
        run.finish()
        session.get_one(ModelVersion, challenger).training_run_id = run.id

    page = client.get("/admin/training-runs/1").text

    assert "It did not pass its evaluation." in page
    assert f'href="/admin/models/{challenger}"' in page
    assert "<dt>Seed</dt><dd>2026</dd>" in page


def test_a_run_that_had_nothing_to_learn_says_so(app: Flask, client: FlaskClient) -> None:
    published_version(app)
    assert "No approved correction is there to train on yet" in (
        client.get("/admin/training-runs").text
    )
    client.post("/admin/training-runs")
    with app.app_context(), writing() as session:
        run = session.get_one(TrainingRun, 1)
        run.start(epochs_planned=4)
        run.finish("There was nothing to learn.")

    page = client.get("/admin/training-runs/1").text

    assert "There was nothing to learn." in page
    assert "Done after" not in page


def test_a_run_can_be_cancelled_once(app: Flask, client: FlaskClient) -> None:
    client.post("/admin/training-runs")

    cancel(client, 1)
    cancel(client, 1)

    assert "The run was cancelled." in client.get("/admin/training-runs/1").text


def test_an_unknown_run_is_not_found(client: FlaskClient) -> None:
    for address in ("/admin/training-runs/9", "/api/training-runs/9"):
        assert client.get(address).status_code == 404
    assert client.post("/admin/training-runs/9/cancellation").status_code == 404


def cancel(client: FlaskClient, run_id: int) -> None:
    client.post(f"/admin/training-runs/{run_id}/cancellation")


def recipe_and_architecture(app: Flask, run_id: int) -> tuple[str, str]:
    with app.app_context():
        run = db.session.get_one(TrainingRun, run_id)
        return run.recipe, run.architecture


def approved_corrections(
    app: Flask, client: FlaskClient, *, labels: list[int | None], same_ink: bool = False
) -> None:
    """A prediction of as many digits, each corrected to its label."""
    prediction_id = given_prediction(client)
    settle(app, prediction_id, "1" * len(labels))
    with app.app_context(), writing() as session:
        digits = session.get_one(Prediction, prediction_id).digits
        for digit, label in zip(digits, labels, strict=True):
            ink = b"the same" if same_ink else str(digit.position).encode()
            session.add(
                Correction(
                    digit_id=digit.id,
                    owner_id=Owner.lock(session, "somebody").id,
                    label=label,
                    read_as=1,
                    ink_sha256=sha256(ink).hexdigest(),
                    verdict=Verdict.APPROVED,
                )
            )


def cells_of(page: str, row: str) -> list[int]:
    """The numbers in a row of the page's table."""
    line = next(line for line in page.splitlines() if f'<th scope="row">{row}</th>' in line)
    return [int(cell) for cell in re.findall(r"<td[^>]*>(\d+)</td>", line)]
