"""Retraining: a queued run becomes a version that takes over, or ends with its reason."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.support.publishing import publish
from tests.support.records import (
    correct_some,
    prediction_of,
    queued_run,
    run_of,
    stored_version,
    waiting_prediction,
)
from webapp.models import (
    Evaluation,
    FilterSnapshot,
    ModelVersion,
    PublicationTrigger,
    RunStatus,
    TrainingRun,
)
from webapp.models.evaluation import (
    MNIST,
    MNIST_VALIDATION,
    NEVER_AGAIN,
    VALIDATION_CORRECTIONS,
)
from webapp.platform.database import writing
from webapp.settings import Settings
from worker import tasks
from worker.recognition.evaluation.datasets import Mnist
from worker.training import heartbeat, runner
from worker.training.live_progress import LiveProgress


def version_of(run: TrainingRun) -> ModelVersion:
    """The version that the run made, with its evaluation."""
    with writing() as session:
        [made] = run.versions
        version = session.get_one(ModelVersion, made.id)
        assert version.evaluation is not None
        return version


def live_version() -> ModelVersion:
    with writing() as session:
        version = session.scalar(ModelVersion.current())
        assert version is not None
        return version


def test_a_fine_tuning_without_corrections_makes_no_copy_and_says_so(
    app: Flask, network: Path
) -> None:
    champion = stored_version(network)
    run_id = queued_run(recipe="fine-tune")

    tasks.retrain(run_id)

    run = run_of(run_id)
    assert run.status == RunStatus.DONE
    assert "nothing to learn" in (run.reason or "")
    assert run.versions == []
    assert live_version().id == champion.id


def test_a_queued_run_trains_and_its_model_answers_the_next_prediction(app: Flask) -> None:
    run_id = queued_run(epochs=8)

    tasks.retrain(run_id)

    run = run_of(run_id)
    assert (run.status, run.reason) == (RunStatus.DONE, None)
    assert [record["epoch"] for record in run.epochs] == [*range(1, 9)]
    [version] = run.versions
    assert version.origin == "trained"
    assert version.accuracy is not None and version.accuracy > 0.8
    prediction_id = waiting_prediction()
    tasks.predict()
    assert prediction_of(prediction_id).model_version_id == version.id


def test_a_training_shows_its_steps_and_the_first_filters_of_each_epoch(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heartbeat, "HEARTBEAT_SECONDS", 0.2)
    seen: list[tuple[int, int | None]] = []
    record_step = TrainingRun.record_step

    def note(run: TrainingRun, **measures: Any) -> None:
        record_step(run, **measures)
        seen.append((measures["epoch"], run.step))

    monkeypatch.setattr(TrainingRun, "record_step", note)
    run_id = queued_run(epochs=3)

    tasks.retrain(run_id)

    assert {epoch for epoch, _ in seen} >= {1, 2, 3}
    run = run_of(run_id)
    assert run.step is None, "no epoch is under way any more"
    assert run.steps is not None and run.steps > 0
    assert {"training_accuracy", "validation_loss"} <= set(run.epochs[0])
    with writing() as session:
        snapshots = session.scalars(FilterSnapshot.of_run(run_id)).all()
        assert [one.epoch for one in snapshots][-3:] == [1, 2, 3]
        assert (snapshots[-1].count, snapshots[-1].height, snapshots[-1].width) == (24, 28, 28)
        assert snapshots[-1].weights != snapshots[-3].weights


def test_a_step_that_a_heartbeat_writes_while_its_epoch_ends_is_not_kept(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    beats: list[threading.Thread] = []
    write = LiveProgress.write

    def write_late_step(run_id: int) -> None:
        with app.app_context(), writing() as session:
            run = TrainingRun.locked(session, run_id)
            assert run is not None
            run.record_step(epoch=1, step=16, steps=20, seconds=1.0)

    def write_beside(progress: LiveProgress, session: Session, run: TrainingRun) -> None:
        if threading.current_thread() is not threading.main_thread():
            write(progress, session, run)
            return
        # the epoch ends here, and a heartbeat has taken its last step
        beats.append(threading.Thread(target=write_late_step, args=[run.id]))
        beats[-1].start()
        beats[-1].join(1)

    monkeypatch.setattr(LiveProgress, "write", write_beside)
    run_id = queued_run(epochs=1)

    tasks.retrain(run_id)
    for beat in beats:
        beat.join()

    assert beats
    assert run_of(run_id).step is None


def test_a_duplicate_message_does_not_train_again(app: Flask) -> None:
    run_id = queued_run()
    tasks.retrain(run_id)
    finished_at = run_of(run_id).finished_at

    tasks.retrain(run_id)

    assert run_of(run_id).finished_at == finished_at
    assert len(run_of(run_id).versions) == 1


def test_a_clearly_worse_model_is_kept_but_does_not_take_over(app: Flask, network: Path) -> None:
    good = stored_version(network)
    run_id = queued_run(epochs=1)

    tasks.retrain(run_id)

    version = version_of(run_of(run_id))
    assert version.failed_evaluation
    assert version.published_at is None
    assert "did not pass" in (version.notes or "")
    assert live_version().id == good.id


def test_a_fine_tuning_learns_corrections_and_records_how(
    app: Flask, network: Path, mnist: Mnist
) -> None:
    champion = stored_version(network)
    correct_some(mnist)

    run_id = queued_run(recipe="fine-tune")
    tasks.retrain(run_id)

    run = run_of(run_id)
    assert (run.status, run.reason) == (RunStatus.DONE, None)
    provenance = run.provenance
    assert provenance["recipe"]["name"] == "fine-tune"
    assert provenance["champion_id"] == champion.id
    counts = provenance["corrections"]
    assert sum(counts["training"]) + sum(counts["validation"]) == 12
    assert provenance["data_sha256"] == mnist.sha256
    assert {"tensorflow", "keras", "python", "numpy"} <= set(provenance["libraries"])
    assert provenance["seconds"] > 0
    version = version_of(run)
    assert version.parent_id == champion.id
    assert version.scores["milliseconds"] > 0
    evaluation = Evaluation.from_json(version.evaluation or {})
    assert evaluation.champion_id == champion.id
    assert [result.name for result in evaluation.results] == [
        MNIST_VALIDATION,
        VALIDATION_CORRECTIONS,
        NEVER_AGAIN,
        MNIST,
    ]
    assert evaluation.passed, evaluation.summary
    assert live_version().id == version.id


def test_without_a_champion_a_fine_tuning_becomes_a_quick_training(app: Flask) -> None:
    run_id = queued_run(recipe="fine-tune", epochs=30)

    tasks.retrain(run_id)

    assert run_of(run_id).provenance["recipe"]["name"] == "quick"
    assert live_version().id == version_of(run_of(run_id)).id


def test_a_pinned_version_stays_live_though_the_challenger_passed(
    app: Flask, network: Path, mnist: Mnist
) -> None:
    champion = stored_version(network)
    correct_some(mnist)
    with writing() as session:
        publish(session, champion.id, PublicationTrigger.CHOSEN, pinned=True)

    run_id = queued_run(recipe="fine-tune")
    tasks.retrain(run_id)

    version = version_of(run_of(run_id))
    evaluation = Evaluation.from_json(version.evaluation or {})
    assert evaluation.passed, evaluation.summary
    assert "pinned" in (version.notes or "")
    assert live_version().id == champion.id


def test_without_mnist_the_run_fails_with_a_sentence(app: Flask, settings: Settings) -> None:
    run_id = queued_run()
    elsewhere = replace(settings, mnist_path=settings.data_dir / "nowhere.npz")

    runner.carry_out(run_id, elsewhere, threading.Event())

    assert run_of(run_id).status == RunStatus.FAILED
    assert "MNIST" in (run_of(run_id).reason or "")


def test_a_cancelled_run_stops_at_its_next_step(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heartbeat, "HEARTBEAT_SECONDS", 0.2)
    run_id = queued_run(epochs=10_000)

    def cancel() -> None:
        with app.app_context(), writing() as session:
            session.get_one(TrainingRun, run_id).request_cancel()

    timer = threading.Timer(3, cancel)
    timer.start()
    tasks.retrain(run_id)
    timer.join()

    run = run_of(run_id)
    assert run.status == RunStatus.CANCELLED
    assert run.versions == []


def test_a_trainer_that_is_asked_to_end_leaves_its_run_interrupted(
    app: Flask, settings: Settings
) -> None:
    run_id = queued_run(epochs=10_000)
    shutting_down = threading.Event()
    shutting_down.set()

    runner.carry_out(run_id, settings, shutting_down)

    assert run_of(run_id).status == RunStatus.INTERRUPTED
    assert run_of(run_id).is_finished
