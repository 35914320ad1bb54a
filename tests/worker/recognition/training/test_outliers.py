"""Outliers and drawn digits: what the program draws for the network to learn from."""

from __future__ import annotations

import numpy as np
import pytest

from worker.recognition.network.mnist_format import centred
from worker.recognition.training.synthetic.glyph_templates import DIGITS, SIGNS
from worker.recognition.training.synthetic.outliers import (
    KINDS,
    DigitSamples,
    draw_digits,
    draw_outliers,
)
from worker.recognition.training.synthetic.stroke_renderer import draw


def some_digits() -> DigitSamples:
    return DigitSamples(*draw_digits(20, np.random.default_rng(0)))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__.strip("_"))
def test_every_kind_of_outlier_is_a_small_picture_with_ink_on_it(kind) -> None:
    random = np.random.default_rng(3)
    for _ in range(20):
        picture = kind(random, some_digits())
        assert picture.shape == (28, 28)
        assert picture.dtype == np.uint8
        assert picture.max() > 0


def test_the_same_seed_draws_the_same_outliers() -> None:
    digits = some_digits()
    one, other = (draw_outliers(30, digits, np.random.default_rng(5)) for _ in range(2))
    assert np.array_equal(one, other)


def test_drawn_digits_come_with_their_labels() -> None:
    images, labels = draw_digits(200, np.random.default_rng(1))
    assert images.shape == (200, 28, 28)
    assert set(labels.tolist()) == {label for label, _ in DIGITS}


@pytest.mark.parametrize("shape", [*SIGNS, *(shape for _, shape in DIGITS)])
def test_every_shape_is_written_at_mnist_s_size_around_its_centre_of_mass(shape) -> None:
    ink = draw(shape, np.random.default_rng(2)).astype(float)
    rows, columns = np.nonzero(ink > 20)
    assert 16 <= max(np.ptp(rows), np.ptp(columns)) + 1 <= 22
    y, x = (np.indices(ink.shape) * ink).sum(axis=(1, 2)) / ink.sum()
    assert abs(y - 13.5) < 1
    assert abs(x - 13.5) < 1


def test_an_empty_canvas_stays_empty() -> None:
    assert centred(np.zeros((112, 112), np.uint8)).max() == 0
