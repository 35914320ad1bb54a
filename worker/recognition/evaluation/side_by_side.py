"""Side by side: several networks on the same digits, plain, photographed and changed."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from worker.recognition.arrays import Images, Labels
from worker.recognition.evaluation.changes import CHANGES, Inks
from worker.recognition.evaluation.datasets import Mnist
from worker.recognition.evaluation.metrics import (
    Decode,
    Outcome,
    read_all,
    score,
)
from worker.recognition.evaluation.photo_sets import LabelledPicture
from worker.recognition.network.classifier import Classifier
from worker.recognition.reader import Reader

CHANGED_PICTURES = 1000  # of MNIST's test set, for each position of each slider


@dataclass(frozen=True)
class Network:
    """One network under comparison."""

    name: str
    classifier: Classifier


def measure(network: Network, mnist: Mnist) -> dict[str, Any]:
    """A network's figures on MNIST's test set: shares in 0..1, times in milliseconds."""
    scores = score(network.classifier, mnist.test_images, mnist.test_labels)
    return {
        "accuracy": scores.accuracy,
        "accuracy_by_digit": scores.accuracy_by_digit,
        "calibration_error": scores.calibration_error,
        "milliseconds": processor_milliseconds(network.classifier),
        "robustness": robustness(network.classifier, mnist.test_images, mnist.test_labels),
    }


def processor_milliseconds(classifier: Classifier, calls: int = 200) -> float:
    """The processor time for one picture alone, the mean of many calls.

    Unlike the wall time, other programs on the machine do not change it.
    """
    ink: Inks = np.zeros((1, 28, 28), np.float32)
    began = time.process_time()
    for _ in range(calls):
        classifier.logits(ink)
    return (time.process_time() - began) * 1000 / calls


def robustness(classifier: Classifier, images: Images, labels: Labels) -> dict[str, list[float]]:
    """The accuracy, 0..1, at each position of each slider."""
    inks: Inks = images[:CHANGED_PICTURES].astype(np.float32) / np.float32(255)
    truth = labels[:CHANGED_PICTURES]

    def accuracy(changed: Inks) -> float:
        return float((classifier.logits(changed).argmax(axis=1) == truth).mean())

    return {
        name: [accuracy(change.apply(inks, value)) for value in change.values]
        for name, change in CHANGES.items()
    }


def on_photographs(
    network: Network, pictures: Sequence[LabelledPicture], decode: Decode
) -> dict[str, Any]:
    """Whole photographs of one digit, through the reader: counts."""
    outcomes = read_all(Reader(network.classifier), pictures, decode)
    return {
        "photographs": _counted([o for o in outcomes if o.picture.set_name.startswith("photos")]),
        "drawings": _counted([o for o in outcomes if o.picture.set_name == "drawn"]),
    }


def _counted(outcomes: Sequence[Outcome]) -> dict[str, int]:
    return {
        "pictures": len(outcomes),
        "right": sum(outcome.is_right for outcome in outcomes),
        "refused": sum(outcome.is_refused for outcome in outcomes),
    }


def predict(networks: Sequence[Network], images: Images) -> dict[str, Labels]:
    """The label that each network gives to each of (n, 28, 28) uint8 pictures."""
    ink = images.astype(np.float32) / np.float32(255)
    return {
        one.name: one.classifier.logits(ink).argmax(axis=1).astype(np.uint8) for one in networks
    }


def disagreements(predictions: Mapping[str, Labels]) -> dict[str, Any]:
    """How many pictures each pair of networks, and any of them, reads differently."""
    return {
        "pairs": [
            {"networks": [left, right], "pictures": int((labels != others).sum())}
            for (left, labels), (right, others) in combinations(predictions.items(), 2)
        ],
        "any": int((different_labels(predictions) > 1).sum()),
    }


def different_labels(predictions: Mapping[str, Labels]) -> NDArray[np.int_]:
    """How many different labels each of n pictures was given."""
    ordered = np.sort(np.stack(list(predictions.values())), axis=0)
    return np.asarray(1 + (np.diff(ordered, axis=0) != 0).sum(axis=0))
