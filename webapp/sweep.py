"""The sweep: now and then, make up for lost messages and for workers that died."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from webapp.database import writing
from webapp.models import Prediction, TrainingRun, utc_now
from webapp.queue import Queue

POISON = "This picture stopped its reader several times, so it was given up. Please try another."
SILENT = "The trainer stopped without a word; start the training again."
DEAD_AFTER = timedelta(seconds=60)  # without a heartbeat, which comes every few seconds

log = logging.getLogger(__name__)


def sweep_until(stop: threading.Event, app: Flask, *, every: timedelta) -> None:
    """Sweep again and again; an outage of the database or of Redis is waited out."""
    while not stop.is_set():
        try:
            with app.app_context():
                sweep(app.extensions["cifra_queue"])
        except SQLAlchemyError as error:
            log.warning("The database is away (%s); the sweep goes on later.", error)
        stop.wait(every.total_seconds())


def sweep(queue: Queue) -> None:
    """Put the rows right, then ring the bells for the work that they show."""
    with writing() as session:
        given_up = Prediction.give_up_on_poison(session, reason=POISON)
        silent = session.scalars(TrainingRun.silent_since(utc_now() - DEAD_AFTER)).all()
        for run in silent:
            run.interrupt(SILENT)
        is_work_left = Prediction.any_waiting(session)
        queued = [run.id for run in session.scalars(TrainingRun.queued())]
    if given_up:
        log.warning("%s pictures were given up: they ended their workers too often.", given_up)
    if silent:
        log.warning("Training run %s was interrupted.", silent[0].id)
    if is_work_left:
        queue.predict_later()
    for run_id in queued:
        queue.retrain_later(run_id)
