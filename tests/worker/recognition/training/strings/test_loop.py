"""The training of the string network, with a tiny one."""

from __future__ import annotations

from dataclasses import replace

import keras
import numpy as np

from tests.support.networks import tiny_mnist
from worker.recognition.strings.alphabet import CLASSES
from worker.recognition.training.strings.loop import StringProgress, StringRecipe, train_strings

BRIEF = StringRecipe(
    steps=16, batch=8, report_steps=8, validation_batches=1, width_factor=0.2, averaging=0.8
)


def test_a_training_learns_reports_and_ends_after_its_steps() -> None:
    reports: list[tuple[StringProgress, keras.Model]] = []

    network = train_strings(BRIEF, tiny_mnist(), on_progress=lambda *report: reports.append(report))

    states = [progress for progress, _ in reports]
    assert [progress.steps for progress in states] == [8, 16]
    assert states[-1].loss < states[0].loss
    assert network.dtype_policy.name == "float32"
    assert network(np.zeros((2, 32, 64, 1), np.float32)).shape == (2, 16, CLASSES)


def test_a_training_goes_on_from_the_weights_of_another_network() -> None:
    start = train_strings(BRIEF, tiny_mnist())
    still = replace(BRIEF, steps=2, learning_rate=1e-12)

    network = train_strings(still, tiny_mnist(), start=start)

    for before, after in zip(start.trainable_weights, network.trainable_weights, strict=True):
        assert np.allclose(before, after, atol=1e-6)


def test_a_training_is_done_when_its_time_or_its_steps_are_used_up() -> None:
    recipe = StringRecipe(minutes=2, steps=100)

    assert recipe.share_done(seconds=30, steps=10) == 0.25
    assert recipe.share_done(seconds=30, steps=50) == 0.5
    assert StringRecipe(minutes=2).share_done(seconds=120, steps=10**6) == 1
