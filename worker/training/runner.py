"""The runner: carries out one training run, and keeps its row true from start to end.

It loads no TensorFlow until the run has started and its heartbeat beats: that takes up to a minute
on a busy machine.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from webapp.models import RunStatus, TrainingRun
from webapp.models.training_run import MAX_STARTS
from webapp.platform.database import writing
from webapp.settings import Settings
from worker.recognition.evaluation.datasets import MissingDataError
from worker.training.errors import RunStoppedError
from worker.training.heartbeat import heartbeat
from worker.training.live_progress import LiveProgress
from worker.training.retries import with_retries

STOPPED = "The trainer was stopped before the training was done."
BROKEN = "The training ended with an unexpected error, which is in the trainer's log."
NEVER_STARTED = f"The trainer ended each time that it tried to start this run ({MAX_STARTS} times)."
NOT_STARTED = f"The trainer could not start this run in {MAX_STARTS} attempts: {{error}}"

log = logging.getLogger(__name__)


def carry_out(run_id: int, settings: Settings, shutting_down: threading.Event) -> None:
    """Train, evaluate, store, and publish what passed. Only a queued run starts."""
    if not _start(run_id):
        return
    try:
        progress = LiveProgress()
        with heartbeat(run_id, progress.write) as cancelled:
            from worker.training.training_job import train_and_offer  # noqa: PLC0415 (TensorFlow)

            def should_stop() -> bool:
                return cancelled.is_set() or shutting_down.is_set()

            train_and_offer(run_id, settings, should_stop, progress)
    except RunStoppedError:
        _end(run_id, _stop, shutting_down)
    except (MissingDataError, OSError) as error:
        log.exception("Training run %s failed.", run_id)
        reason = str(error)
        _end(run_id, lambda run: run.fail(reason), shutting_down)
    except Exception:
        log.exception("Training run %s failed.", run_id)
        _end(run_id, lambda run: run.fail(BROKEN), shutting_down)


def _start(run_id: int) -> bool:
    """Start the run; returns whether it was still queued.

    A run that cannot be started fails after a few attempts: as long as it is queued, no other can
    be requested.
    """
    with writing() as session:
        attempt = TrainingRun.count_start(session, run_id)
        if attempt is None:
            return False
        if attempt > MAX_STARTS:  # the process ended before it could record an error
            TrainingRun.give_up(session, run_id, NEVER_STARTED)
            return False
    try:
        with writing() as session:
            run = TrainingRun.locked(session, run_id)
            if run is None or run.status != RunStatus.QUEUED:
                return False
            run.start(epochs_planned=run.epochs_planned)
    except Exception as error:
        log.exception("Training run %s could not be started.", run_id)
        if attempt >= MAX_STARTS:
            with writing() as session:
                TrainingRun.give_up(session, run_id, NOT_STARTED.format(error=error))
        return False
    return True


def _stop(run: TrainingRun) -> None:
    if run.cancel_requested_at is not None:
        run.cancel("Cancelled by an admin.")
    else:
        run.interrupt(STOPPED)


def _end(
    run_id: int, change: Callable[[TrainingRun], None], shutting_down: threading.Event
) -> None:
    """End a run that is still running. The sweep ends those for which this does not succeed."""

    def end_once() -> None:
        with writing() as session:
            run = TrainingRun.locked(session, run_id)
            if run is not None and run.status == RunStatus.RUNNING:
                change(run)

    with_retries(end_once, give_up=shutting_down.is_set)
