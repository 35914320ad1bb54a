"""The classifier: a trained network as one warmed function from ink to calibrated scores."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

# TensorFlow reads this at its import. Without oneDNN inference is as quick, prints nothing, and
# gives the same sums on every machine; training is three times as quick with it.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from worker.recognition.network import files as model_file
from worker.recognition.network.calibration import Calibration
from worker.recognition.network.direct import DirectNetwork
from worker.recognition.network.files import ModelFileError
from worker.recognition.network.model_card import UNCALIBRATED, read_card

WARM_BATCHES = (1, 2, 8, 32, 128)
MAX_BATCH = 256  # bounds the memory for a picture with many components
SURE = 0.99  # confidence and in-distribution score from which on one view is enough
HOPELESS = 0.01  # in-distribution score below which further views change nothing
Forward = Callable[[NDArray[np.float32]], NDArray[np.float32]]  # (n, 28, 28, 1) to (n, 10)
VIEW_SHIFTS = ((0, 1), (0, -1), (1, 0), (-1, 0))  # pixels down and across


@dataclass(frozen=True)
class Scores:
    """The scores of n inks."""

    probabilities: NDArray[np.float32]  # (n, 10), calibrated, rows sum to 1
    # (n,), 0..1: how much each looks like a digit.
    in_distribution_score: NDArray[np.float32]


class Classifier:
    """One warmed network, which needs about a millisecond for a picture."""

    def __init__(self, model: keras.Model | DirectNetwork, calibration: Calibration) -> None:
        """Trace and warm the network. Raises ModelFileError when its scores are not finite."""
        self.calibration = calibration
        self._forward = model if isinstance(model, DirectNetwork) else _compile(model)
        for size in WARM_BATCHES:
            self._require_finite(self._forward(_warm_up_inks(size)))

    @classmethod
    def load(cls, path: Path) -> Classifier:
        """The network of a file, computed directly where that is known.

        Raises ModelFileError for a file that holds no network that could read digits.
        """
        direct = DirectNetwork.read(path)
        if direct is None:
            return cls(*model_file.load(path))
        card = read_card(path)
        return cls(direct, card.calibration if card else UNCALIBRATED)

    def classify(self, inks: NDArray[np.float32]) -> Scores:
        """(n, 28, 28) float32 inks, 0..1, to n scores; n may be 0.

        A doubtful ink is scored in five test-time views, itself and shifted by a pixel to each
        side, and the mean of their logits counts: rounding the centre of mass to a whole pixel,
        as MNIST does, is arbitrary by half a pixel. Of degraded validation pictures, one in
        twenty is doubtful, and a fifth of the errors is corrected.
        """
        logits = self.logits(inks)
        scores = self._scores(logits)
        doubtful = is_doubtful(scores)
        if not doubtful.any():
            return scores
        views = [self.logits(np.roll(inks[doubtful], shift, axis=(1, 2))) for shift in VIEW_SHIFTS]
        logits[doubtful] = np.mean([logits[doubtful], *views], axis=0)
        return self._scores(logits)

    def logits(self, inks: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n, 28, 28) inks to (n, 10) raw scores, in one view."""
        parts = [np.zeros((0, 10), dtype=np.float32)]
        for start in range(0, len(inks), MAX_BATCH):
            part = inks[start : start + MAX_BATCH, :, :, np.newaxis]
            parts.append(self._forward(np.asarray(part, np.float32)))
        return np.concatenate(parts)

    def _scores(self, logits: NDArray[np.float32]) -> Scores:
        return Scores(
            self.calibration.probabilities(logits), self.calibration.in_distribution_score(logits)
        )

    @staticmethod
    def _require_finite(logits: NDArray[np.float32]) -> None:
        if not np.isfinite(logits).all():
            raise ModelFileError("This network's scores are not numbers; it cannot be used.")


def is_doubtful(scores: Scores) -> NDArray[np.bool_]:
    """Which of n inks are scored in several views: (n,) bool."""
    is_sure = (scores.probabilities.max(axis=1, initial=0) >= SURE) & (
        scores.in_distribution_score >= SURE
    )
    return np.asarray(~is_sure & (scores.in_distribution_score > HOPELESS), np.bool_)


def _compile(model: keras.Model) -> Forward:
    """The network as one graph with a fixed signature, so that nothing retraces while serving.

    `model.predict` costs 75 to 170 ms a call; this costs about one.
    """
    takes_flat_grey = len(model.input_shape) == 3
    gives_probabilities = ends_in_softmax(model)

    def forward(inks: tf.Tensor) -> tf.Tensor:  # (n, 28, 28, 1) to (n, 10)
        scores = model(inks[..., 0] if takes_flat_grey else inks, training=False)
        return tf.math.log(tf.maximum(scores, 1e-12)) if gives_probabilities else scores

    signature = [tf.TensorSpec((None, 28, 28, 1), tf.float32)]
    compiled: Callable[[tf.Tensor], tf.Tensor] = tf.function(forward, input_signature=signature)
    return lambda inks: np.asarray(compiled(tf.constant(inks)).numpy(), np.float32)


def ends_in_softmax(model: keras.Model) -> bool:
    """Whether the network gives probabilities already, as networks of tutorials do."""
    last = model.layers[-1]
    return isinstance(last, keras.layers.Softmax) or (
        getattr(last, "activation", None) is keras.activations.softmax
    )


def _warm_up_inks(count: int) -> NDArray[np.float32]:
    """Noise to warm and to test a network with: (count, 28, 28, 1) float32, 0..1."""
    return np.random.default_rng(seed=0).random((count, 28, 28, 1), dtype=np.float32)
