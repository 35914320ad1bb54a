"""The Celery app that workers run: `celery -A worker.app worker -Q predictions --pool solo`."""

from __future__ import annotations

import os
from typing import Any

from celery import Task
from celery.signals import worker_ready, worker_shutting_down

from webapp.app import create_app
from webapp.queue import Queue, make_celery
from webapp.settings import Settings
from worker import tasks
from worker.live_model import LiveModel

# TensorFlow reads these at its import. Small batches gain nothing beyond two threads, and the
# machine has other work to do.
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "2")
os.environ.setdefault("TF_NUM_INTEROP_THREADS", "2")

settings = Settings.from_environment()
flask_app = create_app(settings)
flask_app.extensions["cifra_live_model"] = LiveModel(settings.models_dir)


class TaskInApp(Task):  # type: ignore[type-arg]
    """A task that runs inside the Flask app, where settings, storage and database are."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with flask_app.app_context():
            return self.run(*args, **kwargs)


celery = make_celery(settings)
celery.task(name=tasks.PREDICT, base=TaskInApp)(tasks.predict)
celery.task(name=tasks.RETRAIN, base=TaskInApp)(tasks.retrain)


@worker_ready.connect
def get_ready(**_: Any) -> None:
    """Load the network before the first person waits, and take up what was left behind."""
    queue: Queue = flask_app.extensions["cifra_queue"]
    queue.predict_later()


@worker_shutting_down.connect
def stop_training(**_: Any) -> None:
    """A training ends at its next step, so that the process ends within seconds."""
    tasks.shutting_down.set()
