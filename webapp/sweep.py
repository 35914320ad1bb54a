"""The sweep: now and then, make up for lost messages and for workers that died."""

from __future__ import annotations

import logging
import threading
import time
from datetime import timedelta

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from webapp.models import EvaluationPicture, Prediction, TrainingRun, utc_now
from webapp.personal_data.deletion import finish_deletions
from webapp.platform.database import db, writing
from webapp.platform.extensions import extensions
from webapp.platform.storage import Storage
from webapp.platform.task_queue import TaskQueue
from webapp.predictions.deletion import delete_older_than

POISON = "This picture stopped its reader several times, so it was given up. Please try another."
SILENT = "The trainer stopped without a word; start the training again."
DEAD_AFTER = timedelta(seconds=45)  # without a heartbeat, which comes every two seconds
ORPHANED_AFTER = timedelta(hours=1)  # files without a row: their upload was never committed
TIDY_EVERY = timedelta(hours=1)
TIDIED_AT_ONCE = 500  # ids in one question to the database

log = logging.getLogger(__name__)


def sweep_until(stop: threading.Event, app: Flask, *, every: timedelta) -> None:
    """Sweep again and again; an outage of the database or of Redis is waited out."""
    tidy_at = time.monotonic()
    while not stop.is_set():
        try:
            with app.app_context():
                sweep(extensions.queue)
                expire(extensions.settings.retention)
                finish_deletions()
                if time.monotonic() >= tidy_at:
                    tidy(extensions.storage)
                    tidy_at += TIDY_EVERY.total_seconds()
        except SQLAlchemyError as error:
            log.warning("The database is away (%s); the sweep goes on later.", error)
        stop.wait(every.total_seconds())


def sweep(queue: TaskQueue) -> None:
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
        queue.enqueue_prediction()
    for run_id in queued:
        queue.enqueue_training(run_id)


def expire(retention: timedelta | None) -> None:
    """Delete a batch of the pictures that were kept long enough; the next round takes the next."""
    if retention is None:
        return
    deleted = delete_older_than(utc_now() - retention)
    if deleted:
        log.info("%s pictures were kept for %s days and are deleted.", deleted, retention.days)


def tidy(storage: Storage) -> None:
    """Remove what should not be there any more.

    That is files that no row names, what killed writers left half-written, and pictures in an exam
    that went on while their correction was deleted.
    """
    with writing() as session:
        EvaluationPicture.delete_orphans(session)
    settled_down = list(storage.untouched_since(utc_now() - ORPHANED_AFTER))
    for start in range(0, len(settled_down), TIDIED_AT_ONCE):
        ids = settled_down[start : start + TIDIED_AT_ONCE]
        known = Prediction.known(db.session(), ids)
        db.session.rollback()
        for prediction_id in ids:
            if prediction_id in known:
                storage.clear_half_written(prediction_id)
            else:
                log.info("The files of an upload that was never committed are removed.")
                storage.delete(prediction_id)
