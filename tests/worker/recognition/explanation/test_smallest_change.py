"""The smallest change that flips an answer, and the training digits that look alike."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import keras
import numpy as np
import pytest

from worker.recognition.evaluation.datasets import Mnist
from worker.recognition.explanation.comparison import comparison, neighbours
from worker.recognition.explanation.gradients import ScoreGradients
from worker.recognition.explanation.nearest import (
    TrainingDigits,
    choose_training_digits,
    directions,
    nearest,
)
from worker.recognition.explanation.smallest_change import FRAMES, smallest_change
from worker.recognition.network import files


@pytest.fixture(scope="module")
def model(network: Path) -> Iterator[keras.Model]:
    yield files.load(network)[0]


def read_ink(mnist: Mnist, model: keras.Model, label: int) -> np.ndarray:
    """A digit that the network reads rightly."""
    inks = mnist.train_images[mnist.train_labels == label].astype(np.float32) / np.float32(255)
    read = np.asarray(model(inks[..., None], training=False)).argmax(axis=1)
    ink: np.ndarray = inks[read == label][0]
    return ink


@pytest.mark.parametrize(("first", "second"), [(4, 9), (7, 1), (3, 8)])
def test_after_the_change_the_network_reads_the_other_label(
    mnist: Mnist, model: keras.Model, first: int, second: int
) -> None:
    ink = read_ink(mnist, model, first)

    change = smallest_change(ScoreGradients(model), ink, first, second)

    assert change.flips
    changed = change.frames[-1]
    scores = np.asarray(model(changed[None, :, :, None], training=False))[0]
    assert scores.argmax() == second
    assert change.scores == pytest.approx(scores, abs=1e-4)
    assert change.amount < np.abs(ink).sum(), "less than the digit itself"


def test_the_frames_lead_from_the_digit_to_the_changed_one(
    mnist: Mnist, model: keras.Model
) -> None:
    ink = read_ink(mnist, model, 4)

    change = smallest_change(ScoreGradients(model), ink, 4, 9)

    assert change.frames.shape == (FRAMES, 28, 28)
    assert (change.frames[0] == ink).all()
    assert change.frames.min() >= 0
    assert change.frames.max() <= 1 + 1e-6
    steps = np.abs(np.diff(change.frames, axis=0)).sum(axis=(1, 2))
    assert (steps > 0).all(), "each frame goes on from the one before"


def test_no_dab_is_superfluous(mnist: Mnist, model: keras.Model) -> None:
    """With half of the change, the network still reads the digit as it did, or not as the other."""
    ink = read_ink(mnist, model, 4)
    change = smallest_change(ScoreGradients(model), ink, 4, 9)
    scores = np.asarray(model(change.frames[FRAMES // 2][None, :, :, None], training=False))[0]
    assert scores.argmax() != 9


def test_a_label_that_cannot_win_is_not_reached() -> None:
    model = keras.Sequential(
        [keras.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Dense(10)]
    )
    kernel, bias = np.zeros((784, 10), np.float32), np.zeros(10, np.float32)
    bias[4] = 5
    model.layers[-1].set_weights([kernel, bias])

    change = smallest_change(ScoreGradients(model), tiny_ink(), 4, 9)

    assert not change.flips


def test_a_comparison_names_where_the_change_is(mnist: Mnist, model: keras.Model) -> None:
    ink = read_ink(mnist, model, 4)

    facts, pictures = comparison(ScoreGradients(model), ink, 4, 9)

    change = facts["change"]
    assert (change["from"], change["to"], change["flips"]) == (4, 9, True)
    places = [place for place in (change["added_at"], change["erased_at"]) if place]
    words = {"top", "middle", "bottom", "left", "right"}
    assert places
    assert all(set(place.split()) <= words for place in places)
    assert set(pictures) == {"evidence", "occlusion", "correction", "frames"}


def test_a_comparison_of_the_loser_shows_how_it_would_win(mnist: Mnist, model: keras.Model) -> None:
    facts, _ = comparison(ScoreGradients(model), read_ink(mnist, model, 4), 9, 4)

    assert (facts["change"]["from"], facts["change"]["to"]) == (4, 9)
    assert facts["evidence"]["value"] < 0


def test_the_nearest_digits_come_first() -> None:
    seen = directions(np.array([[1, 0], [0, 2], [3, 3.3], [-1, 0]], np.float32))
    labels = np.array([1, 2, 3, 4], np.uint8)

    found = nearest(directions(np.array([[5, 5]], np.float32))[0], seen, labels, 2)

    assert [one.label for one in found] == [3, 1]
    assert found[1].distance == pytest.approx(np.sqrt(2 - np.sqrt(2)), abs=1e-6)


def test_the_neighbours_of_a_training_digit_begin_with_itself(mnist: Mnist) -> None:
    digits = choose_training_digits(mnist, of_each=5)
    seen = directions(digits.images.reshape(len(digits.labels), -1).astype(np.float32))

    facts, _ = neighbours(seen[7], seen, digits, (4, 9))

    assert facts["all"][0] == {"label": int(digits.labels[7]), "distance": pytest.approx(0)}
    assert {one["label"] for one in facts["first"]} == {4}
    assert {one["label"] for one in facts["second"]} == {9}


def test_the_sample_has_as_many_of_each_label_and_none_that_validates(mnist: Mnist) -> None:
    digits = choose_training_digits(mnist, of_each=3)

    assert np.bincount(digits.labels).tolist() == [3] * 10
    learned = {picture.tobytes() for picture in mnist.train_images[: len(mnist) // 2]}
    assert {picture.tobytes() for picture in digits.images} <= learned


def test_a_sample_comes_back_from_its_file(mnist: Mnist, tmp_path: Path) -> None:
    digits = choose_training_digits(mnist, of_each=3)

    digits.save(tmp_path / "sample.npz")

    loaded = TrainingDigits.load(tmp_path / "sample.npz")
    assert np.array_equal(loaded.images, digits.images)
    assert np.array_equal(loaded.labels, digits.labels)


def tiny_ink() -> np.ndarray:
    ink = np.zeros((28, 28), np.float32)
    ink[5:23, 13:15] = 1
    return ink
