"""A database that cannot be reached for a while, or refuses a run, blocks no training."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from tests.support.records import queued_run, run_of
from tests.support.servers import wait_until
from webapp.models import ModelVersion, RunStatus, TrainingRun, utc_now
from webapp.models.training_run import MAX_STARTS
from webapp.platform.database import db, writing
from webapp.platform.extensions import extensions
from webapp.sweep import sweep
from worker import tasks
from worker.recognition.training.progress import EpochRecord
from worker.training import heartbeat, retries, training_job
from worker.training.live_progress import LiveProgress


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "HEARTBEAT_SECONDS", 0.2)
    monkeypatch.setattr(retries, "FIRST_PAUSE_SECONDS", 0.1)


@contextmanager
def breaking_transactions() -> Iterator[threading.Event]:
    """While the event is set, the database cannot be reached."""
    is_away = threading.Event()
    engine = db.engine

    def refuse(_connection: object) -> None:
        if is_away.is_set():
            raise OperationalError("begin", None, ConnectionError("The server is away."))

    event.listen(engine, "begin", refuse)
    yield is_away
    event.remove(engine, "begin", refuse)


def test_an_outage_costs_a_training_nothing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    record_epoch = training_job._record_epoch
    with breaking_transactions() as is_away:

        def break_once(run_id: int, record: EpochRecord, progress: LiveProgress) -> None:
            if record.epoch == 3 and not timers:
                is_away.set()
                timers.append(threading.Timer(2, is_away.clear))
                timers[0].start()
            record_epoch(run_id, record, progress)

        timers: list[threading.Timer] = []
        monkeypatch.setattr(training_job, "_record_epoch", break_once)
        run_id = queued_run(epochs=12)

        tasks.retrain(run_id)

        assert timers, "the database was away during the third epoch"

    run = run_of(run_id)
    assert (run.status, run.reason) == (RunStatus.DONE, None)
    assert [epoch["epoch"] for epoch in run.epochs] == [*range(1, 13)]
    assert len(run.versions) == 1


def test_an_outage_at_the_end_of_a_training_costs_it_nothing(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    evaluate_challenger = training_job.evaluate_challenger
    with breaking_transactions() as is_away:

        def evaluate_and_break(*arguments: object) -> object:
            evaluated = evaluate_challenger(*arguments)  # type: ignore[arg-type]
            is_away.set()
            threading.Timer(2, is_away.clear).start()
            return evaluated

        monkeypatch.setattr(training_job, "evaluate_challenger", evaluate_and_break)
        run_id = queued_run(epochs=12)

        tasks.retrain(run_id)

    run = run_of(run_id)
    assert (run.status, run.reason) == (RunStatus.DONE, None)
    [version] = run.versions
    with writing() as session:
        live = session.scalar(ModelVersion.current())
        assert live is not None and live.id == version.id


def test_a_run_that_was_taken_for_dead_goes_on_when_its_trainer_is_heard_again(app: Flask) -> None:
    run_id = queued_run()
    with writing() as session:
        session.get_one(TrainingRun, run_id).start(epochs_planned=1)

    with heartbeat.heartbeat(run_id) as should_stop:
        with writing() as session:
            run = session.get_one(TrainingRun, run_id)
            run.interrupt("The trainer has shown no heartbeat.")
        wait_until(lambda: run_of(run_id).status == RunStatus.RUNNING, seconds=30)

        assert run_of(run_id).reason is None
        assert not should_stop.is_set()


def test_a_run_that_was_replaced_while_it_was_taken_for_dead_stops(app: Flask) -> None:
    run_id = queued_run()
    with writing() as session:
        session.get_one(TrainingRun, run_id).start(epochs_planned=1)

    with heartbeat.heartbeat(run_id) as should_stop:
        with writing() as session:
            session.get_one(TrainingRun, run_id).interrupt("The trainer has shown no heartbeat.")
            session.flush()
            session.add(TrainingRun())
        assert should_stop.wait(30)

    assert run_of(run_id).status == RunStatus.INTERRUPTED


def test_a_run_that_cannot_be_started_fails_with_its_reason_and_another_can_be_requested(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("FOR UPDATE cannot be applied")

    run_id = queued_run()
    with monkeypatch.context() as patch:
        patch.setattr(TrainingRun, "start", fail)
        for _ in range(MAX_STARTS):
            assert run_of(run_id).status == RunStatus.QUEUED
            tasks.retrain(run_id)

    run = run_of(run_id)
    assert run.status == RunStatus.FAILED
    assert "FOR UPDATE cannot be applied" in (run.reason or "")
    assert queued_run() != run_id


def test_a_run_whose_trainer_dies_at_each_start_is_given_up(app: Flask) -> None:
    run_id = queued_run()
    for _ in range(MAX_STARTS):  # each attempt is counted before it is made
        with writing() as session:
            TrainingRun.count_start(session, run_id)

    tasks.retrain(run_id)

    assert run_of(run_id).status == RunStatus.FAILED
    assert "ended each time" in (run_of(run_id).reason or "")


def test_the_sweep_leaves_a_run_alone_that_ended_before_its_row_was_locked(app: Flask) -> None:
    run_id = queued_run()
    with writing() as session:
        run = session.get_one(TrainingRun, run_id)
        run.start(epochs_planned=1)
        run.finish()
        run.heartbeat_at = utc_now() - timedelta(minutes=5)

    sweep(extensions.queue)

    assert run_of(run_id).status == RunStatus.DONE
