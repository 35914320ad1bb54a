"""Evidence for and against a label: complete, and equal to independent computations."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from worker.recognition.evaluation.datasets import Mnist
from worker.recognition.explanation.evidence import PATCH, integrated_gradients, occlusion
from worker.recognition.explanation.gradients import ScoreGradients, difference
from worker.recognition.network.architectures import ARCHITECTURES, build


def with_random_weights(architecture: str) -> keras.Model:
    keras.utils.set_random_seed(5)
    model = build(architecture)
    random = np.random.default_rng(5)
    for weight in model.weights:
        if weight.name == "kernel":
            weight.assign(weight * 2.0)  # scores that differ, as after a training
        elif weight.name not in ("moving_variance", "gamma"):
            weight.assign(weight + random.normal(0, 0.05, weight.shape))
    return model


def ink_of(mnist: Mnist, number: int = 0) -> np.ndarray:
    return mnist.train_images[number].astype(np.float32) / np.float32(255)


@pytest.mark.parametrize("architecture", sorted(ARCHITECTURES))
def test_the_contributions_add_up_to_the_difference(architecture: str, mnist: Mnist) -> None:
    """Completeness to 1 %, with the difference taken from Keras itself."""
    model, ink = with_random_weights(architecture), ink_of(mnist)
    pictures = np.stack([ink, np.zeros_like(ink)])[..., None]
    scores = np.asarray(model(pictures, training=False), np.float64)
    due = (scores[0, 4] - scores[0, 9]) - (scores[1, 4] - scores[1, 9])

    found = integrated_gradients(ScoreGradients(model), ink, difference(4, 9))

    assert found.contributions.sum(dtype=np.float64) == pytest.approx(due, rel=0.01)
    assert found.total == pytest.approx(due, rel=0.01)
    assert found.error <= 0.01
    assert not found.contributions[ink == 0].any(), "where there is no ink, nothing is attributed"


def test_the_contributions_are_those_of_a_plain_computation(mnist: Mnist) -> None:
    """A dense network, forwards and backwards with NumPy, on 4,000 points of the way."""
    model, ink = with_random_weights("mlp"), ink_of(mnist)
    (w1, b1), (w2, b2), (w3, _) = (
        layer.get_weights() for layer in model.layers if isinstance(layer, keras.layers.Dense)
    )
    flat = ink.ravel().astype(np.float64)
    gradient = np.zeros(784)
    for share in (np.arange(4000) + 0.5) / 4000:
        first = share * flat @ w1 + b1
        second = np.maximum(first, 0) @ w2 + b2
        back = (w3[:, 4] - w3[:, 9]) * (second > 0)
        gradient += w1 @ ((w2 @ back) * (first > 0)) / 4000
    expected = (flat * gradient).reshape(28, 28)

    found = integrated_gradients(ScoreGradients(model), ink, difference(4, 9)).contributions

    assert found == pytest.approx(expected, abs=0.02 * np.abs(expected).max())


def test_occlusion_is_the_mean_loss_of_the_squares_over_a_pixel(mnist: Mnist) -> None:
    model, ink = with_random_weights("mlp"), ink_of(mnist)

    def difference_of(picture: np.ndarray) -> float:
        scores = np.asarray(model(picture[None, :, :, None], training=False))[0]
        return float(scores[4] - scores[9])

    losses = []
    for top in (10, 12):
        for left in (12, 14):
            erased = ink.copy()
            erased[top : top + PATCH, left : left + PATCH] = 0
            losses.append(difference_of(ink) - difference_of(erased))

    found = occlusion(ScoreGradients(model), ink, difference(4, 9))

    assert found.shape == (28, 28)
    assert found[13, 15] == pytest.approx(np.mean(losses), abs=1e-4)


def test_a_network_that_gives_probabilities_is_explained_by_their_logarithms(mnist: Mnist) -> None:
    model = keras.Sequential(
        [keras.Input((28, 28)), keras.layers.Flatten(), keras.layers.Dense(10, "softmax")]
    )
    ink = ink_of(mnist)
    probabilities = np.asarray(model(ink[None]))[0]

    found = integrated_gradients(ScoreGradients(model), ink, difference(3, 5))

    assert found.value == pytest.approx(np.log(probabilities[3] / probabilities[5]), abs=1e-4)
    assert found.error <= 0.01
