"""The runtime: how many of the machine's cores TensorFlow may use in this process."""

from __future__ import annotations


def use_threads(count: int) -> None:
    """Bound TensorFlow's threads. Call it before the first network is built.

    Serving small batches gains nothing beyond two, and takes the cores from everybody else.
    """
    import tensorflow as tf  # noqa: PLC0415 - takes seconds; only who computes shall pay them

    tf.config.threading.set_intra_op_parallelism_threads(count)
    tf.config.threading.set_inter_op_parallelism_threads(count)
