"""The sweep: periodically enqueues lost tasks, and settles what ended processes left behind."""

from __future__ import annotations

import logging
import threading
import time
from datetime import timedelta

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from webapp.models import (
    EvaluationPicture,
    Explanation,
    Prediction,
    Reason,
    Sheet,
    TrainingRun,
    utc_now,
)
from webapp.personal_data.deletion import finish_deletions
from webapp.platform.database import db, writing
from webapp.platform.extensions import extensions
from webapp.platform.storage import Storage
from webapp.platform.task_queue import TaskQueue
from webapp.predictions.deletion import delete_older_than
from webapp.sheets.deletion import delete_sheets_older_than

TRAINER_STOPPED = "The trainer stopped unexpectedly. Start the training again."
DEAD_AFTER = timedelta(seconds=45)  # without a heartbeat; they are two seconds apart
ORPHANED_AFTER = timedelta(hours=1)  # files without a row: their upload was never committed
CLEAN_UP_EVERY = timedelta(hours=1)
IDS_PER_QUERY = 500

log = logging.getLogger(__name__)


def sweep_until(stop: threading.Event, app: Flask, *, every: timedelta) -> None:
    """Sweep periodically; continues after an outage of the database or of Redis."""
    clean_up_at = time.monotonic()
    while not stop.is_set():
        try:
            with app.app_context():
                sweep(extensions.queue)
                expire(extensions.settings.retention)
                finish_deletions()
                if time.monotonic() >= clean_up_at:
                    clean_up(extensions.storage)
                    clean_up_at += CLEAN_UP_EVERY.total_seconds()
        except SQLAlchemyError as error:
            log.warning("The database is not available (%s); the sweep will run again.", error)
        stop.wait(every.total_seconds())


def sweep(queue: TaskQueue) -> None:
    """Settle the rows of ended processes, then enqueue tasks for the work that the rows show."""
    with writing() as session:
        given_up = Prediction.give_up_on_poison(session, reason=Reason.ENDED_WORKER)
        given_up += Sheet.give_up_on_poison(session, reason=Reason.ENDED_WORKER)
        interrupted = session.scalars(TrainingRun.silent_since(utc_now() - DEAD_AFTER)).all()
        for run in interrupted:
            run.interrupt(TRAINER_STOPPED)
        is_work_left = Prediction.any_waiting(session)
        Explanation.give_up(session)
        explanations_wait = Explanation.any_waiting(session)
        are_sheets_left = Sheet.any_waiting(session)
        queued = [run.id for run in session.scalars(TrainingRun.queued())]
    if given_up:
        log.warning("%s pictures have failed: they ended their workers too often.", given_up)
    if interrupted:
        log.warning("Training run %s was interrupted.", interrupted[0].id)
    if is_work_left:
        queue.enqueue_prediction()
    if explanations_wait:
        queue.enqueue_explanation()
    if are_sheets_left:
        queue.enqueue_sheets()
    for run_id in queued:
        queue.enqueue_training(run_id)


def expire(retention: timedelta | None) -> None:
    """Delete a batch of the pictures that are older than the retention period."""
    if retention is None:
        return
    deleted = delete_older_than(utc_now() - retention)
    deleted += delete_sheets_older_than(utc_now() - retention)
    if deleted:
        log.info("%s pictures older than %s days are deleted.", deleted, retention.days)


def clean_up(storage: Storage) -> None:
    """Delete files without a row, half-written files, and evaluation pictures without a correction.

    Such a picture is left where its correction is deleted while an evaluation goes on.
    """
    with writing() as session:
        EvaluationPicture.delete_orphans(session)
    unchanged = list(storage.untouched_since(utc_now() - ORPHANED_AFTER))
    for start in range(0, len(unchanged), IDS_PER_QUERY):
        ids = unchanged[start : start + IDS_PER_QUERY]
        known = Prediction.known(db.session(), ids) | Sheet.known(db.session(), ids)
        db.session.rollback()
        for prediction_id in ids:
            if prediction_id in known:
                storage.clear_half_written(prediction_id)
            else:
                log.info("The files of an upload that was never committed are deleted.")
                storage.delete(prediction_id)
