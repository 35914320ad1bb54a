"""The queue: how the web rings the worker's bell. Tasks go by name; the work is in the database."""

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

# A peer that is gone without a word is noticed within 25 s, in so far as the system can be told.
KEEPALIVE = {
    getattr(socket, option): value
    for option, value in {"TCP_KEEPIDLE": 10, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3}.items()
    if hasattr(socket, option)
}

log = logging.getLogger(__name__)


def make_celery(settings: Settings) -> Celery:
    """The Celery app that web and workers share. Results are not kept: answers live in our rows."""
    from celery import Celery  # noqa: PLC0415 (heavy: the web imports it with its first ring)

    celery = Celery("cifra", broker=settings.redis_url, set_as_current=False)
    celery.conf.update(
        task_ignore_result=True,
        task_default_queue="predictions",
        task_routes={PREDICT: {"queue": "predictions"}, RETRAIN: {"queue": "training"}},
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
        # A bell that cannot be rung must not hold the person up: the sweep rings it again.
        task_publish_retry=False,
    )
    return celery


class TaskQueue:
    """Rings the workers' bells. A bell that cannot be rung is logged; the sweep rings it later."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def enqueue_prediction(self) -> bool:
        """Ask a worker to look for pending predictions; says whether the bell was heard."""
        return self._send(PREDICT)

    def enqueue_training(self, run_id: int) -> bool:
        """Ask the trainer to carry out a training run; says whether the bell was heard."""
        return self._send(RETRAIN, run_id)

    def enqueue_rereading(self) -> bool:
        """Ask a worker to read all corrected pictures again; says whether the bell was heard."""
        return self._send(REREAD)

    def _send(self, task: str, *arguments: int) -> bool:
        from kombu.exceptions import OperationalError  # noqa: PLC0415 (heavy, as above)

        try:
            self.celery.send_task(task, args=arguments)
        except (OperationalError, OSError) as error:
            log.warning("The queue is away (%s); the sweep will ring %s again.", error, task)
            return False
        return True

    @cached_property
    def celery(self) -> Celery:
        """A Celery app for ringing only: it gives up at once, as a person is waiting."""
        celery = make_celery(self.settings)
        celery.conf.broker_transport_options = {
            **celery.conf.broker_transport_options,
            "socket_connect_timeout": 0.4,
            "socket_timeout": 0.4,
            "max_retries": 0,
            "interval_start": 0,
        }
        return celery
