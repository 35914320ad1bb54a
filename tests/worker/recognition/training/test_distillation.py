"""A fine-tuning learns what it is shown and keeps what the network knew."""

from __future__ import annotations

from dataclasses import replace

import keras
import numpy as np
import pytest

from tests.support.networks import tiny_mnist
from worker.recognition.arrays import NO_DIGIT
from worker.recognition.evaluation.datasets import Mnist
from worker.recognition.network.architectures import build
from worker.recognition.network.calibration import Calibration
from worker.recognition.training.batches import TrainingCorrections, as_ink, make_batches
from worker.recognition.training.distillation import Distillation
from worker.recognition.training.loop import Champion, train
from worker.recognition.training.objectives import loss_of
from worker.recognition.training.recipes import RECIPES
from worker.recognition.training.synthetic.varied_digits import draw_varied_digits

FINE_TUNE = replace(RECIPES["fine-tune"], architecture="mlp", epochs=2, steps=20)


@pytest.fixture(scope="module")
def mnist() -> Mnist:
    return tiny_mnist()


@pytest.fixture(scope="module")
def champion(mnist: Mnist) -> Champion:
    recipe = replace(RECIPES["quick"], architecture="mlp", epochs=8, batch=32)
    trained = train(recipe, mnist)
    return Champion(trained.model, trained.calibration)


def scores_of(network: keras.Model, mnist: Mnist) -> np.ndarray:
    return np.asarray(network.predict_on_batch(as_ink(mnist.test_images)))


def test_a_fine_tuning_learns_its_corrections_and_hardly_moves_the_other_scores(
    mnist: Mnist, champion: Champion
) -> None:
    odd = mnist.train_images[:40, ::-1]  # upside down, which no training shows
    corrections = TrainingCorrections(odd, mnist.train_labels[:40])

    def moved(recipe_weight: float) -> tuple[float, float]:
        recipe = replace(FINE_TUNE, steps=60, distillation=recipe_weight, learning_rate=2e-3)
        tuned = train(recipe, mnist, champion=champion, training_corrections=corrections).model
        change = scores_of(tuned, mnist) - scores_of(champion.model, mnist)
        read = tuned.predict_on_batch(as_ink(odd)).argmax(axis=1)
        return float(np.abs(change).mean()), float((read == corrections.labels).mean())

    change_with, learned_with = moved(1.5)
    change_without, _ = moved(0.0)
    before = champion.model.predict_on_batch(as_ink(odd)).argmax(axis=1)
    assert learned_with > (before == corrections.labels).mean() + 0.1
    assert change_with < change_without


def test_the_loss_is_that_of_the_labels_and_the_squared_change_of_the_other_scores() -> None:
    student, teacher = build("mlp"), build("mlp")
    distillation = Distillation(student, teacher, weight=2.0)
    distillation.compile(loss=loss_of(FINE_TUNE))
    ink = np.random.default_rng(0).random((5, 28, 28, 1)).astype(np.float32)
    labels, learned = np.array([1, 2, NO_DIGIT, 4, 5]), np.array([1, 0, 1, 0, 0], np.float32)
    scores = np.asarray(distillation(ink))

    loss = distillation.compute_loss(ink, labels, scores, sample_weight=learned)

    with_no_digit = np.concatenate([scores, np.zeros((5, 1))], axis=1)
    crossentropy = np.logaddexp.reduce(with_no_digit, axis=1) - with_no_digit[range(5), labels]
    change = ((scores - np.asarray(teacher(ink, training=False))) ** 2).mean(axis=1)
    expected = crossentropy[learned == 1].mean() + 2.0 * change[learned == 0].mean()
    assert float(loss) == pytest.approx(expected, rel=1e-4)


def test_only_the_corrections_of_a_batch_are_learned_from_their_labels(
    mnist: Mnist, champion: Champion
) -> None:
    corrections = TrainingCorrections(mnist.train_images[:3], np.array([7, 7, NO_DIGIT], np.uint8))
    batches = make_batches(
        FINE_TUNE, mnist, np.random.default_rng(0), corrections, champion=champion.model
    )
    ink, labels, learned = (part.numpy() for part in next(iter(batches)))
    known = FINE_TUNE.batch + FINE_TUNE.outliers + FINE_TUNE.drawn + FINE_TUNE.varied
    assert ink.shape == (known + 3, 28, 28, 1)
    assert learned.tolist() == [0.0] * known + [1.0] * 3
    assert sorted(labels[-3:]) == [7, 7, NO_DIGIT]


def test_a_champion_that_takes_nothing_for_a_digit_can_still_be_fine_tuned(mnist: Mnist) -> None:
    silent = build("mlp")
    silent.layers[-1].bias.assign(np.full(10, -50.0))
    corrections = TrainingCorrections(mnist.train_images[:3], mnist.train_labels[:3])
    trained = train(
        replace(FINE_TUNE, epochs=1, steps=2),
        mnist,
        champion=Champion(silent, Calibration()),
        training_corrections=corrections,
    )
    assert np.isfinite(scores_of(trained.model, mnist)).all()


def test_varied_digits_are_centred_pictures_that_a_seed_repeats(mnist: Mnist) -> None:
    drawn = draw_varied_digits(60, mnist.train_images, np.random.default_rng(4))
    again = draw_varied_digits(60, mnist.train_images, np.random.default_rng(4))
    assert drawn.shape == (60, 28, 28)
    assert drawn.dtype == np.uint8
    assert np.array_equal(drawn, again)
    assert len(np.unique(drawn, axis=0)) == 60
    assert (drawn.max(axis=(1, 2)) > 100).mean() > 0.9
