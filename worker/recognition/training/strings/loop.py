"""The training loop of the string network, bounded by a time. Read it from top to bottom."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from worker.recognition.evaluation.datasets import Mnist
from worker.recognition.strings.alphabet import CLASSES, decode
from worker.recognition.strings.architecture import build_string_network
from worker.recognition.training.strings.hand import DigitSource
from worker.recognition.training.strings.producer import produced_batches
from worker.recognition.training.strings.samples import (
    IGNORED,
    LineBatch,
    draw_batches,
)


@dataclass(frozen=True)
class StringRecipe:
    """The settings of a training of the string network."""

    minutes: float = 80
    steps: int | None = None  # after which it ends earlier
    batch: int = 32
    learning_rate: float = 2e-3  # at its peak; it falls along a cosine over the time
    warm_up: float = 0.02  # of the time
    weight_decay: float = 0.01
    step_weight: float = 0.5  # of the loss of single time steps beside that of the whole text
    averaging: float = 0.998  # of the weights, an exponential moving average (Polyak 1992)
    report_steps: int = 300
    validation_batches: int = 12
    width_factor: float = 1.0  # of the network
    bfloat16: bool = False  # quicker on processors that calculate with it
    seed: int = 2026

    def share_done(self, seconds: float, steps: int) -> float:
        """The share of a training that is done, by its time and, if they are limited, its steps."""
        return max(seconds / (60 * self.minutes), steps / self.steps if self.steps else 0.0)


@dataclass(frozen=True)
class StringProgress:
    """The state of a training after some steps."""

    steps: int
    seconds: float
    loss: float
    exact: float  # of the drawn validation lines, 0..1: read without any error


def train_strings(
    recipe: StringRecipe,
    mnist: Mnist,
    *,
    start: keras.Model | None = None,
    on_progress: Callable[[StringProgress, keras.Model], None] = lambda _progress, _model: None,
) -> keras.Model:
    """Train a string network on lines drawn with MNIST's training digits, until the time is up.

    It begins with the weights of `start`, a network of the same architecture, or with random ones.
    `on_progress` gets the state and a network with the averaged weights every `report_steps`.
    """
    started = time.monotonic()
    keras.utils.set_random_seed(recipe.seed)
    model = _with_policy("mixed_bfloat16" if recipe.bfloat16 else "float32", recipe)
    if start is not None:
        model.set_weights(start.get_weights())
    optimizer = _optimizer(model, recipe)
    step = _step_function(model, optimizer, recipe)
    validation = _validation_batches(recipe, mnist)
    training = mnist.train_images[: len(mnist) - mnist.validation_count]
    labels = mnist.train_labels[: len(training)]
    losses: list[float] = []
    with produced_batches(training, labels, batch=recipe.batch, seed=recipe.seed) as batches:
        for batch in batches:
            share = recipe.share_done(time.monotonic() - started, len(losses))
            if share >= 1:
                break
            optimizer.learning_rate.assign(_learning_rate(recipe, share))
            losses.append(float(step(*_tensors(batch))))
            if len(losses) % recipe.report_steps == 0:
                averaged = _averaged(model, optimizer, recipe)
                on_progress(_progress(losses, started, averaged, validation, recipe), averaged)
    averaged = _averaged(model, optimizer, recipe)
    if not losses or len(losses) % recipe.report_steps:
        on_progress(_progress(losses, started, averaged, validation, recipe), averaged)
    return averaged


def _optimizer(model: keras.Model, recipe: StringRecipe) -> keras.optimizers.Optimizer:
    """AdamW (Loshchilov and Hutter 2019), which also averages the weights."""
    optimizer = keras.optimizers.AdamW(
        recipe.learning_rate,
        weight_decay=recipe.weight_decay,
        global_clipnorm=5.0,
        use_ema=True,
        ema_momentum=recipe.averaging,
    )
    optimizer.build(model.trainable_variables)
    return optimizer


def _with_policy(policy: str, recipe: StringRecipe) -> keras.Model:
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        return build_string_network(recipe.width_factor)
    finally:
        keras.config.set_dtype_policy(before)


def _step_function(
    model: keras.Model, optimizer: keras.optimizers.Optimizer, recipe: StringRecipe
) -> Callable[..., tf.Tensor]:
    def step(ink: tf.Tensor, labels: tf.Tensor, steps: tf.Tensor, lengths: tf.Tensor) -> tf.Tensor:
        ink = tf.cast(ink, tf.float32) / 255
        with tf.GradientTape() as tape:
            scores = tf.cast(model(ink, training=True), tf.float32)
            loss = _text_loss(labels, scores, lengths)
            loss += recipe.step_weight * _step_loss(steps, scores)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
        return loss

    signature = [
        tf.TensorSpec((None, 32, None, 1), tf.uint8),
        tf.TensorSpec((None, None), tf.int32),
        tf.TensorSpec((None, None), tf.int32),
        tf.TensorSpec((None,), tf.int32),
    ]
    compiled: Callable[..., tf.Tensor] = tf.function(step, input_signature=signature)
    return compiled


def _text_loss(labels: tf.Tensor, scores: tf.Tensor, lengths: tf.Tensor) -> tf.Tensor:
    """Connectionist temporal classification (Graves et al. 2006), a symbol."""
    places = tf.where(labels != IGNORED)
    sparse = tf.SparseTensor(
        places, tf.gather_nd(labels, places), tf.shape(labels, out_type=tf.int64)
    )
    losses = tf.compat.v1.nn.ctc_loss(
        sparse, scores, lengths, time_major=False, ignore_longer_outputs_than_inputs=True
    )
    return tf.reduce_sum(losses) / tf.cast(tf.shape(places)[0], tf.float32)


def _step_loss(steps: tf.Tensor, scores: tf.Tensor) -> tf.Tensor:
    """The drawn lines' places are known: each symbol is due at the middle of its ink.

    With it the network learns many times faster than from the texts alone.
    """
    counts = tf.cast(steps != IGNORED, tf.float32)
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.maximum(steps, 0), scores)
    symbols = tf.reduce_sum(tf.cast((steps >= 0) & (steps < CLASSES - 1), tf.float32))
    return tf.reduce_sum(losses * counts) / symbols


def _learning_rate(recipe: StringRecipe, share: float) -> float:
    if share < recipe.warm_up:
        return recipe.learning_rate * (0.05 + 0.95 * share / recipe.warm_up)
    return recipe.learning_rate * (0.01 + 0.99 * (0.5 + 0.5 * float(np.cos(np.pi * share))))


def _tensors(batch: LineBatch) -> Sequence[Any]:
    return batch.ink, batch.labels, batch.steps, batch.lengths


def _averaged(
    model: keras.Model, optimizer: keras.optimizers.Optimizer, recipe: StringRecipe
) -> keras.Model:
    """A float32 network with the averaged weights, which the training goes on without."""
    trained = [variable.numpy() for variable in model.trainable_variables]
    optimizer.finalize_variable_values(model.trainable_variables)
    copy = _with_policy("float32", recipe)
    copy.set_weights(model.get_weights())
    for variable, value in zip(model.trainable_variables, trained, strict=True):
        variable.assign(value)
    return copy


def _validation_batches(recipe: StringRecipe, mnist: Mnist) -> list[LineBatch]:
    source = DigitSource(mnist.validation_images, mnist.validation_labels)
    random = np.random.default_rng(recipe.seed + 1)
    return draw_batches(source, random, batch=recipe.batch, batches=recipe.validation_batches)


def _progress(
    losses: list[float],
    started: float,
    model: keras.Model,
    validation: list[LineBatch],
    recipe: StringRecipe,
) -> StringProgress:
    signature = [tf.TensorSpec((None, 32, None, 1), tf.float32)]
    forward = tf.function(lambda ink: model(ink, training=False), input_signature=signature)
    right = total = 0
    for batch in validation:
        classes = forward(batch.ink.astype(np.float32) / 255).numpy().argmax(axis=2)
        read = [decode(row.tolist()) for row in classes]
        right += sum(text == is_read for text, is_read in zip(batch.texts, read, strict=True))
        total += len(read)
    recent = losses[-recipe.report_steps :]
    return StringProgress(
        steps=len(losses),
        seconds=time.monotonic() - started,
        loss=float(np.mean(recent)) if recent else float("nan"),
        exact=right / max(1, total),
    )
