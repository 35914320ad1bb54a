"""Augmentation: wear that leaves a digit a digit, and comes out the same from the same seed."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from worker.recognition.training import augmentation
from worker.recognition.training.augmentation import Strength, augment
from worker.recognition.training.synthetic.outliers import draw_digits


@pytest.fixture(scope="module")
def ink() -> tf.Tensor:
    images, _ = draw_digits(32, np.random.default_rng(4))
    return tf.constant(images[..., None] / 255.0, tf.float32)


def seed(number: int = 1) -> tf.Tensor:
    return tf.constant([number, 7], tf.int32)


def test_augmented_ink_keeps_its_shape_and_range(ink: tf.Tensor) -> None:
    for number in range(5):
        changed = augment(ink, seed(number), Strength(degraded=1.0)).numpy()
        assert changed.shape == ink.shape
        assert changed.min() >= 0
        assert changed.max() <= 1


def test_the_same_seed_wears_alike_and_another_one_differently(ink: tf.Tensor) -> None:
    one, again, other = (augment(ink, seed(n), Strength()).numpy() for n in (1, 1, 2))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_no_strength_leaves_the_ink_as_it_is(ink: tf.Tensor) -> None:
    still = Strength(rotation=0, shear=0, stretch=0, shift=0, elastic=0, degraded=0)
    assert np.allclose(augment(ink, seed(), still), ink, atol=1e-5)


@pytest.mark.parametrize(
    "wear",
    [
        augmentation.change_thickness,
        augmentation.add_gaps,
        augmentation.add_line_remains,
        augmentation.blur_or_pixelate,
        augmentation.add_noise,
    ],
)
def test_each_kind_of_wear_changes_some_pictures_and_ruins_none(wear, ink: tf.Tensor) -> None:
    degraded = wear(ink, seed()).numpy()
    assert not np.array_equal(degraded, ink.numpy())
    for before, after in zip(ink.numpy(), degraded, strict=True):
        assert np.corrcoef(before.ravel(), after.ravel())[0, 1] > 0.6
