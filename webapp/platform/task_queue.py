"""The task queue: a task is sent by its name; the row in the database is the source of truth."""

from __future__ import annotations

import logging
import socket
from functools import cached_property
from typing import TYPE_CHECKING

from webapp.settings import Settings

if TYPE_CHECKING:
    from celery import Celery

PREDICT = "cifra.predict"
RETRAIN = "cifra.retrain"
REREAD = "cifra.reread"
DRAW_STEPS = "cifra.draw_steps"
EXPLAIN = "cifra.explain"
READ_SHEETS = "cifra.read_sheets"

# A peer that disappears is noticed within 25 s, on systems with these options.
KEEPALIVE = {
    getattr(socket, option): value
    for option, value in {"TCP_KEEPIDLE": 10, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3}.items()
    if hasattr(socket, option)
}

log = logging.getLogger(__name__)


def make_celery(settings: Settings) -> Celery:
    """The Celery app that web and workers share. It stores no results: rows hold the answers."""
    from celery import Celery  # noqa: PLC0415 (heavy: the web imports it with its first task)

    celery = Celery("cifra", broker=settings.redis_url, set_as_current=False)
    celery.conf.update(
        task_ignore_result=True,
        task_default_queue="predictions",
        task_routes={
            PREDICT: {"queue": "predictions"},
            RETRAIN: {"queue": "training"},
            EXPLAIN: {"queue": "explanations"},
        },
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={
            "socket_connect_timeout": 1,
            "socket_timeout": 30,
            "socket_keepalive": True,
            "socket_keepalive_options": KEEPALIVE,
            "health_check_interval": 10,
            "visibility_timeout": 6 * 3600,
        },
        # A request does not wait for a queue that is away: the sweep enqueues the task again.
        task_publish_retry=False,
    )
    return celery


class TaskQueue:
    """Enqueues tasks. Where that fails it is logged, and the sweep enqueues the task later."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def enqueue_prediction(self) -> bool:
        """Ask a worker to read pending predictions; returns whether the task was enqueued."""
        return self._send(PREDICT)

    def enqueue_sheets(self) -> bool:
        """Ask a worker to read pending sheets; returns whether the task was enqueued."""
        return self._send(READ_SHEETS)

    def enqueue_training(self, run_id: int) -> bool:
        """Ask the trainer to carry out a training run; returns whether the task was enqueued."""
        return self._send(RETRAIN, run_id)

    def enqueue_rereading(self) -> bool:
        """Ask a worker to read all corrected pictures again; returns whether it was enqueued."""
        return self._send(REREAD)

    def enqueue_step_pictures(self, prediction_id: str) -> bool:
        """Ask a worker to draw the steps of a reading; returns whether it was enqueued."""
        return self._send(DRAW_STEPS, prediction_id)

    def enqueue_explanation(self) -> bool:
        """Ask a worker to compute the explanations that wait; returns whether it was enqueued."""
        return self._send(EXPLAIN)

    def _send(self, task: str, *arguments: int | str) -> bool:
        from kombu.exceptions import OperationalError  # noqa: PLC0415 (heavy, as above)

        try:
            self.celery.send_task(task, args=arguments)
        except (OperationalError, OSError) as error:
            log.warning("The queue is away (%s); the sweep will enqueue %s again.", error, task)
            return False
        return True

    @cached_property
    def celery(self) -> Celery:
        """A Celery app that only sends; it gives up at once, because a request waits."""
        celery = make_celery(self.settings)
        celery.conf.broker_transport_options = {
            **celery.conf.broker_transport_options,
            "socket_connect_timeout": 0.4,
            "socket_timeout": 0.4,
            "max_retries": 0,
            "interval_start": 0,
        }
        return celery
