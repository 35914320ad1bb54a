"""The sweep: lost tasks are enqueued again, and the rows of ended processes are settled."""

from __future__ import annotations

import threading
from datetime import timedelta

from flask import Flask
from redis import Redis

from tests.support.records import prediction_of, queued_run, run_of, waiting_prediction
from tests.support.servers import RedisServer
from webapp.models import Prediction, RunStatus, Status, TrainingRun, utc_now
from webapp.models.prediction import MAX_CLAIMS
from webapp.platform.database import db, writing
from webapp.platform.extensions import Extensions
from webapp.platform.task_queue import TaskQueue
from webapp.sweep import sweep, sweep_until


def messages(redis: Redis, queue: str) -> int:
    """The number of messages in a queue."""
    return int(redis.llen(queue))  # type: ignore[arg-type]


def queue_of(app: Flask) -> TaskQueue:
    return Extensions.of(app).queue


def test_pending_pictures_enqueue_one_task(app: Flask, redis_server: RedisServer) -> None:
    waiting_prediction()
    waiting_prediction()

    sweep(queue_of(app))

    assert messages(redis_server.client, "predictions") == 1


def test_without_pending_pictures_no_task_is_enqueued(
    app: Flask, redis_server: RedisServer
) -> None:
    sweep(queue_of(app))

    assert messages(redis_server.client, "predictions") == 0


def test_a_queued_run_is_enqueued_again(app: Flask, redis_server: RedisServer) -> None:
    queued_run()

    sweep(queue_of(app))

    assert messages(redis_server.client, "training") == 1


def test_a_picture_that_ended_its_workers_fails(app: Flask) -> None:
    poison = waiting_prediction()
    for _ in range(MAX_CLAIMS):
        with writing() as session:
            Prediction.claim(session, by="a dead worker", limit=1, lease=timedelta(seconds=-1))

    sweep(queue_of(app))

    assert prediction_of(poison).status == Status.FAILED
    assert prediction_of(poison).reason


def test_a_run_without_a_heartbeat_is_interrupted_and_another_may_start(app: Flask) -> None:
    run_id = queued_run()
    with writing() as session:
        run = session.get_one(TrainingRun, run_id)
        run.start(epochs_planned=1)
        run.heartbeat_at = utc_now() - timedelta(minutes=5)

    sweep(queue_of(app))

    assert run_of(run_id).status == RunStatus.INTERRUPTED
    assert queued_run() != run_id


def test_a_run_with_a_heartbeat_continues(app: Flask) -> None:
    run_id = queued_run()
    with writing() as session:
        session.get_one(TrainingRun, run_id).start(epochs_planned=1)

    sweep(queue_of(app))

    assert run_of(run_id).status == RunStatus.RUNNING


def test_the_sweep_continues_after_an_outage_of_the_database(
    app: Flask, redis_server: RedisServer
) -> None:
    stop = threading.Event()
    with db.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE predictions RENAME TO renamed")
    every = timedelta(milliseconds=50)
    thread = threading.Thread(target=sweep_until, args=(stop, app), kwargs={"every": every})
    thread.start()
    stop.wait(0.5)

    with db.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE renamed RENAME TO predictions")
    waiting_prediction()
    stop.wait(1)
    stop.set()
    thread.join()

    assert messages(redis_server.client, "predictions") > 0


def test_the_sweep_continues_after_an_outage_of_redis(
    app: Flask, redis_server: RedisServer
) -> None:
    waiting_prediction()
    redis_server.kill()
    sweep(queue_of(app))

    redis_server.start()
    sweep(queue_of(app))

    assert messages(redis_server.client, "predictions") == 1
