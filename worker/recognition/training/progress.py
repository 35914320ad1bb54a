"""The progress of a training: a record of each epoch, and a stop between two steps."""

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


@dataclass(frozen=True)
class EpochRecord:
    """The measures of one epoch."""

    epoch: int  # 1, 2, …
    loss: float
    accuracy: float  # on the validation pictures, 0..1
    seconds: float


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
    ) -> None:
        """`images` (n, 28, 28, 1) float32 and `labels` (n,) are the validation pictures."""
        super().__init__()
        self.images, self.labels = images, labels
        self.on_epoch, self.should_stop = on_epoch, should_stop
        self.check_seconds, self.checked = check_seconds, time.monotonic()
        self.began = self.checked
        self.records: list[EpochRecord] = []

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002
        self.began = time.monotonic()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:  # noqa: ARG002
        self.stop_if_asked()

    def stop_if_asked(self) -> None:
        """Raises TrainingStoppedError when asked to; checks once in `check_seconds`."""
        now = time.monotonic()
        if now - self.checked >= self.check_seconds:
            self.checked = now
            if self.should_stop():
                raise TrainingStoppedError

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        loss = float((logs or {}).get("loss", math.nan))
        logits = self.model(self.images, training=False).numpy()
        record = EpochRecord(
            epoch=epoch + 1,
            loss=loss,
            accuracy=float((logits.argmax(axis=1) == self.labels).mean()),
            seconds=time.monotonic() - self.began,
        )
        self.records.append(record)
        self.on_epoch(record)
