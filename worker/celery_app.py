"""The Celery app of the workers: `celery -A worker.celery_app worker -Q predictions -P solo`."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import cv2
from celery import Task
from celery.signals import worker_ready, worker_shutting_down
from redis import Redis, RedisError
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from webapp.app import create_app
from webapp.models import Explanation, Prediction, Sheet, TrainingRun
from webapp.models.worker import EXPLANATIONS_QUEUE, PREDICTIONS_QUEUE, TRAINING_QUEUE
from webapp.platform.database import db
from webapp.platform.extensions import Extensions
from webapp.platform.task_queue import make_celery
from webapp.settings import Settings
from worker import tasks
from worker.serving.live_model import LiveModel
from worker.serving.presence import Presence
from worker.serving.watchdog import Watchdog
from worker.training.priority import lower_priority

# TensorFlow reads these at its import. Small batches gain nothing beyond two threads.
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "2")
os.environ.setdefault("TF_NUM_INTEROP_THREADS", "2")

# Nobody waits for a worker's page, so that it may wait longer for SQLite's lock than the web.
settings = replace(Settings.from_environment(), busy_timeout=timedelta(seconds=15))
flask_app = create_app(settings)
live_model = LiveModel(settings.models_dir)
flask_app.extensions["cifra_live_model"] = live_model
watchdog = Watchdog(patience=settings.stalled_after)


class TaskInApp(Task):  # type: ignore[type-arg]
    """A task that runs in the Flask app's context, with its settings, storage and database."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with watchdog.processing(), flask_app.app_context():
            return self.run(*args, **kwargs)


celery = make_celery(settings)
celery.task(name=tasks.PREDICT, base=TaskInApp)(tasks.predict)
celery.task(name=tasks.READ_SHEETS, base=TaskInApp)(tasks.read_sheets)
celery.task(name=tasks.RETRAIN, base=TaskInApp)(tasks.retrain)
celery.task(name=tasks.REREAD, base=TaskInApp)(tasks.reread)
celery.task(name=tasks.DRAW_STEPS, base=TaskInApp)(tasks.draw_steps)
celery.task(name=tasks.EXPLAIN, base=TaskInApp)(tasks.explain)


@worker_ready.connect
def get_ready(sender: Any, **_: Any) -> None:
    """Load the network before the first picture waits, and take up work that was left behind."""
    consumed = sender.app.amqp.queues.consume_from
    queue = next((name for name in WORK_WAITS if name in consumed), PREDICTIONS_QUEUE)
    extensions = Extensions.of(flask_app)
    extensions.queue.enqueue_prediction()
    extensions.queue.enqueue_sheets()
    if queue == EXPLANATIONS_QUEUE:
        extensions.queue.enqueue_explanation()
    watchdog.watch(lambda: _redis_answers() and _safely(WORK_WAITS[queue]))
    Presence(tasks.WORKER, queue, live_model.loaded_version).watch(flask_app, tasks.shutting_down)
    if queue == PREDICTIONS_QUEUE:
        cv2.setNumThreads(1)  # more processes read more, at less CPU time a picture
        live_model.watch(flask_app, tasks.shutting_down)
    else:
        lower_priority()  # answers come before trainings and explanations


@worker_shutting_down.connect
def stop_work(**_: Any) -> None:
    """A training ends at its next step, so that the process ends within seconds."""
    tasks.shutting_down.set()


def _picture_waits(session: Session) -> bool:
    return Prediction.any_waiting(session) or Sheet.any_waiting(session)


def _run_waits(session: Session) -> bool:
    return session.scalar(TrainingRun.queued()) is not None


def _explanation_waits(session: Session) -> bool:
    return Explanation.any_waiting(session)


# What each kind of worker expects tasks for.
WORK_WAITS: dict[str, Callable[[Session], bool]] = {
    TRAINING_QUEUE: _run_waits,
    EXPLANATIONS_QUEUE: _explanation_waits,
    PREDICTIONS_QUEUE: _picture_waits,
}


def _safely(work_waits: Callable[[Session], bool]) -> bool:
    """Ask the database; while it cannot be reached, a restarted worker could do nothing either."""
    try:
        with flask_app.app_context(), db.session() as session:
            return work_waits(session)
    except SQLAlchemyError:
        return False


def _redis_answers() -> bool:
    """Ask over a connection of its own: the worker's may be the one that is dead."""
    try:
        with Redis.from_url(
            settings.redis_url, socket_connect_timeout=1, socket_timeout=1
        ) as redis:
            return bool(redis.ping())
    except RedisError:
        return False
