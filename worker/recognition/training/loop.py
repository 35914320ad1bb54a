"""Training: settings, data, network, fit, score. Read it from top to bottom."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from worker.recognition.arrays import NO_DIGIT, Images, Labels
from worker.recognition.evaluation.datasets import Mnist
from worker.recognition.evaluation.metrics import score
from worker.recognition.network.architectures import build
from worker.recognition.network.calibration import Calibration, fit_calibration
from worker.recognition.network.classifier import Classifier
from worker.recognition.network.model_card import UNCALIBRATED
from worker.recognition.training.augmentation import Strength, augment
from worker.recognition.training.synthetic.outliers import DigitSamples, draw_digits, draw_outliers

PIECE = 1000  # pictures that are drawn in about a second
WEAK_AUGMENTATION = Strength(
    rotation=0.13, shear=0.12, stretch=0.09, shift=1.0, elastic=0.8, degraded=0.4
)


@dataclass(frozen=True)
class Recipe:
    """All that a training depends on besides its data."""

    name: str
    architecture: str = "cnn"
    epochs: int = 10
    batch: int = 128  # MNIST pictures a step
    outliers: int = 32  # pictures of no digit a step
    drawn: int = 8  # digits from the program's own pen a step: barred sevens, based ones, …
    corrected: int = 16  # people's corrections a step, where there are as many
    steps: int | None = None  # an epoch; None: as many as show each MNIST picture once
    tunes: bool = False  # goes on from the champion's weights
    rounds: int = 0  # of last touches, each a fifth as long as what is before; all are averaged
    learning_rate: float = 2e-3  # at its peak; it falls along a cosine (Loshchilov, Hutter 2017)
    weight_decay: float = 0.02
    strength: Strength | None = field(default_factory=Strength)  # None: pictures as they are
    validation_split: int = 2000  # training pictures kept for calibration
    seed: int = 2026

    def adapted(self, *, architecture: str | None = None, epochs: int | None = None) -> Recipe:
        """The same recipe for another network, or another length."""
        return replace(
            self,
            architecture=architecture or self.architecture,
            epochs=epochs or self.epochs,
        )

    def stages(self) -> list[Recipe]:
        """The recipe in the parts that it is trained in: the long one, then the last touches."""
        share = self.epochs // (5 + self.rounds)
        main = replace(self, epochs=self.epochs - self.rounds * share, rounds=0)
        if not share or not self.rounds:
            return [replace(main, epochs=self.epochs)]
        return [main, *(self._averaging_stage(number, share) for number in range(self.rounds))]

    def _averaging_stage(self, number: int, epochs: int) -> Recipe:
        """MNIST again as it nearly is, and more of the pen's own, at a rate that falls further."""
        return replace(
            self,
            epochs=epochs,
            rounds=0,
            outliers=self.outliers + 8,
            drawn=28,
            learning_rate=self.learning_rate * (0.4, 0.35, 0.25)[min(number, 2)],
            strength=WEAK_AUGMENTATION,
            seed=self.seed + 1 + number,
        )

    def steps_on(self, mnist: Mnist) -> int:
        """Batches an epoch."""
        return max(1, min(len(mnist) // self.batch, self.steps or len(mnist)))


RECIPES = {
    # What people taught, on top of what the champion knows: about a minute on two cores. At three
    # times the rate it forgets more, and at half of it in three epochs too: what the corrections
    # upset has no time to settle.
    "fine-tune": Recipe(
        "fine-tune", epochs=4, steps=110, corrected=24, learning_rate=1e-4, tunes=True
    ),
    # About five minutes on two cores.
    "quick": Recipe("quick", epochs=5, learning_rate=3e-3),
    # What ships: under an hour on two cores.
    "full": Recipe("full", epochs=64, rounds=3),
    # What the project began with: Adam at its default rate, 10 epochs, batches of 32, MNIST alone.
    "origin": Recipe(
        "origin",
        architecture="mlp",
        epochs=10,
        batch=32,
        outliers=0,
        drawn=0,
        learning_rate=1e-3,
        weight_decay=0.0,
        strength=None,
    ),
}


@dataclass(frozen=True)
class EpochRecord:
    """How one epoch went."""

    epoch: int  # 1, 2, …
    loss: float
    accuracy: float  # on the held-back pictures, 0..1
    seconds: float


@dataclass(frozen=True)
class TrainingCorrections:
    """What people taught besides MNIST: pictures that the training shows in every batch."""

    images: Images  # (n, 28, 28)
    labels: Labels  # (n,), 0..9 or NO_DIGIT

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def of_digits(self) -> TrainingCorrections:
        """Without the pictures of no digit, for a recipe that knows none."""
        is_digit = self.labels != NO_DIGIT
        return TrainingCorrections(self.images[is_digit], self.labels[is_digit])


NO_CORRECTIONS = TrainingCorrections(np.zeros((0, 28, 28), np.uint8), np.zeros(0, np.uint8))


@dataclass(frozen=True)
class Champion:
    """The network that answers now. Its thresholds carry over; a fine-tuning goes on from it."""

    model: keras.Model
    calibration: Calibration

    def can_become(self, architecture: str) -> bool:
        """Whether a fine-tuning may go on from it: a network from elsewhere scores otherwise."""
        return self.model.name == architecture and self.calibration != UNCALIBRATED


@dataclass(frozen=True)
class Trained:
    """A trained network, with what turns its scores into answers."""

    model: keras.Model
    calibration: Calibration
    accuracy: float  # on the MNIST test set, 0..1
    epochs: tuple[EpochRecord, ...]
    recipe: Recipe
    data_sha256: str
    seconds: float


class TrainingStoppedError(Exception):
    """The training was asked to stop; nothing of it is kept."""


def train(
    recipe: Recipe,
    mnist: Mnist,
    *,
    training_corrections: TrainingCorrections = NO_CORRECTIONS,
    champion: Champion | None = None,
    on_epoch: Callable[[EpochRecord], None] = lambda _record: None,
    should_stop: Callable[[], bool] = lambda: False,
    stop_asked_every: float = 1.0,  # seconds
) -> Trained:
    """Train a network by a recipe. Raises TrainingStoppedError soon after `should_stop()`.

    A recipe that tunes needs a champion of its own architecture.
    """
    started = time.monotonic()
    keras.utils.set_random_seed(recipe.seed)
    random = np.random.default_rng(recipe.seed)

    kept, held_images, held_labels = mnist.validation_split(
        min(recipe.validation_split, len(mnist) // 5)
    )
    model = _tunable(champion, recipe) if recipe.tunes else build(recipe.architecture)
    recorder = _ProgressRecorder(
        as_ink(held_images), held_labels, on_epoch, should_stop, stop_asked_every
    )
    ends = []  # of each stage: the weights
    for stage in recipe.stages():
        _fit(model, stage, kept, training_corrections, recorder)
        ends.append(model.get_weights())

    plain = _plain_copy(model)
    if len(ends) > 1:
        plain.set_weights(_mean_of(ends[1:]))
    calibration = _calibrate(plain, recipe, held_images, held_labels, random)
    return Trained(
        model=plain,
        calibration=_with_thresholds_of(champion, calibration),
        accuracy=score(
            Classifier(plain, calibration), mnist.test_images, mnist.test_labels
        ).accuracy,
        epochs=tuple(recorder.records),
        recipe=recipe,
        data_sha256=mnist.sha256,
        seconds=time.monotonic() - started,
    )


def _fit(
    model: keras.Model,
    stage: Recipe,
    mnist: Mnist,
    training_corrections: TrainingCorrections,
    recorder: _ProgressRecorder,
) -> None:
    """Train through one stage; the diary goes on counting where the stage before it ended."""
    steps = stage.steps_on(mnist)
    model.compile(optimizer=_optimizer(stage, steps), loss=_loss(stage))
    done = len(recorder.records)
    model.fit(
        make_batches(
            stage,
            mnist,
            np.random.default_rng(stage.seed),
            training_corrections,
            recorder.stop_if_asked,
        ),
        initial_epoch=done,
        epochs=done + stage.epochs,
        steps_per_epoch=steps,
        shuffle=False,  # the batches are shuffled already
        verbose=0,
        callbacks=[recorder],
    )


def _mean_of(rounds: list[list[NDArray[Any]]]) -> list[NDArray[Any]]:
    """Weights in the middle of where the rounds ended: it lies flatter than any end.

    Stochastic weight averaging (Izmailov et al. 2018, arXiv:1803.05407).
    """
    return [np.mean(weights, axis=0) for weights in zip(*rounds, strict=True)]


def make_batches(
    recipe: Recipe,
    mnist: Mnist,
    random: np.random.Generator,
    training_corrections: TrainingCorrections = NO_CORRECTIONS,
    between: Callable[[], None] = lambda: None,
) -> tf.data.Dataset:
    """Endless batches: (n, 28, 28, 1) float32 ink in 0..1 and (n,) int labels, 10 for no digit.

    MNIST, outliers, drawn digits and lessons each have their own share of every batch, so that
    a few lessons count among many pictures, and old skills stay. The program draws for up to a
    minute; `between()` is called every second or so meanwhile, and may raise.
    """
    shown = recipe.steps_on(mnist) * recipe.epochs  # batches; more pictures would not be seen
    parts = [_endless(mnist.train_images, mnist.train_labels, recipe.batch, recipe.seed)]
    if recipe.outliers:
        count = min(40_000, len(mnist), shown * recipe.outliers)
        lent = DigitSamples(mnist.train_images, mnist.train_labels)
        pieces = [draw_outliers(piece, lent, random) for piece in _in_pieces(count, between)]
        labels = np.full(count, NO_DIGIT, np.uint8)
        parts.append(_endless(np.concatenate(pieces), labels, recipe.outliers, recipe.seed))
    if recipe.drawn:
        count = min(12_000, shown * recipe.drawn)
        drawn = [draw_digits(piece, random) for piece in _in_pieces(count, between)]
        images, labels = (np.concatenate(arrays) for arrays in zip(*drawn, strict=True))
        parts.append(_endless(images, labels, recipe.drawn, recipe.seed))
    if not recipe.outliers:
        training_corrections = training_corrections.of_digits
    if len(training_corrections):
        share = min(
            recipe.corrected, len(training_corrections)
        )  # a lone correction must not drown the rest
        parts.append(
            _endless(training_corrections.images, training_corrections.labels, share, recipe.seed)
        )
    seeds = tf.data.Dataset.random(seed=recipe.seed, rerandomize_each_iteration=False).batch(2)

    def together(*drawn: Any) -> tuple[Any, Any]:
        *batches, seed = drawn
        images = tf.concat([images for images, _ in batches], axis=0)
        labels = tf.concat([labels for _, labels in batches], axis=0)
        ink = tf.cast(images, tf.float32)[..., None] / 255.0
        if recipe.strength is not None:
            ink = augment(ink, tf.cast(seed, tf.int32), recipe.strength)
        return ink, tf.cast(labels, tf.int32)

    return (
        tf.data.Dataset.zip((*parts, seeds))
        .map(together, num_parallel_calls=2, deterministic=True)
        .prefetch(4)
    )


def _in_pieces(count: int, between: Callable[[], None]) -> Iterator[int]:
    """The sizes of pieces that make up `count`, with a word with the caller before each."""
    for done in range(0, count, PIECE):
        between()
        yield min(PIECE, count - done)


def as_ink(images: Images) -> NDArray[np.float32]:
    """(n, 28, 28) bytes to (n, 28, 28, 1) float32 in 0..1."""
    return np.asarray(images[..., None], dtype=np.float32) / np.float32(255)


def _endless(images: Images, labels: Labels, batch: int, seed: int) -> tf.data.Dataset:
    return (
        tf.data.Dataset.from_tensor_slices((images, labels))
        .shuffle(len(images), seed=seed)
        .repeat()
        .batch(batch, drop_remainder=True)
    )


def _tunable(champion: Champion | None, recipe: Recipe) -> keras.Model:
    """The champion's network to go on from. Its batch statistics stay: few steps would blur them.

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
    """The same network without an optimizer's memory."""
    copy = type(model).from_config(model.get_config())
    copy.set_weights(model.get_weights())
    copy.trainable = True
    return copy


def _with_thresholds_of(champion: Champion | None, fitted: Calibration) -> Calibration:
    """How sure an answer must be is the house's choice, which no training changes."""
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


def _loss(recipe: Recipe) -> Callable[[Any, Any], Any]:
    crossentropy = tf.nn.sparse_softmax_cross_entropy_with_logits

    def among_ten(labels: Any, logits: Any) -> Any:
        return crossentropy(tf.reshape(tf.cast(labels, tf.int32), [-1]), logits)

    def or_no_digit(labels: Any, logits: Any) -> Any:
        """The scores must also beat a fixed zero, or, for a picture of no digit, stay below."""
        return among_ten(labels, tf.concat([logits, tf.zeros_like(logits[:, :1])], axis=1))

    return or_no_digit if recipe.outliers else among_ten


def _calibrate(
    model: keras.Model,
    recipe: Recipe,
    images: Images,
    labels: Labels,
    random: np.random.Generator,
) -> Calibration:
    """Fit on held-back digits, plain and worn: photographs come worn."""
    plain = as_ink(images)
    seed = tf.constant(random.integers(2**31, size=2), tf.int32)
    degraded = augment(tf.constant(plain), seed, recipe.strength or Strength()).numpy()
    logits = model.predict(np.concatenate([plain, degraded]), batch_size=500, verbose=0)
    return fit_calibration(
        logits, np.concatenate([labels, labels]), knows_outliers=recipe.outliers > 0
    )


class _ProgressRecorder(keras.callbacks.Callback):  # type: ignore[misc]
    """Writes down each epoch, and stops the training between two steps when asked to."""

    def __init__(
        self,
        images: NDArray[np.float32],
        labels: Labels,
        on_epoch: Callable[[EpochRecord], None],
        should_stop: Callable[[], bool],
        ask_every: float,
    ) -> None:
        super().__init__()
        self.images, self.labels = images, labels
        self.on_epoch, self.should_stop = on_epoch, should_stop
        self.ask_every, self.asked = ask_every, time.monotonic()
        self.began = self.asked
        self.records: list[EpochRecord] = []

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002
        self.began = time.monotonic()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:  # noqa: ARG002
        self.stop_if_asked()

    def stop_if_asked(self) -> None:
        """Raises TrainingStoppedError when asked to; it asks once in `ask_every` seconds."""
        now = time.monotonic()
        if now - self.asked >= self.ask_every:
            self.asked = now
            if self.should_stop():
                raise TrainingStoppedError

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        loss = float((logs or {}).get("loss", math.nan))
        logits = self.model(self.images, training=False).numpy()
        record = EpochRecord(
            epoch=epoch + 1,
            loss=loss,
            accuracy=float((logits.argmax(axis=1) == self.labels).mean()),
            seconds=time.monotonic() - self.began,
        )
        self.records.append(record)
        self.on_epoch(record)
