"""The producer: a process of its own that draws batches of lines while the network trains."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.queues import Queue

import cv2
import numpy as np

from worker.recognition.arrays import Images, Labels
from worker.recognition.training.strings.hand import DigitSource
from worker.recognition.training.strings.samples import LineBatch, draw_batches

WAITING_BATCHES = 48
BATCHES_AT_ONCE = 16  # sorted by width together


@contextmanager
def produced_batches(
    images: Images, labels: Labels, *, batch: int, seed: int
) -> Iterator[Iterator[LineBatch]]:
    """Batches without end, drawn by a process that ends with the context."""
    context = multiprocessing.get_context("spawn")  # TensorFlow's threads survive no fork
    waiting: Queue[LineBatch] = context.Queue(WAITING_BATCHES)
    arguments = (waiting, DigitSource(images, labels), batch, seed, os.getpid())
    process = context.Process(target=_produce, args=arguments, daemon=True)
    process.start()
    try:
        yield iter(waiting.get, None)
    finally:
        process.terminate()
        process.join()


def _produce(
    waiting: Queue[LineBatch], source: DigitSource, batch: int, seed: int, parent: int
) -> None:
    cv2.setNumThreads(1)
    random = np.random.default_rng(seed)
    while os.getppid() == parent:
        for drawn in draw_batches(source, random, batch=batch, batches=BATCHES_AT_ONCE):
            waiting.put(drawn)
