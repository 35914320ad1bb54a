"""The training batches: MNIST, outliers, synthetic digits and corrections, mixed and augmented."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from worker.recognition.arrays import NO_DIGIT, Images, Labels
from worker.recognition.evaluation.datasets import Mnist
from worker.recognition.training.augmentation import augment
from worker.recognition.training.recipes import Recipe
from worker.recognition.training.synthetic.outliers import DigitSamples, draw_digits, draw_outliers
from worker.recognition.training.synthetic.varied_digits import draw_varied_digits

DRAWN_AT_ONCE = 1000  # pictures, which takes about a second
MAX_OUTLIERS = 40_000
MAX_SYNTHETIC_DIGITS = 12_000
MAX_VARIED_DIGITS = 8_000


@dataclass(frozen=True)
class TrainingCorrections:
    """Corrected pictures, which the training shows in every batch."""

    images: Images  # (n, 28, 28) uint8
    labels: Labels  # (n,), 0..9 or NO_DIGIT

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def of_digits(self) -> TrainingCorrections:
        """Without the pictures of no digit, for a recipe without outliers."""
        is_digit = self.labels != NO_DIGIT
        return TrainingCorrections(self.images[is_digit], self.labels[is_digit])


NO_CORRECTIONS = TrainingCorrections(np.zeros((0, 28, 28), np.uint8), np.zeros(0, np.uint8))


def make_batches(
    recipe: Recipe,
    mnist: Mnist,
    random: np.random.Generator,
    training_corrections: TrainingCorrections = NO_CORRECTIONS,
    between: Callable[[], None] = lambda: None,
    *,
    champion: keras.Model | None = None,
) -> tf.data.Dataset:
    """Endless batches: (n, 28, 28, 1) float32 ink in 0..1 and (n,) int labels, 10 for no digit.

    For a recipe with distillation also (n,) float32: 1 for a correction, 0 for what `champion`
    knows already. It also labels the varied digits.

    MNIST, outliers, synthetic digits and corrections each have their own share of every batch, so
    that a few corrections count among many pictures and old skills stay. Drawing takes up to a
    minute; `between()` is called about every second meanwhile, and may raise.
    """
    drawn_parts = _parts(recipe, mnist, random, training_corrections, between, champion=champion)
    parts = [_endless(images, labels, share, recipe.seed) for images, labels, share in drawn_parts]
    seeds = tf.data.Dataset.random(seed=recipe.seed, rerandomize_each_iteration=False).batch(2)

    def mix(*drawn: Any) -> tuple[Any, ...]:
        *batches, seed = drawn
        images = tf.concat([images for images, _ in batches], axis=0)
        labels = tf.concat([labels for _, labels in batches], axis=0)
        ink = tf.cast(images, tf.float32)[..., None] / 255.0
        if recipe.strength is not None:
            ink = augment(ink, tf.cast(seed, tf.int32), recipe.strength)
        labels = tf.cast(labels, tf.int32)
        if not recipe.distillation:
            return ink, labels
        is_correction = tf.range(tf.size(labels)) >= recipe.pictures  # they end a batch
        return ink, labels, tf.cast(is_correction, tf.float32)

    return (
        tf.data.Dataset.zip((*parts, seeds))
        .map(mix, num_parallel_calls=2, deterministic=True)
        .prefetch(4)
    )


def as_ink(images: Images) -> NDArray[np.float32]:
    """(n, 28, 28) uint8 to (n, 28, 28, 1) float32 in 0..1."""
    return np.asarray(images[..., None], dtype=np.float32) / np.float32(255)


def _parts(
    recipe: Recipe,
    mnist: Mnist,
    random: np.random.Generator,
    training_corrections: TrainingCorrections,
    between: Callable[[], None],
    *,
    champion: keras.Model | None,
) -> Iterator[tuple[Images, Labels, int]]:
    """The images, labels and share of a batch of each part."""
    shown = recipe.steps_on(mnist) * recipe.epochs  # batches; more pictures would not be seen
    yield mnist.train_images, mnist.train_labels, recipe.batch
    if recipe.outliers:
        count = min(MAX_OUTLIERS, len(mnist), shown * recipe.outliers)
        samples = DigitSamples(mnist.train_images, mnist.train_labels)
        pieces = [draw_outliers(size, samples, random) for size in _pieces(count, between)]
        yield np.concatenate(pieces), np.full(count, NO_DIGIT, np.uint8), recipe.outliers
    if recipe.drawn:
        count = min(MAX_SYNTHETIC_DIGITS, shown * recipe.drawn)
        drawn = [draw_digits(size, random) for size in _pieces(count, between)]
        images, labels = (np.concatenate(arrays) for arrays in zip(*drawn, strict=True))
        yield images, labels, recipe.drawn
    if recipe.varied and champion is not None:
        count = min(MAX_VARIED_DIGITS, shown * recipe.varied)
        varied = [
            draw_varied_digits(size, mnist.train_images, random) for size in _pieces(count, between)
        ]
        yield *_taken_for_digits(np.concatenate(varied), champion), recipe.varied
    if not recipe.outliers:
        training_corrections = training_corrections.of_digits
    if len(training_corrections):
        # A single correction must not crowd out the rest of the batch.
        share = min(recipe.corrected, len(training_corrections))
        yield training_corrections.images, training_corrections.labels, share


def _taken_for_digits(images: Images, champion: keras.Model) -> tuple[Images, Labels]:
    """The pictures that the champion takes for digits, or all if none; with its labels."""
    scores = champion.predict(as_ink(images), batch_size=500, verbose=0)
    is_digit = np.logaddexp.reduce(scores, axis=1) > 0  # the score of "no digit"
    if not is_digit.any():
        is_digit[:] = True
    return images[is_digit], scores.argmax(axis=1)[is_digit].astype(np.uint8)


def _pieces(count: int, between: Callable[[], None]) -> Iterator[int]:
    """The sizes of the pieces that make up `count`; calls `between` before each."""
    for done in range(0, count, DRAWN_AT_ONCE):
        between()
        yield min(DRAWN_AT_ONCE, count - done)


def _endless(images: Images, labels: Labels, batch: int, seed: int) -> tf.data.Dataset:
    return (
        tf.data.Dataset.from_tensor_slices((images, labels))
        .shuffle(len(images), seed=seed)
        .repeat()
        .batch(batch, drop_remainder=True)
    )
