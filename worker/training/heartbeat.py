"""The heartbeat: the row of a run shows that its trainer works, and whether it should stop."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import wait
from contextlib import contextmanager

from flask import Flask, current_app
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session

from webapp.models import RunStatus, TrainingRun
from webapp.platform.database import writing
from worker.training.priority import heartbeat_executor

HEARTBEAT_SECONDS = 2.0  # also the interval at which a request to cancel is noticed

log = logging.getLogger(__name__)


@contextmanager
def heartbeat(
    run_id: int, write_progress: Callable[[Session, TrainingRun], None] = lambda *_: None
) -> Iterator[threading.Event]:
    """Update the run's row while the caller trains; the event is set when it should stop."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    should_stop = threading.Event()
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(HEARTBEAT_SECONDS):
            try:
                with app.app_context(), writing() as session:
                    if not _beat_once(session, run_id, write_progress):
                        should_stop.set()
            except IntegrityError:  # it was taken for dead, and another run was queued meanwhile
                should_stop.set()
            except SQLAlchemyError as error:
                log.warning("The heartbeat could not be written: %s", error)

    beating = heartbeat_executor.submit(beat)
    try:
        yield should_stop
    finally:
        ended.set()
        wait([beating])


def _beat_once(
    session: Session, run_id: int, write_progress: Callable[[Session, TrainingRun], None]
) -> bool:
    """Record a heartbeat; returns whether the run is still running and not to be cancelled.

    The sweep interrupts a run without a heartbeat. After an outage of the database it may do so
    before this trainer can write again, so that such a run is resumed.
    """
    run = TrainingRun.locked(session, run_id)
    if run is not None and run.status == RunStatus.INTERRUPTED:
        log.warning("Training run %s was taken for dead and is resumed.", run_id)
        run.resume()
    if run is None or run.status != RunStatus.RUNNING:
        return False
    run.record_heartbeat()
    write_progress(session, run)
    return run.cancel_requested_at is None
