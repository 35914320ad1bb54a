"""The tasks: predict, read sheets, retrain, reread corrections, draw steps, and explain."""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Sequence
from datetime import timedelta
from secrets import token_hex

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import lazyload

from webapp.imaging.uploads import UploadError
from webapp.models import ModelVersion, Prediction, Sheet
from webapp.platform.database import db, writing
from webapp.platform.extensions import extensions
from webapp.platform.task_queue import DRAW_STEPS, EXPLAIN, PREDICT, READ_SHEETS, REREAD, RETRAIN
from worker.explanations import explaining
from worker.serving import answering
from worker.serving.answering import Answer
from worker.serving.live_model import LiveModel, LiveReader
from worker.serving.sheet_answering import SheetAnswer, read_sheet
from worker.serving.step_pictures import has_step_pictures, keep_step_pictures
from worker.serving.watchdog import ending_after, extend
from worker.training import runner

__all__ = [
    "DRAW_STEPS",
    "EXPLAIN",
    "PREDICT",
    "READ_SHEETS",
    "REREAD",
    "RETRAIN",
    "draw_steps",
    "explain",
    "predict",
    "read_sheets",
    "reread",
    "retrain",
]

READ_TOGETHER = 8  # pictures, each of which costs at most about a second of CPU
MAX_BATCHES = 100  # then the task enqueues itself again, so that a stop need not wait for it

shutting_down = threading.Event()  # set when this process is asked to end

WORKER = f"{socket.gethostname()[:40]}-{os.getpid()}-{token_hex(4)}"

log = logging.getLogger(__name__)


def predict() -> None:
    """Answer pending predictions, a batch at a time, until none is left."""
    live_model = LiveModel.of(current_app)
    for _ in range(MAX_BATCHES):
        if shutting_down.is_set():
            break
        live = live_model.follow()
        if live is None:
            log.warning("No published model loads; pictures wait. Run `flask model install`.")
            return
        batch = _claim()
        if not batch:
            return
        _answer(batch, live)
    extensions.queue.enqueue_prediction()


def read_sheets() -> None:
    """Read one pending sheet; another message reads the next, so that pictures come in between."""
    live = LiveModel.of(current_app).follow()
    if live is None or shutting_down.is_set():
        return
    with writing() as session:
        sheet = Sheet.claim(session, by=WORKER, lease=extensions.settings.lease)
    if sheet is None:
        return

    def proceed(progress: int) -> None:
        """Between two steps: renew the claim, and answer the single pictures that wait."""
        _proceed(sheet.id, progress)
        batch = _claim()
        if batch:
            _answer(batch, live)
            _proceed(sheet.id, progress)
        extend(extensions.settings.lease)

    with ending_after(extensions.settings.lease):
        answer = read_sheet(sheet.id, live.reader, extensions.storage, proceed)
    _settle_sheet(sheet.id, answer, live)
    if Sheet.any_waiting(db.session()):
        extensions.queue.enqueue_sheets()
    db.session.rollback()


def retrain(run_id: int) -> None:
    """Carry out a training run that is still queued; a duplicate message does nothing."""
    runner.carry_out(run_id, extensions.settings, shutting_down)
    # A worker that has loaded no model yet then loads the new version before a picture waits.
    extensions.queue.enqueue_prediction()


def reread() -> None:
    """Read all corrected pictures with the live version, and keep how many it reads right."""
    from worker.training.rereading import reread_corrections  # noqa: PLC0415 (TensorFlow)

    reread_corrections(LiveModel.of(current_app))


def draw_steps(prediction_id: str) -> None:
    """Draw the step pictures of a reading, unless there are some or the picture is gone."""
    storage = extensions.storage
    prediction = db.session.get(Prediction, prediction_id)
    if prediction is None or not prediction.is_settled:
        return
    if not has_step_pictures(prediction_id, storage):
        try:
            with ending_after(extensions.settings.lease):
                keep_step_pictures(prediction, storage)
        except (OSError, UploadError):
            log.exception("The steps of prediction %s could not be drawn.", prediction_id)
            return
    db.session.rollback()  # to see what others committed meanwhile
    if db.session.scalar(select(Prediction.id).where(Prediction.id == prediction_id)) is None:
        storage.delete(prediction_id)  # its row was deleted meanwhile
    extensions.notifications.send([prediction_id])


def explain() -> None:
    """Compute the explanations that wait, one after another, until none is left."""
    while not shutting_down.is_set() and explaining.explain_next(WORKER):
        pass


def _claim() -> Sequence[Prediction]:
    """Take the oldest pending predictions for this worker, in one short transaction."""
    is_work_left = Prediction.any_waiting(db.session())
    db.session.rollback()
    if not is_work_left:  # most messages come when the work is done, and need no write lock
        return []
    settings = extensions.settings
    with writing() as session:
        return Prediction.claim(session, by=WORKER, limit=settings.batch_size, lease=settings.lease)


def _answer(batch: Sequence[Prediction], live: LiveReader) -> None:
    """Read and settle a batch in parts, each within a lease of its own.

    So a long batch on a busy machine does not outlast its lease; only a picture that hangs does.
    """
    lease = extensions.settings.lease
    for start in range(0, len(batch), READ_TOGETHER):
        if start:
            _renew(batch[start:], lease)
        part = batch[start : start + READ_TOGETHER]
        with ending_after(lease):  # then others may claim it
            answers = answering.read(part, live.reader, extensions.storage)
        _settle(part, answers, live)


def _renew(batch: Sequence[Prediction], lease: timedelta) -> None:
    with writing() as session:
        ids = [prediction.id for prediction in batch]
        for prediction in Prediction.held(session, ids, by=WORKER):
            prediction.renew(lease)


def _settle(batch: Sequence[Prediction], answers: Sequence[Answer], live: LiveReader) -> None:
    """Commit the answers of those rows that this worker still holds."""
    by_id = {prediction.id: answer for prediction, answer in zip(batch, answers, strict=True)}
    with writing() as session:
        version = session.get_one(ModelVersion, live.version_id, options=[lazyload("*")])
        for prediction in Prediction.held(session, by_id, by=WORKER):
            by_id[prediction.id].settle(prediction, version)
    extensions.notifications.send(by_id)


def _proceed(sheet_id: str, progress: int) -> None:
    with writing() as session:
        sheet = session.scalar(Sheet.locked(sheet_id))
        if sheet is not None and sheet.is_held_by(WORKER):
            sheet.proceed(progress, extensions.settings.lease)


def _settle_sheet(sheet_id: str, answer: SheetAnswer, live: LiveReader) -> None:
    """Commit the answer, if this worker still holds the row."""
    with writing() as session:
        version = session.get_one(ModelVersion, live.version_id)
        sheet = session.scalar(Sheet.locked(sheet_id))
        if sheet is not None and sheet.is_held_by(WORKER):
            answer.settle(sheet, version)
    if sheet is None:
        extensions.storage.delete(sheet_id)  # its row was deleted meanwhile
