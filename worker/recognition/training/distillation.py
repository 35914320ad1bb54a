"""Distillation: a network learns new labels and keeps the scores of its teacher elsewhere.

Learning without forgetting (Li and Hoiem 2016, arXiv:1606.09282), with the squared difference of
scores (Ba and Caruana 2014, arXiv:1312.6184). The teacher is the champion that is fine-tuned.
"""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

LOWEST_SCORE = -12.0  # scores below it all mean the same: a probability under 1e-5


class Distillation(keras.Model):  # type: ignore[misc]
    """Trains `student` on labelled pictures, and on the others towards the scores of `teacher`.

    A picture's sample weight is 1 where its label is learned, and 0 where the teacher's scores are
    kept. Both networks map (n, 28, 28, 1) float32 ink to (n, 10) scores.
    """

    def __init__(self, student: keras.Model, teacher: keras.Model, weight: float) -> None:
        """`weight` is that of the kept scores against the learned labels."""
        super().__init__()
        teacher.trainable = False
        self.student, self.teacher, self.weight = student, teacher, weight

    def call(self, ink: Any, training: bool = False) -> Any:  # noqa: ARG002
        """The student's scores. Without dropout, which the teacher's scores are made without."""
        return self.student(ink, training=False)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,  # noqa: ARG002
    ) -> Any:
        """The mean loss of the labels, and `weight` times the mean squared change of the scores."""
        kept = tf.maximum(self.teacher(x, training=False), LOWEST_SCORE)
        changes = tf.reduce_mean(tf.square(tf.maximum(y_pred, LOWEST_SCORE) - kept), axis=1)
        learns = tf.cast(sample_weight, tf.float32)
        label_loss = _weighted_mean(self.loss(y, y_pred), learns)
        return label_loss + self.weight * _weighted_mean(changes, 1 - learns)


def _weighted_mean(values: Any, weights: Any) -> Any:
    return tf.math.divide_no_nan(tf.reduce_sum(values * weights), tf.reduce_sum(weights))
