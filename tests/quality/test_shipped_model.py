"""The shipped model keeps its figures, on the real MNIST and on labelled photographs.

The tests need MNIST_PATH and PHOTOS_PATH, and are left out where these are not set.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from worker.recognition.evaluation.datasets import load_mnist
from worker.recognition.evaluation.metrics import Outcome, read_all, score
from worker.recognition.evaluation.photo_sets import read_photo_sets
from worker.recognition.network.classifier import Classifier
from worker.recognition.reader import Reader
from worker.serving.pixels import stored_pixels

SHIPPED = Path(__file__).parents[2] / "models" / "cifra.keras"
PHOTOGRAPHS = ("photos", "photos_hard", "photos_pagecrops")
BLANK = "ood_blank_photo"


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return Classifier.load(SHIPPED)


@pytest.fixture(scope="module")
def outcomes(classifier: Classifier) -> list[Outcome]:
    pictures = read_photo_sets(Path(os.environ["PHOTOS_PATH"]))
    return read_all(Reader(classifier), pictures, stored_pixels)


def of_sets(outcomes: list[Outcome], *names: str) -> list[Outcome]:
    chosen = [outcome for outcome in outcomes if outcome.picture.set_name in names]
    assert chosen, f"there are no pictures in {names}"
    return chosen


@pytest.mark.mnist
def test_at_least_996_of_1000_mnist_test_digits_are_read_right(classifier: Classifier) -> None:
    mnist = load_mnist(Path(os.environ["MNIST_PATH"]))

    scores = score(classifier, mnist.test_images, mnist.test_labels)

    assert scores.accuracy >= 0.996
    assert scores.calibration_error <= 0.01


@pytest.mark.photos
def test_at_least_99_of_100_photographed_digits_are_read_right(outcomes: list[Outcome]) -> None:
    photographs = of_sets(outcomes, *PHOTOGRAPHS)

    assert sum(one.is_right for one in photographs) >= 0.99 * len(photographs)


@pytest.mark.photos
def test_blank_paper_is_always_refused(outcomes: list[Outcome]) -> None:
    assert all(one.is_refused for one in of_sets(outcomes, BLANK))


@pytest.mark.photos
def test_at_most_1_of_100_single_digits_is_refused(outcomes: list[Outcome]) -> None:
    digits = [one for one in outcomes if len(one.truth) == 1]

    assert sum(one.is_refused for one in digits) <= 0.01 * len(digits)


@pytest.mark.photos
def test_at_least_95_of_100_pictures_of_no_digit_are_refused(outcomes: list[Outcome]) -> None:
    others = [one for one in outcomes if not one.picture.is_digit]

    assert sum(one.is_refused for one in others) >= 0.95 * len(others)


@pytest.mark.photos
def test_rows_of_several_digits_are_read_right(outcomes: list[Outcome]) -> None:
    rows = [row for one in of_sets(outcomes, "multi") for row in one.rows]

    assert sum(rows) >= 0.99 * len(rows)
