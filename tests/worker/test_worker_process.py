"""Real worker processes on a real Redis: messages, lost messages, and a Redis that goes away."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.support.databases import Databases
from tests.support.records import correct_some, prediction_of, queued_run, run_of, stored_version
from tests.support.records import waiting_prediction as waiting
from tests.support.servers import Worker, wait_until
from tests.support.workers import Workers, workers_in
from webapp.models import Prediction, Rollout, RunStatus, Status
from webapp.platform.database import writing
from webapp.sweep import sweep
from worker.recognition.evaluation.datasets import Mnist


@pytest.fixture(scope="module")
def workers(
    network: Path,
    mnist_file: Path,
    databases: Databases,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Workers]:
    """Two prediction workers, and a Redis of their own."""
    folder = tmp_path_factory.mktemp("workers")
    settings = {"lease": timedelta(seconds=20), "mnist_path": mnist_file}
    with workers_in(folder, workers=2, database_url=databases.create(), **settings) as running:
        stored_version(network)
        running.start()
        yield running


def unsettled() -> int:
    with writing() as session:
        rows = session.scalars(select(Prediction.status)).all()
    return sum(status in {Status.PENDING, Status.READING} for status in rows)


def loaded_versions() -> list[int | None]:
    """The version that each prediction worker says it has loaded."""
    with writing() as session:
        return [worker.model_version_id for worker in Rollout.now(session).workers]


def test_a_message_makes_a_worker_answer(workers: Workers) -> None:
    prediction_id = waiting()

    assert workers.queue.enqueue_prediction()

    wait_until(lambda: prediction_of(prediction_id).is_settled)
    assert prediction_of(prediction_id).number == "7"


def test_the_sweep_makes_up_for_a_lost_message(workers: Workers) -> None:
    prediction_id = waiting()  # without a message

    sweep(workers.queue)

    wait_until(lambda: prediction_of(prediction_id).is_settled)


def test_two_workers_never_answer_the_same_row_twice(workers: Workers) -> None:
    ids = []
    for _ in range(120):
        ids.append(waiting())
        workers.queue.enqueue_prediction()

    wait_until(lambda: unsettled() == 0)

    rows = [prediction_of(prediction_id) for prediction_id in ids]
    assert {row.number for row in rows} == {"7"}
    assert {row.claim_count for row in rows} == {1}
    assert len({row.claimed_by for row in rows}) == 2, "both answered some"


def test_work_goes_on_after_redis_was_killed_under_load(workers: Workers) -> None:
    def upload_steadily() -> None:
        with workers.app.app_context():
            for _ in range(60):
                waiting()
                workers.queue.enqueue_prediction()

    load = threading.Thread(target=upload_steadily)
    load.start()
    wait_until(lambda: unsettled() > 0)
    workers.redis.kill()
    load.join()
    workers.redis.start()

    def all_answered() -> bool:
        sweep(workers.queue)
        return unsettled() == 0

    wait_until(all_answered)
    assert all(worker.process.poll() is None for worker in workers.workers)


def test_rows_of_a_killed_worker_are_answered_by_another(workers: Workers) -> None:
    ids = [waiting() for _ in range(40)]
    workers.queue.enqueue_prediction()
    victim = workers.workers[0]
    victim.kill()

    def all_answered() -> bool:
        sweep(workers.queue)
        return unsettled() == 0

    wait_until(all_answered)
    assert {prediction_of(prediction_id).status for prediction_id in ids} == {Status.DONE}
    victim.start()


def test_a_training_worker_trains_and_every_worker_follows_to_its_model(
    workers: Workers, mnist: Mnist
) -> None:
    correct_some(mnist)
    trainer = Worker(workers.settings, "trainer", queue="training")
    trainer.start()
    try:
        run_id = queued_run(recipe="fine-tune")
        workers.queue.enqueue_training(run_id)
        wait_until(lambda: run_of(run_id).is_finished)
    finally:
        trainer.stop()

    run = run_of(run_id)
    assert run.status == RunStatus.DONE, run.reason
    line = f"Answering with {run.versions[0].name}"
    wait_until(lambda: all(line in worker.words for worker in workers.workers))
    wait_until(lambda: loaded_versions() == [run.versions[0].id] * 2)
    prediction_id = waiting()
    workers.queue.enqueue_prediction()
    wait_until(lambda: prediction_of(prediction_id).is_settled)
    assert prediction_of(prediction_id).model_version_id == run.versions[0].id
