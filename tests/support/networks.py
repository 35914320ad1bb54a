"""A tiny real MNIST and a tiny real network, learned from digits that the tests draw."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from tests.support.pictures import opened, sheet_of
from worker.recognition.evaluation.datasets import Mnist
from worker.recognition.page.binarisation import binarise
from worker.recognition.segmentation.grouping import find_glyphs
from worker.recognition.training.loop import train
from worker.recognition.training.recipes import RECIPES
from worker.training.trained_version import save_trained


def tiny_mnist() -> Mnist:
    """A few hundred drawn digits, brought to MNIST's convention by the real normaliser."""
    random = np.random.default_rng(seed=7)
    images, labels = [], []
    for label in [*range(10)] * 2:
        glyphs = find_glyphs(binarise(opened(sheet_of(label, random))))
        assert isinstance(glyphs, list)
        images += [glyph.ink for glyph in glyphs]
        labels += [label] * len(glyphs)
    order = random.permutation(len(labels))
    shuffled = (np.stack(images)[order] * 255).round().astype(np.uint8)
    named = np.array(labels, np.uint8)[order]
    test = len(named) // 5
    return Mnist(shuffled[test:], named[test:], shuffled[:test], named[:test])


def write_mnist(mnist: Mnist, path: Path) -> Path:
    """The file as `keras.datasets` keeps it."""
    np.savez(
        path,
        x_train=mnist.train_images,
        y_train=mnist.train_labels,
        x_test=mnist.test_images,
        y_test=mnist.test_labels,
    )
    return path


def train_tiny_network(mnist: Mnist, path: Path, *, seed: int = 1) -> Path:
    """A small dense network, trained for seconds and written as the trainer writes it."""
    recipe = replace(RECIPES["origin"], name="tiny", epochs=12, validation_split=80, seed=seed)
    save_trained(train(recipe, mnist), path)
    return path
