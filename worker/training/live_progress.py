"""The live progress of a training: its latest step, which the heartbeat writes into the row.

The training only leaves the record here, so that no step waits for the database.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from webapp.models import FilterSnapshot, TrainingRun

if TYPE_CHECKING:
    from worker.recognition.training.progress import StepRecord  # loads TensorFlow


class LiveProgress:
    """The latest step that has not been written yet. Two threads use it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._latest: StepRecord | None = None

    def update(self, record: StepRecord) -> None:
        with self._lock:
            self._latest = record

    def write(self, session: Session, run: TrainingRun) -> None:
        """Write the latest step, if there is one, in the caller's transaction.

        A step is written once; it is lost where that transaction fails, and the next one follows.
        """
        with self._lock:
            record, self._latest = self._latest, None
        if record is None:
            return
        run.record_step(
            epoch=record.epoch, step=record.step, steps=record.steps, seconds=record.seconds
        )
        if record.filters is not None:
            FilterSnapshot.keep(
                session,
                run.id,
                epoch=record.epoch,
                shape=record.filters.shape,
                weights=record.filters.to_bytes(),
            )
