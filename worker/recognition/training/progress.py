"""The progress of a training: a record of each epoch, the step reached, and a stop between two."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from worker.recognition.arrays import Labels
from worker.recognition.training.first_filters import FirstFilters, first_filters

# (labels (n,) int, logits (n, 10)) to a loss, or to 0 or 1, for each picture
Measure = Callable[[Any, Any], Any]


@dataclass(frozen=True)
class EpochRecord:
    """The measures of one epoch."""

    epoch: int  # 1, 2, …
    loss: float  # on the training pictures, the mean over the epoch
    accuracy: float  # on the validation pictures, 0..1
    seconds: float
    training_accuracy: float  # on the training pictures, the mean over the epoch, 0..1
    validation_loss: float


@dataclass(frozen=True)
class StepRecord:
    """How far the epoch under way is."""

    epoch: int  # 1, 2, …; 0 before the first step
    step: int  # of the steps that are done
    steps: int  # an epoch
    seconds: float  # since the epoch began
    filters: FirstFilters | None  # of the first layer, as they are now


class TrainingStoppedError(Exception):
    """The training was asked to stop; nothing of it is kept."""


class ProgressRecorder(keras.callbacks.Callback):  # type: ignore[misc]
    """Records each epoch, and stops the training between two steps when asked to."""

    def __init__(
        self,
        images: NDArray[np.float32],
        labels: Labels,
        on_epoch: Callable[[EpochRecord], None],
        should_stop: Callable[[], bool],
        check_seconds: float,
        *,
        on_step: Callable[[StepRecord], None] = lambda _record: None,
    ) -> None:
        """`images` (n, 28, 28, 1) float32 and `labels` (n,) are the validation pictures.

        `on_step` is called about once in `check_seconds`, and at the end of an epoch.
        """
        super().__init__()
        self.images, self.labels = images, labels
        self.on_epoch, self.on_step, self.should_stop = on_epoch, on_step, should_stop
        self.check_seconds, self.checked = check_seconds, time.monotonic()
        self.began = self.checked
        self.records: list[EpochRecord] = []
        self.loss: Measure | None = None  # of the stage under way
        self.network: keras.Model | None = None  # that learns; `model` may wrap it

    def on_train_begin(self, logs: Any = None) -> None:  # noqa: ARG002
        if not self.records:
            self._report_step(0, epoch=0)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002
        self.began = time.monotonic()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:  # noqa: ARG002
        if self._is_due():
            self._report_step(batch + 1, epoch=len(self.records) + 1)

    def stop_if_asked(self) -> None:
        """Raises TrainingStoppedError when asked to; checks once in `check_seconds`."""
        self._is_due()

    def _is_due(self) -> bool:
        """Whether `check_seconds` are over. Then it is also asked whether to stop."""
        now = time.monotonic()
        if now - self.checked < self.check_seconds:
            return False
        self.checked = now
        if self.should_stop():
            raise TrainingStoppedError
        return True

    def _report_step(self, step: int, *, epoch: int) -> None:
        steps = int(self.params["steps"])
        seconds = time.monotonic() - self.began
        self.on_step(StepRecord(epoch, step, steps, seconds, first_filters(self.network)))

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        measured = logs or {}
        logits = self.model(self.images, training=False).numpy()
        losses = self.loss(self.labels, logits) if self.loss else [math.nan]
        record = EpochRecord(
            epoch=epoch + 1,
            loss=float(measured.get("loss", math.nan)),
            accuracy=float((np.argmax(logits, axis=1) == self.labels).mean()),
            seconds=time.monotonic() - self.began,
            training_accuracy=float(measured.get("training_accuracy", math.nan)),
            validation_loss=float(np.mean(losses)),
        )
        self._report_step(int(self.params["steps"]), epoch=epoch + 1)
        self.records.append(record)
        self.on_epoch(record)
