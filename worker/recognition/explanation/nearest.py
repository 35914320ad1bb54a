"""The nearest training digits: those that look alike to a network, by its last hidden layer.

A command makes the sample of MNIST's training set once, where MNIST is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from worker.recognition.arrays import Images, Labels
from worker.recognition.evaluation.datasets import VALIDATION_PICTURES, Mnist
from worker.recognition.explanation.layers import Array

OF_EACH_LABEL = 150
SEED = 13


@dataclass(frozen=True)
class TrainingDigits:
    """Some digits of MNIST's training set, as many of each label."""

    images: Images  # (n, 28, 28)
    labels: Labels  # (n,)

    def save(self, path: Path) -> None:
        np.savez_compressed(path, images=self.images, labels=self.labels)

    @classmethod
    def load(cls, path: Path) -> TrainingDigits:
        """Raises OSError, or ValueError for a damaged file."""
        with np.load(path, allow_pickle=False) as file:
            return cls(file["images"], file["labels"])


@dataclass(frozen=True)
class Neighbour:
    """One training digit, and how far it is."""

    index: int  # among the training digits
    label: int
    distance: float  # 0..2, between directions: 0 is the same


def choose_training_digits(mnist: Mnist, of_each: int = OF_EACH_LABEL) -> TrainingDigits:
    """A random sample of the training set, without the pictures that validate."""
    count = max(len(mnist) - VALIDATION_PICTURES, len(mnist) // 2)
    labels = mnist.train_labels[:count]
    dice = np.random.default_rng(SEED)
    chosen = np.concatenate(
        [dice.permutation(np.flatnonzero(labels == label))[:of_each] for label in range(10)]
    )
    return TrainingDigits(mnist.train_images[chosen], labels[chosen])


def directions(embeddings: Array) -> Array:
    """(n, d) embeddings, each scaled to length 1: how strong the ink is does not count."""
    lengths = np.linalg.norm(embeddings, axis=1, keepdims=True)
    return np.asarray(embeddings / np.maximum(lengths, 1e-9), np.float32)


def nearest(embedding: Array, of_digits: Array, labels: Labels, count: int) -> list[Neighbour]:
    """The `count` nearest of n digits to one (d,) direction, the nearest first."""
    distances = np.linalg.norm(of_digits - embedding, axis=1)
    return [
        Neighbour(int(n), int(labels[n]), float(distances[n]))
        for n in np.argsort(distances, kind="stable")[:count]
    ]
