"""Real worker processes on a real Redis: bells, lost bells, and a Redis that goes away."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.support.databases import Databases
from tests.support.records import prediction_of, queued_run, run_of, stored_version
from tests.support.records import waiting_prediction as waiting
from tests.support.servers import Worker, wait_until
from tests.support.workers import Workers, workers_in
from webapp.models import Prediction, RunStatus, Status
from webapp.platform.database import writing
from webapp.sweep import sweep


@pytest.fixture(scope="module")
def office(
    network: Path,
    mnist_file: Path,
    databases: Databases,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Workers]:
    """Two prediction workers and the Redis between them and us."""
    folder = tmp_path_factory.mktemp("office")
    settings = {"lease": timedelta(seconds=15), "mnist_path": mnist_file}
    with workers_in(folder, workers=2, database_url=databases.create(), **settings) as crew:
        stored_version(network)
        crew.start()
        yield crew


def unsettled() -> int:
    with writing() as session:
        rows = session.scalars(select(Prediction.status)).all()
    return sum(status in {Status.PENDING, Status.READING} for status in rows)


def test_a_bell_is_answered_by_a_worker(office: Workers) -> None:
    prediction_id = waiting()

    assert office.queue.enqueue_prediction()

    wait_until(lambda: prediction_of(prediction_id).is_settled)
    assert prediction_of(prediction_id).number == "7"


def test_a_lost_bell_is_made_up_for_by_the_sweep(office: Workers) -> None:
    prediction_id = waiting()  # and nobody rings

    sweep(office.queue)

    wait_until(lambda: prediction_of(prediction_id).is_settled)


def test_two_workers_never_answer_the_same_row_twice(office: Workers) -> None:
    ids = []
    for _ in range(120):
        ids.append(waiting())
        office.queue.enqueue_prediction()

    wait_until(lambda: unsettled() == 0)

    rows = [prediction_of(prediction_id) for prediction_id in ids]
    assert {row.number for row in rows} == {"7"}
    assert {row.claim_count for row in rows} == {1}
    assert len({row.claimed_by for row in rows}) == 2, "both took part"


def test_work_goes_on_after_redis_was_killed_under_load(office: Workers) -> None:
    def upload_steadily() -> None:
        with office.app.app_context():
            for _ in range(60):
                waiting()
                office.queue.enqueue_prediction()

    load = threading.Thread(target=upload_steadily)
    load.start()
    wait_until(lambda: unsettled() > 0)
    office.redis.kill()
    load.join()
    office.redis.start()

    def all_answered() -> bool:
        sweep(office.queue)
        return unsettled() == 0

    wait_until(all_answered)
    assert all(worker.process.poll() is None for worker in office.workers)


def test_rows_of_a_killed_worker_are_answered_by_another(office: Workers) -> None:
    ids = [waiting() for _ in range(40)]
    office.queue.enqueue_prediction()
    victim = office.workers[0]
    victim.kill()

    def all_answered() -> bool:
        sweep(office.queue)
        return unsettled() == 0

    wait_until(all_answered)
    assert {prediction_of(prediction_id).status for prediction_id in ids} == {Status.DONE}
    victim.start()


def test_a_training_worker_trains_and_every_worker_follows_to_its_model(
    office: Workers,
) -> None:
    trainer = Worker(office.settings, "trainer", queue="training")
    trainer.start()
    try:
        run_id = queued_run(recipe="fine-tune")
        office.queue.enqueue_training(run_id)
        wait_until(lambda: run_of(run_id).is_finished)
    finally:
        trainer.stop()

    run = run_of(run_id)
    assert run.status == RunStatus.DONE, run.reason
    words = f"Answering with {run.versions[0].name}"
    wait_until(lambda: all(words in worker.words for worker in office.workers))
    prediction_id = waiting()
    office.queue.enqueue_prediction()
    wait_until(lambda: prediction_of(prediction_id).is_settled)
    assert prediction_of(prediction_id).model_version_id == run.versions[0].id
