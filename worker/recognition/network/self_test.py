"""The self-test: digits that the program prints for itself, which any network that reads knows."""

from __future__ import annotations

import cv2
import numpy as np

from worker.recognition.arrays import Images, Labels
from worker.recognition.network.classifier import Classifier
from worker.recognition.network.mnist_format import centred

FONTS = (
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_DUPLEX,
    cv2.FONT_HERSHEY_COMPLEX,
    cv2.FONT_HERSHEY_SCRIPT_SIMPLEX,
)
PROMISED = 0.6  # accuracy of a network that says nothing of its own
# Print is not handwriting, so half of what a network promises is asked of it. One that was mixed
# up on its way, or learned something else, reads a tenth by chance.
ASKED = 0.5


class SelfTestError(ValueError):
    """The network loads and answers, but does not read."""


def require_reading(classifier: Classifier, accuracy: float | None) -> None:
    """Let a network read the printed digits. `accuracy` is what it promises, 0..1.

    Raises SelfTestError when it reads less than half as well.
    """
    images, labels = printed_digits()
    scores = classifier.classify(images.astype(np.float32) / np.float32(255))
    right = int((scores.probabilities.argmax(axis=1) == labels).sum())
    asked = int((PROMISED if accuracy is None else accuracy) * ASKED * len(labels))
    if right < asked:
        raise SelfTestError(
            f"It reads {right} of {len(labels)} printed digits rightly; at least {asked} are asked."
        )


def printed_digits() -> tuple[Images, Labels]:
    """Each digit in four fonts: (40, 28, 28) uint8 in MNIST's convention, and (40,) labels."""
    images, labels = [], []
    for digit in range(10):
        for font in FONTS:
            canvas = np.zeros((112, 112), np.uint8)
            cv2.putText(canvas, str(digit), (20, 92), font, 3.2, 255, 8, cv2.LINE_AA)
            images.append(centred(canvas))
            labels.append(digit)
    return np.stack(images), np.array(labels, np.uint8)
