"""Datasets: the real MNIST, from a file beside the installation or fetched by Keras."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np

from worker.recognition.arrays import Images, Labels

# The last pictures of the training set. No training here has ever used them, the one of the model
# that ships included, so that two versions can be compared on them.
VALIDATION_PICTURES = 2000


@dataclass(frozen=True)
class Mnist:
    """MNIST (LeCun, Cortes and Burges): handwritten digits, 28×28, of about 500 writers."""

    train_images: Images
    train_labels: Labels
    test_images: Images
    test_labels: Labels

    @property
    def sha256(self) -> str:
        """What was trained on, so that a run can be made again."""
        digest = sha256()
        for array in (self.train_images, self.train_labels, self.test_images, self.test_labels):
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()

    def __len__(self) -> int:
        """How many pictures there are to train on."""
        return len(self.train_images)

    @property
    def validation_count(self) -> int:
        """The number of training pictures that no recipe trains on; a fifth of a small set."""
        return min(VALIDATION_PICTURES, len(self) // 5)

    @property
    def validation_images(self) -> Images:
        return self.train_images[len(self) - self.validation_count :]

    @property
    def validation_labels(self) -> Labels:
        return self.train_labels[len(self) - self.validation_count :]

    @property
    def validation_sha256(self) -> str:
        """The pictures that a score was measured on."""
        content = self.validation_images.tobytes() + self.validation_labels.tobytes()
        return sha256(content).hexdigest()

    def validation_split(self, count: int) -> tuple[Mnist, Images, Labels]:
        """Set the last `count` training pictures aside, to calibrate on what was not learned."""
        rest = Mnist(
            self.train_images[:-count],
            self.train_labels[:-count],
            self.test_images,
            self.test_labels,
        )
        return rest, self.train_images[-count:], self.train_labels[-count:]


def load_mnist(path: Path | None) -> Mnist:
    """MNIST from an `mnist.npz` with Keras's keys; where there is none, Keras fetches it.

    Raises MissingDataError when neither can be had.
    """
    if path is None or not path.exists():
        return _fetch_mnist(path)
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return Mnist(arrays["x_train"], arrays["y_train"], arrays["x_test"], arrays["y_test"])
    except (OSError, KeyError, ValueError) as error:
        raise MissingDataError(f"MNIST could not be read from {path}: {error}") from error


def _fetch_mnist(path: Path | None) -> Mnist:
    import keras  # noqa: PLC0415 (only a fetch needs it)

    try:
        (train_images, train_labels), (test_images, test_labels) = keras.datasets.mnist.load_data()
    except Exception as error:  # Keras raises bare Exceptions when a download fails
        raise MissingDataError(
            f"MNIST is not at {path} and could not be fetched. Put mnist.npz there."
            if path
            else "MNIST is not here and could not be fetched. "
            "Download mnist.npz and set MNIST_PATH to it."
        ) from error
    return Mnist(train_images, train_labels, test_images, test_labels)


class MissingDataError(Exception):
    """There is nothing to train on; the message says what to do."""
