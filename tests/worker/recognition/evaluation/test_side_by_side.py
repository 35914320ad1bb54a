"""Networks side by side: the figures of the page, on a tiny real network."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from worker.recognition.evaluation.changes import CHANGES, bar, blur, erase, move, thicken
from worker.recognition.evaluation.datasets import Mnist
from worker.recognition.evaluation.side_by_side import (
    Network,
    different_labels,
    disagreements,
    measure,
    predict,
)
from worker.recognition.network.classifier import Classifier
from worker.recognition.training.synthetic.sample_digits import draw_sample_digits, picture_sheet


def test_a_network_is_measured_plain_and_under_every_change(network: Path, mnist: Mnist) -> None:
    classifier = Classifier.load(network)

    measured = measure(Network("tiny", classifier), mnist)

    inks = mnist.test_images.astype(np.float32) / np.float32(255)
    plain = float((classifier.logits(inks).argmax(axis=1) == mnist.test_labels).mean())
    assert measured["robustness"].keys() == CHANGES.keys()
    for name, change in CHANGES.items():
        accuracies = measured["robustness"][name]
        assert len(accuracies) == len(change.values)
        assert accuracies[change.values.index(0)] == pytest.approx(plain)
    assert min(measured["robustness"]["turn"]) < plain
    assert len(measured["accuracy_by_digit"]) == 10


def test_disagreements_are_counted_for_each_pair_and_for_all() -> None:
    predictions = {
        "one": np.array([1, 2, 3, 4], np.uint8),
        "two": np.array([1, 2, 3, 9], np.uint8),
        "three": np.array([7, 2, 3, 8], np.uint8),
    }

    counted = disagreements(predictions)

    assert [pair["pictures"] for pair in counted["pairs"]] == [1, 2, 2]
    assert counted["any"] == 2
    assert different_labels(predictions).tolist() == [2, 1, 1, 3]


def test_a_network_agrees_with_itself(network: Path, mnist: Mnist) -> None:
    classifier = Classifier.load(network)
    same = [Network("one", classifier), Network("two", classifier)]

    assert disagreements(predict(same, mnist.test_images))["any"] == 0


def test_changes_do_what_their_names_say() -> None:
    stroke = np.zeros((1, 28, 28), np.float32)
    stroke[0, 4:24, 13:15] = 1

    assert np.allclose(move(stroke, turn=90)[0], np.rot90(stroke[0]), atol=1e-5)
    assert move(stroke, right=3)[0, :, 16:18].sum() == stroke.sum()
    assert move(stroke, down=2)[0, 6:26].sum() == stroke.sum()
    assert move(stroke, slant=0.5)[0, 6].argmax() > 14 > move(stroke, slant=0.5)[0, 21].argmax()
    assert thicken(stroke, 1).sum() > stroke.sum() > thicken(stroke, -1).sum()
    assert blur(stroke, 1).max() < 1
    assert blur(stroke, 1).sum() == pytest.approx(stroke.sum(), rel=1e-5)
    assert erase(stroke, 8).sum() == stroke.sum() - 8 * 2
    assert bar(stroke, 2)[0, 13:15].min() == 1


def test_sample_digits_hold_each_label_and_both_styles_of_ones_and_sevens() -> None:
    samples = draw_sample_digits(4, np.random.default_rng(1))

    assert samples.images.shape == (40, 28, 28)
    assert np.bincount(samples.labels).tolist() == [4] * 10
    for label in (1, 7):
        styles = [samples.styles[i] for i in np.nonzero(samples.labels == label)[0]]
        assert sorted(styles) == ["american", "american", "european", "european"]
    assert picture_sheet(samples.images, 30).startswith(b"\x89PNG")
