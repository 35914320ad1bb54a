"""The training loop: data, network, fit, calibration, score. Read it from top to bottom."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from worker.recognition.arrays import Images, Labels
from worker.recognition.evaluation.datasets import Mnist
from worker.recognition.evaluation.metrics import score
from worker.recognition.network.architectures import build
from worker.recognition.network.calibration import Calibration, fit_calibration
from worker.recognition.network.classifier import Classifier
from worker.recognition.network.model_card import UNCALIBRATED
from worker.recognition.training.augmentation import Strength, augment
from worker.recognition.training.batches import (
    NO_CORRECTIONS,
    TrainingCorrections,
    as_ink,
    make_batches,
)
from worker.recognition.training.distillation import Distillation
from worker.recognition.training.objectives import loss_of, training_accuracy_of
from worker.recognition.training.progress import EpochRecord, ProgressRecorder, StepRecord
from worker.recognition.training.recipes import Recipe


@dataclass(frozen=True)
class Champion:
    """The live network. Its thresholds carry over, and a fine-tuning starts from its weights."""

    model: keras.Model
    calibration: Calibration

    def can_become(self, architecture: str) -> bool:
        """Whether a fine-tuning may start from it: an imported network scores differently."""
        return self.model.name == architecture and self.calibration != UNCALIBRATED


@dataclass(frozen=True)
class Trained:
    """A trained network with its calibration."""

    model: keras.Model
    calibration: Calibration
    accuracy: float  # on the MNIST test set, 0..1
    epochs: tuple[EpochRecord, ...]
    recipe: Recipe
    data_sha256: str
    seconds: float

    def rounded_to_float16(self, mnist: Mnist) -> Trained:
        """The same network with weights that float16 holds exactly, scored again.

        A browser then loads half the bytes and computes with the same weights.
        """
        rounded = _plain_copy(self.model)
        rounded.set_weights(
            [weight.astype(np.float16).astype(np.float32) for weight in self.model.get_weights()]
        )
        scores = score(Classifier(rounded, self.calibration), mnist.test_images, mnist.test_labels)
        return replace(self, model=rounded, accuracy=scores.accuracy)


def train(
    recipe: Recipe,
    mnist: Mnist,
    *,
    training_corrections: TrainingCorrections = NO_CORRECTIONS,
    champion: Champion | None = None,
    on_epoch: Callable[[EpochRecord], None] = lambda _record: None,
    on_step: Callable[[StepRecord], None] = lambda _record: None,
    should_stop: Callable[[], bool] = lambda: False,
    check_seconds: float = 1.0,
) -> Trained:
    """Train a network by a recipe. Raises TrainingStoppedError soon after `should_stop()`.

    `on_step` is called about once in `check_seconds`, `on_epoch` after every epoch. A recipe that
    tunes needs a champion of its own architecture.
    """
    started = time.monotonic()
    keras.utils.set_random_seed(recipe.seed)
    random = np.random.default_rng(recipe.seed)
    part, validation_images, validation_labels = mnist.validation_split(
        min(recipe.validation_split, len(mnist) // 5)
    )
    validation_ink = as_ink(validation_images)
    model = _tunable(champion, recipe) if recipe.tunes else build(recipe.architecture)
    recorder = ProgressRecorder(
        validation_ink, validation_labels, on_epoch, should_stop, check_seconds, on_step=on_step
    )
    trained = _fit_stages(model, recipe, part, training_corrections, recorder, champion=champion)
    calibration = _calibrate(trained, recipe, validation_images, validation_labels, random)
    scores = score(Classifier(trained, calibration), mnist.test_images, mnist.test_labels)
    return Trained(
        model=trained,
        calibration=_with_thresholds_of(champion, calibration),
        accuracy=scores.accuracy,
        epochs=tuple(recorder.records),
        recipe=recipe,
        data_sha256=mnist.sha256,
        seconds=time.monotonic() - started,
    )


def _fit_stages(
    model: keras.Model,
    recipe: Recipe,
    mnist: Mnist,
    training_corrections: TrainingCorrections,
    recorder: ProgressRecorder,
    *,
    champion: Champion | None,
) -> keras.Model:
    """Train through all stages; returns the network with the mean of the weights to average."""
    weights_after = []  # each stage
    for stage in recipe.stages():
        _fit(model, stage, mnist, training_corrections, recorder, champion=champion)
        weights_after.append(model.get_weights())
    trained = _plain_copy(model)
    if len(weights_after) > 1:
        trained.set_weights(_mean_of(weights_after[1:]))
    return trained


def _fit(
    model: keras.Model,
    stage: Recipe,
    mnist: Mnist,
    training_corrections: TrainingCorrections,
    recorder: ProgressRecorder,
    *,
    champion: Champion | None,
) -> None:
    """Train through one stage; the epochs are numbered on from the stage before."""
    steps = stage.steps_on(mnist)
    recorder.loss, recorder.network = loss_of(stage), model
    learner = model
    if champion is not None and stage.distillation:
        learner = Distillation(model, _plain_copy(champion.model), stage.distillation)
    learner.compile(
        optimizer=_optimizer(stage, steps),
        loss=recorder.loss,
        metrics=[training_accuracy_of(stage)],
    )
    done = len(recorder.records)
    learner.fit(
        make_batches(
            stage,
            mnist,
            np.random.default_rng(stage.seed),
            training_corrections,
            recorder.stop_if_asked,
            champion=champion.model if champion else None,
        ),
        initial_epoch=done,
        epochs=done + stage.epochs,
        steps_per_epoch=steps,
        shuffle=False,  # the batches are shuffled already
        verbose=0,
        callbacks=[recorder],
    )


def _mean_of(stages: list[list[NDArray[Any]]]) -> list[NDArray[Any]]:
    """The mean of the weights after several stages, in a flatter region than any of them.

    Stochastic weight averaging (Izmailov et al. 2018, arXiv:1803.05407).
    """
    return [np.mean(weights, axis=0) for weights in zip(*stages, strict=True)]


def _tunable(champion: Champion | None, recipe: Recipe) -> keras.Model:
    """The champion's network to start from. Its batch statistics are frozen: a few steps would
    make them worse.

    Raises ValueError without a champion of the recipe's architecture.
    """
    if champion is None or not champion.can_become(recipe.architecture):
        raise ValueError(f"There is no {recipe.architecture} to fine-tune.")
    model = _plain_copy(champion.model)
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = False
    return model


def _plain_copy(model: keras.Model) -> keras.Model:
    """The same network without the state of an optimizer."""
    copy = type(model).from_config(model.get_config())
    copy.set_weights(model.get_weights())
    copy.trainable = True
    return copy


def _with_thresholds_of(champion: Champion | None, fitted: Calibration) -> Calibration:
    """The thresholds of refusal are a choice of the operator, which no training changes."""
    if champion is None or champion.calibration == UNCALIBRATED:
        return fitted
    return replace(
        fitted,
        refuse_below=champion.calibration.refuse_below,
        unsure_below=champion.calibration.unsure_below,
    )


def _optimizer(recipe: Recipe, steps: int) -> keras.optimizers.Optimizer:
    if recipe.name == "origin":
        return keras.optimizers.Adam(recipe.learning_rate)
    total = recipe.epochs * steps
    warm_up = min(steps, total // 10)
    schedule = keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=recipe.learning_rate / 20,
        warmup_target=recipe.learning_rate,
        warmup_steps=warm_up,
        decay_steps=total - warm_up,
    )
    return keras.optimizers.AdamW(schedule, weight_decay=recipe.weight_decay)


def _calibrate(
    model: keras.Model,
    recipe: Recipe,
    images: Images,
    labels: Labels,
    random: np.random.Generator,
) -> Calibration:
    """Fit on validation digits, plain and degraded, since photographs are degraded."""
    plain = as_ink(images)
    seed = tf.constant(random.integers(2**31, size=2), tf.int32)
    degraded = augment(tf.constant(plain), seed, recipe.strength or Strength()).numpy()
    logits = model.predict(np.concatenate([plain, degraded]), batch_size=500, verbose=0)
    return fit_calibration(
        logits, np.concatenate([labels, labels]), knows_outliers=recipe.outliers > 0
    )
