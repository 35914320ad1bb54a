"""Workers that end, by a stop, a hang or a dead connection: real processes, no picture is lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.pictures import encoded
from tests.support.records import prediction_of
from tests.support.records import waiting_prediction as waiting
from tests.support.servers import RedisServer, Worker, wait_until
from tests.support.slow_line import Line
from tests.webapp.factories import published_version
from webapp.app import create_app
from webapp.models import Prediction, Reason, Status
from webapp.models.prediction import MAX_CLAIMS
from webapp.platform.database import db, writing
from webapp.platform.extensions import Extensions
from webapp.platform.task_queue import TaskQueue
from webapp.settings import Settings
from webapp.sweep import sweep

# By their shapes, tests.support.hanging_worker hangs at the first and is slow with the second.
POISON = encoded(np.zeros((1, 3), np.uint8), ".png")
SLOW = encoded(np.zeros((1, 2), np.uint8), ".png")


@dataclass
class SingleWorker:
    """A queue, and one worker to be ended; its reader is a stand-in that needs no network."""

    app: Flask
    line: Line
    worker: Worker

    @property
    def queue(self) -> TaskQueue:
        return Extensions.of(self.app).queue

    def all_answered(self) -> bool:
        """Sweep, start the worker again as a supervisor does, and check the rows."""
        sweep(self.queue)
        if self.worker.process.poll() is not None:
            self.worker.start()
        with writing() as session:
            rows = session.scalars(select(Prediction)).all()
        return all(row.is_settled for row in rows)


@pytest.fixture
def site(tmp_path: Path, database_url: str) -> Iterator[SingleWorker]:
    redis = RedisServer(tmp_path)
    redis.start()
    line = Line(redis.port)
    settings = Settings(
        secret_key="a secret for the tests",
        data_dir=tmp_path,
        database_url=database_url,
        redis_url=redis.url,
        lease=timedelta(seconds=3),
        stalled_after=timedelta(seconds=3),
    )
    app = create_app(settings)
    over_line = replace(settings, redis_url=line.url)
    worker = Worker(over_line, "one", app="tests.support.hanging_worker")
    with app.app_context():
        db.create_all()
        published_version(app)
        worker.start()
        try:
            wait_until(lambda: "ready." in worker.words)
            yield SingleWorker(app, line, worker)
        finally:
            worker.kill()
            line.close()
            redis.kill()


def test_a_worker_that_is_stopped_finishes_its_batch_and_leaves_the_rest(
    site: SingleWorker,
) -> None:
    ids = [waiting(SLOW) for _ in range(150)]
    site.queue.enqueue_prediction()
    wait_until(lambda: any(prediction_of(key).is_settled for key in ids))

    site.worker.stop()

    rows = [prediction_of(key) for key in ids]
    assert site.worker.process.returncode == 0
    assert {row.status for row in rows} == {Status.REFUSED, Status.PENDING}, "none is left claimed"
    wait_until(site.all_answered)
    assert {prediction_of(key).claim_count for key in ids} == {1}


def test_a_picture_that_hangs_the_reader_fails_alone_after_some_claims(site: SingleWorker) -> None:
    poison, *others = waiting(POISON), *(waiting() for _ in range(4))
    site.queue.enqueue_prediction()

    wait_until(site.all_answered)

    assert prediction_of(poison).status == Status.FAILED
    assert prediction_of(poison).claim_count == MAX_CLAIMS
    assert prediction_of(poison).reason == Reason.ENDED_WORKER
    assert {prediction_of(key).status for key in others} == {Status.REFUSED}


def test_a_worker_with_a_dead_connection_to_redis_ends_and_the_next_one_answers(
    site: SingleWorker,
) -> None:
    stalled = site.worker.process
    wait_until(lambda: "succeeded" in site.worker.words)  # the task that it enqueued at its start
    site.line.fall_silent()
    late = waiting()

    wait_until(site.all_answered, seconds=60)

    assert stalled.returncode == 1
    assert prediction_of(late).status == Status.REFUSED
