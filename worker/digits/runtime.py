"""The runtime: how much of the machine TensorFlow may use in this process, and how loudly."""

from __future__ import annotations

import os

# Read by TensorFlow when it is imported: errors only, so that the terminal stays ours.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def use_threads(count: int) -> None:
    """Bound TensorFlow's threads. Call it before the first network; imports TensorFlow.

    Serving small batches gains nothing beyond two threads, and takes cores from everybody else.
    """
    import tensorflow as tf  # noqa: PLC0415 - seconds; only a process that computes pays them

    tf.config.threading.set_intra_op_parallelism_threads(count)
    tf.config.threading.set_inter_op_parallelism_threads(count)
