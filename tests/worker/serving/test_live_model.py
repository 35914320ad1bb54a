"""The live model: what was published last answers next, unless it does not load."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

import numpy as np
import pytest
from flask import Flask, current_app

from tests.support.publishing import publish
from tests.support.records import prediction_of, stored_version, waiting_prediction
from tests.support.servers import wait_until
from webapp.models import ModelVersion, PublicationTrigger, Status
from webapp.platform.database import writing
from webapp.settings import Settings
from worker import tasks
from worker.recognition.network import files as model_file
from worker.recognition.reader import Reader
from worker.serving import live_model
from worker.serving.live_model import LiveModel


def answering_version() -> int | None:
    """The version that answers the next prediction."""
    LiveModel.of(current_app).catch_up()  # as its own thread does in a worker
    prediction_id = waiting_prediction()
    tasks.predict()
    prediction = prediction_of(prediction_id)
    assert prediction.status == Status.DONE
    return prediction.model_version_id


def test_a_newly_published_model_answers_the_next_prediction(
    app: Flask, network: Path, another_network: Path
) -> None:
    first = stored_version(network)
    assert answering_version() == first.id

    second = stored_version(another_network)
    assert answering_version() == second.id


def test_publishing_an_earlier_version_rolls_back(
    app: Flask, network: Path, another_network: Path
) -> None:
    first, second = stored_version(network), stored_version(another_network)
    assert answering_version() == second.id

    with writing() as session:
        publish(session, first.id, PublicationTrigger.ROLLED_BACK)

    assert answering_version() == first.id


def test_an_unpublished_version_does_not_answer(
    app: Flask, network: Path, another_network: Path
) -> None:
    first = stored_version(network)
    stored_version(another_network, published=False)

    assert answering_version() == first.id


@pytest.mark.parametrize("damage", ["overwritten", "truncated", "missing"])
def test_a_damaged_file_keeps_the_old_model_and_says_so_once(
    app: Flask,
    network: Path,
    another_network: Path,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
    damage: str,
) -> None:
    first = stored_version(network)
    answering_version()
    second = stored_version(another_network)
    file = settings.models_dir / second.filename
    if damage == "overwritten":
        file.write_bytes(b"not a network")
    elif damage == "truncated":
        file.write_bytes(file.read_bytes()[:1000])
    else:
        file.unlink()

    with caplog.at_level(logging.ERROR, logger="worker.serving.live_model"):
        assert answering_version() == first.id
        assert answering_version() == first.id

    assert len(caplog.records) == 1
    with writing() as session:
        assert session.get_one(ModelVersion, second.id).load_error


def test_a_worker_that_starts_on_a_damaged_file_falls_back_to_the_version_before(
    app: Flask, network: Path, another_network: Path, settings: Settings
) -> None:
    first, second = stored_version(network), stored_version(another_network)
    (settings.models_dir / second.filename).write_bytes(b"")

    assert answering_version() == first.id


def test_a_network_that_does_not_read_never_takes_over(
    app: Flask, network: Path, tmp_path: Path
) -> None:
    first = stored_version(network)
    model, calibration = model_file.load(network)
    *kernels, last, bias = model.get_weights()
    model.set_weights([*kernels, np.roll(last, 1, axis=1), np.roll(bias, 1)])
    mixed_up = tmp_path / "mixed-up.keras"
    model_file.save(model, mixed_up, calibration, scores={"accuracy": 0.99})

    second = stored_version(mixed_up)

    assert answering_version() == first.id
    with writing() as session:
        assert "printed digits" in (session.get_one(ModelVersion, second.id).load_error or "")


def test_the_old_model_answers_while_the_new_one_is_loaded(
    app: Flask, network: Path, another_network: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = stored_version(network)
    assert answering_version() == first.id
    may_load, stop = threading.Event(), threading.Event()
    load_reader = live_model.load_reader

    def load_slowly(models_dir: Path, version: ModelVersion) -> Reader:
        assert may_load.wait(60)
        return load_reader(models_dir, version)

    monkeypatch.setattr(live_model, "load_reader", load_slowly)
    model = LiveModel.of(app)
    model.watch(app, stop)
    second = stored_version(another_network)

    prediction_id = waiting_prediction()
    tasks.predict()
    assert prediction_of(prediction_id).model_version_id == first.id

    may_load.set()
    wait_until(lambda: model.loaded_version() == second.id)
    stop.set()
