"""MNIST comes from the named file; where there is none, Keras fetches it."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import keras
import numpy as np
import pytest

from worker.recognition.evaluation.datasets import MissingDataError, Mnist, load_mnist

ARRAYS = {
    "x_train": np.zeros((2, 28, 28), np.uint8),
    "y_train": np.array([1, 2], np.uint8),
    "x_test": np.zeros((1, 28, 28), np.uint8),
    "y_test": np.array([3], np.uint8),
}


def fetched() -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    return (ARRAYS["x_train"], ARRAYS["y_train"]), (ARRAYS["x_test"], ARRAYS["y_test"])


def fail_to_fetch() -> NoReturn:
    raise Exception("URL fetch failure")


def is_the_small_one(mnist: Mnist) -> bool:
    return mnist.train_labels.tolist() == [1, 2] and mnist.test_labels.tolist() == [3]


def test_the_named_file_is_read(tmp_path: Path) -> None:
    np.savez(tmp_path / "mnist.npz", **ARRAYS)

    assert is_the_small_one(load_mnist(tmp_path / "mnist.npz"))


@pytest.mark.parametrize("is_named", [False, True])
def test_where_there_is_no_file_it_is_fetched(
    is_named: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keras.datasets.mnist, "load_data", fetched)

    assert is_the_small_one(load_mnist(tmp_path / "mnist.npz" if is_named else None))


def test_without_a_network_the_message_names_the_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keras.datasets.mnist, "load_data", fail_to_fetch)
    path = tmp_path / "mnist.npz"

    with pytest.raises(MissingDataError, match=f"not at {path} .* Put mnist.npz there"):
        load_mnist(path)


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "mnist.npz").write_bytes(b"no archive")

    with pytest.raises(MissingDataError, match="could not be read from"):
        load_mnist(tmp_path / "mnist.npz")
