"""Retraining: requested once, watched live, never two runs at a time."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from hashlib import sha256

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select

from tests.webapp.factories import (
    admin,
    evaluated_version,
    evaluation_with,
    given_prediction,
    new_version,
    published_version,
    settle,
    sign_in,
)
from webapp.models import (
    Correction,
    FilterSnapshot,
    ModelVersion,
    Owner,
    Prediction,
    TrainingRun,
    Verdict,
    utc_now,
)
from webapp.models.training_estimate import Basis, expected_duration
from webapp.platform.database import db, writing
from webapp.training.filters import GAP, NEGATIVE, POSITIVE, SIDE

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
    assert "Perhaps 90 seconds: nothing was trained on this machine yet." in page


def test_contradicting_corrections_are_not_counted(app: Flask, client: FlaskClient) -> None:
    approved_corrections(app, client, labels=[7, 1], same_ink=True)

    assert "MNIST alone" in client.get("/admin/training-runs").text


def test_the_expected_time_is_that_of_the_last_runs_alike(app: Flask, client: FlaskClient) -> None:
    published_version(app)
    past_run(app, recipe="fine-tune", epochs=4, seconds_an_epoch=50, overhead=40)

    assert "About 4 minutes, as the last such runs here" in client.get("/admin/training-runs").text


def test_recipes_that_never_ran_are_estimated_from_the_measured_speed(
    app: Flask, client: FlaskClient
) -> None:
    """A thorough training has 64 epochs of 453 steps; the fine-tuning had 40 smaller ones."""
    published_version(app)
    a_picture = 1 / 1680  # seconds
    past_run(app, recipe="fine-tune", epochs=4, seconds_an_epoch=40 * 144 * a_picture, overhead=60)

    with app.app_context():
        session = db.session()
        thorough = expected_duration(session, recipe="full", architecture="cnn")
        of_another = expected_duration(session, recipe="full", architecture="transformer")

    assert thorough.basis == Basis.SPEED
    assert thorough.seconds == pytest.approx(64 * 453 * 168 * a_picture + 60, rel=0.01)
    assert of_another.basis == Basis.OTHER_NETWORK
    page = client.get("/admin/training-runs").text
    assert "About 49 minutes, by the speed of this network in other runs here" in page


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


def test_the_course_s_mlp_is_trained_whatever_network_is_chosen(
    app: Flask, client: FlaskClient
) -> None:
    client.post("/admin/training-runs", data={"recipe": "origin", "architecture": "cnn"})

    assert recipe_and_architecture(app, 1) == ("origin", "mlp")


def test_the_chapter_about_the_mlp_leads_admins_to_its_training(
    app: Flask, client: FlaskClient
) -> None:
    link = "/admin/training-runs?recipe=origin"

    assert link in client.get("/learn/mlp").text
    assert link not in app.test_client().get("/learn/mlp").text
    assert 'value="origin" checked' in client.get(link).text
    assert 'value="origin" checked' not in client.get("/admin/training-runs").text


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


def test_a_running_run_shows_its_step_its_time_and_both_curves(
    app: Flask, client: FlaskClient
) -> None:
    client.post("/admin/training-runs")
    with app.app_context(), writing() as session:
        run = session.get_one(TrainingRun, 1)
        run.start(epochs_planned=4)
        run.started_at = utc_now() - timedelta(seconds=50)
        measures = {"training_accuracy": 0.8, "validation_loss": 0.25}
        run.record_epoch(epoch=1, loss=0.5, accuracy=0.9, seconds=25, **measures)
        run.record_epoch(epoch=2, loss=0.25, accuracy=0.95, seconds=15, **measures)
        run.record_step(epoch=3, step=226, steps=452, seconds=10)
        run.record_step(epoch=2, step=452, steps=452, seconds=15)  # of an epoch that has ended

    page = client.get("/admin/training-runs/1").text
    data = client.get("/api/training-runs/1").get_json()

    assert "Epoch 3 of 4" in page
    assert "226 of 452" in page
    assert '<progress max="1" value="0.6250"' in page, "two and a half of four epochs"
    assert "<dd>50 seconds</dd>" in page, "so far"
    assert "<dd>30 seconds</dd>" in page, "one and a half epochs are left, at 20 s an epoch"
    assert page.count("<polyline") == 8, "both curves of both measures on both scales"
    assert "<td>95.00\u202f%</td>" in page, "the numbers behind the picture"
    assert data["share_done"] == 0.625
    assert (data["status"], data["step"], data["is_finished"]) == ("running", 226, False)


def test_the_first_filters_of_some_epochs_are_shown_as_pictures(
    app: Flask, client: FlaskClient
) -> None:
    client.post("/admin/training-runs")
    with app.app_context(), writing() as session:
        for epoch in range(21):
            weights = bytes([127] * 9 + [256 - 127] * 9)
            FilterSnapshot.keep(session, 1, epoch=epoch, shape=(2, 3, 3), weights=weights)

    page = client.get("/admin/training-runs/1").text
    response = client.get("/admin/training-runs/1/filters/20")

    shown = [int(epoch) for epoch in re.findall(r"/training-runs/1/filters/(\d+)", page)]
    assert shown == [20, 17, 14, 11, 9, 6, 3, 0], "the latest first"
    with Image.open(io.BytesIO(response.data)) as image:
        assert image.getpixel((40, 40)) == POSITIVE
        assert image.getpixel((SIDE + GAP + 40, 40)) == NEGATIVE
    assert client.get("/admin/training-runs/1/filters/21").status_code == 404


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
    assert page.count("MNIST test set</th>") == 1, "the result is in one row of one table"
    assert "<dt>Random seed</dt><dd>2026</dd>" in page


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


def past_run(
    app: Flask, *, recipe: str, epochs: int, seconds_an_epoch: float, overhead: float
) -> None:
    """A done run of a cnn that made a version."""
    with app.app_context(), writing() as session:
        run = TrainingRun(recipe=recipe, architecture="cnn")
        session.add(run)
        session.flush()
        run.start(epochs_planned=epochs)
        run.started_at = utc_now() - timedelta(seconds=epochs * seconds_an_epoch + overhead)
        for epoch in range(1, epochs + 1):
            run.record_epoch(epoch=epoch, loss=0.5, accuracy=0.9, seconds=seconds_an_epoch)
        run.finish()
        new_version(session, training_run_id=run.id)


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
