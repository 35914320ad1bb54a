"""The step pictures: drawn by a worker when a page asks for them, and then kept."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from flask import Flask

from tests.support.records import prediction_of, stored_version, waiting_prediction
from webapp.models import Prediction, Status
from webapp.platform.database import writing
from webapp.platform.extensions import Extensions
from webapp.platform.storage import Storage
from webapp.predictions.steps import DRAWN
from worker import tasks


def steps_in(storage: Storage, prediction_id: str) -> tuple[str, ...]:
    names = storage.names(prediction_id)
    return tuple(name for name in names if name.startswith("step-"))


def test_an_answer_costs_no_steps_and_a_worker_draws_them_when_asked(
    app: Flask, network: Path
) -> None:
    stored_version(network)
    prediction_id = waiting_prediction()
    storage = Extensions.of(app).storage

    tasks.predict()
    assert not steps_in(storage, prediction_id)
    tasks.draw_steps(prediction_id)

    drawn = steps_in(storage, prediction_id)
    assert drawn == tuple(name for name in DRAWN if "lines-removed" not in name), "no lines"
    for name in drawn:
        assert storage.read(prediction_id, name).startswith(b"\x89PNG")


def test_steps_are_drawn_once(app: Flask, network: Path) -> None:
    stored_version(network)
    prediction_id = waiting_prediction()
    tasks.predict()
    storage = Extensions.of(app).storage
    storage.put(prediction_id, "step-4-found.png", b"as an older version drew it")

    tasks.draw_steps(prediction_id)

    assert steps_in(storage, prediction_id) == ("step-4-found.png",)


def test_steps_that_a_worker_left_half_drawn_are_drawn_again(app: Flask, network: Path) -> None:
    stored_version(network)
    prediction_id = waiting_prediction()
    tasks.predict()
    storage = Extensions.of(app).storage
    storage.put(prediction_id, "step-0-photo.png", b"the first of five")

    tasks.draw_steps(prediction_id)

    assert steps_in(storage, prediction_id)[-1] == DRAWN[-1]


def test_a_picture_that_waits_is_missing_or_deleted_has_no_steps(
    app: Flask, network: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored_version(network)
    storage = Extensions.of(app).storage
    waiting = waiting_prediction()
    tasks.draw_steps(waiting)
    tasks.predict()
    storage.delete(waiting)
    tasks.draw_steps(waiting)
    tasks.draw_steps("nobody")

    assert prediction_of(waiting).status == Status.DONE
    assert not list(storage.root.glob("*/*"))


def test_steps_of_a_prediction_that_is_deleted_meanwhile_are_removed(
    app: Flask, network: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored_version(network)
    prediction_id = waiting_prediction()
    tasks.predict()
    draw = tasks.keep_step_pictures

    def delete_and_draw(prediction: Prediction, storage: Storage) -> None:
        draw(prediction, storage)
        with writing() as session:
            session.delete(session.get_one(Prediction, prediction_id))

    monkeypatch.setattr(tasks, "keep_step_pictures", delete_and_draw)
    tasks.draw_steps(prediction_id)

    assert not Extensions.of(app).storage.names(prediction_id)


def test_a_page_that_shows_a_step_waits_until_it_is_drawn(app: Flask, network: Path) -> None:
    stored_version(network)
    prediction_id = waiting_prediction(owner_id="somebody")
    tasks.predict()
    storage = Extensions.of(app).storage
    waiting = Extensions.of(app).notifications
    path = storage.path(prediction_id, "step-2-ink.png")
    thread = threading.Timer(0.3, lambda: _in_app(app, prediction_id))
    thread.start()

    assert waiting.wait(prediction_id, path.exists, 20)
    thread.join()


def _in_app(app: Flask, prediction_id: str) -> None:
    with app.app_context():
        tasks.draw_steps(prediction_id)
