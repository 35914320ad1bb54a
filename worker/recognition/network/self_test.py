"""The self-test: printed digits, which every working network reads."""

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
ASSUMED_ACCURACY = 0.6  # of a network whose file states none
# Print is not handwriting, so half of the stated accuracy is required. A damaged network, or one
# for another task, reads a tenth by chance.
REQUIRED_SHARE = 0.5


class SelfTestError(ValueError):
    """The network loads, but does not read digits."""


def require_reading(classifier: Classifier, accuracy: float | None) -> None:
    """Let a network read the printed digits. `accuracy` is the one that its file states, 0..1.

    Raises SelfTestError when it reads less than half as well.
    """
    images, labels = printed_digits()
    scores = classifier.classify(images.astype(np.float32) / np.float32(255))
    right = int((scores.probabilities.argmax(axis=1) == labels).sum())
    required = int(
        (ASSUMED_ACCURACY if accuracy is None else accuracy) * REQUIRED_SHARE * len(labels)
    )
    if right < required:
        raise SelfTestError(
            f"It reads {right} of {len(labels)} printed digits right; "
            f"at least {required} are required."
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
