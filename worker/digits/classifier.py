"""The classifier: a trained network as one warmed function from ink to calibrated scores."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

# Read by TensorFlow at its import. Reading is as quick without oneDNN, says nothing on the
# terminal, and adds up alike on every machine; training is three times as quick with it.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from worker.digits import model_file
from worker.digits.calibration import Calibration
from worker.digits.model_file import ModelFileError

WARM_BATCHES = (1, 2, 8, 32, 128)
LARGEST_BATCH = 256  # bounds the memory of a picture full of marks


@dataclass(frozen=True)
class Scores:
    """What the network says of n inks."""

    probabilities: NDArray[np.float32]  # (n, 10), calibrated, rows sum to 1
    digitness: NDArray[np.float32]  # (n,), 0..1, how much each looks like a digit at all


class Classifier:
    """One network, ready to answer in about a millisecond."""

    def __init__(self, model: keras.Model, calibration: Calibration) -> None:
        """Trace and warm the network. Raises ModelFileError when it answers with non-numbers."""
        self.calibration = calibration
        self._forward = _compile(model)
        for size in WARM_BATCHES:
            self._require_numbers(self._forward(_practice_inks(size)).numpy())

    @classmethod
    def load(cls, path: Path) -> Classifier:
        """Raises ModelFileError for a file that holds no network that could read digits."""
        return cls(*model_file.load(path))

    def classify(self, inks: NDArray[np.float32]) -> Scores:
        """(n, 28, 28) float32 inks, 0..1, to n scores; n may be 0."""
        logits = self.logits(inks)
        return Scores(self.calibration.probabilities(logits), self.calibration.digitness(logits))

    def logits(self, inks: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n, 28, 28) inks to (n, 10) raw scores."""
        parts = [np.zeros((0, 10), dtype=np.float32)]
        for start in range(0, len(inks), LARGEST_BATCH):
            part = inks[start : start + LARGEST_BATCH, :, :, np.newaxis]
            parts.append(self._forward(tf.constant(part, dtype=tf.float32)).numpy())
        return np.concatenate(parts)

    @staticmethod
    def _require_numbers(logits: NDArray[np.float32]) -> None:
        if not np.isfinite(logits).all():
            raise ModelFileError("This network's scores are not numbers; it cannot be used.")


def _compile(model: keras.Model) -> Callable[[tf.Tensor], tf.Tensor]:
    """The network as one graph with a fixed signature, so that nothing retraces while serving.

    `model.predict` costs 75 to 170 ms a call; this costs about one.
    """
    takes_flat_grey = len(model.input_shape) == 3
    gives_probabilities = _ends_in_softmax(model)

    def forward(inks: tf.Tensor) -> tf.Tensor:  # (n, 28, 28, 1) to (n, 10)
        scores = model(inks[..., 0] if takes_flat_grey else inks, training=False)
        return tf.math.log(tf.maximum(scores, 1e-12)) if gives_probabilities else scores

    signature = [tf.TensorSpec((None, 28, 28, 1), tf.float32)]
    compiled: Callable[[tf.Tensor], tf.Tensor] = tf.function(forward, input_signature=signature)
    return compiled


def _ends_in_softmax(model: keras.Model) -> bool:
    """Whether the network gives probabilities already, as networks from tutorials do."""
    last = model.layers[-1]
    return isinstance(last, keras.layers.Softmax) or (
        getattr(last, "activation", None) is keras.activations.softmax
    )


def _practice_inks(count: int) -> tf.Tensor:
    """Noise to warm and to test a network with: (count, 28, 28, 1) float32, 0..1."""
    noise = np.random.default_rng(seed=0).random((count, 28, 28, 1), dtype=np.float32)
    return tf.constant(noise)
